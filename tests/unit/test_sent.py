"""What processes tell one another beside the answer cache."""

import os

import pytest
from rootward.asking.sent import LONGEST, RECORD, Sent


class Clocks:
    """A clock of a process that began at another time than the wall's, and the wall's."""

    def __init__(self) -> None:
        self.wall_now = 1_700_000_000.0

    def wall(self) -> float:
        return self.wall_now

    def clock(self) -> float:
        return self.wall_now - 1_699_999_000.0


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def process(tmp_path, clocks):
    """Makes a process that shares the cache."""
    return lambda model="flash": Sent(tmp_path / "answers.sqlite", model, clocks.clock, clocks.wall)


def told(sent: Sent) -> list[tuple[float, float, float]]:
    return [(call.at, call.requests, pytest.approx(call.tokens)) for call in sent.news()]


def test_one_hears_what_another_tells_and_not_what_it_told_itself(process, clocks):
    one, other = process(), process()
    one.report(clocks.clock() - 2, 1.0, 250.0)
    one.report(clocks.clock() - 2, 0.0, -50.0)
    assert told(other) == [(pytest.approx(clocks.clock() - 2), 1, 250), (pytest.approx(clocks.clock() - 2), 0, -50)]
    assert told(other) == []
    assert told(one) == []


def test_models_do_not_hear_of_each_other(process, clocks):
    one, other = process("flash"), process("pro")
    one.report(clocks.clock(), 1.0, 250.0)
    assert told(other) == []


def test_who_comes_later_hears_of_the_last_minute(process, clocks):
    one = process()
    one.report(clocks.clock(), 1.0, 1.0)
    clocks.wall_now += 50
    one.report(clocks.clock(), 1.0, 2.0)
    clocks.wall_now += 20
    assert [call.tokens for call in process().news()] == [2.0]


def test_what_makes_no_sense_is_left_out(process, clocks, tmp_path):
    one, other = process(), process()
    one.report(clocks.clock() + 100, 1.0, 1.0)
    one.report(clocks.clock(), 7.0, 1.0)
    one.report(clocks.clock(), 1.0, float("inf"))
    one.report(clocks.clock(), 1.0, float("nan"))
    with (tmp_path / "answers.sqlite-sent").open("ab") as file:
        file.write(os.urandom(RECORD.size))
    assert told(other) == []


def test_a_file_that_is_not_whole_or_too_large_is_begun_anew(process, clocks, tmp_path):
    path = tmp_path / "answers.sqlite-sent"
    for size in (RECORD.size + 5, LONGEST + RECORD.size):
        path.write_bytes(bytes(size))
        os.utime(path, (clocks.wall_now, clocks.wall_now))
        one, other = process(), process()
        one.report(clocks.clock(), 1.0, 9.0)
        assert [call.tokens for call in other.news()] == [9.0]


def test_who_reads_on_when_another_has_emptied_it(process, clocks, tmp_path):
    one, other = process(), process()
    for _ in range(5):
        one.report(clocks.clock(), 1.0, 1.0)
    assert len(told(other)) == 5
    os.truncate(tmp_path / "answers.sqlite-sent", 0)
    one.report(clocks.clock(), 1.0, 8.0)
    assert [call.tokens for call in other.news()] == [8.0]


def test_where_nothing_can_be_written_nobody_is_told(tmp_path, clocks):
    (tmp_path / "file").write_text("no folder")
    sent = Sent(tmp_path / "file" / "answers.sqlite", "flash", clocks.clock, clocks.wall)
    sent.report(clocks.clock(), 1.0, 1.0)
    assert told(sent) == []
