"""The SQLite file behind the answer cache: opened, written, guarded.

Safe for threads (one connection behind a lock) and for several processes (short immediate transactions, a long busy
timeout). A damaged file is set aside, and what can be read of it is kept.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rootward.asking.salvage import set_aside
from rootward.asking.sql import BUSY_MS, connect, inode
from rootward.errors import UserError

T = TypeVar("T")

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


class Database:
    """A connection that opens itself when it is needed. Raises UserError for what the user can mend."""

    def __init__(self, path: str | Path, journal_mode: str):
        self.path = Path(path)
        self.lock = threading.RLock()
        self.is_read_only = False
        self._journal_mode = journal_mode
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None  # of the file the connection was opened on

    @property
    def exists(self) -> bool:
        """Whether there is anything to read."""
        return self._connection is not None or self.path.exists()

    def close(self) -> None:
        """Close the connection; it is opened again when needed."""
        with self.lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def guarded(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """What the action returns; once more on a new file, when this one is damaged."""
        with self.lock:
            try:
                return action(self._open())
            except (sqlite3.OperationalError, OSError) as error:
                raise UserError(f"{self.path}: {_reason(error)}") from error
            except sqlite3.DatabaseError as error:  # not a database, or torn
                self.close()
                if inode(self.path) == self._inode:  # else another process has done so meanwhile
                    set_aside(self.path, error, self._open)
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
            connection = connect(str(self.path))
            self._inode = inode(self.path)
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
        connection = connect(f"{self.path.resolve().as_uri()}?immutable=1")
        connection.execute("SELECT count(*) FROM items LIMIT 1")
        self.is_read_only = True
        return connection


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror}; see cache.answers"
    text = str(error)
    if "full" in text:
        return "no space left on its disk; what was answered before is kept"
    if "locked" in text or "busy" in text:
        return f"locked by another process for more than {BUSY_MS // 1000} s"
    if "readonly" in text or "unable to open" in text:
        return "cannot be opened for writing; see cache.answers"
    if "I/O" in text:
        return f"{text}; on a shared file system set cache.journal_mode to delete"
    return text
