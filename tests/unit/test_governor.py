"""The governor: how many calls may start, and when. Time is a number here that moves when somebody waits."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rootward.asking.governor import (
    BREAKER,
    BURST,
    LONGEST_BACKOFF,
    LONGEST_REFUSAL,
    SAFETY,
    SHRINK,
    SOON,
    Governor,
    Stopped,
)

ENDLESS = 10**6  # calls in flight, where their number is not what is tested


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


def governed(concurrency: int = ENDLESS, rpm=None, tpm=None, random: float = 1.0) -> tuple[Governor, Clock]:
    """A governor on a clock of its own, whose random numbers are all the same."""
    clock = Clock()
    governor = Governor(concurrency, rpm, tpm, clock, lambda: random)
    governor._condition = clock.condition()
    return governor, clock


def waited(governor: Governor, clock: Clock, characters: int = 0) -> float:
    """The seconds until a call may start."""
    before = clock.now
    governor.acquire(characters)
    return clock.now - before


def room(governor: Governor) -> int:
    """How many calls may be in flight at once, counted by starting them; none is in flight before and after."""
    started = 0
    while governor._in_flight < int(governor._limit):
        governor.acquire(0)
        started += 1
    for _ in range(started):
        governor.failed(0, overloaded=False)
    return started


def succeed(governor: Governor, times: int = 1, seconds: float = 1.0) -> None:
    for _ in range(times):
        governor.succeeded(100, governor.acquire(100), 25, seconds)


def throttle(governor: Governor, wait: float | None = 0.0) -> None:
    governor.throttled(governor.acquire(0), wait)


def throttled_before(concurrency: int) -> tuple[Governor, Clock]:
    """A governor that was refused once, kept to the wait that was named, and was answered since."""
    governor, clock = governed(concurrency)
    throttle(governor)
    clock.now += 10
    succeed(governor, 1)
    return governor, clock


# --- the buckets ---


@given(
    rpm=st.integers(1, 20_000),
    idle=st.lists(st.floats(0, 90, allow_nan=False), min_size=2, max_size=60),
)
def test_no_window_ever_sees_more_starts_than_the_rate_and_one_burst_allow(rpm, idle):
    governor, clock = governed(rpm=rpm)
    starts = []
    for pause in idle:
        clock.now += pause
        governor.acquire(0)
        starts.append(clock.now)
    rate, burst = rpm / 60 * SAFETY, max(1.0, rpm / 60 * BURST)
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            assert last - first + 1 <= rate * (starts[last] - starts[first]) + burst + 1e-6


@given(
    tpm=st.integers(1000, 10**7),
    calls=st.lists(st.tuples(st.floats(0, 60), st.floats(0.01, 1)), min_size=2, max_size=40),
)
def test_no_window_ever_sees_more_tokens_than_the_rate_and_one_minute_allow(tpm, calls):
    governor, clock = governed(tpm=tpm)
    starts = []
    for pause, share in calls:
        clock.now += pause
        starts.append((governor.acquire(int(share * tpm * SAFETY * 4)), clock.now))
    rate, burst = tpm / 60 * SAFETY, tpm * SAFETY
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            tokens = sum(estimate for estimate, _ in starts[first : last + 1])
            assert tokens <= rate * (starts[last][1] - starts[first][1]) + burst + 1


def test_the_rate_is_used_up_to_its_margin():
    governor, clock = governed(rpm=600)
    for _ in range(100):
        governor.acquire(0)
    assert clock.now - 1000 == pytest.approx((100 - 600 / 60 * BURST) / (10 * SAFETY), rel=0.01)


def test_without_a_rate_nothing_waits():
    governor, clock = governed()
    assert sum(waited(governor, clock, 10**9) for _ in range(1000)) == 0


def test_tokens_are_settled_with_what_the_call_really_used():
    governor, clock = governed(tpm=6000)
    full = 6000 * SAFETY
    estimate = governor.acquire(int(full * 4))
    governor.succeeded(int(full * 4), estimate, int(estimate + 95), 1.0)
    assert waited(governor, clock) == pytest.approx(95 / (100 * SAFETY), abs=0.01)


def test_an_estimate_that_was_too_high_is_given_back():
    governor, clock = governed(tpm=6000)
    characters = int(6000 * SAFETY * 4)
    governor.succeeded(characters, governor.acquire(characters), 10, 1.0)
    assert waited(governor, clock, 10_000) == 0


def test_a_refused_call_costs_no_tokens():
    governor, clock = governed(tpm=6000)
    governor.throttled(governor.acquire(int(6000 * SAFETY * 4)), 0.0)
    clock.now += 0.06  # beyond the gate
    assert waited(governor, clock, 10_000) == 0


def test_the_estimate_learns_from_real_usage():
    governor, _ = governed()
    first = governor.acquire(1000)
    for _ in range(60):
        governor.succeeded(1000, governor.acquire(1000), 400, 1.0)
    assert first == 250
    assert governor.acquire(1000) == pytest.approx(400, rel=0.01)


def test_a_prompt_larger_than_a_minutes_tokens_waits_for_a_full_bucket_and_starts():
    governor, clock = governed(tpm=1000)
    governor.acquire(4 * 950)
    assert waited(governor, clock, 4 * 100_000) == pytest.approx(60, rel=0.01)


# --- calls in flight ---


def test_calls_in_flight_never_pass_the_concurrency():
    governor, peak, lock = Governor(5), [0, 0], threading.Lock()

    def call(_: int) -> None:
        estimate = governor.acquire(10)
        with lock:
            peak[0] += 1
            peak[1] = max(peak)
        time.sleep(0.001)
        with lock:
            peak[0] -= 1
        governor.succeeded(10, estimate, 3, 0.001)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(call, range(300)))
    assert peak[1] == 5


def overload(governor: Governor) -> None:
    governor.failed(governor.acquire(0), overloaded=True)


@pytest.mark.parametrize("refuse", [lambda g: throttle(g, None), overload], ids=["429 that names no wait", "503"])
def test_too_much_shrinks_what_may_be_in_flight(refuse):
    governor, _ = governed(100)
    assert room(governor) == 100
    refuse(governor)
    assert room(governor) == 100 * SHRINK


def test_a_first_refusal_that_names_its_wait_shrinks_nothing():
    governor, clock = governed(100)
    for estimate in [governor.acquire(0) for _ in range(20)]:
        governor.throttled(estimate, 1.0)
    assert waited(governor, clock) >= 1.0
    governor.failed(0, overloaded=False)
    assert room(governor) == 100
    clock.now += SOON + 1  # another time, another first
    succeed(governor, 1)
    throttle(governor)
    assert room(governor) == 100


def test_when_the_gate_opens_all_start_that_may_before_the_first_is_refused_again():
    """Else the gate would shut between them, and every refusal hold back those that had not started yet."""
    governor = Governor(8)
    throttle(governor, 0.2)

    def call(_: int) -> None:
        estimate = governor.acquire(0)
        governor.throttled(estimate, 5.0)  # shuts the gate

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(8)))
    assert time.monotonic() - begun < 5.0


def test_calls_start_in_the_order_they_came():
    governor = Governor(1)
    first = governor.acquire(0)
    started = []

    def call(number: int) -> None:
        estimate = governor.acquire(0)
        started.append(number)
        governor.succeeded(0, estimate, 0, 0.0)

    with ThreadPoolExecutor(6) as pool:
        for number in range(6):
            pool.submit(call, number)
            until = time.monotonic() + 5
            while len(governor._line) <= number and time.monotonic() < until:
                time.sleep(0.001)
        governor.succeeded(0, first, 0, 0.0)
    assert started == list(range(6))


def test_who_comes_and_lets_the_first_in_line_start_wakes_it():
    governor = Governor(1)
    governor.acquire(0)
    begun = []

    def call() -> None:
        begun.append(governor.acquire(0))

    with ThreadPoolExecutor(2) as pool:
        pool.submit(call)
        while not governor._line:
            time.sleep(0.001)
        with governor._condition:
            governor._in_flight = 0  # time has made room, and nobody has seen it yet
        pool.submit(call)
        time.sleep(0.1)  # less than the first in line sleeps
        begun_soon = len(begun)
        governor.stop(RuntimeError("the end"))
    assert begun_soon == 1


def test_who_refuses_again_soon_means_the_number_in_flight():
    governor, _ = throttled_before(100)
    throttle(governor)
    assert room(governor) == 70
    succeed(governor, 200)
    assert room(governor) == 100


def test_a_lost_connection_does_not_shrink_it():
    governor, _ = governed(100)
    governor.failed(governor.acquire(0), overloaded=False)
    assert room(governor) == 100


def test_it_shrinks_at_most_once_per_round_trip():
    governor, clock = throttled_before(100)
    succeed(governor, 100, seconds=4.0)
    for estimate in [governor.acquire(0) for _ in range(20)]:
        governor.throttled(estimate, 0.0)
    assert room(governor) == 70
    clock.now += 3.5
    throttle(governor)
    assert room(governor) == 70
    clock.now += 1.0
    throttle(governor)
    assert room(governor) == 70  # nothing was answered since: the same refusal, and the gate is shut already
    succeed(governor, 1)
    clock.now += 10
    throttle(governor)
    assert room(governor) == 49  # of 71 after the answer


def test_it_never_shrinks_below_one():
    governor, clock = governed(3)
    for _ in range(20):
        throttle(governor)
        succeed(governor, 1)
        throttle(governor)
        clock.now += 10
        throttle(governor)
    throttle(governor)
    assert room(governor) >= 1
    assert governor._limit >= 1


def test_after_one_refusal_it_is_back_quickly_where_it_was():
    governor, _ = throttled_before(10)
    throttle(governor)
    assert room(governor) == 7
    succeed(governor, 3)
    assert room(governor) == 10
    succeed(governor, 1000)
    assert room(governor) == 10


def test_refused_again_on_the_way_back_it_grows_by_one_for_each_window_of_successes():
    governor, clock = throttled_before(10)
    throttle(governor)
    succeed(governor, 1)
    clock.now += 2  # more than a round trip
    throttle(governor)
    assert room(governor) == 5
    succeed(governor, 4)
    assert room(governor) == 5
    succeed(governor, 1)
    assert room(governor) == 6
    succeed(governor, 6)
    assert room(governor) == 7


def test_a_quota_nobody_told_is_learned_from_the_first_refusal():
    """50 in 10 s: after the first refusal no more than 50 start in any 10 s, and nothing shrinks."""
    governor, clock = governed(15)
    started = []
    for _ in range(50):
        estimate = governor.acquire(0)
        started.append(clock.now)
        governor.succeeded(0, estimate, 0, 0.1)
        clock.now += 0.03
    throttle(governor, 10.0 - clock.now + started[0])
    for _ in range(150):
        estimate = governor.acquire(0)
        started.append(clock.now)
        governor.succeeded(0, estimate, 0, 0.1)
    for first, later in zip(started, started[50:], strict=False):
        assert later - first >= 10.0
    assert started[-1] - started[0] <= 3 * 10.2 + 2.5
    clock.now += 20
    assert room(governor) == 15


def test_refusals_that_come_whatever_the_rate_teach_no_quota():
    """One call in 33 is refused and told to wait half a second, as by a service that is busy now and then."""
    governor, clock = governed(15)
    began = clock.now
    for n in range(3000):
        estimate = governor.acquire(0)
        clock.now += 0.05
        if n % 33 == 32:
            governor.throttled(estimate, 0.5)
        else:
            governor.succeeded(0, estimate, 0, 0.1)
    assert clock.now - began <= 3000 * 0.05 + 3000 / 33 * 0.6 + 60


# --- the gate ---


@pytest.mark.parametrize("random", [0.0, 1.0])
def test_nobody_starts_before_the_time_the_service_named(random):
    governor, clock = governed(random=random)
    throttle(governor, 7.0)
    assert 7.0 <= waited(governor, clock) <= 7.05 + 1e-9


def test_a_shorter_wait_does_not_open_the_gate_earlier():
    governor, clock = governed()
    first, second = governor.acquire(0), governor.acquire(0)
    governor.throttled(first, 20.0)
    governor.throttled(second, 1.0)
    assert waited(governor, clock) >= 20


def test_the_gate_holds_every_thread_back():
    governor = Governor(8)
    governor.throttled(governor.acquire(0), 0.3)
    refused = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        starts = list(pool.map(lambda _: (governor.acquire(0), time.monotonic())[1], range(4)))
    assert min(starts) - refused >= 0.29


@given(random=st.floats(0, 1), refusals=st.integers(1, 30))
def test_without_a_named_wait_the_gate_jitters_below_a_doubling_bound(random, refusals):
    governor, clock = governed(random=random)
    for refusal in range(refusals):
        throttle(governor, None)
        left = governor._not_before - clock.now
        assert 0 <= left <= min(LONGEST_BACKOFF, 2.0**refusal) + 0.051
        clock.now += max(0.0, left) + 2.0


def test_refusals_of_one_moment_count_once():
    governor, clock = governed(15)
    estimates = [governor.acquire(0) for _ in range(15)]
    for estimate in estimates:
        governor.throttled(estimate, None)
    assert governor._not_before - clock.now <= 2.05


def test_a_success_makes_the_next_wait_short_again():
    governor, clock = governed(15)
    for _ in range(5):
        throttle(governor, None)
        clock.now += 70
    succeed(governor)
    throttle(governor, None)
    assert governor._not_before - clock.now <= 1.05


@given(random=st.floats(0, 1), attempt=st.integers(1, 50))
def test_backing_off_sleeps_below_a_doubling_bound(random, attempt):
    governor, clock = governed(random=random)
    governor.back_off(attempt)
    slept = clock.now - 1000
    assert slept == pytest.approx(random * min(LONGEST_BACKOFF, 2.0 ** (attempt - 1)), abs=1e-6)


# --- the end of asking ---


def test_stopping_wakes_whoever_waits():
    governor = Governor(1)
    governor.acquire(0)
    governor._requests.wait = lambda amount: 3600.0
    outcomes = []

    def wait_in(action) -> None:
        try:
            action()
        except Stopped as stopped:
            outcomes.append(stopped.__cause__)

    governor._random = lambda: 1.0
    actions = [lambda: governor.acquire(0)] * 4 + [lambda: governor.back_off(7)]
    threads = [threading.Thread(target=wait_in, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    reason, later = ValueError("enough"), ValueError("more than enough")
    governor.stop(reason)
    governor.stop(later)
    for thread in threads:
        thread.join(5)
    assert outcomes == [reason] * 5


def test_a_stopped_governor_starts_nothing():
    governor, _ = governed()
    governor.stop(ValueError("enough"))
    with pytest.raises(Stopped):
        governor.acquire(0)


@pytest.mark.parametrize(("concurrency", "bound"), [(1, BREAKER), (15, 45), (100, 300)])
def test_the_service_is_down_after_so_many_failures_in_a_row(concurrency, bound):
    governor, clock = governed(concurrency)

    def fail(times: int) -> None:
        for _ in range(times):
            governor.failed(governor.acquire(0), overloaded=True)
            clock.now += 1

    fail(bound - 1)
    assert not governor.is_down
    succeed(governor)
    fail(bound - 1)
    assert not governor.is_down
    fail(1)
    assert governor.is_down


def test_nothing_but_refusals_for_long_is_no_matter_of_a_minute():
    governor, clock = governed()
    assert not governor.is_shut_out
    throttle(governor)
    clock.now += LONGEST_REFUSAL - 1
    throttle(governor)
    assert not governor.is_shut_out
    clock.now += 2
    assert governor.is_shut_out
    succeed(governor)
    assert not governor.is_shut_out
