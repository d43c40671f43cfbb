"""The tables of the answer cache, their version, and the seal that shows whether a row is intact."""

import sqlite3
import zlib

from rootward.errors import UserError

VERSION = 2  # 1 had no seals, and no table of forgotten answers
APPLICATION = 0x52570000  # "RW" plus the version again, so that one flipped bit is not taken for another version

# The columns of each table in SQLite's storage order: the primary key comes first.
COLUMNS = {
    "calls": (
        *("id", "made", "question", "model", "model_version", "prompt", "reply"),
        *("input_tokens", "cached_tokens", "output_tokens", "seconds", "dollars", "seal"),
    ),
    "items": ("key", "call", "label", "value", "seal"),
    "jobs": ("display_name", "question", "name", "content", "seal"),
    "forgotten": ("question", "label", "model", "before", "made", "seal"),
}

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, made TEXT NOT NULL, question TEXT NOT NULL, model TEXT NOT NULL, model_version TEXT,
    prompt BLOB NOT NULL, reply BLOB NOT NULL, input_tokens INTEGER, cached_tokens INTEGER, output_tokens INTEGER,
    seconds REAL, dollars REAL, seal INTEGER);
CREATE TABLE IF NOT EXISTS items (
    key BLOB PRIMARY KEY, call INTEGER NOT NULL, label TEXT NOT NULL, value TEXT NOT NULL, seal INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    display_name TEXT PRIMARY KEY, question TEXT NOT NULL, name TEXT, content BLOB NOT NULL, seal INTEGER);
CREATE TABLE IF NOT EXISTS forgotten (
    question TEXT, label TEXT, model TEXT, before TEXT, made TEXT NOT NULL, seal INTEGER);
"""

Value = str | bytes | int | float | None


def seal(*values: Value) -> int:
    """A checksum of a row's other columns (for a call, without its number), 32 bits."""
    found = 0
    for value in values:
        if isinstance(value, str):
            value = value.encode("utf-8", "replace")
        elif not isinstance(value, bytes):
            value = b"\0" if value is None else repr(value).encode()
        found = zlib.crc32(value, found + len(value) & 0xFFFFFFFF)
    return found


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Create the tables, or upgrade those of an older version. Raises UserError for a newer version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != (APPLICATION + version if version else 0):
        raise sqlite3.DatabaseError("the file header is damaged")
    if version > VERSION:
        raise UserError(
            f"{path}: was written by a newer Rootward (its schema is {version}, this one knows {VERSION}); update "
            "Rootward, or set cache.answers to another file"
        )
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _upgrade(connection)
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute(f"PRAGMA application_id={APPLICATION + VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _upgrade(connection: sqlite3.Connection) -> None:
    connection.create_function("seal", -1, seal, deterministic=True)
    for table in ("calls", "items", "jobs"):
        known = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if known and "seal" not in known:
            sealed = ", ".join(name for name in known if name != "id")
            connection.execute(f"ALTER TABLE {table} ADD COLUMN seal INTEGER")
            connection.execute(f"UPDATE {table} SET seal = seal({sealed})")
    for statement in SCHEMA.split(";"):  # executescript would commit first
        connection.execute(statement)


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether the tables have the expected columns: a bit of the schema itself may have flipped."""
    try:
        return all(
            tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})")) == columns
            for table, columns in COLUMNS.items()
        )
    except sqlite3.Error:
        return False
