"""The envelope of the Gemini API's replies."""

from typing import Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from rootward.curators.envelope import Part, Tokens, Word, validated
from rootward.curators.replies import RawReply


class _Part(Part):
    model_config = ConfigDict(alias_generator=to_camel)


class _TextPart(_Part):
    text: str | None = None
    thought: bool | None = None


class _Content(_Part):
    parts: list[_TextPart] | None = None


class _Candidate(_Part):
    content: _Content | None = None
    finish_reason: Word = None
    grounding_metadata: dict[str, Any] | None = None


class _Feedback(_Part):
    block_reason: Word = None


class _Usage(_Part):
    prompt_token_count: Tokens = None
    tool_use_prompt_token_count: Tokens = None
    cached_content_token_count: Tokens = None
    candidates_token_count: Tokens = None
    thoughts_token_count: Tokens = None


class _Envelope(_Part):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: _Usage | None = None
    model_version: Word = None


def raw_reply(body: str | bytes, seconds: float) -> RawReply:
    """The reply in a body of the API (a GenerateContentResponse, as JSON). Raises Lost if it is cut off or has another
    shape.
    """
    content = validated(_Envelope, body, otherwise="the reply is not in the API's format")
    usage = content.usage_metadata or _Usage()
    candidate = (content.candidates or [_Candidate()])[0]
    blocked = content.prompt_feedback and content.prompt_feedback.block_reason
    parts = (candidate.content and candidate.content.parts) or []
    return RawReply(
        text="".join(part.text or "" for part in parts if not part.thought),
        finish_reason=candidate.finish_reason or (blocked and "PROHIBITED_CONTENT") or "NO_CANDIDATE",
        model_version=content.model_version,
        input_tokens=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
        cached_tokens=usage.cached_content_token_count or 0,
        output_tokens=(usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
        seconds=seconds,
        is_grounded=bool(candidate.grounding_metadata),
        searches=_searches(candidate.grounding_metadata),
    )


def _searches(grounding: dict[str, Any] | None) -> int:
    """The number of Google Search queries, each of which is charged; one if the reply does not list them."""
    if not grounding:
        return 0
    queries = grounding.get("webSearchQueries")
    return len(queries) if isinstance(queries, list) and queries else 1
