"""The pace, call by call: the told rates, the calls in flight, the gate. Whole runs of it: test_pacing.py."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rootward.asking.pace import (
    BREAKER,
    BURST,
    LONGEST_BACKOFF,
    LONGEST_REFUSAL,
    SAFETY,
    SEVERAL,
    SHRINK,
    SOON,
    Pace,
)
from rootward.asking.quotas import Call

ENDLESS = 10**6  # calls in flight, where their number is not what is tested


class Paced:
    """A pace on a clock that moves when a call has to wait."""

    def __init__(self, concurrency: int = ENDLESS, rpm=None, tpm=None, drawn: float = 1.0):
        self.now = 1000.0
        self.pace = Pace(concurrency=concurrency, rpm=rpm, tpm=tpm, clock=lambda: self.now, draw=lambda: drawn)

    def start(self, characters: int = 0) -> Call:
        tokens = self.pace.estimate(characters)
        while (wait := self.pace.wait(tokens)) > 0:
            assert math.isfinite(wait), "nothing will ever start"
            self.now += max(wait, 1e-6)
        return self.pace.start(tokens)

    def waited(self, characters: int = 0) -> float:
        before = self.now
        self.start(characters)
        return self.now - before

    def succeed(self, times: int = 1, seconds: float = 1.0) -> None:
        for _ in range(times):
            self.pace.answered(self.start(100), characters=100, tokens=25, seconds=seconds)

    def refuse(self, wait: float | None, calls: int = SEVERAL) -> float:
        """As many calls refused one after another as make it the limit's word; the seconds until the gate opens."""
        for call in [self.start() for _ in range(calls)]:
            self.pace.refused(call, wait, "requests")
        return self.pace._gate.opens - self.now

    def room(self) -> int:
        """How many calls may be in flight at once; none is in flight before and after."""
        return self.pace._flight.room


# --- the told rates ---


@given(rpm=st.integers(1, 20_000), idle=st.lists(st.floats(0, 90, allow_nan=False), min_size=2, max_size=60))
def test_no_window_ever_sees_more_starts_than_the_rate_and_one_burst_allow(rpm, idle):
    paced = Paced(rpm=rpm)
    starts = []
    for pause in idle:
        paced.now += pause
        starts.append(paced.start().at)
    rate, burst = rpm / 60 * SAFETY, max(1.0, rpm / 60 * BURST)
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            assert last - first + 1 <= rate * (starts[last] - starts[first]) + burst + 1e-6


@given(
    tpm=st.integers(1000, 10**7),
    calls=st.lists(st.tuples(st.floats(0, 60), st.floats(0.01, 1)), min_size=2, max_size=40),
)
def test_no_window_ever_sees_more_tokens_than_the_rate_and_one_minute_allow(tpm, calls):
    paced = Paced(tpm=tpm)
    starts = []
    for pause, share in calls:
        paced.now += pause
        starts.append(paced.start(int(share * tpm * SAFETY * 4)))
    rate, burst = tpm / 60 * SAFETY, tpm * SAFETY
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            tokens = sum(call.tokens for call in starts[first : last + 1])
            assert tokens <= rate * (starts[last].at - starts[first].at) + burst + 1


def test_the_rate_is_used_up_to_its_margin():
    paced = Paced(rpm=600)
    for _ in range(100):
        paced.start()
    assert paced.now - 1000 == pytest.approx((100 - 600 / 60 * BURST) / (10 * SAFETY), rel=0.01)


def test_without_a_rate_nothing_waits():
    paced = Paced()
    assert sum(paced.waited(10**9) for _ in range(1000)) == 0


def test_tokens_are_settled_with_what_the_call_really_used():
    paced = Paced(tpm=6000)
    characters = int(6000 * SAFETY * 4)
    call = paced.start(characters)
    paced.pace.answered(call, characters=characters, tokens=int(call.tokens + 95), seconds=1.0)
    assert paced.waited() == pytest.approx(95 / (100 * SAFETY), abs=0.01)


def test_an_estimate_that_was_too_high_is_given_back():
    paced = Paced(tpm=6000)
    characters = int(6000 * SAFETY * 4)
    paced.pace.answered(paced.start(characters), characters=characters, tokens=10, seconds=1.0)
    assert paced.waited(10_000) == 0


def test_a_refused_call_costs_no_tokens():
    paced = Paced(tpm=6000)
    paced.pace.refused(paced.start(int(6000 * SAFETY * 4)), 0.0, "requests")
    assert paced.waited(10_000) == 0


def test_the_estimate_learns_from_real_usage():
    paced = Paced()
    assert paced.pace.estimate(1000) == 250
    for _ in range(60):
        paced.pace.answered(paced.start(1000), characters=1000, tokens=400, seconds=1.0)
    assert paced.pace.estimate(1000) == pytest.approx(400, rel=0.01)


def test_a_prompt_larger_than_a_minutes_tokens_waits_for_a_full_bucket_and_starts():
    paced = Paced(tpm=1000)
    paced.start(int(4 * 1000 * SAFETY))
    assert paced.waited(4 * 100_000) == pytest.approx(60, rel=0.01)


# --- calls in flight ---


def test_no_more_calls_start_than_may_be_in_flight():
    paced = Paced(5)
    calls = [paced.start() for _ in range(5)]
    assert paced.pace.wait(0) == math.inf
    paced.pace.failed(calls[0], overloaded=False)
    assert paced.pace.wait(0) == 0


@pytest.mark.parametrize("calls", [1, SEVERAL - 1])
def test_a_refusal_of_few_calls_holds_nobody_else_back_and_shrinks_nothing(calls):
    paced = Paced(100)
    paced.succeed()
    for call in [paced.start() for _ in range(calls)]:
        assert paced.pace.refused(call, 30.0, "requests") == 30.0  # that call's own
    assert paced.waited() == 0
    assert paced.room() == 100


def test_a_call_that_is_let_in_between_says_that_the_others_were_refused_for_themselves():
    paced = Paced(100)
    for _ in range(10):
        paced.refuse(30.0, calls=SEVERAL - 1)
        paced.succeed()
    assert paced.now == 1000


@pytest.mark.parametrize("overloaded", [True, False])
def test_an_overload_shrinks_what_may_be_in_flight_and_a_lost_connection_does_not(overloaded):
    paced = Paced(100)
    paced.pace.failed(paced.start(), overloaded)
    assert paced.room() == (100 * SHRINK if overloaded else 100)


def test_refusals_that_name_no_wait_shrink_what_may_be_in_flight():
    paced = Paced(100)
    paced.refuse(None)
    assert paced.room() == 100 * SHRINK


def test_a_first_refusal_that_names_its_wait_shrinks_nothing():
    paced = Paced(100)
    paced.refuse(1.0, calls=20)
    assert paced.waited() >= 1.0
    assert paced.room() == 100


def test_it_shrinks_at_most_once_per_round_trip():
    paced = Paced(100)
    paced.succeed(100, seconds=4.0)
    for call in [paced.start() for _ in range(20)]:
        paced.pace.failed(call, overloaded=True)
    assert paced.room() == 70
    paced.now += 3.5
    paced.pace.failed(paced.start(), overloaded=True)
    assert paced.room() == 70
    paced.now += 1.0
    paced.pace.failed(paced.start(), overloaded=True)
    assert paced.room() == 70  # nothing was answered since: the same overload
    paced.succeed()
    paced.now += 10
    paced.pace.failed(paced.start(), overloaded=True)
    assert paced.room() == 49  # of 71 after the answer


def test_it_never_shrinks_below_one():
    paced = Paced(1)
    for _ in range(20):
        paced.succeed()
        paced.now += 10
        paced.pace.failed(paced.start(), overloaded=True)
    assert paced.room() == 1
    assert paced.waited() == 0


def test_after_one_overload_it_is_back_quickly_where_it_was():
    paced = Paced(10)
    paced.succeed()
    paced.pace.failed(paced.start(), overloaded=True)
    assert paced.room() == 7
    paced.succeed(3)
    assert paced.room() == 10
    paced.succeed(1000)
    assert paced.room() == 10


def test_overloaded_again_on_the_way_back_it_grows_by_one_for_each_window_of_successes():
    paced = Paced(10)
    paced.succeed()
    paced.pace.failed(paced.start(), overloaded=True)
    paced.succeed()
    paced.now += 2  # more than a round trip
    paced.pace.failed(paced.start(), overloaded=True)
    assert paced.room() == 5
    paced.succeed(4)
    assert paced.room() == 5
    paced.succeed()
    assert paced.room() == 6
    paced.succeed(6)
    assert paced.room() == 7


# --- the gate ---


@pytest.mark.parametrize("drawn", [0.0, 1.0])
def test_nobody_starts_before_the_time_that_several_refusals_named(drawn):
    paced = Paced(drawn=drawn)
    paced.refuse(7.0)
    assert 7.0 <= paced.waited() <= 7.05 + 1e-9


def test_a_shorter_wait_does_not_open_the_gate_earlier():
    paced = Paced()
    calls = [paced.start() for _ in range(SEVERAL + 1)]
    for call, wait in zip(calls, (20.0, 20.0, 20.0, 1.0), strict=True):
        paced.pace.refused(call, wait, "requests")
    assert paced.waited() >= 20


@given(drawn=st.floats(0, 1), refusals=st.integers(1, 12))
def test_without_a_named_wait_the_gate_jitters_below_a_doubling_bound(drawn, refusals):
    paced = Paced(drawn=drawn)
    for refusal in range(1, refusals + 1):
        left = paced.refuse(None)
        bound = min(LONGEST_BACKOFF, 2.0 ** (refusal - 1))
        assert bound / 2 <= left <= bound


def test_refusals_of_one_moment_count_once():
    paced = Paced(15)
    assert paced.refuse(None, calls=15) <= 1.0


def test_an_answer_to_a_call_from_before_the_refusal_does_not_make_the_next_wait_short_again():
    paced = Paced()
    under_way = [paced.start() for _ in range(5)]
    for call in under_way:
        paced.refuse(None)
        paced.pace.answered(call, characters=0, tokens=0, seconds=1.0)
    assert paced.refuse(None) == 32
    paced.succeed()
    assert paced.refuse(None) == 1


# --- when it makes no sense any more ---


@pytest.mark.parametrize(("concurrency", "bound"), [(1, BREAKER), (15, 45), (100, 300)])
def test_the_service_is_down_after_so_many_failures_in_a_row(concurrency, bound):
    paced = Paced(concurrency)

    def fail(times: int) -> None:
        for _ in range(times):
            paced.pace.failed(paced.start(), overloaded=True)
            paced.now += 1

    fail(bound - 1)
    assert not paced.pace.is_down
    paced.succeed()
    fail(bound - 1)
    assert not paced.pace.is_down
    fail(1)
    assert paced.pace.is_down


def test_nothing_but_refusals_for_long_is_no_matter_of_a_minute():
    paced = Paced()
    assert not paced.pace.is_shut_out
    paced.refuse(0.0, calls=1)
    paced.now += LONGEST_REFUSAL - 1
    assert not paced.pace.is_shut_out
    paced.now += 2
    assert paced.pace.is_shut_out
    paced.succeed()
    assert not paced.pace.is_shut_out


def test_a_long_wait_that_was_named_is_no_long_refusal():
    paced = Paced()
    paced.refuse(2 * LONGEST_REFUSAL, calls=1)
    paced.now += 2 * LONGEST_REFUSAL + 1
    paced.refuse(0.0, calls=1)
    assert not paced.pace.is_shut_out
    paced.now += LONGEST_REFUSAL
    assert paced.pace.is_shut_out


def test_who_names_short_waits_again_and_again_means_the_number_in_flight():
    paced = Paced(100)
    paced.succeed()
    paced.refuse(0.001)
    assert paced.room() == 100
    paced.succeed()
    paced.now += SOON / 2
    paced.refuse(0.001)
    assert paced.room() == 70
