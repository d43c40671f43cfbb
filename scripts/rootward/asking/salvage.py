"""Saves what can still be read of a damaged cache into a new one, and reports the loss."""

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from rootward.asking import pages
from rootward.asking.schema import COLUMNS, Value, seal
from rootward.asking.sql import transaction
from rootward.errors import tell

log = logging.getLogger("rootward")

LOST_CALL = ("", "lost", "lost", None, "", "", 0, 0, 0, 0.0, 0.0)  # stands in for the lost call of a saved answer
REAL = (COLUMNS["calls"].index("seconds") - 1, COLUMNS["calls"].index("dollars") - 1)


def set_aside(path: Path, error: Exception, opened: Callable[[], sqlite3.Connection]) -> None:
    """Move a damaged file away and copy what can be read of it into a new one. opened: opens the new file."""
    when = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.name}.damaged-{when}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        extra = Path(f"{path}{suffix}")
        if extra.exists():
            extra.rename(f"{aside}{suffix}")
    found = _Found(pages.rows(aside))
    found.write(opened())
    tell(f"{path}: damaged ({error}); it is kept as {aside.name}; {found.said()}")


class _Found:
    """The intact rows of a damaged file, and what is known about the lost ones."""

    def __init__(self, rows: Iterable[pages.Row]):
        self._calls: dict[int, tuple[Value, ...]] = {}
        self._items: dict[bytes, tuple[Value, ...]] = {}
        self._jobs: dict[str, tuple[Value, ...]] = {}
        self._forgotten: set[tuple[Value, ...]] = set()
        self._broken: list[Value] = []  # the calls of damaged answers
        for number, values in rows:
            self._take(number, values)

    def _take(self, number: int | None, values: tuple[Value, ...]) -> None:
        """Assign a row to its table, by its columns and its seal."""
        first = values[0] if values else None
        if number is None and isinstance(first, bytes) and len(values) in (4, 5):
            self._take_item(first, values)
        elif number is not None and len(values) in (12, 13) and first is None:
            call = tuple(float(v or 0) if at in REAL else v for at, v in enumerate(values[1:12]))
            if _is_sealed(call, values[12:]):
                self._calls[number] = call
        elif number is not None and isinstance(first, str) and len(values) in (4, 5):
            if isinstance(values[3], bytes | str) and _is_sealed(values[:4], values[4:]):
                self._jobs[first] = values[:4]
        elif number is not None and len(values) == 6 and _is_sealed(values[:5], values[5:]):
            self._forgotten.add(values[:5])

    def _take_item(self, key: bytes, values: tuple[Value, ...]) -> None:
        if len(key) == 16 and _is_sealed(values[:4], values[4:]):
            self._items[key] = values[:4]
        else:
            self._broken.append(values[1])

    def write(self, connection: sqlite3.Connection) -> None:
        """Write everything into a new file."""
        with transaction(connection):
            _write(connection, "jobs", rows=self._jobs.values())
            _write(connection, "items", rows=self._items.values())
            _write(connection, "forgotten", rows=self._forgotten)
            missing = {row[1] for row in self._items.values()} - self._calls.keys()
            calls = self._calls | {number: LOST_CALL for number in missing if isinstance(number, int)}
            connection.executemany(
                f"INSERT OR REPLACE INTO calls VALUES ({','.join('?' * 13)})",
                [(number, *call, seal(*call)) for number, call in calls.items()],
            )
            connection.execute("DELETE FROM calls WHERE id NOT IN (SELECT call FROM items)")

    def said(self) -> str:
        """What was saved and what was lost, as a text."""
        answered = {row[1] for row in self._items.values()}
        empty = [call for number, call in self._calls.items() if number not in answered]
        of_broken = [
            self._calls.get(number) for number in self._broken if isinstance(number, int) and number in answered
        ]
        lost = Counter(str(call[1]) if call else "unknown" for call in [*empty, *of_broken])
        named = ", ".join(f"{count} {question}" for question, count in sorted(lost.items()))
        what = f"at least {lost.total()} lost ({named})" if lost else "none known to be lost"
        return f"{len(self._items)} answers were saved, {what}; missing answers are asked again"


def _is_sealed(values: tuple[Value, ...], found: tuple[Value, ...]) -> bool:
    """Whether a row is intact; rows of a version without seals are trusted."""
    return not found or found[0] == seal(*values)


def _write(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Value, ...]]) -> None:
    marks = ",".join("?" * len(COLUMNS[table]))
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", [(*row, seal(*row)) for row in rows])
