"""The answer to a call as it stands in the body of the reply."""

from __future__ import annotations

from typing import Any

from fake_gemini.answers import Curator
from fake_gemini.config import ENVELOPES, Config, encode_json, to_bytes
from fake_gemini.errors import Reply, bad_request
from fake_gemini.faults import spoil_answer, spoil_text
from fake_gemini.questions import Call
from fake_gemini.unkind import odd_envelope

SAFETY_RATINGS = [{"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}]
GROUNDING = {
    "webSearchQueries": ["human pathway"],
    "groundingChunks": [{"web": {"uri": "https://example.org/pathway", "title": "example.org"}}],
    "groundingSupports": [{"segment": {"endIndex": 40, "text": "human pathway"}, "groundingChunkIndices": [0]}],
}


def generate_answer(call: Call, curator: Curator) -> Reply:
    """The 200 of a call, spoiled as its fault says; ApiError where the API would refuse."""
    config = curator.config
    if call.searches and call.wants_json and config.grounding == "rejected":
        message = "Tool use with a response mime type: 'application/json' is unsupported"
        raise bad_request(message)
    answer = spoil_answer(curator.answer(call), call, config.huge)
    prose = call.searches and not call.wants_json
    text = as_prose(answer) if prose else spoil_text(encode_json(answer), call)
    candidate, text = _candidate(call, text, config)
    if call.searches and not (call.wants_json and config.grounding == "dropped"):
        candidate["groundingMetadata"] = GROUNDING
    tokens = (call.prompt_tokens, len(text) // 4, config.thoughts_tokens)
    body: Any = {"candidates": [candidate], **_envelope(call, config, tokens)}
    if call.fault in ENVELOPES:
        body = odd_envelope(call.fault, body)
    if call.fault == "blocked":
        body["promptFeedback"] = {"blockReason": "PROHIBITED_CONTENT"}
    if call.fault in ("blocked", "no_candidates"):
        del body["candidates"]
    well = call.fault is None and not prose and candidate["finishReason"] == "STOP"
    return Reply(200, to_bytes(body), well=well, tokens=tokens)


def _candidate(call: Call, text: str, config: Config) -> tuple[dict[str, Any], str]:
    """The candidate, and the text it holds: none if it was withheld, part of it if the output budget ends."""
    reason, budget = "STOP", call.settings.get("maxOutputTokens")
    room = None if budget is None else max(0, budget - config.thoughts_tokens) * 4  # thinking counts, too
    if call.fault == "max_tokens" or (room is not None and len(text) > room and call.fault != "huge_field"):
        reason, text = "MAX_TOKENS", "" if call.fault == "max_tokens" else text[:room]
    elif call.fault in ("safety", "recitation"):
        reason, text = call.fault.upper(), ""
    elif call.fault in ("blocked", "no_candidates"):
        text = ""
    content = {"parts": [{"text": text}]} if text or call.fault == "empty_text" else {}
    candidate = {"content": {**content, "role": "model"}, "finishReason": reason, "index": 0}
    if reason == "SAFETY":
        candidate["safetyRatings"] = SAFETY_RATINGS
    return candidate, text


def _envelope(call: Call, config: Config, tokens: tuple[int, int, int]) -> dict[str, Any]:
    prompt, candidates, thoughts = tokens
    usage = {"promptTokenCount": prompt, "candidatesTokenCount": candidates, "totalTokenCount": sum(tokens)}
    if thoughts:
        usage["thoughtsTokenCount"] = thoughts
    version = config.model_versions.get(call.model, call.model)
    return {
        "usageMetadata": usage,
        "modelVersion": version,
        "responseId": f"{call.digest.hex()[:20]}{call.attempt:02d}",
    }


def as_prose(value: Any, name: str = "") -> str:
    """An answer told in sentences, as a model writes that was not asked for JSON."""
    if isinstance(value, dict):
        return " ".join(as_prose(inner, key) for key, inner in value.items())
    if isinstance(value, list):
        return " ".join(as_prose(inner, name) for inner in value)
    return f"The {name.replace('_', ' ')} is: {value}."
