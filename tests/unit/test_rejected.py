"""What becomes of an answer that is wrong: the model is told why, and is not asked for ever."""

import pytest
from asking_model import Model, failures, merges, parents, well
from rootward.curators.base import Answer
from rootward.curators.prompts import REJECTED
from rootward.curators.questions import asked_in, parted
from rootward.curators.replies import RawReply

pytestmark = pytest.mark.usefixtures("no_pauses")


def saying(*parents_said):
    """Replies that name one parent after the other, and then the last of them for ever."""
    left = list(parents_said)

    def reply(questions):
        parent = left.pop(0) if len(left) > 1 else left[0]
        return RawReply(f'{{"parent": "{parent}", "reasoning": "so"}}', "STOP")

    return reply


@pytest.mark.parametrize(
    ("said", "calls"),
    [(["x"], 2), (["X", "x", "X"], 3), (["x", "above x"], 2)],
    ids=["the same wrong answer", "two wrong answers in turn", "a better one at once"],
)
def test_the_same_wrong_answer_is_paid_twice_and_no_more(start, said, calls):
    model = Model(saying(*said))
    (answer,) = start(model, attempts=5).answer(parents("x"))
    assert model.asked == ["x"] * calls
    assert isinstance(answer, Answer) == (said[-1] == "above x")
    assert isinstance(answer, Answer) or "is the child itself" in answer.message


class Listening(Model):
    """Answers the child itself, or no object, until it is told."""

    def __init__(self, at_first):
        super().__init__()
        self._at_first = at_first

    def call(self, questions, prompt, is_searched=False, room=1):
        reply = super().call(questions, prompt)
        return reply if REJECTED in prompt else RawReply(self._at_first, "STOP")


@pytest.mark.parametrize(
    ("at_first", "reason"),
    [
        ('{"parent": "x", "reasoning": "so"}', "parent 'x' is the child itself"),
        ('["above x"]', "the reply is a list, not an object"),
        ('{"parent": "above x"}', "reasoning: Field required"),
    ],
)
def test_a_model_is_told_what_was_wrong_with_its_last_answer(start, at_first, reason):
    model = Listening(at_first)
    engine = start(model)
    (answer,) = engine.answer(parents("x"))
    assert answer.value["parent"] == "above x"
    first, second = model.prompts
    instructions, content = parted(second)
    assert content["rejected"] == [{"item": "x", "reason": reason}]
    assert instructions.endswith(f"{REJECTED}\n\n")
    assert asked_in(second) == asked_in(first)  # also by the key of the answer it is one question
    assert start(model).answer(parents("x")) == [answer]


def test_each_row_of_a_batch_is_told_of_its_own_fault_and_of_no_accident(start):
    def reply(questions):
        if len(questions) == 20:
            return RawReply("", "MAX_TOKENS")
        return well(questions, leave_out=["p3"] if len(questions) == 10 else [])

    model = Model(reply, batch=20)
    assert failures(merges(20), start(model, slots=1).answer(merges(20))) == {}
    told = [parted(prompt)[1].get("rejected") for prompt in model.prompts]
    missing = [{"item": "p3", "reason": "is missing in the reply"}]
    assert sorted(told, key=str) == sorted([None, None, None, missing], key=str)
