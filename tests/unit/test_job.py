"""The context of a rule script: what it leaves behind when it fails, and when it does not."""

import json
import logging
import sys

import pytest
from builders import given_job
from rootward.errors import UserError
from rootward.workflow.job import Job


@pytest.fixture
def snakemake(tmp_path, monkeypatch):
    """What Snakemake hands to a script; the process is afterwards as it was."""
    logger = logging.getLogger("rootward")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(logger, "handlers", list(logger.handlers))
    monkeypatch.setattr(logger, "propagate", logger.propagate)
    return given_job(tmp_path)


def asking(snakemake, error: Exception | None = None, **numbers: int) -> None:
    with Job(snakemake) as job:
        job._ledger.add("parent", **numbers)
        job._ledger.add("parent", questions=4, calls=3)
        job._ledger.pay("flash", None, 1000, 500, 0.002)
        if error:
            raise error


def said(path: str) -> list[str]:
    with open(path, encoding="utf-8") as file:
        return [line.split(" ", 1)[1].rstrip() for line in file]


PAID = ["INFO parent: 3 calls, 4 questions", "INFO flash: 1 calls, 1000 + 500 tokens, $0.0020"]


def test_a_script_that_ends_well_has_a_ledger_and_says_what_it_paid(snakemake, capsys):
    asking(snakemake)
    assert said(snakemake.log[0]) == PAID
    with open(snakemake.output.ledger, encoding="utf-8") as file:
        assert json.load(file)["questions"] == {"parent": {"calls": 3, "questions": 4}}
    assert capsys.readouterr().err == ""


def test_a_script_that_fails_says_what_it_paid_all_the_same(snakemake, capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        asking(snakemake, UserError("the quota is used up"))
    assert caught.value.code == 1
    *paid, error = said(snakemake.log[0])
    assert paid == PAID
    assert error == "ERROR the quota is used up"
    assert not (tmp_path / "ledger.json").exists()
    assert capsys.readouterr().err == "climb: the quota is used up\n"


def test_a_step_whose_results_are_kept_puts_them_back_and_has_paid_nothing(snakemake, tmp_path):
    asking(snakemake)
    (tmp_path / "ledger.json").unlink()
    with pytest.raises(SystemExit) as caught:
        asking(snakemake, RuntimeError("computed again"))
    assert not caught.value.code
    content = json.loads((tmp_path / "ledger.json").read_text(encoding="utf-8"))
    assert content["questions"] == {"parent": {"hits": 4, "questions": 4}}
    assert content["models"] == {}
    assert "restored" in said(snakemake.log[0])[-1]
    status = json.loads((tmp_path / "results" / "logs" / "climb_L1.status.json").read_text(encoding="utf-8"))
    assert (status["state"], status["is_restored"]) == ("done", True)


def test_another_setting_or_input_computes(snakemake, tmp_path):
    asking(snakemake)
    snakemake.params["threshold"] = 0.5
    asking(snakemake)
    (tmp_path / "x.txt").write_text("1")
    snakemake.input["x"] = str(tmp_path / "x.txt")
    asking(snakemake)
    (tmp_path / "x.txt").rename(tmp_path / "y.txt")
    snakemake.input["x"] = str(tmp_path / "y.txt")  # the same content under another name
    with pytest.raises(SystemExit):
        asking(snakemake, RuntimeError("computed again"))


def test_what_found_no_answer_is_not_kept(snakemake):
    asking(snakemake, failures=1)
    asking(snakemake)
