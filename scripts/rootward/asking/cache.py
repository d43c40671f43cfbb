"""The answer cache: one row per item that was ever answered, and the call that answered it.

SQLite from the standard library. Safe for threads (one connection behind a lock) and for several processes (short
immediate transactions, a long busy timeout); a transaction per call, so that what was paid survives a SIGKILL. Failures
are never stored. A damaged file is set aside, and what can be read of it is kept.
"""

import json
import logging
import sqlite3
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from rootward.errors import UserError

log = logging.getLogger("rootward")
T = TypeVar("T")

BUSY_MS = 120_000
KEYS_PER_QUERY = 500

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, made TEXT NOT NULL, question TEXT NOT NULL, model TEXT NOT NULL, model_version TEXT,
    prompt BLOB NOT NULL, reply BLOB NOT NULL, input_tokens INTEGER, cached_tokens INTEGER, output_tokens INTEGER,
    seconds REAL, dollars REAL);
CREATE TABLE IF NOT EXISTS items (
    key BLOB PRIMARY KEY, call INTEGER NOT NULL, label TEXT NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    display_name TEXT PRIMARY KEY, question TEXT NOT NULL, name TEXT, content BLOB NOT NULL);
"""


CALLS = (
    "INSERT INTO calls (made, question, model, model_version, prompt, reply, input_tokens, cached_tokens,"
    " output_tokens, seconds, dollars) VALUES"
)
ITEMS = "INSERT OR REPLACE INTO items (key, call, label, value) VALUES"
VALUES_AT_ONCE = 30_000  # SQLite takes 32,766 in one statement
COMPRESSED_FROM = 4_000  # characters; below, compressing costs more time than it saves room


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


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A batch job that was sent, or is about to be: the keys of each request's questions, and its prompt."""

    display_name: str
    question: str
    requests: list[list[str]]
    prompts: list[str]
    name: str | None

    def named(self, name: str) -> "BatchJob":
        """The same job under the name the API gave it."""
        return replace(self, name=name)


class AnswerCache:
    """Answers by key (32 hex digits): `value` is the reply's fields as stored, `label` the question's item."""

    def __init__(self, path: str | Path, journal_mode: str = "wal"):
        self.path = Path(path)
        self._journal_mode = journal_mode
        self._lock = threading.RLock()
        self._read_only = False
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None  # of the file the connection was opened on
        self._unwritten: dict[int, tuple] = {}  # changed in single steps only, each of which no thread can interrupt

    def get_many(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The stored values of the keys that have one."""
        keys = list(keys)
        if not keys or (self._connection is None and not self.path.exists()):
            return {}
        return self._guarded(lambda connection: self._select(connection, keys))

    def _select(self, connection: sqlite3.Connection, keys: list[str]) -> dict[str, dict[str, Any]]:
        found = {}
        for start in range(0, len(keys), KEYS_PER_QUERY):
            part = [bytes.fromhex(key) for key in keys[start : start + KEYS_PER_QUERY]]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, CAST(value AS BLOB) FROM items WHERE key IN ({marks})"
            for key, value in connection.execute(query, part):
                try:
                    found[key.hex()] = json.loads(value)
                except ValueError:
                    continue  # damaged: it is asked again
        return found

    def store(self, call: Call, answers: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
        """Keep a call and the answers it gave (key -> label, value); they are kept when this returns.

        Calls of other threads that wait for the file are written along in the same transaction.
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
        with self._lock:
            if number in self._unwritten:
                try:
                    self._guarded(self._write_all)
                finally:  # what could not be written must not stand in the way of what can
                    self._unwritten.pop(number, None)

    def _write_all(self, connection: sqlite3.Connection) -> None:
        waiting = self._unwritten.copy()
        entries = list(waiting.values())
        with _transaction(connection):
            # Alone on the file, so the calls get consecutive numbers.
            first = _insert(connection, CALLS, [call for call, _ in entries]) - len(entries) + 1
            _insert(
                connection,
                ITEMS,
                [
                    (key, call, label, value)
                    for call, (_, answers) in enumerate(entries, first)
                    for key, label, value in answers
                ],
            )
        for number in waiting:
            del self._unwritten[number]

    def note_job(self, job: BatchJob) -> None:
        """Remember a batch job until `close_job`."""
        row = (job.display_name, job.question, job.name, _packed(json.dumps([job.requests, job.prompts])))
        self._guarded(lambda c: c.execute("INSERT OR REPLACE INTO jobs VALUES (?,?,?,?)", row))

    def open_jobs(self, question: str) -> list[BatchJob]:
        """The remembered jobs of a kind of question."""

        def look(connection: sqlite3.Connection) -> list[BatchJob]:
            rows = connection.execute(
                "SELECT display_name, name, content FROM jobs WHERE question = ? ORDER BY display_name", (question,)
            )
            return [
                BatchJob(display, question, *json.loads(_unpacked(content)), name) for display, name, content in rows
            ]

        return self._guarded(look)

    def close_job(self, display_name: str) -> None:
        """Forget a batch job that was read, or never was."""
        self._guarded(lambda c: c.execute("DELETE FROM jobs WHERE display_name = ?", (display_name,)))

    def require_writable(self) -> None:
        """Raise UserError unless answers can be kept; to be asked before anything is paid for."""
        self._guarded(lambda connection: None)
        if self._read_only:
            raise UserError(f"{self.path}: cannot be written, and what is asked could not be kept; see cache.path")

    def call_of(self, call_id: str) -> dict[str, Any] | None:
        """The call that a `call_id` of the tables leads to (columns of `calls`, texts unpacked), or None."""

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
            return row and dict(row) | {name: _unpacked(row[name]) for name in ("prompt", "reply")}

        return self._guarded(look) if self.path.exists() else None

    def models_of(self, call_ids: Iterable[str]) -> dict[str, str]:
        """call_id -> id of the model that answered, for the call_ids that are known."""
        wanted = set(call_ids)

        def look(connection: sqlite3.Connection) -> dict[str, str]:
            rows = connection.execute(
                "SELECT lower(hex(items.key)), calls.model FROM items JOIN calls ON calls.id = items.call"
            )
            return {key[:16]: model for key, model in rows if key[:16] in wanted}

        return self._guarded(look) if wanted and self.path.exists() else {}

    def forget(
        self, question: str | None = None, label: str | None = None, model: str | None = None, before: str | None = None
    ) -> Counter[str]:
        """Drop the answers of a kind of question, an item (its label, case-folded), a model or older than a date; the
        number dropped of each kind. Without any condition nothing is dropped.
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
            with _transaction(connection):
                counts = connection.execute(f"SELECT question, count(*) {meant} GROUP BY question", values)
                dropped = Counter(dict(counts.fetchall()))
                connection.execute(f"DELETE FROM items WHERE key IN (SELECT items.key {meant})", values)
                connection.execute("DELETE FROM calls WHERE id NOT IN (SELECT call FROM items)")
                return dropped

        return self._guarded(drop)

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

        return self._guarded(count)

    def close(self) -> None:
        """Close the connection; it is opened again when needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    # --- opening, and what can go wrong ---

    def _guarded(self, action: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                return action(self._open())
            except (sqlite3.OperationalError, OSError) as error:
                raise UserError(f"{self.path}: {_reason(error)}") from error
            except sqlite3.DatabaseError as error:  # not a database, or torn
                self._set_aside(error)
                return action(self._open())

    def _open(self) -> sqlite3.Connection:
        deadline = time.monotonic() + BUSY_MS / 1000
        while self._connection is None:
            try:
                self._connection = self._opened()
            except sqlite3.OperationalError as error:
                # Two processes that make the file at once: changing the journal is the one thing SQLite does not wait
                # for.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        connection = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._connect(str(self.path))
            self._inode = _inode(self.path)
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != self._journal_mode:
                connection.execute(f"PRAGMA journal_mode={self._journal_mode}")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(SCHEMA)
            return connection
        except (sqlite3.OperationalError, OSError) as error:
            if connection is not None:
                connection.close()
            if not self.path.exists() or "locked" in str(error):
                raise
        # A folder nobody may write to: what is known can still be read.
        connection = self._connect(f"{self.path.resolve().as_uri()}?immutable=1")
        connection.execute("SELECT count(*) FROM items LIMIT 1")
        self._read_only = True
        return connection

    def _connect(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            name, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, uri=name.startswith("file:")
        )
        connection.create_function("casefold", 1, str.casefold, deterministic=True)
        return connection

    def _set_aside(self, error: Exception) -> None:
        """Move a damaged file away and copy what can be read of it into a new one."""
        self.close()
        if _inode(self.path) != self._inode:  # another process has done so meanwhile
            return
        when = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.name}.damaged-{when}")
        self.path.rename(aside)
        for suffix in ("-wal", "-shm"):
            extra = Path(f"{self.path}{suffix}")
            if extra.exists():
                extra.rename(f"{aside}{suffix}")
        kept = self._salvage(aside)
        log.warning("%s was damaged (%s); it is kept as %s, %d answers were saved", self.path, error, aside.name, kept)

    def _salvage(self, damaged: Path) -> int:
        new = self._open()
        kept = 0
        try:
            old = self._connect(str(damaged))
            # Jobs first: one that is forgotten is paid for again. Everything from both ends, up to the damage.
            for order in ("ASC", "DESC"):
                kept += _copy_readable(old, new, order)
            old.close()
        except sqlite3.DatabaseError:
            pass
        return kept


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _copy_readable(old: sqlite3.Connection, new: sqlite3.Connection, order: str) -> int:
    before = new.execute("SELECT count(*) FROM items").fetchone()[0]
    with _transaction(new):
        for table, by in (("jobs", "display_name"), ("calls", "id"), ("items", "key")):
            try:
                for row in old.execute(f"SELECT * FROM {table} ORDER BY {by} {order}"):
                    new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(row))})", row)
            except sqlite3.DatabaseError:
                continue
        # An answer without its call could not be explained: it is asked again.
        new.execute("DELETE FROM items WHERE call NOT IN (SELECT id FROM calls)")
    return new.execute("SELECT count(*) FROM items").fetchone()[0] - before


class _transaction:  # noqa: N801 - reads as a statement
    """BEGIN IMMEDIATE … COMMIT: a writer waits for another at the start, never in the middle."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is None:
            self._connection.execute("COMMIT")
        elif self._connection.in_transaction:  # a full disk has rolled back by itself
            self._connection.execute("ROLLBACK")


def _insert(connection: sqlite3.Connection, statement: str, rows: list[tuple]) -> int:
    """Insert rows (at least one) with few statements; the number of the last.

    Python gives way to its other threads at every statement, and then waits for its turn: with a statement per row the
    threads that ask would wait for one another more than for the answers.
    """
    width = len(rows[0])
    size = VALUES_AT_ONCE // width
    for at in range(0, len(rows), size):
        part = rows[at : at + size]
        marks = ",".join([f"({','.join('?' * width)})"] * len(part))
        number = connection.execute(f"{statement} {marks}", [value for row in part for value in row]).lastrowid
    return number


def _call_row(call: Call) -> tuple:
    return (
        datetime.now(UTC).isoformat(timespec="seconds"),
        call.question,
        call.model,
        call.model_version,
        _packed(call.prompt),
        _packed(call.reply),
        call.input_tokens,
        call.cached_tokens,
        call.output_tokens,
        call.seconds,
        call.dollars,
    )


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _packed(text: str) -> str | bytes:
    """A text as it is when it is short and whole, else compressed."""
    if len(text) < COMPRESSED_FROM:
        try:
            text.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            pass
        else:
            return text
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpacked(content: str | bytes) -> str:
    return content if isinstance(content, str) else zlib.decompress(content).decode("utf-8", "surrogatepass")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror}; see cache.path"
    text = str(error)
    if "full" in text:
        return "no space left on its disk; what was answered before is kept"
    if "locked" in text or "busy" in text:
        return f"locked by another process for more than {BUSY_MS // 1000} s"
    if "readonly" in text or "unable to open" in text:
        return "cannot be opened for writing; see cache.path"
    if "I/O" in text:
        return f"{text}; on a shared file system set cache.journal_mode to delete"
    return text


def old_answers(path: str | Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The answers of an earlier pipeline's JSON cache: (kind, name in lower case, value).

    Keys are `parent:<name>` and `siblings:<name>`; a value is a name, a list of names, or an object with them. What has
    another form is left out.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for key, value in content.items() if isinstance(content, dict) else ():
        kind, _, name = key.partition(":")
        reasoning = (value.get("reasoning") or "") if isinstance(value, dict) else ""
        if isinstance(value, dict):
            value = value.get(kind)
        if kind == "parent" and isinstance(value, str) and value.strip():
            yield kind, name, {"parent": value, "reasoning": str(reasoning)}
        elif kind == "siblings" and isinstance(value, list):
            names = [item.get("name") if isinstance(item, dict) else item for item in value]
            named = [name_ for name_ in names if isinstance(name_, str) and name_.strip()]
            yield kind, name, {"siblings": [{"name": name_, "reasoning": str(reasoning)} for name_ in named]}
