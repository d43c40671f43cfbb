"""Whole runs of the pace against services that are unkind in the ways the public issues tell of, without wall time.

200 questions of half a second, 15 in flight, where nothing else is said: alone they take 7 seconds. The usual quota is
50 in any 10 seconds, which nobody tells: 32 seconds.
"""

import pytest
from pacing_world import Client, Limit, Service, World, always, exact, nothing
from rootward.asking.sent import Sent

QUOTA = (50, 10.0)
SEEDS = range(3)


def run(service: Service, questions: int = 200, seed: int = 0, **settings) -> Client:
    """A client that puts its questions to a service, to the end."""
    client = Client(service, f"client {seed}", questions, **settings)
    service.world.run()
    return client


def used_before(service: Service, count: int, within: float) -> None:
    """Another client has used so much of the first limit, evenly within so many seconds, and is gone."""
    begin = service.world.now - within
    service.limits[0].let_in.extend((begin + n * within / count, 1.0) for n in range(count))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_untold_quota_is_used_up_and_hardly_ever_overstepped(seed):
    client = run(Service(World(), Limit(*QUOTA), seed=seed), seed=seed)
    assert client.seconds <= 35
    assert client.requests <= 220


@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_it_is_so_whether_answers_come_at_once_or_scattered(spread):
    client = run(Service(World(), Limit(*QUOTA), spread=spread))
    assert client.seconds <= 35
    assert client.requests <= 220


@pytest.mark.parametrize("when", [0, 30])
def test_a_stray_refusal_costs_the_call_that_was_refused_its_wait_and_nobody_else_anything(when):
    service = Service(World())
    service.world.at(service.world.now + when * 0.1, lambda: service.first_refused.append(10.0))
    client = run(service, 780)
    assert client.refusals == 1
    assert client.seconds <= 26 * 1.35
    assert client.pace._quotas["requests"]._window is None  # nothing was learned from it


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("within", [0.5, 1.5])
@pytest.mark.parametrize("count", [1, 30, 45, 50])
def test_a_second_client_that_leaves_is_forgotten_within_two_windows(count, within, seed):
    service = Service(World(), Limit(*QUOTA), seed=seed)
    used_before(service, count, within)
    begin = service.world.now
    client = run(service, 300, seed)
    for window in (2, 3, 4):
        assert service.admitted_between(begin + window * 10, begin + window * 10 + 10) >= 0.7 * 50
    assert client.requests <= 300 * 1.25


@pytest.mark.parametrize("count", [25, 45, 50])
def test_one_that_used_it_evenly_causes_no_storm(count):
    service = Service(World(), Limit(*QUOTA))
    used_before(service, count, 9.0)
    begin = service.world.now
    client = run(service, 300)
    assert service.admitted_between(begin + 20, begin + 40) >= 0.7 * 100
    assert client.requests <= 300 * 1.4


def test_two_clients_share_and_the_one_that_stays_takes_what_the_other_leaves():
    service = Service(World(), Limit(*QUOTA))
    begin = service.world.now
    short, long = Client(service, "short", 100), Client(service, "long", 400)
    service.world.run()
    assert service.admitted_between(begin, begin + 30, "short") >= 0.7 * 75
    left = short.ended
    assert service.admitted_between(left + 10, left + 30, "long") >= 0.7 * 100
    assert short.requests + long.requests <= 1.1 * 500


def test_a_restart_into_a_used_window_costs_one_window():
    world = World()
    service = Service(world, Limit(*QUOTA))
    used_before(service, 50, 1.5)
    client = run(service)
    assert client.seconds <= 10 + 35
    assert client.requests <= 240


def test_processes_that_share_a_cache_know_what_the_others_sent(tmp_path):
    world = World()
    service = Service(world, Limit(*QUOTA))
    path = tmp_path / "answers.sqlite"

    def shared() -> Sent:
        return Sent(path, "model", world.clock, lambda: world.now)

    first = Client(service, "first", 50, shared=shared())
    world.run()
    second = Client(service, "second", 100, shared=shared())
    world.run()
    assert first.refusals == 0
    # What the first has sent belongs to the quota: it is learned whole from the first refusals.
    assert second.pace._quotas["requests"]._most >= 50
    assert second.refusals <= 2 * 15
    assert second.ended - first.begun <= 10 + 10 + 3


def test_two_folders_with_one_cache_keep_to_a_told_rate_together(tmp_path):
    world = World()
    service = Service(world, Limit(60, 6.0))
    paces = [Sent(tmp_path / "answers.sqlite", "model", world.clock, lambda: world.now) for _ in range(2)]
    clients = [Client(service, str(n), 200, rpm=600, shared=shared) for n, shared in enumerate(paces)]
    world.run()
    assert service.refusals <= 0.03 * 400
    assert max(client.seconds for client in clients) <= 1.15 * 400 / 10


@pytest.mark.parametrize(("seconds", "bar"), [(0.5, 35), (2.0, 35), (5.0, 40)])
def test_a_proxy_that_names_the_same_wait_each_time_does_not_starve_the_step(seconds, bar):
    client = run(Service(World(), Limit(*QUOTA), names=always(seconds)))
    assert client.seconds <= bar
    assert client.requests <= 225


@pytest.mark.parametrize("seed", SEEDS)
def test_refusals_that_name_no_wait_are_few_and_lose_nothing(seed):
    client = run(Service(World(), Limit(*QUOTA), names=nothing, seed=seed), seed=seed)
    assert client.requests <= 260
    assert client.seconds <= 60


@pytest.mark.parametrize("seed", SEEDS)
def test_a_service_that_refuses_one_call_in_ten_at_random_holds_nobody_back(seed):
    client = run(Service(World(), stray=0.1, stray_names=(1.0, 5.0), seed=seed), 469, seed)
    assert client.seconds <= 61
    assert client.requests <= 469 * 1.2


def test_the_same_within_a_quota_still_uses_the_quota():
    client = run(Service(World(), Limit(*QUOTA), stray=0.1), 469)
    assert client.seconds <= 1.35 * 469 / 5


def test_a_quota_of_the_calendar_minute_is_kept_to():
    client = run(Service(World(), Limit(100, 60.0, is_calendar=True)), 400)
    assert client.seconds <= 190
    assert client.requests <= 1.1 * 400


def test_a_limit_of_tokens_is_none_of_requests():
    """Three small prompts in four: who counted requests would send far fewer of them, or far more of the large."""

    def characters(number: int) -> int:
        return 200 if number % 4 else 4000

    service = Service(World(), Limit(10_000, 10.0, "tokens"))
    client = run(service, 400, characters=characters)
    floor = sum(characters(n) / 4 for n in range(400)) / 1000  # seconds, at 1,000 tokens each
    assert client.seconds <= 1.15 * floor
    assert client.requests <= 1.1 * 400
    assert client.pace._quotas["tokens"].is_known
    assert not client.pace._quotas["requests"].is_known


def test_a_told_rate_is_believed_first():
    service = Service(World(), Limit(300, 6.0), latency=0.3, spread=0.8)
    client = run(service, 1200, concurrency=64, rpm=3000)
    assert client.requests <= 1.03 * 1200
    assert client.seconds <= 1.1 * 24


def test_a_rate_that_was_told_too_high_is_found_out():
    client = run(Service(World(), Limit(10, 60.0), latency=3.0), 40, rpm=1000)
    assert client.seconds <= 200
    assert client.requests <= 50


def test_25_first_calls_that_are_refused_for_a_second_cost_two_seconds():
    service = Service(World(), names=exact)
    service.first_refused = [1.0] * 25
    client = run(service)
    assert client.refusals == 25
    assert client.seconds <= 7 + 3
