"""What a step tells the screen: the file beside its log."""

import json
import logging

import pytest
from builders import given_job, interaction, write
from rootward.errors import UserError
from rootward.workflow import job as jobs
from rootward.workflow.job import Job
from rootward.workflow.status import Status, StepStatus, beside, read


@pytest.fixture
def logger(monkeypatch):
    """The logger of the steps, as it is in a fresh process."""
    logger = logging.getLogger("rootward")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", False)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield logger
    logger.setLevel(before)


@pytest.fixture
def snakemake(tmp_path, logger, monkeypatch):
    monkeypatch.setattr("sys.meta_path", list(__import__("sys").meta_path))
    return given_job(tmp_path)


def told(snakemake) -> StepStatus:
    found = read(beside(snakemake.log[0]))
    assert found is not None
    return found


def test_a_step_tells_that_it_runs_and_that_it_is_done(snakemake):
    with Job(snakemake) as job:
        assert told(snakemake).state == "running"
        job._ledger.add("parent", questions=4, hits=3)
        job._ledger.pay("flash", None, input_tokens=1000, output_tokens=500, dollars=0.25)
        job._count(4)
        job.status.made("28 pathways")
    done = told(snakemake)
    assert (done.state, done.made, done.error) == ("done", ["28 pathways"], None)
    assert (done.asked, done.answered, done.hits, done.dollars) == (4, 4, 3, 0.25)


@pytest.mark.parametrize("shown", [True, False])
def test_an_error_is_told_once(snakemake, shown, monkeypatch, capsys):
    monkeypatch.setenv(jobs.SHOWN, "1" if shown else "")
    with pytest.raises(SystemExit), Job(snakemake):
        raise UserError("the quota is used up")
    assert (told(snakemake).state, told(snakemake).error) == ("failed", "the quota is used up")
    assert capsys.readouterr().err == ("" if shown else "climb: the quota is used up\n")


def test_what_is_written_is_what_was_made(logger, tmp_path):
    status = Status(None)
    logger.addHandler(status)
    write(tmp_path, "interactions", [interaction("I1"), interaction("I2")])
    write(tmp_path, "changes", [])
    logger.info("x.gmt: 7 sets", extra={"made": "7 sets"})
    logger.info("nothing of interest")
    assert status.content.made == ["2 interactions", "7 sets"]


def test_what_was_put_back_is_told_as_it_was_told_when_made(tmp_path):
    status = Status(tmp_path / "x.status.json")
    status.made("something else")
    status.restored("28 pathways")
    status.ended()
    found = read(tmp_path / "x.status.json")
    assert found is not None and (found.is_restored, found.made, found.state) == (True, ["28 pathways"], "done")


def test_it_is_written_at_most_once_a_second(tmp_path, monkeypatch):
    now, written = [100.0], []
    monkeypatch.setattr("rootward.workflow.status.time.monotonic", lambda: now[0])
    monkeypatch.setattr("rootward.workflow.status.write_text", lambda path, text: written.append(now[0]))
    status = Status(tmp_path / "x.status.json")
    for now[0] in (100.25, 100.75, 101.0, 101.5, 102.5, 103.25):
        status.working()
    assert written == [101.0, 102.5]


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"state": 3', "null", "\x00"])
def test_a_file_that_is_no_status_tells_nothing(tmp_path, content):
    (tmp_path / "x.status.json").write_text(content)
    assert read(tmp_path / "x.status.json") is None
    assert read(tmp_path / "none.json") is None


def test_a_status_of_another_version_is_read_as_far_as_it_goes(tmp_path):
    (tmp_path / "x.status.json").write_text(json.dumps({"state": "done", "made": ["1 name"], "later": 3}))
    assert read(tmp_path / "x.status.json") == StepStatus(state="done", made=["1 name"])


def test_a_status_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    status = Status(tmp_path / "file" / "x.status.json")
    status.ended()
    assert status.content.state == "done"
