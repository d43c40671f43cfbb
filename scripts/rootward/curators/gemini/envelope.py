"""The envelope of a reply: what the API wraps an answer in. It is validated like the answer itself."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from rootward.curators.base import Lost
from rootward.curators.replies import RawReply

Tokens = Annotated[int | None, Field(ge=0, le=100_000_000)]
Word = Annotated[str | None, Field(max_length=200)]  # a name of the API's


class _Part(BaseModel):
    """Whatever stands in a reply and is not used may have any form."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


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
    """The reply that stands in a body of the API (a GenerateContentResponse, as JSON). Raises Lost for one that is cut
    off, or has another shape.
    """
    try:
        content = _Envelope.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise Lost(f"the reply is not as the API writes it ({where:.60}: {first['msg']:.80})") from None
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
    """The queries that were put to Google Search: each has its fee. One that is not named is one all the same."""
    if not grounding:
        return 0
    queries = grounding.get("webSearchQueries")
    return len(queries) if isinstance(queries, list) and queries else 1
