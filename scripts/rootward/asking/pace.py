"""How fast one model may be asked: the decisions of the governor, free of threads and of sleep.

What the configuration tells (rpm, tpm) is kept to by token buckets, at 96 %. What it does not tell is found out as TCP
finds out how much a path carries: try, believe a refusal as far as it goes, and try again.

A refusal (429) at first concerns only the refused call, which waits for the time it names. It counts as the limit if
three calls that started one after another are refused, or two if more was sent than earlier refusals have shown to be
allowed. Then all calls wait until the time it names, and

- from that time on, a quota is learned, of requests or of tokens as the refusal says, and probed upwards again: slow
  start from one call, once per window (`quotas.LearnedQuota`);
- calls start again one, two, four … within the time that a refusal takes, so that another refusal does not find all of
  them started;
- if no time is named, each wait is twice as long as the last, with jitter, until a call that started after a wait has
  been answered; and a third fewer calls are in flight, as after an overload (503). Each window of answers lets one more
  start (AIMD).

The first refusal of a minute is believed: all calls start when its time has come, and nothing shrinks.

The calls of all processes that use one answer cache count together (`sent.Sent`).

Sources: AIMD, Chiu & Jain 1989, doi:10.1016/0169-7552(89)90019-6; slow start, Jacobson 1988, doi:10.1145/52325.52356;
probing away from the last known limit, RFC 9438 (CUBIC) and the adaptive retry mode of the AWS SDKs; jitter, Brooker
2015 (AWS Architecture Blog, "Exponential Backoff And Jitter"). Refusals far below every quota, which must not slow all
calls down: googleapis/python-genai#2001, googleapis/js-genai#1364.
"""

import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Protocol

from rootward.asking.quotas import Bucket, Call, Clock, LearnedQuota, Unit

SAFETY = 0.96  # share of a configured rate that is used: the service counts arrivals, not departures
BURST = 0.1  # seconds' worth of requests that may start at once: in six seconds, no more than 98 % of what is allowed
SHRINK = 0.7
LONGEST_BACKOFF = 60.0
LONGEST_REFUSAL = 900.0
LONG_WAIT = 120.0  # seconds; a longer wait means more than a per-minute quota, and is waited for
SEVERAL = 3  # this many calls refused one after another mean that the limit is reached
EXPECTED = 2  # … and this many if more was sent than is known to be allowed
MOST_RECENT = 1000  # calls considered for that
SOON = 60.0  # seconds; the first refusal within them is believed
BREAKER = 40  # failures of the service in a row, over all threads, after which it counts as down
REFUSING = 0.05  # seconds that a refusal takes, before there has been one


class Shared(Protocol):
    """The record, shared among processes, of the calls they send; see `sent.Sent`."""

    def report(self, at: float, requests: float, tokens: float) -> None:
        """Record what was sent at a time, or, if negative, was not sent after all."""
        ...

    def news(self) -> Iterable[Call]:
        """What other processes recorded since the last call; on the first call, all records of the last minute."""
        ...


class Alone:
    """Shares with no other process."""

    def report(self, at: float, requests: float, tokens: float) -> None:
        """Record nothing."""

    def news(self) -> Iterable[Call]:
        """No records."""
        return ()


def jitter(attempt: int, drawn: float) -> float:
    """Seconds to wait before another attempt (1, 2, …): full jitter below a doubling limit. drawn: 0 to 1."""
    return drawn * min(LONGEST_BACKOFF, 2.0 ** (attempt - 1))


class Pace:
    """Decides when the next call of one model may start. concurrency: the maximum number of calls in flight; rpm, tpm:
    requests and input tokens per minute, None if unknown. Not thread-safe, unlike `governor.Governor`.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        rpm: float | None,
        tpm: float | None,
        shared: Shared | None = None,
        clock: Clock = time.monotonic,
        draw: Callable[[], float] = random.random,
    ):
        self.clock, self.draw, self.concurrency = clock, draw, concurrency
        self._flight = Flight(concurrency, clock)
        self._requests = Bucket(rpm and rpm * SAFETY, max(1.0, (rpm or 0) / 60 * BURST), clock=clock)
        self._tokens = Bucket(tpm and tpm * SAFETY, (tpm or 0) * SAFETY, clock=clock)
        self._quotas: dict[Unit, LearnedQuota] = {unit: LearnedQuota(unit, clock) for unit in ("requests", "tokens")}
        self._shared = shared or Alone()
        self._recent: deque[Call] = deque(maxlen=MOST_RECENT)
        self._gate = Gate()
        self._tokens_per_character = 0.25
        self._refusing = REFUSING
        self._refused_since: float | None = None  # the first 429 after the last answer
        self._told_until = 0.0  # the end of the last long wait that was named
        self._down = 0  # failures of the service in a row

    # --- before a call ---

    def estimate(self, characters: int) -> float:
        """Tokens of a prompt of this length, judging by the prompts so far."""
        return characters * self._tokens_per_character

    def wait(self, tokens: float) -> float:
        """Seconds until a call of this many tokens may start; infinite if another one must end first."""
        for call in self._shared.news():
            self._count(call, is_ours=False)
        if self._flight.is_full:
            return math.inf
        return max(
            self._gate.next_start(self._flight.room, self._refusing) - self.clock(),
            self._requests.wait(1.0),
            self._tokens.wait(tokens),
            self._quotas["requests"].wait(1.0),
            self._quotas["tokens"].wait(tokens),
        )

    def start(self, tokens: float) -> Call:
        """Start a call now; `wait` must have been called before."""
        self._gate.start(self.clock())
        self._flight.in_flight += 1
        call = Call(self.clock(), 1.0, tokens=tokens, number=self._gate.started)
        self._recent.append(call)
        self._count(call, is_ours=True)
        self._shared.report(call.at, call.requests, tokens=call.tokens)
        return call

    def _count(self, call: Call, is_ours: bool) -> None:
        self._requests.take(max(0.0, call.requests), call.at)  # a refused one may count as well
        self._tokens.take(call.tokens, call.at)
        for quota in self._quotas.values():
            quota.add(call, is_ours)

    # --- after it ---

    def answered(self, call: Call, *, characters: int, tokens: int, seconds: float) -> None:
        """A call was answered: correct its tokens, and let one more start after a window of successes."""
        self._end(call)
        if tokens:
            self._settle(call, 1.0, tokens=tokens)
            self._tokens_per_character += 0.1 * (tokens / max(1, characters) - self._tokens_per_character)
        self._down = 0
        self._refused_since = None
        self._gate.prove(call.at)
        self._flight.grow(seconds)

    def failed(self, call: Call, overloaded: bool) -> None:
        """A call was lost (503 when `overloaded`, a dropped connection, a time-out)."""
        self._end(call)
        self._down += 1
        if overloaded:
            self._flight.shrink()

    def refused(self, call: Call, wait: float | None, unit: Unit) -> float:
        """The service answered 429 to a call. Returns the seconds that this call waits, whatever the others do.

        wait: the seconds it named, None if it named none; unit: what there were too many of.
        """
        now = self.clock()
        self._flight.in_flight -= 1
        self._refusing += 0.2 * (1.5 * (now - call.at) - self._refusing)
        self._refused_since = self._refused_since or now
        if wait is not None and wait > LONG_WAIT:
            self._told_until = max(self._told_until, now + wait)
        is_expected = self._is_expected(wait)
        call.is_refused = True
        self._settle(call, 0.0, tokens=0.0)
        for quota in self._quotas.values():
            quota.end_probe(call, wait)
        if call.at < self._gate.opens or self._is_one_of(EXPECTED if is_expected else SEVERAL, call):
            self._hold_everybody(call, wait, unit=unit)
            return self._gate.opens - now
        return jitter(1, 0.5 + 0.5 * self.draw()) if wait is None else wait

    def _is_expected(self, wait: float | None) -> bool:
        expected = max(quota.expected() for quota in self._quotas.values())
        return expected > -math.inf and (wait is None or wait < expected + self._flight.latency)

    def _is_one_of(self, several: int, call: Call) -> bool:
        """Whether this call is one of `several` that started one after another and were refused."""
        near = [other.is_refused for other in self._recent if abs(other.number - call.number) < several]
        return any(refused and len(list(run)) >= several for refused, run in groupby(near))

    def _hold_everybody(self, call: Call, wait: float | None, unit: Unit) -> None:
        now = self.clock()
        is_another = call.at >= self._gate.opens  # otherwise calls in flight report the same refusal again
        if is_another:
            self._gate.begin_refusal()
        if wait is None:
            self._flight.shrink()
            if is_another:
                self._gate.shut(now, jitter(self._gate.in_vain, 0.5 + 0.5 * self.draw()), is_ramped=True)
            return
        # A wait that is over before it is known, or about as soon as an answer comes, is not a quota's window.
        latency = self._flight.latency
        teaches = wait > 2 * self._refusing and (self._flight.has_answered or wait > 2 * latency)
        if not teaches:
            self._flight.shrink_if_soon()
        # Slightly later than named, by varying amounts: the threads must not all come back at the same moment.
        self._gate.shut(now, wait + 0.05 * self.draw(), is_ramped=teaches)
        self._quotas[unit].refused(wait, span=latency, is_another=is_another, teaches=teaches)

    def _settle(self, call: Call, requests: float, tokens: float) -> None:
        """Replace the estimated use of a call by its real use."""
        more_requests, more_tokens = requests - call.requests, tokens - call.tokens
        self._tokens.take(more_tokens)
        self._quotas["requests"].correct(call, more_requests)
        self._quotas["tokens"].correct(call, more_tokens)
        call.requests, call.tokens = requests, tokens
        self._shared.report(call.at, more_requests, tokens=more_tokens)

    def _end(self, call: Call) -> None:
        self._flight.in_flight -= 1
        for quota in self._quotas.values():
            quota.let_in(call)

    # --- when further calls make no sense ---

    @property
    def is_down(self) -> bool:
        """Whether the service has failed so many times in a row that further calls make no sense."""
        return max(BREAKER, 3 * self.concurrency) <= self._down

    @property
    def is_shut_out(self) -> bool:
        """Whether there has been nothing but 429 for longer than any per-minute quota, or a long wait that was named,
        explains.
        """
        if self._refused_since is None:
            return False
        return self.clock() - max(self._refused_since, self._told_until) > LONGEST_REFUSAL


class Gate:
    """The time before which no call may start, and how many may start right after it."""

    def __init__(self) -> None:
        self.opens = -math.inf
        self.in_vain = 0  # waits in a row after which no call was answered
        self.started = 0  # calls so far
        self._started_before = 0  # calls, when it was shut
        self._shut_at = -math.inf
        self._first_at = 0.0  # the first call after it opened
        self._is_ramped = False

    def next_start(self, room: int, refusing: float) -> float:
        """When the next call may start: after the first, one, two, four … within the time that a refusal takes."""
        since = self.started - self._started_before
        if not self._is_ramped or not 0 < since < room:
            return self.opens
        return self._first_at + refusing * math.log2(since + 1)

    def start(self, now: float) -> None:
        """A call starts."""
        if self.started == self._started_before:
            self._first_at = now
        self.started += 1

    def begin_refusal(self) -> None:
        """The calls after the last wait were refused in turn."""
        self.in_vain += 1

    def shut(self, now: float, wait: float, is_ramped: bool) -> None:
        """No call may start for this long. is_ramped: calls then start gradually, even after the first refusal of a
        minute.
        """
        if self.opens <= now:
            self._is_ramped = is_ramped or now - self._shut_at < SOON
            self._shut_at = now
        self._started_before = self.started
        self.opens = max(self.opens, now + wait)

    def prove(self, at: float) -> None:
        """A call that started at this time was answered. If that was after the wait, the wait was long enough."""
        if at >= self.opens:
            self.in_vain = 0


class Flight:
    """How many calls may be in flight: one more per window of answers, a third fewer if there are too many."""

    def __init__(self, concurrency: int, clock: Clock):
        self._concurrency, self._clock = concurrency, clock
        self._limit = self._held = float(concurrency)
        self.in_flight = 0
        self.latency = 1.0  # seconds until an answer
        self.has_answered = False
        self._successes = 0  # in the present window
        self._answered = 0  # since the limit shrank
        self._shrunk_at = -math.inf  # or of a refusal that should not shrink it

    @property
    def room(self) -> int:
        """The maximum number of calls in flight."""
        return max(1, int(self._limit))

    @property
    def is_full(self) -> bool:
        """Whether a call must end before the next one may start."""
        return self.in_flight >= self.room

    def grow(self, seconds: float) -> None:
        """A call was answered after this many seconds: grow quickly up to the limit that held before, and carefully
        beyond it.
        """
        self.latency += 0.1 * (seconds - self.latency)
        self.has_answered = True
        self._answered += 1
        self._successes += 1
        if self._limit < self._held or self._successes >= int(self._limit):
            self._successes = 0
            self._limit = min(self._concurrency, self._limit + 1)

    def shrink_if_soon(self) -> None:
        """The service named a wait: shrink only if there is another refusal soon."""
        if self._clock() - self._shrunk_at > SOON:
            self._shrunk_at = self._clock()
        else:
            self.shrink()

    def shrink(self) -> None:
        """Shrink the limit, at most once per round trip, because calls in flight report the same refusal again."""
        self._successes = 0
        now, last = self._clock(), self._shrunk_at
        if now - last <= self.latency:
            return
        self._shrunk_at = now
        # If nothing was answered since, it is the same refusal.
        if self._answered or last < 0:
            smaller = max(1.0, self._limit * SHRINK)
            if self._limit < self._held:  # refused again on the way back: be careful from here on
                self._held = smaller
            self._answered = 0
            self._limit = smaller
