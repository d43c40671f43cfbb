"""The engine: every answer once and in order, only what is missing asked again, and everything paid is kept."""

import threading
import time
from dataclasses import replace

import pytest
from asking_model import BAD, Model, failures, merges, parents, raising, spoiling, well
from rootward.asking.ask import Asker
from rootward.asking.governor import Governor
from rootward.asking.ledger import Ledger
from rootward.curators.base import Answer, BadRequest, Failure, Lost, Throttled
from rootward.curators.questions import ask_about, asked_in
from rootward.curators.replies import RawReply
from rootward.errors import UserError

pytestmark = pytest.mark.usefixtures("no_pauses")


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


def test_a_model_that_turns_out_to_take_less_is_sent_no_more_than_that(start):
    class Small(Model):
        def call(self, questions, prompt, is_searched=False, room=1):
            self._batch = 4
            return super().call(questions, prompt)

    model = Small(batch=20)
    engine = start(model, slots=2)
    assert failures(merges(80), engine.answer(merges(80))) == {}
    sizes = [len(call) for call in model.calls]
    assert sizes.count(20) <= 2  # those that were under way when it was found out
    assert max(size for size in sizes if size < 20) <= 4
    assert sum(sizes) == 80  # nothing was asked twice


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
    (asked,) = {prompt for prompt in engine.model.prompts if not prompt.endswith("found")}
    assert started == [len(asked), len(f"{asked} found")]
    assert ledger.counts["parent"]["calls"] == 2
    paid = {"calls": 2, "input_tokens": 2000, "output_tokens": 1000, "dollars": 0.004}
    assert ledger.models["flash"] == pytest.approx(paid)
    kept = engine.cache.call_of(answer.call_id)
    assert kept["prompt"] == f"{asked} found"
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
    assert {question.item_id for question in asked_in(call["prompt"])} == {"p0", "p1", "p2"}
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


def test_accidents_of_the_wire_are_no_wrong_answers(start):
    broken = [RawReply('{"parent": "abo', "STOP")] * 3
    model = Model(lambda questions: broken.pop() if broken else well(questions))
    (answer,) = start(model, attempts=5).answer(parents("x"))
    assert isinstance(answer, Answer)
    assert model.asked == ["x"] * 4


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
