"""What can still be read of a damaged cache."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rootward.asking.sql import connect, transaction

log = logging.getLogger("rootward")


def set_aside(path: Path, error: Exception, opened: Callable[[], sqlite3.Connection]) -> None:
    """Move a damaged file away and copy what can be read of it into a new one. opened: opens the new one."""
    when = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.name}.damaged-{when}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        extra = Path(f"{path}{suffix}")
        if extra.exists():
            extra.rename(f"{aside}{suffix}")
    kept = _salvage(aside, opened())
    log.warning("%s was damaged (%s); it is kept as %s, %d answers were saved", path, error, aside.name, kept)


def _salvage(damaged: Path, new: sqlite3.Connection) -> int:
    kept = 0
    try:
        old = connect(str(damaged))
        # Jobs first: one that is forgotten is paid for again. Everything from both ends, up to the damage.
        for order in ("ASC", "DESC"):
            kept += _copy_readable(old, new, order)
        old.close()
    except sqlite3.DatabaseError:
        pass
    return kept


def _copy_readable(old: sqlite3.Connection, new: sqlite3.Connection, order: str) -> int:
    before: int = new.execute("SELECT count(*) FROM items").fetchone()[0]
    with transaction(new):
        for table, by in (("jobs", "display_name"), ("calls", "id"), ("items", "key")):
            try:
                for row in old.execute(f"SELECT * FROM {table} ORDER BY {by} {order}"):
                    new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(row))})", row)
            except sqlite3.DatabaseError:
                continue
        # An answer without its call could not be explained: it is asked again.
        new.execute("DELETE FROM items WHERE call NOT IN (SELECT id FROM calls)")
    after: int = new.execute("SELECT count(*) FROM items").fetchone()[0]
    return after - before
