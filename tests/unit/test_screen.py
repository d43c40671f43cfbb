"""Snakemake's events on the screen: what is shown of a run, and what is not."""

import io
import json
import logging
from types import SimpleNamespace

import pytest
from rootward.workflow import job as jobs
from rootward.workflow import screen as screens
from rootward.workflow.config_check import load
from rootward.workflow.screen import Screen, attach
from snakemake.logging import ColorizingTextHandler, DefaultFormatter
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent


class Run:
    """A run whose events are made up, and what its screen shows."""

    def __init__(self, folder, quiet=frozenset(), is_dryrun=False, stream=None):
        self.stream = stream or io.StringIO()
        self.plain = ColorizingTextHandler(stream=self.stream, formatter=DefaultFormatter())
        self.jobs = {n: SimpleNamespace(output=["x"]) for n in (1, 2)} | {0: SimpleNamespace(output=[])}
        self.screen = Screen(self.plain, quiet, load({}), lambda: self.jobs, lambda jobs: self.restored, is_dryrun)
        self.folder = folder
        self.restored = set()

    def happens(self, event=None, msg="", level=logging.INFO, **fields):
        record = logging.LogRecord("snakemake.logging", level, "x.py", 1, msg, (), None)
        record.__dict__.update(fields | ({"event": event} if event else {}))
        self.screen.handle(record)

    def begins(self):
        self.happens(LogEvent.WORKFLOW_STARTED, "Workflow has started!")
        self.happens(msg="Building DAG of jobs...")
        self.happens(msg="Using shell: /bin/bash")
        self.happens(LogEvent.RESOURCES_INFO, "Provided cores: 2")
        self.happens(LogEvent.RUN_INFO, "Job stats:\ntotal 3", stats={"climb": 2, "all": 1, "total": 3})

    def starts(self, jobid, level="1", output=("results/x.parquet",), rule="climb"):
        log = [str(self.folder / f"{rule}_L{level}.log")]
        wildcards = {"level": level} if rule == "climb" else {}
        fields = {"rule_name": rule, "wildcards": wildcards, "log": log, "output": list(output)}
        self.happens(LogEvent.JOB_INFO, "Rule", jobid=jobid, **fields)
        self.happens(LogEvent.SHELLCMD, "Shell command: None")
        return self.folder / f"{rule}_L{level}.status.json"

    def ends(self, jobid):
        self.happens(LogEvent.JOB_FINISHED, "Finished", job_id=jobid)
        self.happens(LogEvent.PROGRESS, None, done=1, total=3)

    def fails(self, jobid):
        known = {"rule_name": "climb", "jobid": jobid, "input": ["i"], "output": ["o"], "log": ["x.log"]}
        more = {
            "conda_env": None,
            "container_img": None,
            "aux": {},
            "indent": False,
            "shellcmd": None,
            "rule_msg": None,
        }
        self.happens(LogEvent.ERROR, "RuleException:\nCalledProcessError in file x", logging.ERROR)
        self.happens(LogEvent.JOB_ERROR, "Error in rule climb", logging.ERROR, **known, **more)

    def lines(self):
        return self.stream.getvalue().splitlines()


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def tell(path, **told):
    path.write_text(json.dumps({"state": "done", "seconds": 1.0} | told))


def test_a_line_per_step_and_nothing_else(run):
    run.begins()
    for jobid, level in ((1, "1"), (2, "2")):
        tell(run.starts(jobid, level), made=[f"{jobid} pathways"])
        run.ends(jobid)
    run.starts(0, output=(), rule="all")
    run.ends(0)
    run.happens(msg="Complete log(s): /somewhere/x.snakemake.log")
    run.happens(msg="Elapsed time: 0:00:02")
    run.screen.close()
    first, *steps, end, log = run.lines()
    assert first.startswith("2 steps to do; ")
    assert steps == [f"climb L{n}                 1.0 s  {n} pathways" for n in (1, 2)]
    assert end.startswith("2 steps in 0:0")
    assert log.startswith("log: ") and log.endswith("x.snakemake.log")


def test_an_error_is_shown_in_full_when_it_happens_and_again_at_the_end(run):
    run.begins()
    error = "the key is refused: " + "x" * 300
    tell(run.starts(1, "1"), state="failed", error=error)
    other = run.starts(2, "2")
    run.fails(1)
    tell(other, made=["3 pathways"])
    run.ends(2)
    run.happens(msg="Exiting because a job execution failed. Look below for error messages", level=logging.ERROR)
    run.screen.close()
    run.happens(LogEvent.ERROR, "WorkflowError:\nAt least one job did not complete successfully.", logging.ERROR)
    assert run.lines()[1:] == [
        f"climb L1: {error}",
        "climb L2                 1.0 s  3 pathways",
        "1 error in this run:",
        f"climb L1: {error}",
    ]


def test_an_error_that_is_the_last_word_is_not_repeated(run):
    run.begins()
    tell(run.starts(1), state="failed", error="no key")
    run.fails(1)
    run.screen.close()
    assert run.lines()[1:] == ["climb L1: no key"]


def test_a_step_that_could_say_nothing_has_all_that_snakemake_knows(run):
    run.begins()
    run.starts(1)
    run.fails(1)
    run.screen.close()
    said = "\n".join(run.lines())
    assert said.count("CalledProcessError in file x") == said.count("Error in rule climb:") == 1
    assert "log: x.log (check log file(s) for error details)" in said


def test_a_step_that_did_it_the_second_time_is_no_error_at_the_end(run):
    run.begins()
    tell(run.starts(1), state="failed", error="node lost")
    run.fails(1)
    tell(run.starts(1), made=["3 pathways"])
    run.ends(1)
    run.screen.close()
    assert [line for line in run.lines() if "node lost" in line] == ["climb L1: node lost"]


def test_warnings_are_shown_once_and_errors_without_a_job_too(run):
    run.begins()
    for _ in range(2):
        run.happens(msg="the clock is late", level=logging.WARNING)
    run.happens(LogEvent.ERROR, "MissingInputException:\nconfig/x.tsv", logging.ERROR)
    run.screen.close()
    assert run.lines() == ["the clock is late", "MissingInputException:", "config/x.tsv"]


def test_before_a_run_begins_snakemake_says_what_it_says(run):
    run.happens(msg="Congratulations, your workflow is in a good condition!")
    run.happens(LogEvent.ERROR, "WildcardError:\nx", logging.ERROR)
    assert run.lines() == ["Congratulations, your workflow is in a good condition!", "WildcardError:", "x"]


def test_a_screen_that_fails_leaves_the_run_to_snakemakes_own(run):
    run.begins()
    run.starts(1)
    run.screen._tally = None
    run.screen._on[LogEvent.JOB_FINISHED] = lambda record: 1 / 0
    run.happens(LogEvent.JOB_FINISHED, "Finished jobid: 1", job_id=1)
    run.happens(LogEvent.JOB_FINISHED, "Finished jobid: 2", job_id=2)
    said = run.stream.getvalue()
    assert "the screen of the run failed (ZeroDivisionError" in said
    assert "Finished jobid: 1" in said and "Finished jobid: 2" in said


@pytest.mark.parametrize(("quiet", "shown"), [(Quietness.RULES, "steps to do"), (Quietness.PROGRESS, "pathways")])
def test_quiet_is_heeded(tmp_path, quiet, shown):
    run = Run(tmp_path, frozenset([quiet]))
    run.begins()
    tell(run.starts(1), made=["3 pathways"])
    run.ends(1)
    run.screen.close()
    assert len(run.lines()) == 1 and shown in run.lines()[0]


def test_letters_that_a_terminal_has_not_are_spelled_otherwise(tmp_path):
    raw = io.BytesIO()
    run = Run(tmp_path, stream=io.TextIOWrapper(raw, encoding="latin-1", write_through=True))
    run.begins()
    tell(run.starts(1), made=["7 × β-catenin…"])
    run.ends(1)
    assert "7 × ?-catenin..." in raw.getvalue().decode("latin-1")


@pytest.fixture
def logger():
    logger = logging.getLogger("snakemake.logging")
    before = list(logger.handlers)
    plain = ColorizingTextHandler(stream=io.StringIO(), formatter=DefaultFormatter())
    plain.name = "DefaultStreamHandler"
    logger.handlers = [plain]
    yield logger
    logger.handlers = before


@pytest.mark.parametrize(
    ("settings", "config", "is_shown"),
    [
        ({}, {}, True),
        ({}, {"screen": "snakemake"}, False),
        ({"quiet": {Quietness.ALL}}, {}, False),
        ({"quiet": {Quietness.RULES}}, {}, True),
        ({"verbose": True}, {}, False),
        ({"debug_dag": True}, {}, False),
    ],
)
def test_the_screen_gives_way_to_another(logger, monkeypatch, settings, config, is_shown):
    monkeypatch.setenv(jobs.SHOWN, "of an outer run")
    none = {"quiet": None, "verbose": False, "debug_dag": False, "dryrun": False}
    workflow = SimpleNamespace(output_settings=SimpleNamespace(**none | settings))
    attach(workflow, load(config))
    assert isinstance(logger.handlers[0], Screen) == is_shown
    assert screens.os.environ.get(jobs.SHOWN) == ("1" if is_shown else None)


def test_a_logger_plugin_keeps_the_screen(logger):
    logger.handlers = [logging.NullHandler()]
    settings = SimpleNamespace(quiet=None, verbose=False, debug_dag=False, dryrun=False)
    attach(SimpleNamespace(output_settings=settings), load({}))
    assert not any(isinstance(handler, Screen) for handler in logger.handlers)
