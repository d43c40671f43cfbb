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
from rootward.curators.base import Answer, Failure
from rootward.curators.gemini import Gemini, templates
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

    def start(megabytes: float = 10, attempts: int = 5, questions: dict | None = None) -> Engine:
        config = Config.model_validate({"questions": questions or {}}).model_dump(mode="json")
        prompts = templates((REPOSITORY / "config" / "prompts").glob("*.md"))
        gemini = Gemini(config["models"], config["questions"], prompts, config["api"])
        caches.append(AnswerCache(tmp_path / "answers.sqlite"))
        return Engine(gemini, caches[-1], Ledger(), 15, attempts, batch={"megabytes": megabytes, "poll": 0.05})

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
    assert len(start(megabytes=0.004).answer(parents())) == len(NAMES)
    assert 1 < fake.stats()["batch"]["jobs"] <= len(NAMES)


def test_rows_that_failed_inside_a_job_go_into_the_next_one(start, fake):
    fake.configure(batch_row_error=0.5)
    assert all(isinstance(answer, Answer) for answer in start(attempts=20).answer(parents()))
    stats = fake.stats()["batch"]
    assert stats["jobs"] > 1
    assert stats["rows"] == len(NAMES) + stats["row_errors"]


def test_a_job_that_failed_as_a_whole_is_sent_again_up_to_the_attempts(start, fake):
    fake.configure(batch_outcome="FAILED")
    answers = start(attempts=2).answer(parents())
    assert {answer.kind for answer in answers if isinstance(answer, Failure)} == {"lost"}
    assert fake.stats()["batch"]["jobs"] == 2


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
    with pytest.raises(UserError, match=r"too large.*batch\.megabytes"):
        engine.answer(parents())


def test_what_is_to_search_is_asked_call_by_call(start, fake):
    """A batch job would answer without a search, and the answer would pass for one with it."""
    row = {"interaction_id": "I1", "protein_a": "PINK1", "protein_b": "PRKN", "effect": "up-regulates"}
    row |= {"mechanism": None, "statement": "PINK1 activates PRKN", "evidence": []}
    engine = start(questions={"validate_evidence": {"enabled": True}})
    assert engine.model.question("validate_evidence")["search"]
    assert isinstance(engine.answer([ask_about("validate_evidence", row)])[0], Answer)
    assert fake.stats()["batch"]["jobs"] == 0
