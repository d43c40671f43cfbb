"""What a run may spend: every call is held back unless the most that it can cost is still there.

All processes of a run count together, in a file of records beside the answer cache: what a call may cost at most is
entered before it is made, and set right when it has answered. A process that is killed leaves its calls entered at
their most, so that a run never spends more than it may.
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

RECORD = struct.Struct("<8sd")  # of which run, dollars
LOOK = 0.1  # seconds between two looks at what other calls have left
LONGEST = 4_000_000  # bytes, after which the records of earlier runs are dropped


class Spent(UserError):
    """What the run may spend does not suffice for another call."""


class Budget:
    """dollars: of the whole run; path: of the answer cache; run: what all processes of the run have in common."""

    def __init__(self, dollars: float, path: str | Path, run: str):
        self._dollars = dollars
        path = Path(path)
        self._path = path.with_name(f"{path.name}-spent")
        self._run = hashlib.blake2b(run.encode(), digest_size=8).digest()
        self._lock = threading.Lock()
        self._under_way = 0

    @contextmanager
    def call(self, most: float) -> Iterator[list[float]]:
        """Reserve the most that a call can cost, in dollars; its real cost goes into the list. Raises Spent.

        While calls of this process are under way it waits for what they leave.
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
        """Enter an amount, unless it is more than is left: then what is spent."""
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
    """What all processes of a run have in common: the Snakefile puts it into their environment."""
    return os.environ.get("ROOTWARD_RUN") or str(os.getppid())
