"""The SDK's errors as ours: too much at once, lost, a bad request, or the end."""

import json
import re
from typing import Any

from rootward.curators.base import BadRequest, Fatal, Lost, Throttled
from rootward.curators.gemini.client import KEY_NAMES, without_key

LONGEST_WAIT = 120.0  # seconds; who is told to wait longer is out of quota for the day
# A stop for money, not for speed; the usual 429 speaks of "plan and billing details" too and means neither.
MONEY = re.compile(r"spend|credit|payment|billing (?!details)", re.IGNORECASE)


def explained(error: Exception, model: str) -> Exception:
    """The SDK's error as one of ours, without the key; a bug of ours as it is. model: the id that was asked."""
    code = getattr(error, "code", None)
    if not isinstance(code, int):
        return _transport(error)
    given = getattr(error, "details", None)
    details = given if isinstance(given, dict) else {}
    message = without_key(str(getattr(error, "message", None) or details.get("error", {}).get("message") or code))
    first = " ".join(message.split())[:200]
    if code == 429:
        return _too_much(details, first, model, _retry_after(error))
    if code in (500, 502, 503, 504, 408, 499):
        return Lost(f"{code}: {first:.80}", overloaded=code in (503, 504))
    if code == 400 and details.get("error", {}).get("status") == "FAILED_PRECONDITION":
        return Fatal(f"the API is not open to this project or place ({first})")
    if code in (401, 403) or "API key" in message or "API_KEY" in json.dumps(details):
        return Fatal(f"the API refuses the key in {' or '.join(KEY_NAMES)} ({code}: {first})")
    if code == 404:
        return Fatal(f"the API knows no model {model!r} (models.*.id): {first}")
    return BadRequest(f"{code}: {first}")


def _too_much(details: dict[str, Any], message: str, model: str, retry_after: float | None) -> Exception:
    """A 429: for a moment, or for the day."""
    wait = retry_after
    for detail in details.get("error", {}).get("details") or ():
        type_ = str(detail.get("@type", ""))
        if type_.endswith("RetryInfo"):
            wait = _seconds(detail.get("retryDelay")) or wait
        for violation in detail.get("violations") or () if type_.endswith("QuotaFailure") else ():
            if "PerDay" in str(violation.get("quotaId")):
                limit = violation.get("quotaValue") or "all"
                of = "tokens" if "Token" in violation["quotaId"] else "requests"
                return Fatal(
                    f"{model}: today's quota of {limit} {of} is used up ({violation.get('quotaId')}); every "
                    "answer so far is kept, run the same command again after midnight Pacific time"
                )
    if MONEY.search(message):
        return Fatal(f"{model}: {message}; every answer so far is kept, run the same command again when it is settled")
    if wait is not None and wait > LONGEST_WAIT:
        return Fatal(f"{model}: the API asks to wait {wait:.0f} s; every answer so far is kept, run again then")
    return Throttled(wait)


def _seconds(text: object) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(text))
    return float(match[1]) if match else None


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("retry-after") or "")
    except (TypeError, ValueError):
        return None


def _transport(error: Exception) -> Exception:
    """Errors without a status: the connection's, or a bug of ours (which is passed on)."""
    module = type(error).__module__.split(".")[0]
    if module in ("httpx2", "httpcore2", "httpx", "httpcore", "ssl", "json") or isinstance(error, OSError | ValueError):
        if "proxy" in type(error).__name__.lower():
            return Fatal(f"the proxy refuses the connection ({type(error).__name__})")
        return Lost(f"{type(error).__name__}: {without_key(str(error)):.80}")
    return error
