"""The governor of one model: lets threads start their calls in turn, as fast as `pace.Pace` allows.

`pace` decides when the next call may start, and documents the rules; this module handles the waiting threads.
"""

import threading
from collections import deque
from dataclasses import dataclass

from rootward.asking.pace import Pace, jitter
from rootward.asking.quotas import Call, Unit

LONGEST_LOOK = 0.5  # seconds between two checks by a waiting thread


class Stopped(Exception):
    """No further call may start; the reason is the exception passed to `Governor.stop`."""


@dataclass(slots=True)
class _Start:
    """A call in the queue: its estimated tokens, and the call once it may start."""

    tokens: float
    call: Call | None = None


class Governor:
    """Shared by the threads that ask one model. concurrency: the maximum number of calls in flight, as `pace` defines
    it.
    """

    def __init__(self, pace: Pace):
        self._condition = threading.Condition()
        self._pace = pace
        self._line: deque[_Start] = deque()
        self._stopped: Exception | None = None
        self.concurrency = pace.concurrency

    def acquire(self, characters: int) -> Call:
        """Wait until a call with a prompt of this length may start. Pass the returned call back with its outcome.
        Raises Stopped.

        The thread that sees that the time has come starts all calls that may start, so that a refusal of the first one
        does not find only some of them started.
        """
        with self._condition:
            mine = _Start(self._pace.estimate(characters))
            self._line.append(mine)
            while True:
                if self._stopped is not None:
                    self._line.clear()
                    raise Stopped from self._stopped
                wait = self._let_start(mine)
                if mine.call is not None:
                    return mine.call
                self._condition.wait(min(wait, LONGEST_LOOK))

    def _let_start(self, mine: _Start) -> float:
        """Start all calls that may start now, and wake those that are not `mine`. Returns the seconds until the next
        check.
        """
        others_start = False
        wait = LONGEST_LOOK
        while self._line:
            first = self._line[0]
            wait = self._pace.wait(first.tokens)
            if wait > 0:
                break
            first.call = self._pace.start(first.tokens)
            others_start |= first is not mine
            self._line.popleft()
        if others_start:
            self._condition.notify_all()
        return wait

    def succeeded(self, call: Call, *, characters: int, tokens: int, seconds: float) -> None:
        """A call was answered. characters: of its prompt; tokens: of the input, as counted by the service."""
        with self._condition:
            self._pace.answered(call, characters=characters, tokens=tokens, seconds=seconds)
            self._condition.notify_all()

    def throttled(self, call: Call, wait: float | None, unit: Unit = "requests") -> float:
        """The service answered 429. Returns the seconds after which the same call may be tried again.

        wait: the seconds it named, None if it named none; unit: what there were too many of.
        """
        with self._condition:
            seconds = self._pace.refused(call, wait, unit=unit)
            self._condition.notify_all()
            return seconds

    def failed(self, call: Call, overloaded: bool) -> None:
        """A call was lost (503 when `overloaded`, a dropped connection, a time-out)."""
        with self._condition:
            self._pace.failed(call, overloaded)
            self._condition.notify_all()

    @property
    def is_down(self) -> bool:
        """Whether the service has failed so many times in a row that further calls make no sense."""
        return self._pace.is_down

    @property
    def is_shut_out(self) -> bool:
        """Whether there has been nothing but 429 for longer than any per-minute quota explains."""
        return self._pace.is_shut_out

    def back_off(self, attempt: int, named: float = 0.0) -> None:
        """Sleep before another attempt (1, 2, …): the seconds named, plus full jitter below a doubling limit.

        Raises Stopped.
        """
        self.sleep(named + jitter(attempt, self._pace.draw()))

    def sleep(self, seconds: float) -> None:
        """Sleep. Raises Stopped as soon as no further call may start."""
        until = self._pace.clock() + seconds
        with self._condition:
            while (left := until - self._pace.clock()) > 0:
                if self._stopped is not None:
                    raise Stopped from self._stopped
                self._condition.wait(min(left, LONGEST_LOOK))

    def stop(self, reason: Exception) -> None:
        """Let no further call start; waiting threads get Stopped."""
        with self._condition:
            self._stopped = self._stopped or reason
            self._condition.notify_all()
