"""What was sent lately, told to one another by all processes that use one answer cache: steps, runs, two folders.

A file of records of one length beside the cache, only ever appended to, each record in one write: no locks, nothing to
mend after a kill, a few microseconds per call. It helps and is not needed: where it cannot be written nobody is told,
records that make no sense are left out, and it is emptied when nobody has written for a minute, or when it is large.
"""

import hashlib
import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rootward.asking.quotas import MINUTE, Call, Clock

RECORD = struct.Struct("<8s8sdff")  # who tells, of which model, when (seconds of the wall clock), requests, tokens
LONGEST = 8_000_000  # bytes
MOST_READ = 2_000_000  # bytes at the start: a minute of a thousand calls per second
MOST_TOKENS = 1e8


class Sent:
    """Tells and hears what was sent to one model. path: of the answer cache.

    clock: the clock of the calls; wall: seconds that all processes count alike.
    """

    def __init__(self, path: str | Path, model: str, clock: Clock, wall: Callable[[], float] = time.time):
        self._clock, self._wall = clock, wall
        self._us = os.urandom(8)
        self._model = hashlib.blake2b(model.encode(), digest_size=8).digest()
        self._file: int | None = None
        self._at = 0  # bytes read
        try:
            path = Path(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path.with_name(f"{path.name}-sent"), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            self._begin(self._file)
        except OSError:  # a folder that may only be read
            self.close()

    def report(self, at: float, requests: float, tokens: float) -> None:
        """So much was sent at a time of the clock, or, when negative, was not."""
        if self._file is None:
            return
        wall = self._wall() - (self._clock() - at)
        try:
            os.write(self._file, RECORD.pack(self._us, self._model, wall, requests, tokens))
        except OSError:  # a full disk: the answer cache will say so
            self.close()

    def news(self) -> Iterator[Call]:
        """What other processes have recorded since the last call; on the first call, all records of the last minute."""
        if self._file is None:
            return
        for us, model, wall, requests, tokens in RECORD.iter_unpack(self._news(self._file)):
            age = self._wall() - wall
            makes_sense = -1 < age < MINUTE and abs(requests) <= 1 and abs(tokens) < MOST_TOKENS
            if us != self._us and model == self._model and makes_sense:
                yield Call(self._clock() - max(0.0, age), requests, tokens=tokens)

    def close(self) -> None:
        """Tell and hear nothing more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _begin(self, file: int) -> None:
        """Start reading where a minute's records stand, or empty a file that has none, or is no longer whole."""
        status = os.fstat(file)
        if status.st_size % RECORD.size or status.st_size > LONGEST or self._wall() - status.st_mtime > MINUTE:
            os.ftruncate(file, 0)
        else:
            self._at = max(0, status.st_size - MOST_READ // RECORD.size * RECORD.size)

    def _news(self, file: int) -> bytes:
        size = os.fstat(file).st_size
        if size < self._at:  # another process has emptied it
            self._at = 0
        if size == self._at:
            return b""
        read = os.pread(file, size - self._at, self._at)
        whole = read[: len(read) // RECORD.size * RECORD.size]
        self._at += len(whole)
        if size > LONGEST:
            os.ftruncate(file, 0)
            self._at = 0
        return whole
