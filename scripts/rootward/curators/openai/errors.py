"""What an OpenAI-compatible server says when it does not answer, as one of ours.

The bodies: OpenAI, Ollama, llama.cpp and LiteLLM nest {"error": {"message", "type", "code", …}}; vLLM did not always
({"object": "error", "message", …}); FastAPI in front of them says {"detail": …}; Anthropic {"type": "error", "error":
{…}}; a proxy sends a page.
"""

import json
import os
import re
from dataclasses import dataclass
from typing import Any

from rootward.curators.base import BadRequest, Fatal, Lost, Throttled
from rootward.curators.openai.limits import Unit, wait_in_words, wait_named
from rootward.curators.settings import ModelSettings, model_name
from rootward.curators.wire import HttpError, Redirected

KEPT = "every answer so far is kept, run the same command again"
# No wait helps: the account is empty, or a limit on its spending is reached (OpenAI, LiteLLM, Anthropic).
MONEY = re.compile(
    r"insufficient_quota|billing_hard_limit|billing_not_active|credit_balance|budget_exceeded|enforced_spend_limit|"
    r"exceeded your current quota|budget has been exceeded|out of credits|payment required",
    re.IGNORECASE,
)
# The context is too short: (what the server has, what was asked), where the words name it.
CONTEXT = re.compile(
    r"context.?length|exceed_context_size|context (?:size|window|limit)|ContextWindowExceeded|maximum model length|"
    r"max_model_len|max_new_tokens|prompt is too long|reduce the length|maximum number of tokens allowed",
    re.IGNORECASE,
)
CONTEXT_SIZE = re.compile(
    r"(?:context (?:length|size|window|limit)|model length|tokens allowed)"
    r"(?: (?:is|of|only))* \(?(\d+)|n_ctx\D{0,4}(\d+)|(\d+) maximum context|"
    r"> (\d+)(?: maximum|, decrease)|max_new_tokens` must be <= (\d+)",
    re.IGNORECASE,
)
# What an answer may be long at most, where more was asked for.
OUTPUT_SIZE = re.compile(
    r"at most (\d+) completion tokens|max_tokens\D{0,30}\[1, ?(\d+)\]|"
    r"> (\d+), which is the maximum allowed number of output tokens",
    re.IGNORECASE,
)
NO_MODEL = re.compile(
    r"\bmodel\b.{0,150}?(?:not found|not exist|no longer|unknown|not available)|"
    r"model_not_found|invalid model|unknown model|no such model",
    re.IGNORECASE,
)
NO_ROOM = re.compile(r"requires more system memory|unable to load model|error loading model", re.IGNORECASE)  # Ollama
NO_FORMAT = re.compile(
    r"response_format|json_schema|\bschema\b|\bgrammar\b|sampling context|required for format", re.IGNORECASE
)
NO_KEY = re.compile(r"authentication error|invalid_api_key|unauthorized", re.IGNORECASE)
PAGE = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
FEWEST = 1000  # tokens of a context that is one
FILTERED = re.compile(r"content_filter|content_policy|ContentPolicyViolation", re.IGNORECASE)
TRANSPORT = ("httpx2", "httpcore2", "ssl", "json")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of an error: its message in one line, and all of it that is text, in which words are looked for."""

    message: str
    text: str

    @classmethod
    def of(cls, body: bytes, key: str | None) -> "ErrorBody":
        """Read a body, whatever its shape. key: the variable that holds the key, which is blacked out."""
        text = _clean(body.decode("utf-8", "replace"), key)
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            return cls(text[:200], text)
        return cls(_clean(str(_message(content) or text), key)[:200], text)

    @property
    def context(self) -> int | None:
        """The tokens of context that it names, if it complains of too few.

        Some versions of vLLM name what the answer would leave of it (vllm-project/vllm#33418): so few are not believed.
        """
        named = _number(CONTEXT_SIZE, self.text) if CONTEXT.search(self.text) else None
        return named if named and named >= FEWEST else None

    @property
    def output(self) -> int | None:
        """The most tokens of an answer, if it complains that more were wanted."""
        return _number(OUTPUT_SIZE, self.text) or None

    @property
    def is_about_format(self) -> bool:
        """Whether it complains of the schema, or of how it was given."""
        return bool(NO_FORMAT.search(self.text))

    @property
    def is_about_model(self) -> bool:
        """Whether it is the model that the server does not know."""
        return bool(NO_MODEL.search(self.text)) and not self.is_about_format


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return next((int(number) for number in found.groups() if number), None) if found else None


def _message(content: Any) -> Any:
    if isinstance(content, list) and content:
        content = content[0]
    if not isinstance(content, dict):
        return content
    error = content.get("error") or content
    if isinstance(error, dict):
        return error.get("message") or error.get("detail")
    return error


def explained(error: Exception, model: ModelSettings, longest_wait: float) -> Exception:
    """An error of a call as one of ours, without the key; a bug of ours as it is."""
    if isinstance(error, Redirected):
        return Fatal(f"{model.get('base_url')} answers {error}; name the address that it leads to")
    if isinstance(error, HttpError):
        return _refused(error, ErrorBody.of(error.body, model.get("key")), model=model, longest_wait=longest_wait)
    kind = type(error).__name__
    if type(error).__module__.split(".")[0] in TRANSPORT or isinstance(error, OSError):
        if "proxy" in kind.lower():
            return Fatal(f"the proxy refuses the connection ({kind})")
        return Lost(f"{kind}: {_clean(str(error), model.get('key')):.80}")
    return error


def _refused(error: HttpError, body: ErrorBody, model: ModelSettings, longest_wait: float) -> Exception:
    code, name, address = error.code, model_name(model), model.get("base_url")
    if code == 402 or MONEY.search(body.text):
        return Fatal(f"{name}: {body.message}; {KEPT} when it is settled")
    if code == 429:
        return _too_much(error, body, name=name, longest_wait=longest_wait)
    if NO_ROOM.search(body.text):
        return Fatal(f"{address} cannot load the model {model['id']!r}: {body.message}")
    if code in (408, 409, 425, 499) or code >= 500:
        wait = min(error.retry_after or 0.0, longest_wait)
        return Lost(f"{code}: {body.message:.80}", overloaded=code in (503, 504, 529), wait=wait)
    if code in (401, 403) or (code == 400 and NO_KEY.search(body.text)):
        return Fatal(_no_entry(code, body, model=model))
    if NO_MODEL.search(body.text):
        return Fatal(f"{address} serves no model {model['id']!r} (models.*.id): {body.message}")
    if code in (404, 405):
        return Fatal(f"{address}: no chat completions there ({code}: {body.message:.120}); does it end in /v1?")
    return BadRequest(f"{code}: {body.message}")


def _no_entry(code: int, body: ErrorBody, model: ModelSettings) -> str:
    key, address = model.get("key"), model.get("base_url")
    if key is None:
        return f"{address} wants a key: name the variable that holds it in models.*.key ({code}: {body.message})"
    if not os.environ.get(key):
        return f"{address} wants a key: set {key} ({code}: {body.message})"
    return f"{address} refuses the key in {key} ({code}: {body.message})"


def _too_much(error: HttpError, body: ErrorBody, name: str, longest_wait: float) -> Exception:
    wait = wait_named(error.headers)
    wait = error.retry_after if wait is None else wait
    wait = wait_in_words(body.text) if wait is None else wait
    if wait is not None and wait > longest_wait:
        return Fatal(
            f"{name}: the API asks to wait {wait:.0f} s, longer than api.longest_wait; {KEPT} then, or allow more"
        )
    return Throttled(wait, _unit(body, error))


def _unit(body: ErrorBody, error: HttpError) -> Unit:
    """What there was too much of: OpenAI's type says it, or the headers."""
    if re.search(r"tokens per min|\bTPM\b|\"type\": ?\"tokens\"|input tokens", body.text):
        return "tokens"
    return "tokens" if error.headers.get("x-ratelimit-remaining-tokens") == "0" else "requests"


def is_filtered(error: Exception) -> bool:
    """Whether a request was refused for its content (Azure, LiteLLM)."""
    return (
        isinstance(error, HttpError)
        and error.code == 400
        and bool(FILTERED.search(error.body.decode("utf-8", "replace")))
    )


def _clean(text: str, key: str | None) -> str:
    """A text in one line, of bounded length, without the key and, of a page, without its marks."""
    secret = os.environ.get(key or "", "").strip()
    text = text[:4000].replace(secret, "***") if secret else text[:4000]
    return " ".join((PAGE.sub(" ", text) if text.lstrip().startswith("<") else text).split())
