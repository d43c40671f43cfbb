"""Faults that all answers have in common, refusals that are kept, and questions that a run does without."""

import time

import pytest
from asking_model import Model, merges, parents, well
from rootward.asking.ask import Asker
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.faults import CALLS_IN_A_ROW, Faults, Systematic
from rootward.asking.ledger import Ledger
from rootward.curators.base import BadRequest, Failure
from rootward.curators.questions import ask_about
from rootward.curators.replies import RawReply
from rootward.errors import UserError

CUT = RawReply("", "MAX_TOKENS", "flash", 10, 0, 100, 0.001)
SHAPELESS = RawReply("[]", "STOP", "flash", 10, 0, 100, 0.001)
REFUSED = RawReply("", "SAFETY", "flash", 10, 0, 0, 0.001)
NAMES = [f"n{number}" for number in range(100)]
MOST = 40  # unusable calls until a fault is named
CONCURRENCY = 4  # of the model


@pytest.fixture
def start(tmp_path):
    """Starts an engine over a model; the cache stays the same."""
    return lambda model, ledger=None: Engine(
        model, AnswerCache(tmp_path / "a.sqlite", "wal"), ledger or Ledger(), 15, 5
    )


def edges(count: int) -> list:
    return [ask_about("check_edge", {"edge_id": f"E{n}", "child": f"c{n}", "parent": f"p{n}"}) for n in range(count)]


def refuse(questions):
    raise BadRequest("400: thinking_level is not supported")


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (lambda questions: SHAPELESS, "models.flash"),
        (lambda questions: CUT, "raise models.flash.max_output_tokens (100 now)"),
        (refuse, "thinking_level is not supported"),
    ],
    ids=["wrong shape", "no room", "refused setting"],
)
@pytest.mark.parametrize("batch", [1, 20])
def test_a_fault_of_all_answers_is_named_before_all_are_paid(start, reply, advice, batch):
    model = Model(reply, batch)
    with pytest.raises(Systematic) as raised:
        start(model).answer(parents(*NAMES) if batch == 1 else merges(100))
    assert advice in str(raised.value)
    assert "\n" not in str(raised.value)
    assert CALLS_IN_A_ROW <= len(model.calls) <= MOST


def test_a_good_answer_in_between_says_that_it_is_no_fault_of_all(start):
    model = Model(lambda questions: SHAPELESS if questions[0].item_id[-1] in "057" else well(questions))
    answers = start(model).answer(parents(*NAMES))
    assert sum(isinstance(answer, Failure) for answer in answers) == 30


def test_what_stays_bad_to_the_end_is_no_fault_of_all():
    """At the end of a step only bad questions are left, asked again one after the other."""
    faults = Faults(Model())
    for name in NAMES:
        if name[-1] in "057":
            faults.bad("parent", [name], problem="no object")
        else:
            faults.good("parent")
    for name in [name for name in NAMES if name[-1] in "057"] * 4:
        faults.bad("parent", [name], problem="no object")
    faults.check("parent")


def test_what_goes_wrong_from_some_time_on_is_a_fault_of_all():
    faults = Faults(Model())
    faults.good("parent")
    for name in NAMES[50 : 50 + CALLS_IN_A_ROW]:
        faults.bad("parent", [name], problem="no object")
    with pytest.raises(Systematic):
        faults.check("parent")


def test_a_few_questions_that_stay_bad_are_for_the_error_budget(start):
    start(Model()).answer(parents(*NAMES[:93]))
    model = Model(lambda questions: SHAPELESS)
    answers = start(model).answer(parents(*NAMES))
    assert sum(isinstance(answer, Failure) for answer in answers) == 7
    assert len(model.calls) == 7 * 5


def test_answers_at_hand_speak_for_the_configuration(start):
    many = [f"m{number}" for number in range(400)]
    start(Model()).answer(parents(*many[:385]))
    answers = start(Model(lambda questions: SHAPELESS)).answer(parents(*many))
    assert sum(isinstance(answer, Failure) for answer in answers) == 15


def test_an_answer_without_room_is_asked_once_more_with_more(start):
    rooms = []

    class Wordy(Model):
        def call(self, questions, prompt, is_searched=False, room=1):
            rooms.append(room)
            return well(questions) if room > 1 else CUT

    ledger = Ledger()
    (answer,) = start(Wordy(), ledger).answer(parents("x"))
    assert answer.value["parent"] == "above x"
    assert rooms == [1, 4]
    assert ledger.models["flash"]["calls"] == 2


def test_more_room_reaches_the_request():
    from rootward.curators.gemini.settings import RequestConfigs

    configs, model = RequestConfigs(), {"id": "gemini-3.8-flash", "thinking": None, "max_output_tokens": 100}
    rooms = [configs.of(model | {"max_output_tokens": tokens}, None, False).max_output_tokens for tokens in (100, 400)]
    assert rooms == [100, 400]


def test_a_kind_whose_answers_need_more_room_gets_it_from_then_on(start):
    rooms = []

    class Wordy(Model):
        def call(self, questions, prompt, is_searched=False, room=1):
            rooms.append(room)
            return well(questions) if room > 1 else CUT

    answers = start(Wordy()).answer(parents(*NAMES))
    assert not any(isinstance(answer, Failure) for answer in answers)
    assert rooms.count(1) <= 3 + CONCURRENCY


def test_one_that_has_no_room_even_then_is_tried_once_more_and_fails(start):
    model = Model(lambda questions: CUT)
    (answer,) = start(model).answer(parents("x"))
    assert (answer.kind, answer.message) == ("invalid", "finished with MAX_TOKENS")
    assert model.rooms == [1, 4, 1, 4]


def test_where_others_of_its_kind_find_room_it_may_be_chance_and_is_tried_thrice_more(start):
    model = Model(lambda questions: CUT if questions[0].item_id == "x" else well(questions))
    running = start(model)
    running.answer(parents("y"))
    (answer,) = running.answer(parents("x"))
    assert answer.message == "finished with MAX_TOKENS"
    assert model.rooms == [1, *(1, 4) * 4]


class Slow(Model):
    """As many calls under way as are allowed, each long enough for all to begin."""

    def __init__(self, reply, concurrency):
        super().__init__(reply)
        self._concurrency = concurrency

    def settings(self, kind):
        return super().settings(kind) | {"concurrency": self._concurrency}

    def call(self, *arguments, **options):
        time.sleep(0.005)
        return super().call(*arguments, **options)


@pytest.mark.parametrize("concurrency", [1, 4, 40, 100])
def test_a_fault_of_all_is_named_for_few_calls_however_many_may_be_under_way(start, concurrency):
    for reply in (SHAPELESS, CUT):
        model = Slow(lambda questions, reply=reply: reply, concurrency=concurrency)
        with pytest.raises(Systematic):
            start(model).answer(parents(*(f"{concurrency} {reply.text} {name}" for name in NAMES * 3)))
        assert len(model.calls) <= MOST


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "MODEL_ARMOR", "JAILBREAK"])
def test_a_refusal_of_content_is_final_and_kept_until_it_is_forgotten(start, tmp_path, reason):
    def reply(questions):
        return RawReply("", reason, "flash", 10, 0, 0, 0.001) if questions[0].item_id == "x" else well(questions)

    first = Model(reply)
    assert isinstance(start(first).answer(parents("x", "y"))[0], Failure)
    assert sorted(first.asked) == ["x", "y"]
    again = Model()
    refused, answered = start(again).answer(parents("x", "y"))
    assert (refused.kind, answered.value["parent"]) == ("refused", "above y")
    assert f"finished with {reason}" in refused.message
    assert again.calls == []
    assert AnswerCache(tmp_path / "a.sqlite", "wal").forget(label="x") == {"parent": 1}
    (forgotten,) = start(again).answer(parents("x"))
    assert forgotten.value["parent"] == "above x"


def test_a_batch_that_is_refused_is_asked_in_smaller_ones_and_only_the_row_is_kept(start):
    def reply(questions):
        return REFUSED if "p3" in [question.item_id for question in questions] else well(questions)

    answers = start(Model(reply, batch=20)).answer(merges(20))
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Failure)] == [3]
    model = Model(batch=20)
    assert start(model).answer(merges(20))[3].kind == "refused"
    assert model.calls == []


def test_a_question_that_a_run_does_without_never_stops_it(start):
    ledger, model = Ledger(), Model(lambda questions: SHAPELESS, batch=20)
    asker = Asker(start(model, ledger), ledger)
    answers = asker.ask_many(edges(200))
    assert {answer.kind for answer in answers} <= {"invalid", "unasked"}
    assert len(model.calls) <= MOST
    assert ledger.counts["check_edge"]["unchecked"] == 200
    assert ledger.counts["check_edge"]["failures"] == 0
    before = len(model.calls)
    asker.ask_many(edges(300))
    assert len(model.calls) == before


def test_another_kind_is_asked_all_the_same(start):
    model = Model(lambda questions: well(questions) if questions[0].kind.name == "parent" else SHAPELESS)
    engine = start(model)
    engine.answer(edges(200))
    assert engine.answer(parents("x"))[0].value["parent"] == "above x"


def test_evidence_that_is_refused_stays_within_no_budget(start):
    row = {"protein_a": "A", "protein_b": "B", "effect": "unknown", "mechanism": "binding", "statement": "A binds B."}
    evidence = [{"text": "A binds B.", "pmid": "1"}]
    questions = [
        ask_about("validate_evidence", {"interaction_id": f"I{n}", **row, "evidence": evidence}) for n in range(46)
    ]
    ledger, model = Ledger(), Model(lambda questions: REFUSED, batch=3)
    answers = Asker(start(model, ledger), ledger).ask_many(questions)
    assert {answer.kind for answer in answers} == {"refused"}
    again = Model(batch=3)
    Asker(start(again), Ledger()).ask_many(questions)
    assert again.calls == []


def test_too_many_failures_of_any_other_question_still_stop_the_step(start):
    with pytest.raises(UserError, match="more than errors.max_fraction"):
        Asker(start(Model(lambda questions: REFUSED)), Ledger()).ask_many(parents(*NAMES[:5]))
