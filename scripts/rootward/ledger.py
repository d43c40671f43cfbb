"""The ledger of a step: what it asked and what came of it, per kind of question."""

import json
from collections import Counter
from pathlib import Path

from rootward.files import write_text


class Ledger:
    """Numbers per kind of question (questions, hits, calls, tokens, …) and answers per method."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter] = {}
        self.methods: Counter = Counter()

    def add(self, kind: str, **numbers: float) -> None:
        """Add to the numbers of a kind."""
        self.counts.setdefault(kind, Counter()).update(numbers)

    def content(self) -> dict:
        """Plain values, sorted."""
        return {
            "questions": {kind: dict(sorted(numbers.items())) for kind, numbers in sorted(self.counts.items())},
            "methods": dict(sorted(self.methods.items())),
        }

    def write(self, path: str | Path) -> None:
        """Write it as JSON."""
        write_text(path, json.dumps(self.content(), indent=2) + "\n")

    def lines(self) -> list[str]:
        """One line per kind of question, for a log."""
        return [
            f"{kind}: " + ", ".join(f"{n:g} {name}" for name, n in sorted(numbers.items()) if n)
            for kind, numbers in sorted(self.counts.items())
        ]
