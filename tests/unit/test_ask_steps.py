"""What every step relies on when it asks: order, and an error budget that the unknown does not count against."""

import pytest
from builders import UNKNOWN, FunctionCurator, make_asker, said
from rootward.curators.base import Failure
from rootward.curators.questions import ask_about
from rootward.errors import UserError

BROKEN = Failure("invalid", "no JSON")


def questions(count: int):
    return [ask_about("choose_root", {"pathway": str(n)}, roots=["R"]) for n in range(count)]


def ask(reply, count: int, **limits):
    return make_asker(FunctionCurator(reply), **limits).ask_many(questions(count))


def test_answers_come_in_the_order_asked():
    answers = ask(lambda q: said(root="R", call_id=q.item_id), 1200)
    assert [answer.call_id for answer in answers] == [str(n) for n in range(1200)]


def test_no_question_needs_no_curator():
    assert make_asker(None).ask_many([]) == []


def test_what_a_curator_does_not_know_is_no_error():
    assert ask(lambda _: UNKNOWN, 50, max_fraction=0.0, tolerated=0) == [UNKNOWN] * 50


@pytest.mark.parametrize(
    ("failing", "limits", "fails"),
    [
        (3, {"max_fraction": 0.0, "tolerated": 3}, False),
        (4, {"max_fraction": 0.0, "tolerated": 3}, True),
        (10, {"max_fraction": 0.1, "tolerated": 0}, False),
        (11, {"max_fraction": 0.1, "tolerated": 0}, True),
    ],
)
def test_a_step_fails_when_failures_pass_the_share_and_the_number_allowed(failing, limits, fails):
    def reply(question):
        return BROKEN if int(question.item_id) < failing else said(root="R")

    if not fails:
        assert ask(reply, 100, **limits).count(BROKEN) == failing
        return
    with pytest.raises(UserError) as error:
        ask(reply, 100, **limits)
    assert str(error.value).startswith(f"choose_root: {failing} of 100 questions failed")
    assert "0, 1, 2, 3" in str(error.value)
    assert "no JSON" in str(error.value)
