"""Helpers for SQLite: connections, transactions, and inserts with few statements."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BUSY_MS = 120_000
VALUES_AT_ONCE = 30_000  # SQLite takes 32,766 in one statement


def connect(name: str) -> sqlite3.Connection:
    """A connection to a file, or to a `file:` URI, in autocommit mode."""
    connection = sqlite3.connect(
        name, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, uri=name.startswith("file:")
    )
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    return connection


class transaction:  # noqa: N801 - reads as a statement
    """BEGIN IMMEDIATE … COMMIT: a writer waits for another one at the start, never in the middle."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type | None, *_: object) -> None:
        if kind is None:
            self._connection.execute("COMMIT")
        elif self._connection.in_transaction:  # on a full disk SQLite has rolled back already
            self._connection.execute("ROLLBACK")


def insert(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert rows (at least one) with few statements. Returns the number of the last row.

    Python switches to another thread at every statement, and then waits for its turn. With a statement per row, the
    asking threads would wait longer for one another than for the answers.
    """
    number, width = 0, len(rows[0])
    size = VALUES_AT_ONCE // width
    for at in range(0, len(rows), size):
        part = rows[at : at + size]
        marks = ",".join([f"({','.join('?' * width)})"] * len(part))
        number = connection.execute(f"{statement} {marks}", [value for row in part for value in row]).lastrowid or 0
    return number


def inode(path: Path) -> int | None:
    """The inode of a file; None if it does not exist."""
    try:
        return path.stat().st_ino
    except OSError:
        return None
