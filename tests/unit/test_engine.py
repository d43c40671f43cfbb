"""The engine: every answer once and in order, only what is missing asked again, and everything paid is kept."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest
from builders import REPOSITORY, SCRIPTS
from rootward.asking import pace
from rootward.asking.ask import Asker
from rootward.asking.cache import AnswerCache, Call
from rootward.asking.engine import Engine
from rootward.asking.governor import Governor
from rootward.asking.ledger import Ledger
from rootward.curators.base import Answer, BadRequest, Failure, Fatal, Lost, Throttled
from rootward.curators.questions import Question, ask_about
from rootward.curators.replies import RawReply
from rootward.errors import UserError

ROOTS = ["Autophagy", "Metabolism"]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(Governor, "back_off", lambda self, attempt: None)
    monkeypatch.setattr(pace, "jitter", lambda attempt, drawn: 0.0)


class Model:
    """Stands where `Gemini` does and answers by `reply`; keeps the ids of each call."""

    def __init__(self, reply: Callable[[Sequence[Question]], RawReply] | None = None, batch: int = 1, asked_of="v1"):
        self._reply, self._batch, self._asked_of = reply or well, batch, asked_of
        self.calls: list[list[str]] = []
        self.rooms: list[int] = []
        self._lock = threading.Lock()

    def asked_of(self, kind) -> str:
        return self._asked_of

    jobs = None

    def question(self, kind: str) -> dict:
        return {"model": "flash", "batch": self._batch}

    def settings(self, kind: str) -> dict:
        rates = {"rpm": None, "tpm": None, "price": {"input": 1.0, "output": 2.0}}
        return {"id": "flash", "concurrency": 4, "max_output_tokens": 100, "thinking": None, **rates}

    def connect(self, kind: str) -> None:
        pass

    def prompt(self, questions: Sequence[Question]) -> str:
        return " ".join(question.item_id for question in questions)

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> RawReply:
        with self._lock:
            self.rooms.append(room)
            self.calls.append([question.item_id for question in questions])
        return self._reply(questions)

    @property
    def asked(self) -> list[str]:
        """The ids of all calls."""
        return [id_ for call in self.calls for id_ in call]

    def sizes_with(self, id_: str) -> list[int]:
        """The sizes of the calls that asked about an item, in order."""
        return [len(call) for call in self.calls if id_ in call]


def well(questions: Sequence[Question], leave_out: Iterable[str] = ()) -> RawReply:
    """The reply of a model that knows: each merge is none, and the parent of x is 'above x'."""
    kind = questions[0].kind
    if kind.name == "parent":
        content = {"parent": f"above {questions[0].item_id}", "reasoning": "so"}
    else:
        row = {"same": False, "canonical": None, "reasoning": "so"}
        content = {kind.answers: [{kind.item_id: q.item_id, **row} for q in questions if q.item_id not in leave_out]}
    return RawReply(json.dumps(content), "STOP", "flash", 1000, 0, 500, 0.001)


def spoiling(bad: str, how: Callable[[], RawReply]) -> Callable[[Sequence[Question]], RawReply]:
    """A reply that is spoilt whenever the call asks about one item."""
    return lambda questions: how() if bad in [q.item_id for q in questions] else well(questions)


def raising(*errors: Exception) -> Callable[[Sequence[Question]], RawReply]:
    """A reply that fails with each of the errors once, then is well."""
    left = list(errors)

    def reply(questions: Sequence[Question]) -> RawReply:
        if left:
            raise left.pop(0)
        return well(questions)

    return reply


def merges(count: int) -> list[Question]:
    return [ask_about("merge", {"pair_id": f"p{n}", "a": f"a{n}", "b": f"b{n}"}) for n in range(count)]


# The first in the order of the keys, so that it is in the largest part of each batch that is cut.
BAD = min(merges(20), key=lambda question: question.key("v1")).item_id


def parents(*names: str, roots=ROOTS) -> list[Question]:
    return [ask_about("parent", {"child": name, "excluded": []}, roots=list(roots)) for name in names]


@pytest.fixture
def start(tmp_path):
    """Makes engines that share one cache; `asks(model)` is an engine as the next run would have it."""
    caches = []

    def asks(model: Model, attempts: int = 5, slots: int = 4, ledger: Ledger | None = None, old=None) -> Engine:
        caches.append(AnswerCache(tmp_path / "answers.sqlite"))
        return Engine(model, caches[-1], ledger or Ledger(), slots, attempts, old)

    yield asks
    for cache in caches:
        cache.close()


def failures(questions, answers) -> dict[str, str]:
    pairs = zip(questions, answers, strict=True)
    return {question.item_id: answer.kind for question, answer in pairs if isinstance(answer, Failure)}


# --- every answer once, in order ---


def test_answers_come_in_the_order_asked_whatever_order_they_arrive_in(start):
    def reply(questions):
        time.sleep(0.01 if questions[0].item_id == "x0" else 0)
        return well(questions)

    names = [f"x{n}" for n in range(50)]
    answers = start(Model(reply)).answer(parents(*names))
    assert [answer.value["parent"] for answer in answers] == [f"above {name}" for name in names]
    assert {answer.method for answer in answers} == {"model"}


def test_equal_questions_are_asked_once(start):
    model = Model()
    answers = start(model).answer(parents("x", "y", "x", "x"))
    assert sorted(model.asked) == ["x", "y"]
    assert answers[0] == answers[2] == answers[3] != answers[1]


def test_a_search_before_the_answer_is_a_request_of_its_own_and_paid_for(start, monkeypatch):
    started = []
    acquire = Governor.acquire
    monkeypatch.setattr(Governor, "acquire", lambda self, n: started.append(n) or acquire(self, n))

    class Searching(Model):
        def call(self, questions, prompt, is_searched=False, room=1):
            reply = super().call(questions, prompt)
            return reply if is_searched else replace(reply, text="found", next_prompt=f"{prompt} found")

    ledger = Ledger()
    engine = start(Searching(), ledger=ledger)
    (answer,) = engine.answer(parents("x"))
    assert answer.value["parent"] == "above x"
    assert started == [len("x"), len("x found")]
    assert ledger.counts["parent"]["calls"] == 2
    paid = {"calls": 2, "input_tokens": 2000, "output_tokens": 1000, "dollars": 0.004}
    assert ledger.models["flash"] == pytest.approx(paid)
    kept = engine.cache.call_of(answer.call_id)
    assert kept["prompt"] == "x found"
    assert (kept["input_tokens"], kept["output_tokens"], kept["dollars"]) == (2000, 1000, pytest.approx(0.004))


def test_what_was_refused_is_asked_again_behind_the_others(start):
    refused = []

    def reply(questions):
        if not refused:
            refused.append(questions[0].item_id)
            raise Throttled(0.0)
        return well(questions)

    model = Model(reply)
    answers = start(model, slots=1).answer(parents(*"uvwxyz"))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert model.asked[0] == model.asked[-1] == refused[0]
    assert len(model.asked) == 7


def test_a_refusal_does_not_make_a_question_that_gets_no_answer_be_tried_longer(start):
    errors = [Lost("timed out"), Throttled(0.0)] * 5
    model = Model(raising(*errors))
    (answer,) = start(model, attempts=3, slots=1).answer(parents("x"))
    assert isinstance(answer, Failure)
    assert len(model.calls) == 5  # lost, refused, lost, refused, lost


def test_what_is_answered_is_never_asked_again(start):
    ledger = Ledger()
    first = start(Model()).answer(parents("x", "y"))
    again = Model()
    assert start(again, ledger=ledger).answer(parents("y", "x", "y")) == [first[1], first[0], first[1]]
    assert again.calls == []
    assert ledger.counts["parent"]["hits"] == 3


def test_an_answers_call_id_leads_to_its_call(start):
    engine = start(Model(batch=3))
    answer = engine.answer(merges(3))[1]
    call = engine.cache.call_of(answer.call_id)
    assert set(call["prompt"].split()) == {"p0", "p1", "p2"}
    assert (call["model"], call["input_tokens"], call["dollars"]) == ("flash", 1000, pytest.approx(0.002))


def test_the_listener_hears_of_every_question(start):
    heard = []
    start(Model()).answer(parents("x", "y"))
    start(Model()).answer(parents("x", "z", "z", "y"), on_progress=lambda more, note: heard.append(more))
    assert sum(heard) == 4


def test_calls_in_flight_never_pass_the_slots_that_were_granted(start):
    lock, flying, peak = threading.Lock(), [0], [0]

    def reply(questions):
        with lock:
            flying[0] += 1
            peak[0] = max(peak[0], flying[0])
        time.sleep(0.002)
        with lock:
            flying[0] -= 1
        return well(questions)

    start(Model(reply), slots=3).answer(parents(*map(str, range(60))))
    assert peak[0] == 3


def test_the_ledger_counts_calls_and_money(start):
    ledger = Ledger()
    start(Model(raising(Throttled(0.0), Lost("reset")), batch=5), ledger=ledger).answer(merges(10))
    counts = ledger.counts["merge"]
    assert (counts["calls"], counts["throttled"], counts["lost"], counts["hits"]) == (4, 1, 1, 0)
    assert ledger.models["flash"]["input_tokens"] == 2000
    assert ledger.models["flash"]["dollars"] == pytest.approx(0.004)


# --- batches ---


def test_batches_are_filled_in_the_order_of_the_keys(start):
    model = Model(batch=20)
    engine, questions = start(model, slots=1), merges(50)
    engine.answer(questions)
    assert [len(call) for call in model.calls] == [20, 20, 10]
    assert model.asked == [q.item_id for q in sorted(questions, key=engine.key)]


def test_only_questions_with_equal_shared_inputs_travel_together(start):
    model = Model(lambda questions: well(questions), batch=1)
    start(model).answer([*parents("x"), *parents("x", roots=["Other"])])
    assert model.calls == [["x"], ["x"]]
    groups = start(Model(batch=9)).batches(dict(enumerate([*parents("x", "y"), *parents("z", roots=["Other"])])))
    assert sorted(len(work.questions) for work in groups) == [1, 2]


def test_another_batch_size_asks_nothing(start):
    start(Model(batch=20)).answer(merges(50))
    other = Model(batch=7)
    start(other).answer(merges(50))
    assert other.calls == []


def test_an_added_row_asks_for_that_row_only(start):
    start(Model(batch=20)).answer(merges(50))
    model = Model(batch=20)
    start(model).answer(merges(51))
    assert model.calls == [["p50"]]


def test_context_is_no_part_of_a_question_and_identity_is(start):
    def siblings(children, limit=5, parent="x"):
        return [ask_about("siblings", {"parent": parent, "children": children}, limit=limit)]

    def reply(questions):
        return RawReply('{"siblings": []}', "STOP")

    def calls(questions, asked_of="v1") -> int:
        model = Model(reply, asked_of=asked_of)
        start(model).answer(questions)
        return len(model.calls)

    assert calls(siblings(["a"])) == 1
    assert calls(siblings(["a", "b"])) == 0
    assert calls(siblings(["a"], limit=6)) == 1
    assert calls(siblings(["a"], parent="y")) == 1
    assert calls(siblings(["a"]), asked_of="another model or template") == 1


def test_a_row_that_is_missing_is_asked_again_and_no_other(start):
    left = ["p3"]
    model = Model(lambda questions: well(questions, leave_out=[left.pop()] if left else []), batch=20)
    assert failures(merges(20), start(model).answer(merges(20))) == {}
    assert [len(call) for call in model.calls] == [20, 1]
    assert model.calls[1] == ["p3"]


def test_a_batch_that_fails_is_asked_again_in_smaller_ones_until_the_bad_row_is_alone(start):
    model = Model(spoiling(BAD, lambda: RawReply('{"decisions": [', "STOP")), batch=20)
    questions = merges(20)
    assert failures(questions, start(model).answer(questions)) == {BAD: "invalid"}
    assert model.sizes_with(BAD)[:5] == [20, 10, 5, 3, 1]
    assert set(model.sizes_with(BAD)[4:]) == {1}


def test_what_failed_goes_before_what_was_never_asked(start):
    model = Model(raising(BadRequest("400: too long")), batch=20)
    start(model, slots=1).answer(merges(60))
    assert [len(call) for call in model.calls] == [20, 10, 10, 20, 20]


def test_a_question_is_asked_as_often_as_it_has_attempts(start):
    model = Model(lambda questions: RawReply("", "STOP"))
    answers = start(model, attempts=3).answer(parents("x"))
    assert failures(parents("x"), answers) == {"x": "invalid"}
    assert "empty" in answers[0].message
    assert model.asked == ["x"] * 3


def test_a_lost_call_is_made_again_as_often_as_it_has_attempts(start):
    def reply(questions):
        raise Lost("ReadTimeout")

    model = Model(reply)
    answers = start(model, attempts=4).answer(parents("x"))
    assert answers == [Failure("lost", "ReadTimeout")]
    assert model.asked == ["x"] * 4


def test_waiting_for_a_quota_is_no_attempt(start):
    model = Model(raising(*[Throttled(0.0)] * 30))
    answers = start(model, attempts=1).answer(parents("x"))
    assert isinstance(answers[0], Answer)
    assert len(model.calls) == 31


def test_refused_content_is_found_in_its_batch_and_costs_nobody_else_an_answer(start):
    model = Model(spoiling(BAD, lambda: RawReply("", "SAFETY")), batch=20)
    questions = merges(20)
    assert failures(questions, start(model, attempts=2).answer(questions)) == {BAD: "refused"}
    assert model.sizes_with(BAD) == [20, 10, 5, 3, 1]


def test_a_refused_question_is_not_asked_twice_when_it_was_alone(start):
    model = Model(lambda questions: RawReply("", "SAFETY"))
    assert failures(parents("x"), start(model).answer(parents("x"))) == {"x": "refused"}
    assert model.asked == ["x"]


def test_a_bad_request_is_found_in_its_batch(start):
    def refuse():
        raise BadRequest("400: not this one")

    model = Model(spoiling(BAD, refuse), batch=20)
    assert failures(merges(20), start(model).answer(merges(20))) == {BAD: "request"}
    assert model.sizes_with(BAD) == [20, 10, 5, 3, 1]


def test_a_row_on_which_every_call_is_lost_costs_nobody_else_an_answer(start):
    def time_out():
        raise Lost("ReadTimeout")

    model = Model(spoiling(BAD, time_out), batch=20)
    assert failures(merges(20), start(model).answer(merges(20))) == {BAD: "lost"}


def test_neighbours_of_a_bad_row_are_asked_without_it_before_they_fail(start):
    lost = [Lost("ReadError")]

    def spoil():
        if lost:
            raise lost.pop()
        return RawReply('{"decisions": [', "STOP")

    model = Model(spoiling(BAD, spoil), batch=20)
    assert failures(merges(20), start(model).answer(merges(20))) == {BAD: "invalid"}


def test_what_befell_a_batch_is_no_attempt_of_its_other_rows(start):
    struck = set()

    def reply(questions):
        ids = [question.item_id for question in questions]
        if BAD in ids:
            return RawReply("", "SAFETY")
        if len(ids) == 1 and ids[0] not in struck:
            struck.add(ids[0])
            return RawReply("", "MAX_TOKENS")
        return well(questions)

    assert failures(merges(20), start(Model(reply, batch=20)).answer(merges(20))) == {BAD: "refused"}
    assert struck


def test_failures_are_never_stored(start):
    start(Model(lambda questions: RawReply("", "STOP"))).answer(parents("x"))
    later = Model()
    assert isinstance(start(later).answer(parents("x"))[0], Answer)
    assert later.asked == ["x"]


def test_too_many_failures_end_the_step_with_their_names(start):
    bad = {"x3", "x8", "x11"}

    def reply(questions):
        return RawReply("", "SAFETY") if questions[0].item_id in bad else well(questions)

    def ask(ledger: Ledger, **budget):
        questions = parents(*(f"x{n}" for n in range(20)))
        return Asker(start(Model(reply), ledger=ledger), ledger, **budget).ask_many(questions)

    ledger = Ledger()
    assert len(ask(ledger, max_fraction=0.0, tolerated=3)) == 20
    assert ledger.counts["parent"]["failures"] == 3
    with pytest.raises(UserError, match=r"3 of 20 .*x3, x8, x11.*SAFETY"):
        ask(Ledger(), max_fraction=0.1, tolerated=2)


# --- stopping ---


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


# --- looking ahead ---


def above(question: Question, answer: Answer) -> list[Question]:
    """The next questions of a climb that ends five levels up."""
    name = answer.value["parent"]
    return parents(name) if name.count("above") < 5 else []


def climb(engine: Engine, names: list[str], follow) -> list[list[str]]:
    """The names of each level."""
    levels = [names]
    while levels[-1][0].count("above") < 5:
        levels.append([answer.value["parent"] for answer in engine.answer(parents(*levels[-1]), follow_up=follow)])
    return levels


def test_looking_ahead_gives_the_same_levels_and_leaves_later_ones_nothing_to_ask(start, tmp_path):
    names, ahead, plain = [f"x{n}" for n in range(12)], Model(), Model(asked_of="apart")
    levels = climb(start(ahead), names, above)
    assert levels == climb(start(plain), names, None)
    assert sorted(ahead.asked) == sorted(plain.asked)
    assert len(set(ahead.asked)) == len(ahead.asked) == 60
    first = Model(asked_of="once more")
    start(first).answer(parents(*names), follow_up=above)
    later = Model(asked_of="once more")
    climb(start(later), names, None)
    assert (len(first.calls), later.calls) == (60, [])


def test_looking_ahead_goes_on_where_the_answers_known_end(start):
    start(Model()).answer(parents("x"))
    model = Model()
    start(model).answer(parents("x", "y"), follow_up=above)
    assert sorted(model.asked) == sorted(["y", *("above " * n + name for name in "xy" for n in range(1, 5))])


def test_what_failed_ahead_is_no_failure_of_this_level(start):
    model = Model(spoiling("above x", lambda: RawReply("", "SAFETY")))
    answers = start(model).answer(parents("x", "y"), follow_up=above)
    assert failures(parents("x", "y"), answers) == {}


# --- answers of an earlier pipeline ---


def test_earlier_answers_are_taken_over_and_kept(start, tmp_path):
    old = tmp_path / "old.json"
    content = {"parent:mtor signaling": "Signal Transduction", "siblings:autophagy": ["A", "B", "C"]}
    old.write_text(json.dumps(content), encoding="utf-8")
    model = Model()
    engine = start(model, old=str(old))
    siblings = [ask_about("siblings", {"parent": "Autophagy", "children": []}, limit=2)]
    assert engine.answer(parents("mTOR signaling"))[0].value["parent"] == "Signal Transduction"
    assert [s["name"] for s in engine.answer(siblings)[0].value["siblings"]] == ["A", "B"]
    assert start(model).answer(parents("mTOR signaling"))[0].value["parent"] == "Signal Transduction"
    assert model.calls == []
    assert engine.cache.call_of(engine.answer(siblings)[0].call_id)["model"] == "imported"


def test_an_earlier_answer_that_is_none_is_asked_anew(start, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"parent:x": "\u200b", "parent:y": "Z" * 300}), encoding="utf-8")
    model = Model()
    start(model, old=str(old)).answer(parents("x", "y"))
    assert sorted(model.asked) == ["x", "y"]


def test_a_forgotten_answer_is_not_taken_over_again(start, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"parent:x": "X", "parent:y": "Y", "parent:z": "Z"}), encoding="utf-8")
    model = Model()
    engine = start(model, old=str(old))
    engine.answer(parents("x", "y"))
    engine.cache.forget(question="parent", label="X")
    engine = start(model, old=str(old))
    found = [answer.value["parent"] for answer in engine.answer(parents("x", "y", "z"))]
    assert (model.asked, found) == (["x"], ["above x", "Y", "Z"])
    engine.cache.forget(question="parent")
    start(model, old=str(old)).answer(parents("x", "z"))
    assert sorted(model.asked) == ["x", "x", "z"]


def test_what_is_stored_and_is_no_answer_any_more_is_asked_again(start):
    model = Model()
    engine = start(model)
    answers = engine.answer(parents("x", "y"))
    key = engine.key(parents("x")[0])
    engine.cache.store(Call("parent", "flash", None, "", ""), {key: ("x", {"parent": "X"})})  # its reasoning is gone
    assert start(model).answer(parents("x", "y")) == answers
    assert sorted(model.asked) == ["x", "x", "y"]


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
    engine = Engine(gemini, AnswerCache(sys.argv[1]), Ledger(), 6, 5)
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
    assert time.monotonic() - signalled < 3  # one call, and not ten seconds of them
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
    assert AnswerCache(tmp_path / "answers.sqlite").statistics()[0]["answers"] == stats["answered_ok"]
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
