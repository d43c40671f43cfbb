"""The batch API: half the price, nothing sent twice after a kill, and what failed in a job asked again."""

import os
import signal
import threading
import time

import pytest
from builders import REPOSITORY
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.job_book import BatchJob
from rootward.asking.ledger import Ledger
from rootward.curators.base import Answer
from rootward.curators.gemini import Gemini, rest, templates
from rootward.curators.questions import ask_about
from rootward.errors import UserError
from rootward.workflow.config import Config

NAMES = ["Mitophagy", "Pexophagy", "Aggrephagy", "Lipophagy", "Macroautophagy", "Glycolysis"]


@pytest.fixture
def fake(server, monkeypatch):
    server.reset()
    server.configure(batch_seconds=0.1)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
    monkeypatch.setenv("GEMINI_API_KEY", "key")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return server


@pytest.fixture
def start(fake, tmp_path):
    """Starts an engine in batch mode, each time as a new process would."""
    caches = []

    def start(tokens: int = 100_000, attempts: int = 5, questions: dict | None = None, jobs: int = 2) -> Engine:
        config = Config.model_validate({"questions": questions or {}}).model_dump(mode="json")
        prompts = templates((REPOSITORY / "config" / "prompts").glob("*.md"))
        gemini = Gemini(config["models"], config["questions"], prompts, config["api"])
        caches.append(AnswerCache(tmp_path / "answers.sqlite", "wal"))
        return Engine(gemini, caches[-1], Ledger(), 15, attempts, batch={"tokens": tokens, "jobs": jobs, "poll": 0.05})

    yield start
    for cache in caches:
        cache.close()


def parents(*names: str):
    return [ask_about("parent", {"child": name, "excluded": []}, roots=["Autophagy"]) for name in names or NAMES]


def jobs_of(engine: Engine, kind: str = "parent") -> list[BatchJob]:
    return engine.cache.jobs.open(kind)


def test_a_job_answers_in_order_at_half_the_price_and_is_forgotten(start, fake):
    engine = start()
    answers = engine.answer(parents())
    assert answers[0].value["parent"] == "Selective autophagy"
    assert all(isinstance(answer, Answer) for answer in answers)
    assert fake.stats()["batch"]["jobs"] == 1
    assert jobs_of(engine) == []
    (paid,) = engine.cache.statistics()
    price = engine.model.settings("parent")["price"]
    full = (paid["input_tokens"] * price["input"] + paid["output_tokens"] * price["output"]) / 1e6
    assert paid["dollars"] == pytest.approx(full / 2)
    assert start().answer(parents()) == answers
    assert fake.stats()["batch"]["jobs"] == 1


def test_prompts_beyond_the_size_of_a_job_go_into_several(start, fake):
    assert len(start(tokens=1000).answer(parents())) == len(NAMES)
    assert 1 < fake.stats()["batch"]["jobs"] <= len(NAMES)


def test_rows_that_failed_inside_a_job_go_into_the_next_one(start, fake):
    fake.configure(batch_row_error=0.5)
    assert all(isinstance(answer, Answer) for answer in start(attempts=20).answer(parents()))
    stats = fake.stats()["batch"]
    assert stats["jobs"] > 1
    assert stats["rows"] == len(NAMES) + stats["row_errors"]


@pytest.mark.parametrize(("state", "reason"), [("FAILED", "The batch job failed"), ("EXPIRED", "no reason given")])
def test_a_job_that_ended_badly_is_sent_once_more(start, fake, heard, state, reason):
    fake.configure(batch_first_end={state: 1})
    assert all(isinstance(answer, Answer) for answer in start().answer(parents()))
    assert fake.stats()["batch"]["jobs"] == 2
    assert f"ended as {state}: {reason}" in heard.text


def test_jobs_that_end_badly_one_after_the_other_stop_the_step_with_the_reason(start, fake):
    fake.configure(batch_outcome="FAILED")
    with pytest.raises(UserError, match=r"2 batch jobs in a row.*FAILED \(The batch job failed"):
        start().answer(parents())
    assert fake.stats()["batch"]["jobs"] == 2


def test_a_full_queue_is_waited_for(start, fake):
    """Also one that somebody else has filled, who takes longer than any number of attempts."""
    fake.configure(batch_queue=1, batch_seconds=0.4)
    engine = start(tokens=1000, attempts=1, jobs=5)
    assert all(isinstance(answer, Answer) for answer in engine.answer(parents()))
    stats = fake.stats()
    assert 1 < stats["batch"]["jobs"] <= len(NAMES)
    assert stats["other_requests"]["batch_create"] > stats["batch"]["jobs"]


def test_only_so_many_jobs_are_in_the_queue_at_once(start, fake):
    fake.configure(batch_queue=2, batch_seconds=0.2)
    assert all(isinstance(answer, Answer) for answer in start(tokens=1000, jobs=2).answer(parents()))
    stats = fake.stats()
    assert stats["other_requests"]["batch_create"] == stats["batch"]["jobs"]


@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_a_job_whose_creation_got_no_answer_is_not_sent_twice(start, fake, monkeypatch, fault):
    monkeypatch.setattr(rest, "TIMEOUT", 0.5)
    fake.configure(batch_first_n={fault: 1})
    assert all(isinstance(answer, Answer) for answer in start().answer(parents()))
    assert fake.stats()["batch"]["jobs"] == 1


def test_a_row_that_is_no_longer_asked_does_not_drop_its_request(start, fake):
    rows = [ask_about("merge", {"pair_id": f"p{n}", "a": f"a{n}", "b": f"b{n}"}) for n in range(3)]
    fake.configure(batch_seconds=1.0)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    with pytest.raises(UserError):
        start().answer(rows)
    assert all(isinstance(answer, Answer) for answer in start().answer(rows[:2]))
    fake.configure(batch_seconds=0.1)
    assert isinstance(start().answer(rows)[2], Answer)  # it was paid for, and kept
    assert fake.stats()["batch"]["jobs"] == 1


def test_a_stop_leaves_the_job_and_the_same_command_collects_it(start, fake):
    fake.configure(batch_seconds=1.5)
    threading.Timer(0.6, os.kill, (os.getpid(), signal.SIGTERM)).start()
    with pytest.raises(UserError, match="SIGTERM; the batch jobs continue"):
        start().answer(parents())
    assert all(isinstance(answer, Answer) for answer in start().answer(parents()))
    assert fake.stats()["batch"]["jobs"] == 1


def test_a_stop_is_heard_while_the_api_is_waited_for(start, fake):
    fake.configure(batch_first_n={"429": 1}, retry_delay=30)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    started = time.monotonic()
    with pytest.raises(UserError, match="SIGTERM"):
        start().answer(parents())
    assert time.monotonic() - started < 5


def test_a_job_that_was_created_but_not_noted_is_found_by_its_display_name(start, fake):
    fake.configure(batch_seconds=1.0)
    engine = start()
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    with pytest.raises(UserError):
        engine.answer(parents())
    (job,) = jobs_of(engine)
    engine.cache.jobs.note(BatchJob(job.display_name, job.question, job.requests, job.prompts, None))
    assert all(isinstance(answer, Answer) for answer in start().answer(parents()))
    assert fake.stats()["batch"]["jobs"] == 1


def test_a_job_that_the_api_no_longer_knows_is_sent_again(start, fake):
    engine = start()
    keys = [[engine.key(question)] for question in parents()]
    engine.cache.jobs.note(BatchJob("rootward-parent-old", "parent", keys, ["prompt"] * len(keys), "batches/deleted"))
    assert all(isinstance(answer, Answer) for answer in start().answer(parents()))
    assert jobs_of(engine) == []
    assert fake.stats()["batch"]["jobs"] == 1


def test_a_job_that_is_refused_is_said_in_one_line(start, monkeypatch):
    from rootward.curators.base import BadRequest

    engine = start()

    def refuse(*_):
        raise BadRequest("400: too large")

    monkeypatch.setattr(engine.model.jobs, "create", refuse)
    with pytest.raises(UserError, match=r"too large.*batch\.tokens"):
        engine.answer(parents())


def test_what_is_to_search_is_asked_call_by_call(start, fake):
    """A batch job would answer without a search, and the answer would pass for one with it."""
    row = {"interaction_id": "I1", "protein_a": "PINK1", "protein_b": "PRKN", "effect": "up-regulates"}
    row |= {"mechanism": None, "statement": "PINK1 activates PRKN", "evidence": []}
    engine = start(questions={"validate_evidence": {"enabled": True}})
    assert engine.model.question("validate_evidence")["search"]
    assert isinstance(engine.answer([ask_about("validate_evidence", row)])[0], Answer)
    assert fake.stats()["batch"]["jobs"] == 0
