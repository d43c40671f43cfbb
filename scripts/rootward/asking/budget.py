"""Limits what a run spends: a call is made only if the rest of the budget covers its maximum cost.

All processes of a run share a file of records beside the answer cache. The maximum cost of a call is entered before the
call, and corrected after the answer. A killed process leaves the maximum of its open calls in the file, so a run never
exceeds its budget.
"""

import fcntl
import hashlib
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rootward.errors import UserError

RECORD = struct.Struct("<8sd")  # run, dollars
LOOK = 0.1  # seconds between two checks of what other calls have left over
LONGEST = 4_000_000  # bytes, after which the records of earlier runs are dropped


class Spent(UserError):
    """The rest of the run's budget does not cover another call."""


class Budget:
    """dollars: for the whole run; path: of the answer cache; run: a text that all processes of the run share."""

    def __init__(self, dollars: float, path: str | Path, run: str):
        self._dollars = dollars
        path = Path(path)
        self._path = path.with_name(f"{path.name}-spent")
        self._run = hashlib.blake2b(run.encode(), digest_size=8).digest()
        self._lock = threading.Lock()
        self._under_way = 0

    @contextmanager
    def call(self, most: float) -> Iterator[list[float]]:
        """Reserve the maximum cost of a call, in dollars; the caller adds the real cost to the list. Raises Spent.

        While other calls of this process are open, it waits for what they leave over.
        """
        while not self._take(most):
            time.sleep(LOOK)
        paid: list[float] = []
        try:
            yield paid
        finally:
            with self._lock:
                self._under_way -= 1
                self._enter(sum(paid) - most)

    def _take(self, most: float) -> bool:
        with self._lock:
            spent = self._enter(most)
            if spent is None:
                self._under_way += 1
                return True
            if self._under_way:
                return False
        raise Spent(
            f"budget.dollars: {self._dollars:.2f} is not enough for another call (US$ {spent:.2f} spent, one may "
            f"cost {most:.2f}); every answer so far is kept: run the same command again, or raise it"
        )

    def _enter(self, amount: float) -> float | None:
        """Enter an amount. If it exceeds the rest of the budget, enter nothing and return what has been spent."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            whole = content[: len(content) // RECORD.size * RECORD.size]
            ours = [dollars for run, dollars in RECORD.iter_unpack(whole) if run == self._run]
            spent: float = sum(ours)
            if amount > 0 and spent + amount > self._dollars:
                return spent
            if len(content) > LONGEST or len(whole) < len(content):
                file.truncate(0)
                file.write(RECORD.pack(self._run, spent))
            file.write(RECORD.pack(self._run, amount))
        return None


def run_of_this_process() -> str:
    """The text that all processes of a run share; the Snakefile sets it in their environment."""
    return os.environ.get("ROOTWARD_RUN") or str(os.getppid())
