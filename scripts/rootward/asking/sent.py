"""Shares the calls sent in the last minute among all processes that use one answer cache: steps, runs, working folders.

It is a file of fixed-length records beside the cache. Records are only appended, each in one write, so there are no
locks, nothing to repair after a kill, and a call costs a few microseconds. The file is helpful but not required: if it
is not writable, nothing is shared; implausible records are ignored; and it is emptied if nobody wrote for a minute, or
if it is large.
"""

import hashlib
import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rootward.asking.quotas import MINUTE, Call, Clock

RECORD = struct.Struct("<8s8sdff")  # process, model, time (seconds of the wall clock), requests, tokens
LONGEST = 8_000_000  # bytes
MOST_READ = 2_000_000  # bytes read at the start: a minute of a thousand calls per second
MOST_TOKENS = 1e8


class Sent:
    """Records and reads the calls sent to one model. path: of the answer cache.

    clock: the clock of the calls; wall: the time in seconds, the same in all processes.
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
        except OSError:  # a read-only folder
            self.close()

    def report(self, at: float, requests: float, tokens: float) -> None:
        """Record what was sent at a time of the clock, or, if negative, was not sent after all."""
        if self._file is None:
            return
        wall = self._wall() - (self._clock() - at)
        try:
            os.write(self._file, RECORD.pack(self._us, self._model, wall, requests, tokens))
        except OSError:  # a full disk: the answer cache will report it
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
        """Stop sharing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _begin(self, file: int) -> None:
        """Start reading where the last minute's records begin, or empty a file that has none or is damaged."""
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
