"""The steps of a run, counted, and their lines."""

import json

import pytest
from rootward.publish.terminal import columns
from rootward.workflow.status import StepStatus
from rootward.workflow.tally import WIDTH, Step, Tally, minutes, step_name, step_of


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def ended(clock, **told) -> Step:
    return Step("climb L3", None, ["results/parents_L3.parquet", "x.json"], clock(), StepStatus(state="done", **told))


def tell(path, **told) -> None:
    path.write_text(json.dumps({"state": "done", **told}))


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            {"made": ["28 pathways"], "seconds": 1.24, "asked": 28, "hits": 8, "curator": "gemini"},
            "climb L3                 1.2 s  28 pathways, 20 asked, 8 from the cache",
        ),
        (
            {"made": ["28 pathways"], "seconds": 0.5, "asked": 28, "curator": "reactome"},
            "climb L3                 0.5 s  28 pathways, 28 looked up",
        ),
        (
            {"made": ["28 pathways"], "is_restored": True, "asked": 28},
            "climb L3              restored  28 pathways",
        ),
        ({"made": ["7 rows", "7 rows"], "seconds": 3}, "climb L3                 3.0 s  7 rows"),
        ({"seconds": 3}, "climb L3                 3.0 s  results/parents_L3.parquet and 1 more"),
    ],
)
def test_the_line_of_a_step(clock, told, line):
    assert Tally(1, clock).line(ended(clock, **told)) == line


def test_a_line_is_cut_and_harmless(clock):
    line = Tally(1, clock).line(ended(clock, made=["\x1b[31m中" * 100], seconds=1))
    assert columns(line) <= WIDTH and "\x1b" not in line and line.endswith("…")


def test_progress_counts_what_runs_and_what_has_ended(clock, tmp_path):
    tally = Tally(4, clock)
    first, second = (
        step_of("assign_terms", {"shard": str(n)}, [f"{tmp_path}/assign_terms_{n}.log"], ["x"], 0.0) for n in (0, 1)
    )
    tally.starts(1, first)
    tally.starts(2, second)
    tell(first.status, state="running", asked=100, answered=30, dollars=0.5)
    tell(second.status, asked=60, answered=60, dollars=1)
    tally.ends(2)
    clock.now = 30
    assert (
        tally.progress()
        == "1 of 4 steps, 90 of 160 questions, 3.0/s, 0:30 elapsed, about 0:23 left (by questions), US$ 1.50"
    )
    assert tally.names() == "assign_terms 0"


def test_the_rate_is_that_of_the_last_minute(clock, tmp_path):
    tally = Tally(2, clock)
    step = step_of("climb", {"level": "1"}, [f"{tmp_path}/climb_L1.log"], ["x"], 0.0)
    tally.starts(1, step)
    for clock.now, answered in ((10, 1000), (30, 1000), (60, 1000), (90, 1000), (120, 1060)):
        tell(step.status, state="running", asked=2000, answered=answered)
        said = tally.progress()
    assert "1,060 of 2,000 questions, 1.0/s" in said


def test_without_questions_the_steps_say_how_long_it_takes(clock):
    tally = Tally(10, clock)
    for n in range(4):
        tally.starts(n, Step(f"climb L{n}", None, ["x"], 0.0))
        tally.ends(n)
    clock.now = 8
    assert tally.progress() == "4 of 10 steps, 0:08 elapsed, about 0:12 left (by steps)"


def test_a_retried_step_counts_once_and_a_failed_one_not(clock, tmp_path):
    tally = Tally(2, clock)
    for state in ("failed", "done", "done"):
        step = step_of("climb", {"level": "1"}, [f"{tmp_path}/climb_L1.log"], ["x"], 0.0)
        tally.starts(1, step)
        tell(step.status, state=state)
        tally.ends(1)
        assert tally.done == (state == "done")
    assert tally.ends(1) is None


def test_a_command_and_the_last_target_are_no_steps(clock):
    tally = Tally(0, clock)
    tally.starts(1, step_of("explain", {}, ["results/logs/explain.log"], [], 0.0))
    assert tally.names() == ""
    assert not tally.ends(1).is_counted
    assert tally.done == 0


def test_what_an_earlier_run_told_is_forgotten(clock, tmp_path):
    step = step_of("climb", {"level": "1"}, [f"{tmp_path}/climb_L1.log"], ["x"], 0.0)
    tell(step.status, made=["of last year"])
    tally = Tally(1, clock)
    tally.starts(1, step)
    assert "last year" not in tally.line(tally.ends(1))


def test_the_end_says_how_much_was_put_back(clock):
    tally = Tally(2, clock)
    tally.ended = [ended(clock, is_restored=True), Step("join_levels", None, ["x"], 0.0)]
    clock.now = 65
    assert tally.end() == "2 steps in 1:05, 1 of them restored"


def test_names_and_times():
    assert step_name("climb", {"level": "3"}) == "climb L3"
    assert step_name("assign_terms", {"shard": "12"}) == "assign_terms 12"
    assert [minutes(s) for s in (0.4, 59.6, 3600, 36_061)] == ["0:00", "1:00", "1:00:00", "10:01:01"]
