"""Quotas: rolling windows of requests and tokens, a day's quota, and the 429 of each."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict, deque
from typing import NamedTuple

from fake_gemini.config import Config
from fake_gemini.errors import METRIC, RPC, ApiError

HELP_URL = "https://ai.google.dev/gemini-api/docs/rate-limits"


class Quota(NamedTuple):
    """A limit, by the names it has in the body of a 429."""

    metric: str
    id: str
    value: int


def requests_per_minute(value: float) -> Quota:
    return Quota("generate_requests_per_model", "GenerateRequestsPerMinutePerProjectPerModel", int(value))


def tokens_per_minute(value: float) -> Quota:
    metric = "generate_content_paid_tier_input_token_count"
    return Quota(metric, "GenerateContentPaidTierInputTokensPerModelPerMinute", int(value))


def requests_per_day(value: float) -> Quota:
    metric = "generate_requests_per_model_per_day"
    return Quota(metric, "GenerateRequestsPerDayPerProjectPerModel", int(value))


def retry_info(delay: float) -> dict[str, str]:
    """The detail that names a wait, as it comes: "7s" or "0.8379s"."""
    return {"@type": f"{RPC}.RetryInfo", "retryDelay": f"{math.ceil(delay * 1e4) / 1e4:g}s"}


def over_quota(model: str, quota: Quota, delay: float, retry_after: bool) -> ApiError:
    """The 429 of a limit. Its delay is written "7s" or "0.8379s", as it comes."""
    metric, delay_text = f"{METRIC}/{quota.metric}", f"{math.ceil(delay * 1e4) / 1e4:g}s"
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information "
        f"on this error, head to: {HELP_URL}. \n* Quota exceeded for metric: {metric}, limit: {quota.value}, "
        f"model: {model}\nPlease retry in {delay_text}."
    )
    violation = {
        "quotaMetric": metric,
        "quotaId": quota.id,
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": str(quota.value),
    }
    link = {"description": "Learn more about Gemini API quotas", "url": HELP_URL}
    details = [
        {"@type": f"{RPC}.Help", "links": [link]},
        {"@type": f"{RPC}.QuotaFailure", "violations": [violation]},
        retry_info(delay),
    ]
    headers = b"Retry-After: %d\r\n" % math.ceil(delay) if retry_after else b""
    return ApiError(429, "RESOURCE_EXHAUSTED", message, details, headers=headers)


def full_queue() -> ApiError:
    """The 429 of a batch job too many: it names neither a quota nor a wait."""
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information "
        f"on this error, head to: {HELP_URL}."
    )
    link = {"description": "Learn more about Gemini API quotas", "url": HELP_URL}
    return ApiError(429, "RESOURCE_EXHAUSTED", message, [{"@type": f"{RPC}.Help", "links": [link]}])


class Window:
    """A rolling limit: at most `quota.value` units within `seconds`."""

    def __init__(self, quota: Quota, seconds: float) -> None:
        self.quota, self.seconds = quota, seconds
        self.used = 0
        self.entries: deque[tuple[float, int]] = deque()

    def wait(self, amount: int, now: float) -> float:
        """Seconds until so much more fits; 0 when it fits now."""
        while self.entries and self.entries[0][0] <= now - self.seconds:
            self.used -= self.entries.popleft()[1]
        excess = self.used + amount - self.quota.value
        if excess <= 0:
            return 0.0
        for moment, freed in self.entries:
            excess -= freed
            if excess <= 0:
                return moment + self.seconds - now
        return self.seconds

    def add(self, amount: int, now: float) -> None:
        self.entries.append((now, amount))
        self.used += amount


class Limits:
    """All limits of all models. What is refused is not counted."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.today: Counter[str] = Counter()
        self.windows: dict[str, list[tuple[Window, bool]]] = defaultdict(self._new_windows)

    def _new_windows(self) -> list[tuple[Window, bool]]:
        """The windows of one model, each with whether it counts tokens."""
        config, windows = self.config, []
        if config.rpm:
            windows.append((Window(requests_per_minute(config.rpm), 60), False))
        if config.tpm:
            windows.append((Window(tokens_per_minute(config.tpm), 60), True))
        if config.limit:
            requests, seconds = config.limit["requests"], config.limit["seconds"]
            windows.append((Window(requests_per_minute(requests), seconds), False))
        return windows

    def admit(self, model: str, tokens: int) -> None:
        """Count a request, or raise the 429 of the limit that frees last."""
        config, now = self.config, time.monotonic()
        if config.per_day is not None and self.today[model] >= config.per_day:
            raise over_quota(model, requests_per_day(config.per_day), config.retry_delay, config.retry_after)
        amounts = [(window, tokens if counts_tokens else 1) for window, counts_tokens in self.windows[model]]
        waits = [(window.wait(amount, now), window) for window, amount in amounts]
        delay, window = max(waits, key=lambda wait: wait[0], default=(0.0, None))
        if window and delay > 0:
            raise self._refusal(model, window.quota, delay)
        for window, amount in amounts:
            window.add(amount, now)
        self.today[model] += 1

    def _refusal(self, model: str, quota: Quota, delay: float) -> ApiError:
        """The 429 of a limit, which names what the config has it name."""
        if self.config.limit_names == "exact":
            return over_quota(model, quota, delay, self.config.retry_after)
        is_proxy = self.config.limit_names == "proxy"
        headers = b"Retry-After: %d\r\n" % math.ceil(self.config.retry_delay) if is_proxy else b""
        said = "Resource has been exhausted (e.g. check quota)."
        return ApiError(429, "RESOURCE_EXHAUSTED", said, headers=headers)
