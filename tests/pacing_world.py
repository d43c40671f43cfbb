"""A world without wall time for the pace: services that refuse as real ones do, and clients that ask them.

Time is a number that jumps from event to event. A `Service` admits calls by its limits and refuses the others, naming
the time left as its `names` says; a `Client` puts a number of equal questions through a `Pace`, as the engine does: a
refused one waits for its own time and goes behind the others.
"""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from rootward.asking.pace import Pace, Shared
from rootward.asking.quotas import Call, Unit

Naming = Callable[[float], float | None]  # true seconds left -> what the 429 says


def exact(left: float) -> float:
    return left


def nothing(left: float) -> None:
    return None


def always(seconds: float) -> Naming:
    return lambda left: seconds


class World:
    """The clock, and what is to happen."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def clock(self) -> float:
        return self.now

    def at(self, time: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (max(time, self.now), next(self._numbers), action))

    def run(self, most_events: int = 2_000_000) -> None:
        for _ in range(most_events):
            if not self._events:
                return
            self.now, _, action = heapq.heappop(self._events)
            action()
        raise AssertionError("the world does not come to an end")


@dataclass
class Limit:
    """So many units in any so many seconds, or in each calendar period of that length."""

    most: float
    seconds: float
    unit: Unit = "requests"
    is_calendar: bool = False
    let_in: deque[tuple[float, float]] = field(default_factory=deque)

    def left(self, now: float, amount: float) -> float:
        """Seconds until so much more is admitted; 0 when it is now."""
        begin = now - now % self.seconds if self.is_calendar else now - self.seconds
        while self.let_in and (self.let_in[0][0] < begin if self.is_calendar else self.let_in[0][0] <= begin):
            self.let_in.popleft()
        over = sum(used for _, used in self.let_in) + amount - self.most
        if over <= 0:
            return 0.0
        if self.is_calendar:
            return begin + self.seconds - now
        for moment, used in self.let_in:
            over -= used
            if over <= 0:
                return moment + self.seconds - now
        return self.seconds


class Service:
    """Admits or refuses. latency, refusing: seconds until an answer, until a refusal; stray: share of calls that are
    refused whatever the limits say, naming `stray_names` seconds, drawn between the two.
    """

    def __init__(
        self,
        world: World,
        *limits: Limit,
        names: Naming = exact,
        latency: float = 0.5,
        spread: float = 0.1,
        refusing: float = 0.004,
        stray: float = 0.0,
        stray_names: tuple[float, float] = (1.0, 5.0),
        seed: int = 1,
    ):
        self.world, self.limits, self.names = world, limits, names
        self._latency, self._spread, self._refusing = latency, spread, refusing
        self._stray, self._stray_names = stray, stray_names
        self.random = random.Random(seed)
        self.requests = self.refusals = 0
        self.admitted: list[tuple[float, str]] = []
        self.first_refused: list[float] = []  # waits that the first calls are refused with, whatever the limits say

    def ask(self, who: str, tokens: float) -> tuple[float, float | None, Unit] | float:
        """(seconds until the refusal, what it names, what there was too much of), or seconds until the answer."""
        now = self.world.now
        self.requests += 1
        if self.first_refused:
            return self._refuse(self.first_refused.pop(0), "requests")
        if self.random.random() < self._stray:
            return self._refuse(self.random.uniform(*self._stray_names), "requests")
        amounts = {"requests": 1.0, "tokens": tokens}
        lefts = [(limit.left(now, amounts[limit.unit]), limit.unit) for limit in self.limits]
        left, unit = max(lefts, default=(0.0, "requests"))
        if left > 0:
            return self._refuse(self.names(left), unit)
        for limit in self.limits:
            limit.let_in.append((now, amounts[limit.unit]))
        self.admitted.append((now, who))
        return self._latency * self.random.uniform(1 - self._spread, 1 + self._spread)

    def _refuse(self, named: float | None, unit: Unit) -> tuple[float, float | None, Unit]:
        self.refusals += 1
        return self._refusing, named, unit

    def admitted_between(self, begin: float, end: float, who: str | None = None) -> int:
        return sum(begin <= at < end and who in (None, by) for at, by in self.admitted)


class Client:
    """Puts questions through a pace of its own. arriving: seconds a call takes to the service, drawn in between."""

    def __init__(
        self,
        service: Service,
        name: str,
        questions: int,
        concurrency: int = 15,
        rpm: float | None = None,
        tpm: float | None = None,
        characters: Callable[[int], int] = lambda number: 1000,
        shared: Shared | None = None,
        starts_at: float = 0.0,
        arriving: tuple[float, float] = (0.001, 0.01),
    ):
        self.world, self.service, self.name = service.world, service, name
        self.random = random.Random(name)
        self.pace = Pace(
            concurrency=concurrency,
            rpm=rpm,
            tpm=tpm,
            shared=shared,
            clock=self.world.clock,
            draw=self.random.random,
        )
        self._characters, self._arriving = characters, arriving
        self._waiting = deque(range(questions))
        self._later: list[tuple[float, int]] = []
        self._left = questions
        self.requests = self.refusals = 0
        self.begun = self.world.now + starts_at
        self.ended = math.nan
        self._looks_at = math.inf
        self.world.at(self.begun, self._look)

    @property
    def seconds(self) -> float:
        return self.ended - self.begun

    def _look(self) -> None:
        """Start what may start now, and look again when more may."""
        self._looks_at = math.inf
        now = self.world.now
        while self._later and self._later[0][0] <= now:
            self._waiting.append(heapq.heappop(self._later)[1])
        while self._waiting:
            number = self._waiting[0]
            tokens = self.pace.estimate(self._characters(number))
            wait = self.pace.wait(tokens)
            if wait > 0:
                self._look_at(now + wait)
                break
            self._waiting.popleft()
            self._send(number, self.pace.start(tokens))
        if self._later:
            self._look_at(self._later[0][0])

    def _look_at(self, time: float) -> None:
        if time < self._looks_at and math.isfinite(time):
            self._looks_at = time
            self.world.at(time + 1e-6, lambda: self._look() if self._looks_at == time else None)

    def _send(self, number: int, call: Call) -> None:
        self.requests += 1
        arrives = self.world.now + self.random.uniform(*self._arriving)
        self.world.at(arrives, lambda: self._arrive(number, call))

    def _arrive(self, number: int, call: Call) -> None:
        said = self.service.ask(self.name, self._characters(number) / 4)
        if isinstance(said, float):
            self.world.at(self.world.now + said, lambda: self._answered(number, call))
        else:
            seconds, wait, unit = said
            self.world.at(self.world.now + seconds, lambda: self._refused(number, call, wait, unit))

    def _answered(self, number: int, call: Call) -> None:
        characters = self._characters(number)
        self.pace.answered(call, characters=characters, tokens=characters // 4, seconds=self.world.now - call.at)
        self._left -= 1
        if not self._left:
            self.ended = self.world.now
        self._look()

    def _refused(self, number: int, call: Call, wait: float | None, unit: Unit) -> None:
        self.refusals += 1
        heapq.heappush(self._later, (self.world.now + self.pace.refused(call, wait, unit), number))
        self._look()
