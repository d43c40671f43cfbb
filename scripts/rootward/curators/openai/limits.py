"""Reads a service's limits from the headers of its replies, and how long it asks to wait.

The headers: `x-ratelimit-*` as OpenAI and others write them ("6m0s", "12ms", or seconds), `anthropic-ratelimit-*` (a
time), `retry-after` and `retry-after-ms`. A local server sends none: then the governor finds out how much it takes.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from rootward.curators.base import Throttled

Unit = Literal["requests", "tokens"]
UNITS: tuple[Unit, Unit] = ("requests", "tokens")
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
WAIT_IN_WORDS = re.compile(
    r"(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+|\d+(?:\.\d+)? ?(?:seconds?|sec)?)\b",
    re.IGNORECASE,
)
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
EPOCH = 1e9  # a number this large is a time, not a wait


def wait_named(headers: Mapping[str, str]) -> float | None:
    """The seconds that a refusal asks to wait: by `retry-after`, or until a used-up limit is full again."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    if (after := _seconds(headers.get("retry-after"))) is not None:
        return after
    waits = [wait for _, remaining, wait in windows(headers) if remaining <= 0 and wait > 0]
    return max(waits, default=None)


def wait_in_words(text: str) -> float | None:
    """The seconds to wait in the text of a refusal, as OpenAI and LiteLLM send them: a proxy may drop the headers."""
    found = WAIT_IN_WORDS.search(text)
    return _seconds(re.sub(r" ?sec(?:onds?)?$", "", found[1], flags=re.IGNORECASE)) if found else None


def windows(headers: Mapping[str, str]) -> Iterator[tuple[Unit, float, float]]:
    """(unit, how much remains, seconds until it is full again) for each limit in the headers."""
    for unit in UNITS:
        for remaining, reset in (
            (f"x-ratelimit-remaining-{unit}", f"x-ratelimit-reset-{unit}"),
            (f"anthropic-ratelimit-{unit}-remaining", f"anthropic-ratelimit-{unit}-reset"),
            (f"anthropic-ratelimit-input-{unit}-remaining", f"anthropic-ratelimit-input-{unit}-reset"),
        ):
            left, wait = _number(headers.get(remaining)), _seconds(headers.get(reset))
            if left is not None and wait is not None and left >= 0:  # Azure writes -1 if unknown
                yield unit, left, wait


class Limits:
    """What remains of a model's limits according to its last reply, so that no call is sent only to be refused.
    Thread-safe.
    """

    def __init__(self, longest_wait: float):
        self._lock = threading.Lock()
        self._longest_wait = longest_wait
        self._left: dict[Unit, tuple[float, float]] = {}  # (remaining, until when)

    def note(self, headers: Mapping[str, str]) -> None:
        """Record the limits in a reply's headers."""
        now = time.monotonic()
        with self._lock:
            for unit, left, wait in windows(headers):
                self._left[unit] = (left, now + min(wait, self._longest_wait))

    def take(self, tokens: float) -> None:
        """Start a call with a prompt of this many tokens. Raises Throttled if too little remains for it."""
        now = time.monotonic()
        wanted: dict[Unit, float] = {"requests": 1.0, "tokens": tokens}
        with self._lock:
            for unit, (left, until) in self._left.items():
                if now < until and left < wanted[unit]:
                    raise Throttled(until - now, unit)
            self._left = {unit: (left - wanted[unit], until) for unit, (left, until) in self._left.items()}


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _seconds(text: str | None) -> float | None:
    """A wait in seconds, from seconds, from hours to milliseconds with their units, or from a time."""
    text = (text or "").strip()
    if (number := _number(text)) is not None:
        return max(0.0, number - time.time() if number > EPOCH else number)
    if text and not DURATION.sub("", text):
        return sum(float(amount) * SECONDS[unit] for amount, unit in DURATION.findall(text))
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return max(0.0, (read(text).astimezone(UTC) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError, OverflowError):
            continue
    return None
