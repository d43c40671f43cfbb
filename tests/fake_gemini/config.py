"""What can be set on the server, the kinds of fault it knows, and the draws that stand for chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any

# Refused at once: the provider's front door says no before any work is done.
REFUSALS = (
    *("429", "429_bare", "429_per_day", "429_billing", "403_billing"),
    *("429_limit_0", "429_spending", "429_long", "429_odd", "429_nan", "403_disabled"),
)
# An error instead of an answer, after the usual wait.
FAILURES = ("500", "502", "503", "500_text", "500_null", "500_list", "520", "409", "204", "redirect")
# Nothing, or half, arrives: closed before any byte, closed half-way through the body, never answered, or a
# body that is half the JSON though HTTP says it is whole (a careless proxy does that).
LOST = ("drop", "drop_half", "hang", "half_body")
# The wire is slow, endless or broken: a byte a second (of the body, or of the head as well), a body that does not
# end, one that unpacks to a hundred times its size, text that is no UTF-8, with its type or as plain text.
WIRE = ("drip", "drip_head", "endless", "bomb", "not_utf8", "not_utf8_plain")
# HTTP 200 and JSON, but not the envelope of the API.
ENVELOPES = (
    *("envelope_list", "envelope_null", "envelope_text", "candidates_null", "candidates_text", "parts_text"),
    *("text_list", "usage_list", "tokens_2_64", "version_dict"),
)
# HTTP 200 without usable text.
TEXTLESS = ("max_tokens", "safety", "recitation", "blocked", "no_candidates", "empty_text")
# HTTP 200, finishReason STOP, and text that is not the bare JSON that was asked for.
BROKEN_TEXT = ("truncated", "fenced", "prose", "duplicate_keys", "nan")
# Good JSON of the wrong shape.
BROKEN_SCHEMA = ("missing_field", "extra_field", "wrong_type", "huge_field", "half_character")
# Good JSON of the right shape whose ids are not those asked. Where there are no ids, missing_field instead.
BROKEN_IDS = ("id_changed", "id_dropped", "id_invented", "id_twice")
# One of a family, chosen by hash.
FAMILIES = {"wrong_schema": BROKEN_SCHEMA[:3], "wrong_ids": BROKEN_IDS, "odd_envelope": ENVELOPES}

CONTENT_FAULTS = frozenset((*TEXTLESS, *BROKEN_TEXT, *BROKEN_SCHEMA, *BROKEN_IDS, "wrong_schema", "wrong_ids"))
FAULTS = frozenset((*REFUSALS, *FAILURES, *LOST, *WIRE, *ENVELOPES, "odd_envelope")) | CONTENT_FAULTS

DICTS = {
    "limit": {"requests", "seconds"},
    "latency_lognormal": {"median", "sigma"},
    "stragglers": {"fraction", "factor"},
}
FRACTIONS = (
    *("wrong_parent", "stubborn", "yielding", "wrong_check", "variants", "cycles", "wrong_merge", "intermediates"),
    "batch_row_error",
)


@dataclass(frozen=True)
class Config:
    """What the server does. Fractions are in [0, 1], times in seconds, limits per model."""

    seed: int = 0

    # Who may call (None: any key that is not empty), which models exist (None: all), which answer for others.
    keys: list[str] | None = None
    models: list[str] | None = None
    model_versions: dict[str, str] = field(default_factory=dict)
    thoughts_tokens: int = 0

    # Time to an answer: fixed, or {"median", "sigma": of the logarithm}; stragglers {"fraction", "factor"}.
    latency: float = 0.0
    latency_lognormal: dict[str, float] | None = None
    stragglers: dict[str, float] | None = None

    # Limits. `limit` is {"requests", "seconds"}, a rolling window short enough for a test; refused calls do
    # not count. retry_delay is what a 429 says that comes from a fault or from per_day. limit_names: what one of a
    # limit says: the time that is left ("exact"), "nothing", or retry_delay in a header, as a "proxy" does.
    rpm: int | None = None
    tpm: int | None = None
    limit: dict[str, float] | None = None
    per_day: int | None = None
    retry_delay: float = 1.0
    limit_names: str = "exact"
    long_delay: float = 300.0  # what 429_long says
    spending_delay: float | None = None  # what 429_spending says; None: nothing
    redirect_to: str = "http://127.0.0.1:9"  # where a redirect leads; the path stays
    pause: float = 1.0  # between two bytes of what drips
    huge: int = 100_000_000  # characters of a huge field
    retry_after: bool = False

    # Faults. `faults`: a fraction of requests, drawn anew at each attempt. `sticky`: items that fail at every
    # attempt, by name or id (any text field of the item), or a fraction of all items. `first_n`: so many
    # requests that have no item in common, once each, in the order given.
    faults: dict[str, float] = field(default_factory=dict)
    sticky: dict[str, float | list[str]] = field(default_factory=dict)
    first_n: dict[str, int] = field(default_factory=dict)

    # Noise: fractions of items. `intermediates` is no error, but how often an intermediate is inserted.
    # `stubborn` is the share of wrong parents that every other wording of the question gives again; the
    # others are drawn anew. `yielding`: answers, right or wrong, that are given up where the question says what
    # contradicts them; another is drawn then. `wrong_check`: edges judged wrongly, either way.
    wrong_parent: float = 0.0
    stubborn: float = 0.0
    yielding: float = 0.0
    wrong_check: float = 0.0
    variants: float = 0.0
    synonyms: bool = False
    cycles: float = 0.0
    wrong_merge: float = 0.0
    intermediates: float = 0.1

    # Google search together with JSON output: allowed, rejected (400) or dropped (no groundingMetadata).
    grounding: str = "allowed"

    # Batch jobs: time to the end, how they end, rows that hold an error, faults of the first creations. A
    # creation whose answer is lost (drop, hang, ...) has made its job all the same.
    batch_seconds: float = 1.0
    batch_outcome: str = "SUCCEEDED"
    batch_row_error: float = 0.0
    batch_first_n: dict[str, int] = field(default_factory=dict)
    # Jobs that may be under way at once; one more is refused with a 429 that names nothing. The first jobs that end
    # otherwise, as {"FAILED": 1}, each with a reason where the API gives one.
    batch_queue: int | None = None
    batch_first_end: dict[str, int] = field(default_factory=dict)

    def updated(self, changes: dict[str, Any]) -> Config:
        """This config with some fields replaced; ValueError names what is not known or not possible."""
        known = {item.name for item in fields(self)}
        if unknown := sorted(changes.keys() - known):
            raise ValueError(f"unknown config: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        config = replace(self, **changes)
        config._check()
        return config

    def _check(self) -> None:
        for name in ("faults", "sticky", "first_n", "batch_first_n"):
            known = FAULTS - CONTENT_FAULTS if name == "batch_first_n" else FAULTS
            if unknown := sorted(getattr(self, name).keys() - known):
                raise ValueError(f"{name}: unknown {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        sticky = [share for share in self.sticky.values() if isinstance(share, (int, float))]
        shares = [*(getattr(self, name) for name in FRACTIONS), *self.faults.values(), *sticky]
        if not all(0 <= share <= 1 for share in shares) or sum(self.faults.values()) > 1:
            raise ValueError("fractions must be in [0, 1], and all `faults` together at most 1")
        for name, keys in DICTS.items():
            if (value := getattr(self, name)) is not None and value.keys() != keys:
                raise ValueError(f"{name}: needs exactly {' and '.join(sorted(keys))}")
        if self.limit_names not in ("exact", "nothing", "proxy"):
            raise ValueError(f"limit_names: {self.limit_names!r} is not exact, nothing or proxy")
        if self.grounding not in ("allowed", "rejected", "dropped"):
            raise ValueError(f"grounding: {self.grounding!r} is not allowed, rejected or dropped")
        if unknown := sorted(self.batch_first_end.keys() - {"FAILED", "EXPIRED", "CANCELLED"}):
            raise ValueError(f"batch_first_end: unknown {', '.join(unknown)}")
        if self.batch_outcome not in ("SUCCEEDED", "FAILED", "EXPIRED"):
            raise ValueError(f"batch_outcome: {self.batch_outcome!r} is not SUCCEEDED, FAILED or EXPIRED")


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts only: all that looks random here comes from it."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    # 53 bits: with all 64 the largest values would round up to 1.0.
    return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 11) / 2**53


def pick(options: Sequence[Any], *parts: object) -> Any:
    """One of the options, chosen by hash."""
    return options[int(chance(*parts) * len(options))]


encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
canonical_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def to_bytes(value: Any) -> bytes:
    return encode_json(value).encode("utf-8", "replace")
