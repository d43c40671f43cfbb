"""The ledger of a step: what it asked, with which results, and what it paid."""

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from rootward.files import write_text

FAILED = "failed"  # the folder beside a step's ledger for the ledgers of failed attempts
PAID = ("calls", "input_tokens", "output_tokens", "dollars")


class Ledger:
    """Counts per kind of question, answers per method, and calls, tokens and dollars per model. Thread-safe.

    Per kind: questions, hits (answered by the cache), calls, throttled (429), lost (no answer), unusable (replies with
    something invalid), failures, unchecked (failures of questions that a run can do without), unknown.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: dict[str, Counter[str]] = {}
        self.methods: Counter[str] = Counter()
        self.models: dict[str, dict[str, float]] = {}
        self.versions: dict[str, set[str]] = {}
        self.escalated: dict[str, dict[str, float]] = {}

    def add(self, kind: str, **numbers: int) -> None:
        """Add to the counts of a kind."""
        with self._lock:
            self.counts.setdefault(kind, Counter()).update(numbers)

    def pay(
        self,
        model: str,
        version: str | None,
        input_tokens: int,
        output_tokens: int,
        dollars: float,
        searches: int = 0,
    ) -> None:
        """Record an answered call of a model, the version that answered, and its cost including searches."""
        with self._lock:
            paid = self.models.setdefault(model, dict.fromkeys(PAID, 0))
            for name, amount in zip(PAID, (1, input_tokens, output_tokens, dollars), strict=True):
                paid[name] += amount
            if searches:
                paid["searches"] = paid.get("searches", 0) + searches
            if version and version != model:
                self.versions.setdefault(model, set()).add(version)

    @property
    def dollars(self) -> float:
        """US dollars paid so far."""
        return sum(paid["dollars"] for paid in list(self.models.values()))

    def escalate(self, kind: str, asked: int, changed: int, dollars: float) -> None:
        """Record how many questions a stronger model was asked, how many answers that changed (the others stay), and
        what it cost.
        """
        with self._lock:
            noted = self.escalated.setdefault(kind, dict.fromkeys(("asked", "changed", "kept", "dollars"), 0))
            for name, amount in zip(noted, (asked, changed, asked - changed, dollars), strict=True):
                noted[name] += amount

    @property
    def has_failures(self) -> bool:
        """Whether a question failed that might be answered another time."""
        return any(numbers["failures"] for numbers in self.counts.values())

    def waste(self, model: str, dollars: float) -> None:
        """Record a paid reply without anything usable."""
        with self._lock:
            paid = self.models.setdefault(model, dict.fromkeys(PAID, 0))
            for name, amount in (("unusable", 1), ("unusable_dollars", dollars)):
                paid[name] = paid.get(name, 0) + amount

    def content(self) -> dict[str, Any]:
        """The ledger as plain values, sorted."""
        return {
            "questions": {kind: dict(sorted(numbers.items())) for kind, numbers in sorted(self.counts.items())},
            "methods": dict(sorted(self.methods.items())),
            "models": {model: dict(sorted(paid.items())) for model, paid in sorted(self.models.items())},
            "escalated": {kind: dict(noted) for kind, noted in sorted(self.escalated.items())},
            "other_versions": {model: sorted(versions) for model, versions in sorted(self.versions.items())},
        }

    def write(self, path: str | Path) -> None:
        """Write it as JSON."""
        write_text(path, json.dumps(self.content(), indent=2) + "\n")

    def lines(self) -> list[str]:
        """A line per kind of question and per model, for a log."""
        lines = [
            f"{kind}: " + ", ".join(f"{n} {name}" for name, n in sorted(numbers.items()) if n)
            for kind, numbers in sorted(self.counts.items())
        ]
        lines += [
            f"{model}: {paid['calls']} calls, {paid['input_tokens']} + {paid['output_tokens']} tokens, "
            f"${paid['dollars']:.4f}"
            for model, paid in sorted(self.models.items())
        ]
        lines += [
            f"{kind}: {noted['asked']} to a stronger model, which changed {noted['changed']} and kept {noted['kept']}, "
            f"${noted['dollars']:.4f}"
            for kind, noted in sorted(self.escalated.items())
        ]
        return lines


def unpaid(content: dict[str, Any]) -> dict[str, Any]:
    """The content of the ledger for a step whose results were restored: every question answered, nothing paid. These
    results still contain the changes of a stronger model.
    """
    if not content["models"]:
        return content
    lost = ("failures", "unknown")
    questions = {
        kind: {"hits": numbers["questions"] - sum(numbers.get(name, 0) for name in lost)}
        | {name: number for name, number in numbers.items() if name in ("questions", *lost)}
        for kind, numbers in content["questions"].items()
    }
    escalated = {kind: noted | {"dollars": 0} for kind, noted in content.get("escalated", {}).items()}
    return content | {"questions": questions, "models": {}, "escalated": escalated, "other_versions": {}}
