"""Limits on what may be sent within a time: configured, or learned from refusals."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

MINUTE = 60.0  # seconds; only daily quotas look further back
MARGIN = 1.02  # of a learned window: calls do not all take the same time to arrive
PROBE_EVERY = 5.0
MOST_WAITS = 100
SHORTER = 0.9  # of a window: a refusal that names a much shorter wait means something else
NEARLY = 0.9  # of a learned quota
Clock = Callable[[], float]
Unit = Literal["requests", "tokens"]


@dataclass(slots=True, eq=False)
class Call:
    """A call as the quotas count it: when it was sent (by the clock), and what it uses; zero after it was refused.

    tokens: of the input, estimated until the answer has the real number. number: calls are numbered as they start.
    """

    at: float
    requests: float
    tokens: float
    number: int = 0
    is_refused: bool = False


class Bucket:
    """A token bucket, for a known rate. It may go into debt; a rate of None never waits.

    per_minute: how much of it may be used; burst: how much may be used at once.
    """

    def __init__(self, per_minute: float | None, burst: float, clock: Clock):
        self._rate = None if per_minute is None else per_minute / 60
        self._burst, self._clock = burst, clock
        self._level, self._at = burst, clock() - MINUTE

    def wait(self, amount: float) -> float:
        """Seconds until the amount is available; an amount larger than the bucket waits for a full one."""
        if self._rate is None:
            return 0.0
        self._refill(self._clock())
        return max(0.0, (min(amount, self._burst) - self._level) / self._rate)

    def take(self, amount: float, at: float | None = None) -> None:
        """Take the amount, now or at an earlier time; a negative amount puts it back."""
        if self._rate is not None:
            self._refill(self._clock() if at is None else at)
            self._level = min(self._burst, self._level - amount)

    def _refill(self, now: float) -> None:
        if self._rate is not None and now > self._at:
            self._level = min(self._burst, self._level + (now - self._at) * self._rate)
            self._at = now


class LearnedQuota:
    """A limit on requests or tokens in a sliding window of seconds; nothing is held back before a refusal reveals it.

    A service that allows N in any W seconds refuses the next one until the oldest of the N is W seconds old. So W is
    the time from the oldest to the time named by the refusal, and N is what was accepted since the oldest, which is the
    first call that started after the previous refusal was over. If the next refusal comes without any call accepted,
    the window is longer than that.

    Beyond N, a single call is let through now and then as a probe. If it is accepted, two more are allowed, then four
    (slow start); if it is refused, probing ends for one window.
    """

    def __init__(self, unit: Unit, clock: Clock):
        self._use: Callable[[Call], float] = attrgetter(unit)
        self._clock = clock
        self._inside: deque[Call] = deque()  # the window
        self._before: deque[Call] = deque()  # before the window, but less than a minute ago
        self._used = 0.0  # inside the window
        self._window: float | None = None
        self._most = 0.0
        self._waits: deque[tuple[float, float]] = deque(maxlen=MOST_WAITS)  # of refusals: when they were over, how long
        self._since = -math.inf
        self._basis: tuple[float, float] | None = None  # of the last refusal: the start of the oldest call, N
        self._earlier: tuple[float, float] | None = None  # the same for the refusal before
        self._probing: set[Call] = set()
        self._probes = 1
        self._probe_from = 0.0

    @property
    def is_known(self) -> bool:
        """Whether a refusal has revealed it."""
        return self._window is not None

    def add(self, call: Call, is_ours: bool) -> None:
        """Record a call sent by this process or by another."""
        self._inside.append(call)
        self._used += self._use(call)
        if is_ours and self.is_known and self._used > self._most:
            self._probing.add(call)

    def correct(self, call: Call, change: float) -> None:
        """Note that an added call uses more or less than estimated; to be called before the call is changed."""
        if self._inside and call.at >= self._inside[0].at:
            self._used += change

    def wait(self, amount: float) -> float:
        """Seconds until this much more may be sent."""
        if self._window is None:
            return 0.0
        now = self._clock()
        self._forget(now)
        over = self._used + amount - self._most
        if over <= 0 or self._used <= 0:
            return 0.0
        probing = max(0.0, self._probe_from - now) if len(self._probing) < self._probes else self._window
        for call in self._inside:
            over -= self._use(call)
            if over <= 0:
                return min(probing, max(0.0, call.at + self._window - now))
        return min(probing, self._window)

    def let_in(self, call: Call) -> None:
        """A call was not refused; if it was a probe, more is allowed."""
        if call in self._probing:
            self._probing.discard(call)
            self._most += self._use(call)
            self._probes += 1

    def end_probe(self, call: Call, wait: float | None) -> None:
        """A call was refused. If it was a probe, no other one is sent for a window.

        The wait it names also tells when the oldest call leaves the window, which may be a little sooner than assumed.
        """
        if call not in self._probing or self._window is None:
            return
        now = self._clock()
        self._probing.discard(call)
        self._rest(now)
        if wait is not None and self._inside:
            self._waits.append((now + wait, wait))
            named = (now + wait - self._inside[0].at) * MARGIN
            if SHORTER * self._window <= named < self._window:
                self._window = named

    def _rest(self, now: float) -> None:
        self._probes, self._probe_from = 1, now + max(self._window or 0.0, PROBE_EVERY)

    def expected(self) -> float:
        """The wait that a refusal would name now; none is expected while clearly less than the quota is used."""
        if self._window is None or self._used < NEARLY * self._most:
            return -math.inf
        return self._inside[0].at + self._window - self._clock() if self._inside else 0.0

    def refused(self, wait: float, *, span: float, is_another: bool, teaches: bool) -> None:
        """The service stays at its limit for this many seconds.

        span: the minimum age, in seconds, of the calls that count towards the quota. is_another: False if it is the
        same refusal, reported to another call. The refused calls have already been corrected.
        """
        now = self._clock()
        self._forget(now)
        if not teaches:
            self._waits.append((now + wait, wait))
            return
        if is_another:
            self._earlier = self._basis
            as_long = (until for until, waited in self._waits if waited >= wait / 2 and until <= now - span)
            self._since = max(as_long, default=-math.inf)
        self._waits.append((now + wait, wait))
        recent = [call for call in (*self._before, *self._inside) if call.at >= max(self._since, now - MINUTE)]
        most = sum(map(self._use, recent))
        if most > 0:
            self._basis = (next(call.at for call in recent if self._use(call) > 0), most)
        else:
            self._basis = self._earlier
        if self._basis is not None:
            oldest, self._most = self._basis
            self._window = (now + wait - oldest) * MARGIN
            self._probing.clear()
            self._rest(now)
            self._divide(now)

    def _forget(self, now: float) -> None:
        """Remove calls from the window that have become too old for it."""
        window = self._window or MINUTE
        while self._inside and self._inside[0].at <= now - window:
            call = self._inside.popleft()
            self._used -= self._use(call)
            self._before.append(call)
        while self._before and self._before[0].at <= now - MINUTE:
            self._before.popleft()

    def _divide(self, now: float) -> None:
        """Divide all recorded calls again after the window has changed."""
        self._inside = deque((*self._before, *self._inside))
        self._before.clear()
        self._used = sum(map(self._use, self._inside))
        self._forget(now)
