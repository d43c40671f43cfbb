"""The governor of one model: how many calls may start now.

Token buckets on requests and input tokens per minute (estimated first, settled with the real usage), a limit on calls
in flight that grows by one per window of successes and shrinks by a third when the service says it is too much (AIMD,
after Chiu & Jain 1989, doi:10.1016/0169-7552(89)90019-6), and one gate that holds every thread back until the time the
service named.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

SAFETY = 0.95  # share of a configured rate that is used: the service counts arrivals, not departures
BURST = 0.2  # seconds' worth of requests that may start at once
SHRINK = 0.7
LONGEST_BACKOFF = 60.0
LONGEST_REFUSAL = 900.0
MOST_STARTS = 20_000  # calls looked back on
MOST_CORRECTIONS = 3  # of a learned quota, a tenth each, before it is dropped
SOON = 60.0  # seconds; who refuses again within them although its wait was kept to, means the number in flight
BREAKER = 40  # failures of the service in a row, over all threads, after which it counts as down


class Stopped(Exception):
    """No further call may start; the reason is the exception given to `Governor.stop`."""


class Governor:
    """Shared by the threads that ask one model.

    concurrency: calls in flight at most; rpm, tpm: requests and input tokens per minute, None where unknown.
    """

    def __init__(
        self,
        concurrency: int,
        rpm: float | None = None,
        tpm: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        random_: Callable[[], float] = random.random,
    ):
        self._condition = threading.Condition()
        self._clock, self._random = clock, random_
        self.concurrency = concurrency
        self._limit = self._held = float(concurrency)
        self._in_flight = 0
        self._line: deque[_Start] = deque()
        self._requests = _Bucket(rpm, clock, burst=max(1.0, (rpm or 0) / 60 * BURST))
        self._tokens = _Bucket(tpm, clock, burst=(tpm or 0) * SAFETY)
        self._tokens_per_character = 0.25
        self._quota = _LearnedQuota(clock)
        self._not_before = 0.0
        self._successes = 0  # in the present window
        self._answered = 0  # since the limit shrank
        self._shrunk_at = -1e9  # or a refusal that was to shrink nothing
        self._latency = 1.0
        self._throttled = 0  # answers 429 without a named wait, in a row
        self._refused_since: float | None = None  # of the first 429 after the last success
        self._down = 0  # failures of the service in a row
        self._stopped: Exception | None = None

    def acquire(self, characters: int) -> float:
        """Wait until a call with a prompt of this length may start; the estimated tokens. Raises Stopped.

        First come, first served; and who sees that the time has come lets all start that may, so that a refusal of the
        first does not find the others half started.
        """
        with self._condition:
            mine = _Start(characters * self._tokens_per_character)
            self._line.append(mine)
            while True:
                if self._stopped is not None:
                    self._line.clear()
                    raise Stopped from self._stopped
                wait = self._let_start(mine)
                if mine.is_allowed:
                    return mine.estimate
                self._condition.wait(min(wait, 0.5))

    def _let_start(self, mine: "_Start") -> float:
        """Let all start that may now, and wake those that are not `mine`; the seconds after which to look again."""
        others_start = False
        wait = 0.5
        while self._line and self._in_flight < max(1, int(self._limit)):
            first = self._line[0]
            wait = max(
                self._not_before - self._clock(),
                self._requests.wait(1),
                self._tokens.wait(first.estimate),
                self._quota.wait(),
            )
            if wait > 0:
                break
            self._requests.take(1)
            self._tokens.take(first.estimate)
            self._quota.start()
            self._in_flight += 1
            first.is_allowed = True
            others_start |= first is not mine
            self._line.popleft()
            wait = 0.5
        if others_start:
            self._condition.notify_all()
        return wait

    def succeeded(self, characters: int, estimate: float, tokens: int, seconds: float) -> None:
        """A call was answered: settle its tokens, and let one more start after a window of successes."""
        with self._condition:
            self._done()
            if tokens:
                self._tokens.take(tokens - estimate)
                self._tokens_per_character += 0.1 * (tokens / max(1, characters) - self._tokens_per_character)
            self._latency += 0.1 * (seconds - self._latency)
            self._throttled = self._down = 0
            self._refused_since = None
            self._successes += 1
            self._answered += 1
            # Back to what held before quickly, beyond it carefully.
            if self._limit < self._held or self._successes >= int(self._limit):
                self._successes = 0
                self._limit = min(self.concurrency, self._limit + 1)

    def throttled(self, estimate: float, wait: float | None) -> None:
        """The service answered 429: hold everybody back for the time it named, or longer each time when it named
        none.
        """
        with self._condition:
            self._done()
            self._tokens.take(-estimate)
            learned = self._quota.refused(wait) if wait is not None and wait > 2 * self._latency else False
            shrunk = not learned and self._shrink(is_told=wait is not None)
            if self._refused_since is None:
                self._refused_since = self._clock()
            if wait is None:
                self._throttled += shrunk  # what is under way says the same thing again
                wait = self._jitter(max(1, self._throttled))
            # A little later than named, each time another little: the threads must not all come back in one instant.
            self._not_before = max(self._not_before, self._clock() + wait + 0.05 * self._random())

    def failed(self, estimate: float, overloaded: bool) -> None:
        """A call was lost (503 when `overloaded`, a dropped connection, a time-out)."""
        with self._condition:
            self._done()
            self._down += 1
            if overloaded:
                self._shrink()

    @property
    def is_down(self) -> bool:
        """Whether the service has failed so often in a row that asking on makes no sense."""
        return max(BREAKER, 3 * self.concurrency) <= self._down

    @property
    def is_shut_out(self) -> bool:
        """Whether nothing but 429 has come back for so long that no wait for a minute's quota explains it."""
        return self._refused_since is not None and self._clock() - self._refused_since > LONGEST_REFUSAL

    def back_off(self, attempt: int) -> None:
        """Sleep before another attempt (1, 2, …): full jitter below a doubling bound. Raises Stopped."""
        until = self._clock() + self._jitter(attempt)
        with self._condition:
            while (left := until - self._clock()) > 0:
                if self._stopped is not None:
                    raise Stopped from self._stopped
                self._condition.wait(min(left, 0.5))

    def stop(self, reason: Exception) -> None:
        """Let no further call start; threads that wait get Stopped."""
        with self._condition:
            self._stopped = self._stopped or reason
            self._condition.notify_all()

    def _jitter(self, attempt: int) -> float:
        return self._random() * min(LONGEST_BACKOFF, 2.0 ** (attempt - 1))

    def _done(self) -> None:
        self._in_flight -= 1
        self._condition.notify_all()

    def _shrink(self, is_told: bool = False) -> bool:
        # At most once per round trip: the calls already under way say the same thing again.
        self._successes = 0
        now, last = self._clock(), self._shrunk_at
        if now - last <= self._latency:
            return False
        self._shrunk_at = now
        if is_told and now - last > SOON:  # it says when to come back, not yet that there are too many
            return False
        # With nothing answered since, it is the same refusal, and the gate is shut already.
        if self._answered or last < 0:
            smaller = max(1.0, self._limit * SHRINK)
            if self._limit < self._held:  # refused again on the way back: from here on carefully
                self._held = smaller
            self._answered = 0
            self._limit = smaller
        return True


@dataclass(slots=True)
class _Start:
    """A call in line, and its estimated tokens."""

    estimate: float
    is_allowed: bool = False


class _LearnedQuota:
    """A quota nobody told us, read off the first refusal that names its wait.

    Whoever allows N requests in any W seconds refuses the next one until the oldest of the N is W old: so W is the
    named wait and the age of the oldest, and N the number accepted since. Who keeps to that and is refused all the
    same, time after time, meets refusals of another kind: then nothing is held to be learned any more.
    """

    def __init__(self, clock: Callable[[], float]):
        self._clock = clock
        self._starts: deque[float] = deque(maxlen=MOST_STARTS)
        self._window: float | None = None
        self._most = 0
        self._learned_at = 0.0
        self._corrections = 0

    def start(self) -> None:
        """A call starts now."""
        self._starts.append(self._clock())

    def refused(self, wait: float) -> bool:
        """A call was refused and told to wait; whether that taught how much is allowed."""
        now = self._clock()
        if self._starts:
            self._starts.pop()
        if not self._starts or self._corrections > MOST_CORRECTIONS:
            return False
        if self._window is None:
            self._window, self._learned_at = (now + wait - self._starts[0]) * 1.02, now
        elif now - self._learned_at > self._window:  # it is less than we thought
            self._corrections += 1
            if self._corrections > MOST_CORRECTIONS:
                self._window = None
                return False
            self._most, self._learned_at = max(1, int(self._most * 0.9)), now
            return True
        self._most = min(len(self._starts), self._most or len(self._starts))
        return True

    def wait(self) -> float:
        """Seconds until one more call is allowed."""
        if self._window is None:
            return 0.0
        oldest = self._clock() - self._window
        while self._starts and self._starts[0] <= oldest:
            self._starts.popleft()
        return self._starts[len(self._starts) - self._most] - oldest if len(self._starts) >= self._most else 0.0


class _Bucket:
    """A token bucket that may go into debt when an estimate was too low. A rate of None never waits."""

    def __init__(self, per_minute: float | None, clock: Callable[[], float], burst: float):
        self._rate = None if per_minute is None else per_minute / 60 * SAFETY
        self._burst = burst
        self._clock = clock
        self._level, self._at = burst, clock()

    def _refill(self) -> None:
        now = self._clock()
        self._level = min(self._burst, self._level + max(0.0, now - self._at) * self._rate)
        self._at = now

    def wait(self, amount: float) -> float:
        """Seconds until the amount is there; an amount beyond the bucket waits for a full one."""
        if self._rate is None:
            return 0.0
        self._refill()
        return max(0.0, (min(amount, self._burst) - self._level) / self._rate)

    def take(self, amount: float) -> None:
        """Take the amount out, or put it back when negative."""
        if self._rate is not None:
            self._refill()
            self._level -= amount
