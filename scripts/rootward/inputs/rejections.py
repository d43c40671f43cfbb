"""The rows set aside, each with source and reason; beyond a reasonable number of one kind they are only counted."""

import re
from collections import Counter
from typing import NamedTuple

from rootward.knowledge.names import clean

LISTED = 10_000  # rows listed per file and kind of reason; the rest is counted
_REASONS = 1_000  # different wordings that are counted separately
_PARTICULAR = re.compile(r"'.*'|\d+(?:[,. ]+\d+)*")


class Rejection(NamedTuple):
    """A row that could not be used (source is file:line), or the number of further rows of a file (source is file)."""

    source: str
    reason: str
    raw: str
    n_rows: int = 1


def kind(reason: str) -> str:
    """A reason without its details (quoted words, numbers), for counting similar ones together."""
    return _PARTICULAR.sub("…", reason)


class Rejections:
    """Collects rejections in bounded memory: at most LISTED rows of a kind and file, then numbers."""

    def __init__(self) -> None:
        self._listed: list[Rejection] = []
        self._number: Counter[tuple[str, str]] = Counter()  # file, kind -> rows
        self._further: Counter[tuple[str, str]] = Counter()  # file, reason -> rows that are not listed
        self._kinds: dict[str, str] = {}

    def add(self, file: str, line: int, reason: str, raw: str) -> None:
        """Set a row aside."""
        alike = self._kinds.get(reason)
        if alike is None:
            alike = kind(reason)
            if len(self._kinds) < _REASONS:
                self._kinds[reason] = alike
        self._number[file, alike] += 1
        if self._number[file, alike] <= LISTED:
            self._listed.append(Rejection(f"{file}:{line}", reason, raw=clean(raw)))
        else:
            self._further[file, reason if reason in self._kinds else alike] += 1

    def __len__(self) -> int:
        return sum(self._number.values())

    def by_reason(self) -> Counter[str]:
        """Number of rows of each kind of reason, over all files."""
        counts: Counter[str] = Counter()
        for (_, alike), number in self._number.items():
            counts[alike] += number
        return counts

    def rows(self) -> list[Rejection]:
        """The rows of the table of rejections; their n_rows add up to the number of rows set aside."""
        further = [
            Rejection(file, reason, raw="further rows of this kind, only counted", n_rows=number)
            for (file, reason), number in self._further.items()
        ]
        return self._listed + further
