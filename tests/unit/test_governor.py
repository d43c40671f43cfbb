"""The governor's threads: who waits, who starts when, who is woken, and how it ends. What it decides: test_pace.py."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rootward.asking.governor import Governor, Stopped
from rootward.asking.pace import LONGEST_BACKOFF, Pace


def governor(concurrency: int, draw: float = 0.5) -> Governor:
    return Governor(Pace(concurrency=concurrency, rpm=None, tpm=None, draw=lambda: draw))


class Clock:
    """The time, and a condition on which waiting moves it: by what was asked for, but never by nothing."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def condition(self) -> threading.Condition:
        clock = self

        class Moving(threading.Condition):
            def wait(self, timeout: float | None = None) -> bool:
                clock.now += max(timeout, 1e-6)
                return False

        return Moving()


def test_calls_in_flight_never_pass_the_concurrency():
    running, peak, lock = governor(5), [0, 0], threading.Lock()

    def ask(_: int) -> None:
        call = running.acquire(10)
        with lock:
            peak[0] += 1
            peak[1] = max(peak)
        time.sleep(0.001)
        with lock:
            peak[0] -= 1
        running.succeeded(call, characters=10, tokens=3, seconds=0.001)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(ask, range(300)))
    assert peak[1] == 5


def test_when_the_gate_opens_all_start_that_may_before_the_first_is_refused_again():
    """Else the gate would shut between them, and every refusal hold back those that had not started yet."""
    running = governor(8)
    for call in [running.acquire(0) for _ in range(3)]:
        running.throttled(call, 0.2)

    def ask(_: int) -> None:
        running.throttled(running.acquire(0), 5.0)  # shuts the gate

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert time.monotonic() - begun < 5.0


def test_calls_start_in_the_order_they_came():
    running = governor(1)
    first = running.acquire(0)
    started = []

    def ask(number: int) -> None:
        call = running.acquire(0)
        started.append(number)
        running.succeeded(call, characters=0, tokens=0, seconds=0.0)

    with ThreadPoolExecutor(6) as pool:
        for number in range(6):
            pool.submit(ask, number)
            until = time.monotonic() + 5
            while len(running._line) <= number and time.monotonic() < until:
                time.sleep(0.001)
        running.succeeded(first, characters=0, tokens=0, seconds=0.0)
    assert started == list(range(6))


def test_who_comes_and_lets_the_first_in_line_start_wakes_it():
    running = governor(1)
    running.acquire(0)
    begun = []

    def ask() -> None:
        begun.append(running.acquire(0))

    with ThreadPoolExecutor(2) as pool:
        pool.submit(ask)
        while not running._line:
            time.sleep(0.001)
        with running._condition:
            running._pace._flight.in_flight = 0  # time has made room, and nobody has seen it yet
        pool.submit(ask)
        time.sleep(0.1)  # less than the first in line sleeps
        begun_soon = len(begun)
        running.stop(RuntimeError("the end"))
    assert begun_soon == 1


def test_the_gate_holds_every_thread_back():
    running = governor(8)
    for call in [running.acquire(0) for _ in range(3)]:
        running.throttled(call, 0.3)
    refused = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        starts = list(pool.map(lambda _: (running.acquire(0), time.monotonic())[1], range(4)))
    assert min(starts) - refused >= 0.29


@given(drawn=st.floats(0, 1), attempt=st.integers(1, 50), named=st.floats(0, 120))
def test_backing_off_sleeps_below_a_doubling_bound_after_what_was_named(drawn, attempt, named):
    clock = Clock()
    running = Governor(Pace(concurrency=1, rpm=None, tpm=None, clock=clock, draw=lambda: drawn))
    running._condition = clock.condition()
    running.back_off(attempt, named=named)
    assert clock.now - 1000 == pytest.approx(named + drawn * min(LONGEST_BACKOFF, 2.0 ** (attempt - 1)), abs=1e-6)


def test_stopping_wakes_whoever_waits():
    running = governor(1, draw=1.0)
    running.acquire(0)
    outcomes = []

    def wait_in(action) -> None:
        try:
            action()
        except Stopped as stopped:
            outcomes.append(stopped.__cause__)

    actions = [lambda: running.acquire(0)] * 4 + [lambda: running.back_off(7)]
    threads = [threading.Thread(target=wait_in, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    reason, later = ValueError("enough"), ValueError("more than enough")
    running.stop(reason)
    running.stop(later)
    for thread in threads:
        thread.join(5)
    assert outcomes == [reason] * 5


def test_a_stopped_governor_starts_nothing():
    running = governor(1)
    running.stop(ValueError("enough"))
    with pytest.raises(Stopped):
        running.acquire(0)
