"""The answer cache: one row per item that was answered, and the call that answered it.

It uses SQLite from the standard library (`database`), with a transaction per call, so that paid answers survive a
SIGKILL. Failures are never stored.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from rootward.asking.database import Database
from rootward.asking.job_book import JobBook
from rootward.asking.packing import packed, unpacked
from rootward.asking.schema import seal
from rootward.asking.sql import insert, transaction
from rootward.errors import UserError

KEYS_PER_QUERY = 500

CALLS = (
    "INSERT INTO calls (made, question, model, model_version, prompt, reply, input_tokens, cached_tokens,"
    " output_tokens, seconds, dollars, seal) VALUES"
)
ITEMS = "INSERT OR REPLACE INTO items (key, call, label, value, seal) VALUES"
Entry = tuple[tuple[Any, ...], list[tuple[bytes, str, str]]]  # a row of `calls`, and (key, label, value) of its items


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model: what was sent, what came back, what it cost (US dollars) and how long it took (seconds)."""

    question: str
    model: str
    model_version: str | None
    prompt: str
    reply: str
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    dollars: float = 0.0


class AnswerCache:
    """Answers by key (32 hex digits): `value` is the reply's fields as stored, `label` the question's item."""

    def __init__(self, path: str | Path, journal_mode: str):
        self._database = Database(path, journal_mode)
        self.path = self._database.path
        self.jobs = JobBook(self._database)
        self._unwritten: dict[int, Entry] = {}  # changed only by atomic operations

    def get_many(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The stored values of the keys that have one. Damaged rows are left out."""
        keys = list(keys)
        if not keys or not self._database.exists:
            return {}
        return self._database.guarded(lambda connection: self._select(connection, keys))

    def _select(self, connection: sqlite3.Connection, keys: list[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        broken = 0
        for start in range(0, len(keys), KEYS_PER_QUERY):
            part = [bytes.fromhex(key) for key in keys[start : start + KEYS_PER_QUERY]]
            marks = ",".join("?" * len(part))
            columns = "key, call, CAST(label AS BLOB), CAST(value AS BLOB), seal"
            query = f"SELECT {columns} FROM items WHERE key IN ({marks})"
            for key, call, label, value, sealed in connection.execute(query, part):
                if sealed != seal(key, call, label, value):
                    broken += 1
                elif (content := _content(value)) is not None:
                    found[key.hex()] = content
        if broken and not self._database.is_read_only:
            # If one row is damaged, the sort order may be, too: all intact rows move to a new file.
            raise sqlite3.DatabaseError(f"damaged rows: {broken}")
        return found

    def store(self, call: Call, answers: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
        """Store a call and its answers (key -> label, value); they are on disk when this returns.

        Calls of other threads that are waiting for the file are written in the same transaction.
        """
        entry = (
            _call_row(call),
            [
                (bytes.fromhex(k), label.encode("utf-8", "replace").decode(), _json(value))
                for k, (label, value) in answers.items()
            ],
        )
        number = id(entry)
        self._unwritten[number] = entry
        with self._database.lock:
            if number in self._unwritten:
                try:
                    self._database.guarded(self._write_all)
                finally:  # calls that cannot be written must not block those that can
                    self._unwritten.pop(number, None)

    def _write_all(self, connection: sqlite3.Connection) -> None:
        waiting = self._unwritten.copy()
        entries = list(waiting.values())
        with transaction(connection):
            # Alone on the file, so the calls get consecutive numbers.
            first = insert(connection, CALLS, rows=[(*call, seal(*call)) for call, _ in entries]) - len(entries) + 1
            insert(
                connection,
                ITEMS,
                rows=[
                    (key, call, label, value, seal(key, call, label, value))
                    for call, (_, answers) in enumerate(entries, first)
                    for key, label, value in answers
                ],
            )
        for number in waiting:
            del self._unwritten[number]

    def require_writable(self) -> None:
        """Raise UserError if answers cannot be stored; call this before anything is paid for."""
        self._database.guarded(lambda connection: None)
        if self._database.is_read_only:
            raise UserError(f"{self.path}: cannot be written, so no answer could be kept; see cache.answers")

    def call_of(self, call_id: str) -> dict[str, Any] | None:
        """The call with a `call_id` of the tables (columns of `calls`, texts unpacked), or None."""

        try:
            bytes.fromhex(call_id)
        except ValueError:  # a reference entry
            return None

        def look(connection: sqlite3.Connection) -> dict[str, Any] | None:
            low, high = bytes.fromhex(call_id), bytes.fromhex(call_id) + b"\xff" * 8
            connection.row_factory = sqlite3.Row
            try:
                row = connection.execute(
                    "SELECT calls.* FROM items JOIN calls ON calls.id = items.call WHERE key BETWEEN ? AND ?",
                    (low, high),
                ).fetchone()
            finally:
                connection.row_factory = None
            if row is None or row["seal"] != seal(*tuple(row)[1:-1]):
                return None
            return dict(row) | {name: unpacked(row[name]) for name in ("prompt", "reply")}

        return self._database.guarded(look) if self.path.exists() else None

    def models_of(self, call_ids: Iterable[str]) -> dict[str, str]:
        """call_id -> id of the model that answered, for the call_ids found here."""
        wanted = set(call_ids)

        def look(connection: sqlite3.Connection) -> dict[str, str]:
            rows = connection.execute(
                "SELECT lower(hex(items.key)), calls.model FROM items JOIN calls ON calls.id = items.call"
            )
            return {key[:16]: model for key, model in rows if key[:16] in wanted}

        return self._database.guarded(look) if wanted and self.path.exists() else {}

    def forget(
        self, question: str | None = None, label: str | None = None, model: str | None = None, before: str | None = None
    ) -> Counter[str]:
        """Delete the answers of a kind of question, an item (its label, case-folded), a model, or older than a date.
        Returns the number deleted for each kind. Without any condition nothing is deleted.
        """
        conditions, values = [], []
        for condition, value in (
            ("calls.question = ?", question),
            ("casefold(items.label) = casefold(?)", label),
            ("calls.model = ?", model),
            ("calls.made < ?", before),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        if not conditions or not self.path.exists():
            return Counter()
        meant = f"FROM items JOIN calls ON calls.id = items.call WHERE {' AND '.join(conditions)}"

        def drop(connection: sqlite3.Connection) -> Counter[str]:
            with transaction(connection):
                counts = connection.execute(f"SELECT question, count(*) {meant} GROUP BY question", values)
                dropped = Counter(dict(counts.fetchall()))
                connection.execute(f"DELETE FROM items WHERE key IN (SELECT items.key {meant})", values)
                connection.execute("DELETE FROM calls WHERE id NOT IN (SELECT call FROM items)")
                said = (question, label, model, before, _now())
                connection.execute("INSERT INTO forgotten VALUES (?,?,?,?,?,?)", (*said, seal(*said)))
                return dropped

        def wipe(connection: sqlite3.Connection) -> Counter[str]:
            # Deleted rows are overwritten on their pages, so that a salvage cannot find them again.
            connection.execute("PRAGMA secure_delete=ON")
            try:
                return drop(connection)
            finally:
                connection.execute("PRAGMA secure_delete=OFF")

        return self._database.guarded(wipe)

    def is_forgotten(self, question: str, label: str, model: str, made: str) -> bool:
        """Whether an earlier `forget` applies to an answer stored elsewhere, made at this time (ISO 8601)."""
        return any(
            (of is None or of == question)
            and (named is None or named.casefold() == label.casefold())
            and (by is None or by == model)
            and (before is None or made < before)
            for of, named, by, before in self._forgotten
        )

    @cached_property
    def _forgotten(self) -> list[tuple[str | None, ...]]:
        if not self._database.exists:
            return []
        return self._database.guarded(
            lambda connection: connection.execute("SELECT question, label, model, before FROM forgotten").fetchall()
        )

    def models(self) -> list[str]:
        """The names of the models that answered, as given by `settings.model_name`."""
        if not self.path.exists():
            return []
        distinct = "SELECT DISTINCT model FROM calls ORDER BY model"
        return self._database.guarded(lambda connection: [model for (model,) in connection.execute(distinct)])

    def statistics(self) -> list[dict[str, Any]]:
        """Per question and model: answers, calls, bytes, tokens, seconds and dollars, sorted."""
        if not self.path.exists():
            return []

        def count(connection: sqlite3.Connection) -> list[dict[str, Any]]:
            names = (
                "question",
                "model",
                "calls",
                "answers",
                "bytes",
                "input_tokens",
                "output_tokens",
                "seconds",
                "dollars",
            )
            rows = connection.execute(
                "SELECT question, model, count(*), sum(n),"
                " sum(length(CAST(prompt AS BLOB)) + length(CAST(reply AS BLOB))) + sum(b), sum(input_tokens),"
                " sum(output_tokens), sum(seconds), sum(dollars) FROM calls JOIN (SELECT call,"
                " count(*) n, sum(length(value) + length(label)) b FROM items GROUP BY call) ON call = id"
                " GROUP BY question, model ORDER BY question, model"
            )
            return [dict(zip(names, row, strict=True)) for row in rows]

        return self._database.guarded(count)

    def close(self) -> None:
        """Close the connection; it is opened again when needed."""
        self._database.close()


def _call_row(call: Call) -> tuple[Any, ...]:
    return (
        _now(),
        call.question,
        call.model,
        call.model_version,
        packed(call.prompt),
        packed(call.reply),
        call.input_tokens,
        call.cached_tokens,
        call.output_tokens,
        call.seconds,
        call.dollars,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _content(value: bytes) -> dict[str, Any] | None:
    """The fields of an answer; None if a version without seals stored something that is not an answer."""
    try:
        content: dict[str, Any] = json.loads(value)
    except ValueError:
        return None
    return content


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
