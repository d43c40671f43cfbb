"""The envelope of a reply: what the API wraps an answer in."""

from typing import Any

from rootward.curators.replies import RawReply


def raw_reply(content: dict[str, Any], seconds: float) -> RawReply:
    """The reply that stands in a body of the API (a GenerateContentResponse, as JSON)."""
    usage = content.get("usageMetadata") or {}
    candidate = (content.get("candidates") or [{}])[0]
    blocked = (content.get("promptFeedback") or {}).get("blockReason")
    parts = (candidate.get("content") or {}).get("parts") or []
    return RawReply(
        text="".join(part.get("text") or "" for part in parts if not part.get("thought")),
        finish_reason=candidate.get("finishReason") or (blocked and "PROHIBITED_CONTENT") or "NO_CANDIDATE",
        model_version=content.get("modelVersion"),
        input_tokens=(usage.get("promptTokenCount") or 0) + (usage.get("toolUsePromptTokenCount") or 0),
        cached_tokens=usage.get("cachedContentTokenCount") or 0,
        output_tokens=(usage.get("candidatesTokenCount") or 0) + (usage.get("thoughtsTokenCount") or 0),
        seconds=seconds,
        is_grounded=bool(candidate.get("groundingMetadata")),
    )
