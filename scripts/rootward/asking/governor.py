"""The governor of one model: it lets threads start their calls in turn, as fast as `pace.Pace` allows.

`pace` decides when the next call may start, and its text says by what rules; here are the threads that wait for it.
"""

import threading
from collections import deque
from dataclasses import dataclass

from rootward.asking.pace import Pace, jitter
from rootward.asking.quotas import Call, Unit

LONGEST_LOOK = 0.5  # seconds between two looks of a thread that waits


class Stopped(Exception):
    """No further call may start; the reason is the exception given to `Governor.stop`."""


@dataclass(slots=True)
class _Start:
    """A call in line: its estimated tokens, and the call once it may start."""

    tokens: float
    call: Call | None = None


class Governor:
    """Shared by the threads that ask one model. concurrency: calls in flight at most, as the pace has it."""

    def __init__(self, pace: Pace):
        self._condition = threading.Condition()
        self._pace = pace
        self._line: deque[_Start] = deque()
        self._stopped: Exception | None = None
        self.concurrency = pace.concurrency

    def acquire(self, characters: int) -> Call:
        """Wait until a call with a prompt of this length may start; to be handed back with what came of it. Raises
        Stopped.

        Who sees that the time has come lets all start that may, so that a refusal of the first does not find the others
        half started.
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
        """Let all start that may now, and wake those that are not `mine`; the seconds after which to look again."""
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
        """A call was answered. characters: of its prompt; tokens: of the input, as the service counted them."""
        with self._condition:
            self._pace.answered(call, characters=characters, tokens=tokens, seconds=seconds)
            self._condition.notify_all()

    def throttled(self, call: Call, wait: float | None, unit: Unit = "requests") -> float:
        """The service answered 429; the seconds after which the same call may be tried again.

        wait: the seconds it named, None when it named none; unit: what there was too much of.
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
        """Whether the service has failed so often in a row that asking on makes no sense."""
        return self._pace.is_down

    @property
    def is_shut_out(self) -> bool:
        """Whether nothing but 429 has come back for so long that no wait for a minute's quota explains it."""
        return self._pace.is_shut_out

    def back_off(self, attempt: int, named: float = 0.0) -> None:
        """Sleep before another attempt (1, 2, …): the seconds named, and full jitter below a doubling bound.

        Raises Stopped.
        """
        self.sleep(named + jitter(attempt, self._pace.draw()))

    def sleep(self, seconds: float) -> None:
        """Sleep, unless nothing more may start: raises Stopped."""
        until = self._pace.clock() + seconds
        with self._condition:
            while (left := until - self._pace.clock()) > 0:
                if self._stopped is not None:
                    raise Stopped from self._stopped
                self._condition.wait(min(left, LONGEST_LOOK))

    def stop(self, reason: Exception) -> None:
        """Let no further call start; threads that wait get Stopped."""
        with self._condition:
            self._stopped = self._stopped or reason
            self._condition.notify_all()
