"""The SQLite file behind the answer cache: opening, writing, and recovery from damage.

Safe for threads (one connection behind a lock) and for several processes (short immediate transactions, a long busy
timeout). A damaged file is set aside, and what can be read of it is kept.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rootward.asking.salvage import set_aside
from rootward.asking.schema import is_whole, prepare
from rootward.asking.sql import BUSY_MS, connect, inode
from rootward.errors import UserError

T = TypeVar("T")


class Database:
    """A connection that opens when needed. Raises UserError for problems that the user can fix."""

    def __init__(self, path: str | Path, journal_mode: str):
        self.path = Path(path)
        self.lock = threading.RLock()
        self.is_read_only = False
        self._journal_mode = journal_mode
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None  # of the file the connection was opened on

    @property
    def exists(self) -> bool:
        """Whether there is a file to read."""
        return self._connection is not None or self.path.exists()

    def close(self) -> None:
        """Close the connection; it is opened again when needed."""
        with self.lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def guarded(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """The result of the action. If the file is damaged, the action is repeated on a new file."""
        with self.lock:
            try:
                return action(self._open())
            except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # the last: a damaged SQLite message
                if not self._is_damaged(error):
                    raise UserError(f"{self.path}: {_reason(error)}") from error
                self.close()
                if inode(self.path) == self._inode:  # otherwise another process has already done so
                    self._set_aside(error)
                return action(self._open())

    def _set_aside(self, error: Exception) -> None:
        try:
            set_aside(self.path, error, opened=self._open)
        except OSError as reason:
            raise UserError(f"{self.path}: damaged ({error}), and cannot be set aside: {_reason(reason)}") from error

    def _is_damaged(self, error: Exception) -> bool:
        """Whether the file is not a database or is damaged, or its schema names what does not exist."""
        if isinstance(error, UnicodeDecodeError):
            return True
        if not isinstance(error, sqlite3.DatabaseError):
            return False
        if not isinstance(error, sqlite3.OperationalError):
            return True
        says = str(error)
        if "readonly" in says:  # a flipped bit in the header makes a writable file look read-only
            return os.access(self.path, os.W_OK) and not _has_known_format(self.path)
        if "unsupported file format" in says:
            return True
        if "no such" not in says and "has no column" not in says and "decode" not in says:
            return False
        return self._connection is None or not is_whole(self._connection)

    def _open(self) -> sqlite3.Connection:
        deadline = time.monotonic() + BUSY_MS / 1000
        while self._connection is None:
            try:
                self._connection = self._opened()
            except sqlite3.OperationalError as error:
                # If two processes create the file at once: changing the journal mode is the one operation for which
                # SQLite does not wait.
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
            prepare(connection, str(self.path))
            return connection
        except BaseException as error:
            if connection is not None:
                connection.close()
            is_readable = self.path.exists() and "locked" not in str(error)
            if not isinstance(error, sqlite3.OperationalError | OSError) or not is_readable:
                raise
        self.is_read_only = True
        return self._read_only()

    def _read_only(self) -> sqlite3.Connection:
        """For a folder that is not writable: stored answers can still be read; an older version is read from a copy in
        memory.
        """
        connection = connect(f"{self.path.resolve().as_uri()}?immutable=1")
        if not is_whole(connection):
            copy = connect(":memory:")
            connection.backup(copy)
            connection.close()
            prepare(copy, str(self.path))
            connection = copy
        connection.execute("SELECT count(*) FROM items LIMIT 1")
        return connection


def _has_known_format(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(20)
    return set(head[18:20]) <= {1, 2}


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
