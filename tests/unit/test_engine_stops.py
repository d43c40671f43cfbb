"""The engine when it must stop, by an error, a signal or a dead parent: everything paid is kept."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest
from asking_model import Model, parents, well
from builders import REPOSITORY, SCRIPTS
from rootward.asking.cache import AnswerCache
from rootward.curators.base import Fatal, Lost
from rootward.errors import UserError

pytestmark = pytest.mark.usefixtures("no_pauses")


def test_a_terminal_error_stops_at_once_and_keeps_what_is_answered(start):
    served = []

    def reply(questions):
        if len(served) >= 10:
            raise Fatal("today's quota is used up")
        served.append(questions[0].item_id)
        return well(questions)

    model, questions = Model(reply), parents(*(f"x{n}" for n in range(100)))
    with pytest.raises(Fatal, match="quota"):
        start(model).answer(questions)
    assert len(model.calls) <= 10 + 4  # each thread may have had one call in flight
    later = Model()
    start(later).answer(questions)
    assert len(later.calls) == 100 - len(served)
    assert not set(later.asked) & set(served)


def test_a_bug_stops_the_step_and_is_not_hidden(start):
    def reply(questions):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        start(Model(reply)).answer(parents("x", "y", "z"))


def test_a_service_that_only_fails_ends_the_step(start):
    def reply(questions):
        raise Lost("503: overloaded", overloaded=True)

    model = Model(reply)
    with pytest.raises(Fatal, match=r"does not answer.*kept"):
        start(model, attempts=50).answer(parents(*map(str, range(100))))
    assert len(model.calls) < 60


def test_nothing_is_asked_when_answers_could_not_be_kept(start, monkeypatch):
    def refuse(self):
        raise UserError("cannot be written")

    monkeypatch.setattr(AnswerCache, "require_writable", refuse)
    model = Model()
    with pytest.raises(UserError, match="cannot be written"):
        start(model).answer(parents("x"))
    assert model.calls == []


def test_a_signal_that_comes_at_the_end_of_a_step_is_not_forgotten(start):
    def reply(questions):
        os.kill(os.getpid(), signal.SIGTERM)
        return well(questions)

    with pytest.raises(UserError, match="stopped by SIGTERM"):
        start(Model(reply)).answer(parents("x"))


# --- processes that end ---

CHILD = """
    import sys, threading, time
    from pathlib import Path
    from rootward.asking.cache import AnswerCache
    from rootward.workflow.config import Config
    from rootward.curators.gemini import Gemini, templates
    from rootward.asking.engine import Engine
    from rootward.errors import UserError
    from rootward.asking.ledger import Ledger
    from rootward.curators.questions import ask_about

    config = Config.model_validate({"models": {"flash": {"rpm": None, "tpm": None}}}).model_dump(mode="json")
    gemini = Gemini(config["models"], config["questions"], templates(Path(sys.argv[2]).glob("*.md")), config["api"])
    engine = Engine(gemini, AnswerCache(sys.argv[1], "wal"), Ledger(), 6, 5)
    questions = [
        ask_about("parent", {"child": f"x{n}", "excluded": []}, roots=["Autophagy"]) for n in range(int(sys.argv[3]))
    ]
"""
ASK = """
    try:
        print(len(engine.answer(questions)), "answers")
    except UserError as error:
        sys.exit(str(error))
"""
SNAKEMAKE = """
    import subprocess, sys
    child = subprocess.Popen(sys.argv[1:])
    print(child.pid, flush=True)
    child.wait()
"""


@pytest.fixture
def child(server, tmp_path):
    """Starts a process that asks 60 questions (0.3 s each, six in flight), at the end of a prefix of words."""
    server.reset(latency=0.3)

    def start(*prefix: str, count: int = 60, code: str = ASK) -> subprocess.Popen:
        script = textwrap.dedent(CHILD) + textwrap.dedent(code)
        words = [str(tmp_path / "answers.sqlite"), str(REPOSITORY / "config" / "prompts"), str(count)]
        return subprocess.Popen(
            [*prefix, sys.executable, "-c", script, *words],
            env={**server.environment(), "PYTHONPATH": str(SCRIPTS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.trial), signal.SIGTERM])
def test_a_signal_stops_asking_keeps_what_is_in_flight_and_the_next_run_asks_the_rest(server, child, number):
    first = child()
    wait_until(lambda: server.stats()["answered_ok"] >= 6)
    first.send_signal(number)
    signalled = time.monotonic()
    _, said = first.communicate(timeout=10)
    assert time.monotonic() - signalled < 6  # one call, and not ten seconds of them
    assert first.returncode == 1
    assert f"stopped by {number.name}" in said
    assert "Traceback" not in said
    stats = server.stats()
    assert stats["abandoned"] == stats["in_flight"] == 0
    assert stats["answered_ok"] < 30
    second = child()
    assert second.communicate(timeout=30)[0] == "60 answers\n"
    assert server.stats()["requests"] == 60
    assert server.stats()["duplicates"] == 0


def test_a_script_whose_snakemake_was_killed_stops_asking(server, child, tmp_path):
    program = tmp_path / "snakemake"
    program.write_text(textwrap.dedent(SNAKEMAKE), encoding="utf-8")
    parent = child(sys.executable, str(program), count=600)
    asking = int(parent.stdout.readline())
    wait_until(lambda: server.stats()["answered_ok"] >= 6)
    parent.kill()
    parent.wait()
    wait_until(lambda: not os.path.exists(f"/proc/{asking}"), seconds=5)  # noqa: PTH110
    assert "because the parent Snakemake process has exited" in parent.stderr.read()
    stats = server.stats()
    assert stats["answered_ok"] < 100
    assert stats["abandoned"] == 0
    assert AnswerCache(tmp_path / "answers.sqlite", "wal").statistics()[0]["answers"] == stats["answered_ok"]
    parent.stdout.close()
    parent.stderr.close()


@pytest.mark.parametrize("where", ["follow_up", "on_progress"])
def test_an_error_beside_the_calls_ends_the_step(server, child, where):
    server.configure(latency=0.0)
    process = child(code=f"engine.answer(questions, {where}=lambda *_: 1 / 0)")
    try:
        assert "ZeroDivisionError" in process.communicate(timeout=60)[1]
    finally:
        process.kill()
        process.communicate()
