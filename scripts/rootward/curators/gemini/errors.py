"""Translates the service's errors into ours: too much at once, lost, a bad request, or the end."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from rootward.curators.base import BadRequest, Fatal, Lost, Throttled
from rootward.curators.gemini.client import KEY_NAMES, without_key
from rootward.errors import UserError

KEPT = "every answer so far is kept, run the same command again"
SPENDING_WINDOW = 600.0  # seconds; the spending limit applies to a rolling window of ten minutes
# A stop for money, not for speed. The usual 429 mentions "plan and billing details" too, but means neither.
MONEY = re.compile(r"spend|credit|payment|billing (?!details)", re.IGNORECASE)
# The one that ends by itself: it names minutes, and no month, cap or balance.
SPENT_FOR_NOW = re.compile(r"\bspend\w*\b(?!.*\b(month\w*|cap|credits?|prepa\w+|balance)\b)", re.IGNORECASE | re.DOTALL)
NO_QUOTA = re.compile(r"\blimit: 0\b")  # a quota of zero: the project has no access to the model
TRANSPORT = ("httpx2", "httpcore2", "httpx", "httpcore", "ssl", "json")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of an error, whatever its shape: missing fields and fields of another type are empty."""

    status: str
    message: str
    details: list[dict[str, Any]]

    @classmethod
    def of(cls, body: bytes) -> "ErrorBody":
        """Read the body of an error: the API's JSON, other JSON, or the page of a proxy."""
        text = body.decode("utf-8", "replace")
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            return cls("", _clean(text), details=[])
        if isinstance(content, list) and len(content) == 1:  # as in the start of a stream
            content = content[0]
        error = content.get("error") if isinstance(content, dict) else content
        if not isinstance(error, dict):
            return cls("", _clean(str(error)), details=[])
        details = error.get("details")
        rows = [detail for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []
        return cls(str(error.get("status")), _clean(str(error.get("message"))), details=rows)

    def of_type(self, name: str) -> Iterator[dict[str, Any]]:
        """The details of a type, such as RetryInfo."""
        return (detail for detail in self.details if str(detail.get("@type")).endswith(name))

    @property
    def short(self) -> str:
        """The beginning of its message."""
        return self.message[:200]

    @property
    def is_page(self) -> bool:
        """Whether it is an HTML page. The API's own errors are JSON."""
        return not self.status and self.message.startswith("<")

    @property
    def reasons(self) -> set[str]:
        """The reasons in its ErrorInfos, such as SERVICE_DISABLED."""
        return {str(info.get("reason")) for info in self.of_type("ErrorInfo")}

    @property
    def violations(self) -> list[dict[str, Any]]:
        """The quotas that were exceeded."""
        found = [detail.get("violations") for detail in self.of_type("QuotaFailure")]
        return [row for rows in found if isinstance(rows, list) for row in rows if isinstance(row, dict)]

    @property
    def wait(self) -> float | None:
        """The seconds to wait that it names, if any."""
        waits = [_seconds(info.get("retryDelay")) for info in self.of_type("RetryInfo")]
        return next((wait for wait in waits if wait), None)


def explained(error: Exception, model: str, longest_wait: float) -> Exception:
    """The error of a call as one of ours, without the key. An error that is our own bug is returned unchanged.

    model: the id that was asked; longest_wait: the longest wait in seconds to accept from the service.
    """
    from rootward.curators.wire import HttpError

    if isinstance(error, HttpError):
        return _refused(
            error.code, ErrorBody.of(error.body), retry_after=error.retry_after, model=model, longest_wait=longest_wait
        )
    if isinstance(error, Lost | UserError):
        return error
    module = type(error).__module__.split(".")[0]
    if module in TRANSPORT or isinstance(error, OSError | ValueError):
        if "proxy" in type(error).__name__.lower():
            return Fatal(f"the proxy refuses the connection ({type(error).__name__})")
        return Lost(f"{type(error).__name__}: {without_key(str(error)):.80}")
    return _of_google_auth(error) if module == "google" else error


def _refused(code: int, body: ErrorBody, retry_after: float | None, model: str, longest_wait: float) -> Exception:
    if code == 429:
        return _too_much(body, model, wait=body.wait or retry_after, longest_wait=longest_wait)
    if code < 300 or code in (408, 409, 425, 499) or code >= 500:  # proxies have their own codes (520 to 529)
        wait = min(body.wait or retry_after or 0.0, longest_wait)
        return Lost(f"{code}: {body.short:.80}", overloaded=code in (503, 504, 529), wait=wait)
    if code == 407:
        return Fatal(f"the proxy wants a user and a password, in HTTPS_PROXY ({code}: {body.short})")
    if body.is_page and code in (401, 403, 404):
        return Fatal(f"not the API answers but a page ({code}: {body.short}); see the network's proxy and api.version")
    if code == 404:
        return Fatal(f"the API does not know the model {model!r} (models.*.id): {body.short}")
    if "SERVICE_DISABLED" in body.reasons:
        return Fatal(f"the API is not enabled in the key's project; enable it there and run again ({body.short})")
    if "BILLING_DISABLED" in body.reasons:
        return Fatal(f"the key's project has no billing ({body.short})")
    if code == 400 and body.status == "FAILED_PRECONDITION":
        return Fatal(f"the API is not available to this project or region ({body.short})")
    if code in (401, 403) or "API key" in body.message or any(reason.startswith("API_KEY") for reason in body.reasons):
        return Fatal(f"the API refuses the key in {' or '.join(KEY_NAMES)} ({code}: {body.short})")
    return BadRequest(f"{code}: {body.short}")


def _too_much(body: ErrorBody, model: str, wait: float | None, longest_wait: float) -> Exception:
    """A 429: for a moment, for the day, or permanently."""
    violations, message = body.violations, "" if body.is_page else body.message
    if NO_QUOTA.search(message) or any(str(row.get("quotaValue")) == "0" for row in violations):
        return Fatal(
            f"{model}: the quota of this project is 0 for it: it is not open to the project's tier. Set up billing in "
            f"AI Studio, or name another model (models.*.id)"
        )
    for row in violations:
        if "PerDay" in (quota := str(row.get("quotaId"))):
            limit, unit = row.get("quotaValue") or "all", "tokens" if "Token" in quota else "requests"
            return Fatal(
                f"{model}: today's quota of {limit} {unit} is used up ({quota}); {KEPT} after midnight Pacific time"
            )
    if SPENT_FOR_NOW.search(message):
        return Throttled(min(wait or SPENDING_WINDOW, SPENDING_WINDOW))
    if MONEY.search(message):
        return Fatal(f"{model}: {body.short}; {KEPT} when it is settled")
    if wait is not None and wait > longest_wait:
        return Fatal(
            f"{model}: the API asks to wait {wait:.0f} s, longer than api.longest_wait; {KEPT} then, or allow more"
        )
    return Throttled(wait, _unit(violations))


def _unit(violations: list[dict[str, Any]]) -> Literal["requests", "tokens"]:
    """Whether there were too many requests or too many tokens."""
    named = (f"{row.get('quotaMetric')} {row.get('quotaId')}" for row in violations)
    return "tokens" if any("token" in name.lower() for name in named) else "requests"


def _of_google_auth(error: Exception) -> Exception:
    """The error for problems with Google Cloud's credentials (Vertex AI)."""
    if type(error).__name__ in ("TransportError", "TimeoutError"):
        return Lost(f"{type(error).__name__}: {without_key(str(error)):.80}")
    if type(error).__module__.startswith("google.auth"):
        return Fatal(
            f"Google Cloud refuses the credentials ({_clean(str(error)):.200}); see gcloud auth application-default"
        )
    return error


def _seconds(text: object) -> float | None:
    match = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)s", str(text))
    return float(match[1]) if match else None


def _clean(text: str) -> str:
    """A text on one line, limited in length and without the key."""
    return " ".join(without_key(text[:4000]).split())
