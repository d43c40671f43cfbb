"""The envelope of a chat completion, as defined by OpenAI and as other servers fill it in.

Additional fields with thoughts (`reasoning_content` of vLLM, llama.cpp and DeepSeek, `reasoning` of Ollama and
OpenRouter) are ignored: thoughts are not an answer, and their tokens are in the usage. Only if there is no content may
the answer be there: a server puts it there if it enforces a schema from the first token, and takes everything up to
`</think>` for thoughts (vllm-project/vllm#16182, #19222). The answer may also be in the one tool call that a proxy made
of the schema, or be the object itself. Malformed metadata (usage, names, reasons) counts as missing.
"""

import json
import re
from typing import Annotated, Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from rootward.curators.envelope import OtherShape, Part, Tokens, Word, validated
from rootward.curators.replies import REFUSALS, RawReply
from rootward.curators.wire import HttpError

# How servers report that the model has finished (Text Generation Inference, Anthropic, Cohere and their proxies).
ENDS = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete"})
LONG = frozenset({"length", "max_tokens", "model_length"})
THOUGHT_ENDS = "</think>"


NO_COMPLETION = "the reply is no chat completion"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def _if_readable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Aside = WrapValidator(_if_readable)  # for fields that are not part of the answer
Count = Annotated[Tokens, Aside]
Said = Annotated[Word, Aside]


class _Function(Part):
    arguments: Any = None


class _ToolCall(Part):
    function: _Function | None = None


class _Message(Part):
    content: Any = None
    refusal: Annotated[str | None, Aside] = None
    reasoning_content: Any = None
    reasoning: Any = None
    tool_calls: Annotated[list[_ToolCall] | None, Aside] = None
    function_call: Annotated[_Function | None, Aside] = None  # the older name of tool calls


class _Choice(Part):
    message: _Message | None = None
    finish_reason: Said = None
    error: Any = None


class _Details(Part):
    cached_tokens: Count = None


class _Usage(Part):
    prompt_tokens: Count = None
    completion_tokens: Count = None
    prompt_tokens_details: Annotated[_Details | None, Aside] = None


class _Completion(Part):
    choices: list[_Choice] | None = None
    usage: Annotated[_Usage | None, Aside] = None
    model: Said = None
    error: Any = None


def raw_reply(body: bytes, seconds: float) -> RawReply:
    """The reply in the body of a chat completion. Raises Lost if it is cut off, OtherShape, and HttpError for an error
    sent with status 200.
    """
    content = validated(_Completion, body.removeprefix(BYTE_ORDER_MARK), otherwise=NO_COMPLETION)
    usage = content.usage or _Usage()
    details = usage.prompt_tokens_details or _Details()
    choice = (content.choices or [_Choice(error=content.error)])[0]
    text = _text(choice.message)
    if choice.error and not text:
        raise HttpError(_code(choice.error), json.dumps({"error": choice.error}).encode(), retry_after=None)
    if "choices" not in content.model_fields_set:
        raise OtherShape(f"{NO_COMPLETION} (it has no choices)")
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
    text = _written(message.content) if message else ""
    if message and not text.strip():
        return _misplaced(message) or text
    if THOUGHT_ENDS in text and text.lstrip()[:1] not in ("{", "[", "`"):  # the server left the thoughts in
        return text.rpartition(THOUGHT_ENDS)[2]
    return text


def _written(content: Any) -> str:
    """A text; the texts of its parts; or the JSON of an object that a proxy has already parsed."""
    if isinstance(content, list):
        return "".join(_written(part) if _is_text(part) else "" for part in content)
    if isinstance(content, dict):
        return str(content["text"]) if _is_text(content) else json.dumps(content, ensure_ascii=False)
    return content if isinstance(content, str) else ""


def _is_text(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, dict) and "type" in part and isinstance(part.get("text"), str))


def _misplaced(message: _Message) -> str | None:
    """The answer in the place of thoughts or of a tool call: only an object counts."""
    calls = [call.function for call in message.tool_calls or ()] or [message.function_call]
    fields = [message.reasoning_content, message.reasoning]
    if len(calls) == 1 and calls[0]:
        fields.insert(0, _written(calls[0].arguments))
    texts = (field.strip() for field in fields if isinstance(field, str))
    return next((text for text in texts if text.startswith("{") and text.endswith("}")), None)


def _reason(choice: _Choice, text: str) -> str:
    """The finish reason as `replies` names it."""
    said = (choice.finish_reason or "").lower()
    if choice.message and choice.message.refusal:
        return "REFUSAL"
    if said in LONG:
        return "MAX_TOKENS"
    if said in ENDS:
        return "STOP"
    if said.upper() in REFUSALS or not text:
        return said.upper() or "NO_CANDIDATE"
    return "STOP"  # an unknown word: the JSON itself shows whether the answer is complete
