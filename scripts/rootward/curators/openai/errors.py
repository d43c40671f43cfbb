"""Translates the errors of OpenAI-compatible servers into ours.

Their bodies: OpenAI, Ollama, llama.cpp and LiteLLM send {"error": {"message", "type", "code", …}}; older versions of
vLLM {"object": "error", "message", …}; FastAPI in front of them {"detail": …}; Anthropic {"type": "error", "error":
{…}}; a proxy an HTML page.
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
# Waiting does not help: the account is empty, or its spending limit is reached (OpenAI, LiteLLM, Anthropic).
MONEY = re.compile(
    r"insufficient_quota|billing_hard_limit|billing_not_active|credit_balance|budget_exceeded|enforced_spend_limit|"
    r"exceeded your current quota|budget has been exceeded|out of credits|payment required",
    re.IGNORECASE,
)
# The context is too short: (the server's, the requested one), if the message names them.
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
# The maximum length of an answer, if more was requested.
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
FEWEST = 1000  # tokens; a smaller number is not the size of a context
FILTERED = re.compile(r"content_filter|content_policy|ContentPolicyViolation", re.IGNORECASE)
TRANSPORT = ("httpx2", "httpcore2", "ssl", "json")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of an error: its message on one line, and all of its text, in which words are searched."""

    message: str
    text: str

    @classmethod
    def of(cls, body: bytes, key: str | None) -> "ErrorBody":
        """Read a body of any shape. key: the variable that holds the key, which is blacked out."""
        text = _clean(body.decode("utf-8", "replace"), key)
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            return cls(text[:200], text)
        return cls(_clean(str(_message(content) or text), key)[:200], text)

    @property
    def context(self) -> int | None:
        """The context size in tokens that it names, if it says that the context is too short.

        Some versions of vLLM name the tokens left for the answer instead (vllm-project/vllm#33418); such low numbers
        are not believed.
        """
        named = _number(CONTEXT_SIZE, self.text) if CONTEXT.search(self.text) else None
        return named if named and named >= FEWEST else None

    @property
    def output(self) -> int | None:
        """The maximum tokens of an answer, if it says that too many were requested."""
        return _number(OUTPUT_SIZE, self.text) or None

    @property
    def is_about_format(self) -> bool:
        """Whether it complains about the schema, or about how it was sent."""
        return bool(NO_FORMAT.search(self.text))

    @property
    def is_about_model(self) -> bool:
        """Whether it says that the server does not know the model."""
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
    """The error of a call as one of ours, without the key. An error that is our own bug is returned unchanged."""
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
    """Whether there were too many requests or tokens, by OpenAI's error type or by the headers."""
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
    """A text on one line, limited in length, without the key, and without HTML tags."""
    secret = os.environ.get(key or "", "").strip()
    text = text[:4000].replace(secret, "***") if secret else text[:4000]
    return " ".join((PAGE.sub(" ", text) if text.lstrip().startswith("<") else text).split())
