"""A stronger model is asked where the first is unsure, and only there; the ledger says what that cost and changed."""

from collections.abc import Sequence

import pytest
from rootward.asking.ask import Asker
from rootward.asking.escalation import Escalation, escalated
from rootward.asking.ledger import Ledger, unpaid
from rootward.asking.opinions import Opinions
from rootward.curators.base import Answer, Failure
from rootward.curators.questions import Question, ask_about
from rootward.tree.spelling import Spelling
from rootward.workflow.config_check import load

ROOTS = ["Autophagy", "Metabolism"]
ROW = {"protein_a": "A", "protein_b": "B", "effect": "unknown", "mechanism": None, "statement": None}


class Says:
    """A curator that answers from a table (item -> the fields of its answer), at a price; keeps what it was asked."""

    def __init__(self, said: dict[str, dict], ledger: Ledger, dollars: float):
        self._said, self._ledger, self._dollars = said, ledger, dollars
        self.asked: list[str] = []

    def answer(self, questions: Sequence[Question], on_progress=None, follow_up=None) -> list[Answer | Failure]:
        self.asked += [question.item_id for question in questions]
        self._ledger.pay("model", None, 1, 1, self._dollars * len(questions))
        found = [self._said.get(question.item_id) for question in questions]
        return [Answer(value, "model", "0") if value else Failure("invalid", "no JSON") for value in found]


def termed(pathway: str, confidence: float) -> dict:
    return {"pathway": pathway, "confidence": confidence, "reasoning": ""}


def asking(first: dict, second: dict, **below):
    ledger = Ledger()
    weak, strong = Says(first, ledger, 0.01), Says(second, ledger, 0.25)
    escalation = Escalation(strong, ledger, below)
    return Asker(weak, ledger, max_fraction=1.0, tolerated=9, escalation=escalation), weak, strong, ledger


def terms(*ids: str) -> list[Question]:
    return [ask_about("assign_term", {"interaction_id": id_, **ROW}, roots=ROOTS) for id_ in ids]


def test_only_the_unsure_are_asked_again_and_the_ledger_says_what_it_cost_and_changed():
    first = {"a": termed("Mitophagy", 0.9), "b": termed("Mitophagy", 0.3), "c": termed("Pexophagy", 0.2)}
    second = {"b": termed("mitophagy", 0.8), "c": termed("Lipophagy", 0.9), "d": termed("Xenophagy", 0.9)}
    asker, weak, strong, ledger = asking(first, second, assign_term=0.5)
    said = asker.ask_many(terms("a", "b", "c", "d"))
    assert [answer.value["pathway"] for answer in said] == ["Mitophagy", "mitophagy", "Lipophagy", "Xenophagy"]
    assert (weak.asked, strong.asked) == (["a", "b", "c", "d"], ["b", "c", "d"])
    noted = ledger.content()["escalated"]["assign_term"]
    assert (noted["asked"], noted["changed"], noted["kept"]) == (3, 2, 1)
    assert noted["dollars"] == pytest.approx(0.75)
    assert any("3 to a stronger model, which changed 2 and kept 1, $0.7500" in line for line in ledger.lines())


def test_what_the_stronger_model_cannot_say_stays_as_it_was():
    asker, _, _, _ = asking({"b": termed("Mitophagy", 0.3)}, {}, assign_term=0.5)
    assert asker.ask_many(terms("b"))[0].value["pathway"] == "Mitophagy"


def test_what_a_stronger_model_changed_is_still_said_when_the_results_are_put_back_and_costs_nothing():
    asker, _, _, ledger = asking({"b": termed("Mitophagy", 0.3)}, {"b": termed("Pexophagy", 0.8)}, assign_term=0.5)
    asker.ask_many(terms("b"))
    restored = unpaid(ledger.content())
    assert restored["escalated"] == {"assign_term": {"asked": 1, "changed": 1, "kept": 0, "dollars": 0}}
    assert restored["models"] == {} and unpaid(restored) == restored


def test_a_kind_that_does_not_escalate_is_left_alone():
    asker, _, strong, _ = asking({"b": termed("Mitophagy", 0.1)}, {}, parent=None)
    asker.ask_many(terms("b"))
    assert strong.asked == []


class Checked(Says):
    """As `Says`, and refuses every edge to a parent that is called wrong."""

    def answer(self, questions, on_progress=None, follow_up=None):
        if questions[0].kind.name != "check_edge":
            return super().answer(questions, on_progress, follow_up)
        verdicts = [{"is_a": "Wrong" not in question.item["parent"], "reasoning": "so"} for question in questions]
        return [Answer(verdict, "model", "1") for verdict in verdicts]


def test_a_parent_that_the_check_refuses_is_asked_of_the_stronger_model():
    ledger = Ledger()
    weak = Checked({n: {"parent": f"{p}", "reasoning": ""} for n, p in (("x", "Wrong"), ("y", "Right"))}, ledger, 0.01)
    strong = Checked({"x": {"parent": "Better", "reasoning": ""}}, ledger, 0.25)
    asker = Asker(weak, ledger, escalation=Escalation(strong, ledger, {"parent": None}))
    said = Opinions(asker, ROOTS, Spelling(ROOTS), check=True).settle([("x", []), ("y", [])])
    assert [answer.value["parent"] for answer in said] == ["Better", "Right"]
    assert (weak.asked, strong.asked) == (["x", "y"], ["x"])
    assert ledger.escalated == {"parent": {"asked": 1, "changed": 1, "kept": 0, "dollars": 0.25}}


def test_split_votes_are_settled_by_the_stronger_model():
    class Wavering(Says):
        def answer(self, questions, on_progress=None, follow_up=None):
            self.asked += [question.item_id for question in questions]
            named = f"Parent {questions[0].shared.get('wording', 1)}"
            return [Answer({"parent": named, "reasoning": ""}, "model", "0") for _ in questions]

    ledger = Ledger()
    weak, strong = Wavering({}, ledger, 0), Says({"x": {"parent": "Parent 9", "reasoning": ""}}, ledger, 0.25)
    asker = Asker(weak, ledger, escalation=Escalation(strong, ledger, {"parent": None}))
    said = Opinions(asker, ROOTS, Spelling(ROOTS), votes=3).settle([("x", [])])
    assert said[0].value["parent"] == "Parent 9"
    assert (weak.asked, strong.asked) == (["x", "x"], ["x"])


def test_without_a_stronger_model_the_first_is_asked_again():
    ledger = Ledger()
    weak = Checked({"x": {"parent": "Wrong", "reasoning": ""}}, ledger, 0.01)
    Opinions(Asker(weak, ledger), ROOTS, Spelling(ROOTS), check=True).settle([("x", [])])
    assert weak.asked == ["x", "x", "x"]


def test_what_escalates_is_what_the_configuration_names():
    questions = load({"questions": {"parent": {"escalate": "pro"}}})["questions"]
    assert {kind: said["model"] for kind, said in escalated(questions).items()} == {"parent": "pro"}
    assert escalated(load({})["questions"]) == {}
