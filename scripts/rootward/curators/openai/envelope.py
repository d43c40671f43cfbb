"""The envelope of a chat completion, as OpenAI defines it and the servers that follow it fill it in.

What a server adds (`reasoning_content` of vLLM, llama.cpp and DeepSeek, `reasoning` of Ollama and OpenRouter) is left
alone: thoughts are no answer, and their tokens are in the usage. Only where there is no content may the answer stand
there: a server that enforces a schema from the first token, and takes all up to `</think>` for thoughts, puts it so
(vllm-project/vllm#16182, #19222). Or it is the one tool call into which a proxy turned the schema.
"""

import json
import re
from typing import Any

from rootward.curators.envelope import Part, Tokens, Word, validated
from rootward.curators.replies import REFUSALS, RawReply
from rootward.curators.wire import HttpError

# How servers say that the model came to its end (Text Generation Inference, Anthropic, Cohere and their proxies).
ENDS = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete"})
LONG = frozenset({"length", "max_tokens", "model_length"})
THOUGHT_ENDS = "</think>"


class _TextPart(Part):
    text: str | None = None


class _Function(Part):
    arguments: Any = None


class _ToolCall(Part):
    function: _Function | None = None


class _Message(Part):
    content: str | list[_TextPart] | None = None
    refusal: str | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(Part):
    message: _Message | None = None
    finish_reason: Word = None


class _Details(Part):
    cached_tokens: Tokens = None


class _Usage(Part):
    prompt_tokens: Tokens = None
    completion_tokens: Tokens = None
    prompt_tokens_details: _Details | None = None


class _Completion(Part):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    model: Word = None
    error: Any = None


def raw_reply(body: bytes, seconds: float) -> RawReply:
    """The reply that stands in the body of a chat completion. Raises Lost for one that is cut off or has another shape,
    HttpError for an error that came with status 200.
    """
    content = validated(_Completion, body, otherwise="the reply is no chat completion")
    if content.error and not content.choices:
        raise HttpError(_code(content.error), json.dumps({"error": content.error}).encode(), retry_after=None)
    usage = content.usage or _Usage()
    details = usage.prompt_tokens_details or _Details()
    choice = (content.choices or [_Choice()])[0]
    text = _text(choice.message)
    return RawReply(
        text=text,
        finish_reason=_reason(choice, text),
        model_version=content.model,
        input_tokens=usage.prompt_tokens or 0,
        cached_tokens=details.cached_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
        seconds=seconds,
    )


def _code(error: Any) -> int:
    code = str(error.get("code") if isinstance(error, dict) else None)
    return int(code) if re.fullmatch("[45][0-9]{2}", code) else 500


def _text(message: _Message | None) -> str:
    content = message.content if message else None
    text = "".join(part.text or "" for part in content) if isinstance(content, list) else content or ""
    if message and not text.strip():
        return _misplaced(message) or text
    if THOUGHT_ENDS in text and text.lstrip()[:1] not in ("{", "[", "`"):  # of a server that leaves thoughts in
        return text.rpartition(THOUGHT_ENDS)[2]
    return text


def _misplaced(message: _Message) -> str | None:
    """The answer where thoughts or a call of a tool should be: nothing but an object."""
    fields = [message.reasoning_content, message.reasoning]
    if message.tool_calls and len(message.tool_calls) == 1 and (function := message.tool_calls[0].function):
        fields.insert(0, function.arguments)
    texts = (field.strip() for field in fields if isinstance(field, str))
    return next((text for text in texts if text.startswith("{") and text.endswith("}")), None)


def _reason(choice: _Choice, text: str) -> str:
    """The finish reason in the words of `replies`."""
    said = (choice.finish_reason or "").lower()
    if choice.message and choice.message.refusal:
        return "REFUSAL"
    if said in LONG:
        return "MAX_TOKENS"
    if said in ENDS:
        return "STOP"
    if said.upper() in REFUSALS or not text:
        return said.upper() or "NO_CANDIDATE"
    return "STOP"  # a word that nobody knows: whether the answer is whole, its JSON tells
