import random
from itertools import permutations

import pytest
from builders import UNKNOWN, FunctionCurator, grown, make_asker, parents_by_name, placement, said
from rootward.asking.opinions import Opinions
from rootward.curators.base import Answer, Failure
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes
from rootward.tree.place import settle
from rootward.tree.prune import collapse
from rootward.tree.spelling import Spelling


def opinions(parents, right=(), votes=1, check=True, method="model", known=("Root",), contradicts=None):
    """Ask about child C. parents: what each wording answers; right: the parents that the check accepts. Returns what is
    settled, and how often each kind was asked."""
    answer, asked = questioned(parents, right, votes, check, method, known, contradicts)
    return answer, [q.shared.get("wording", 1) if q.kind.name == "parent" else q.item["parent"] for q in asked]


def questioned(parents, right=(), votes=1, check=True, method="model", known=("Root",), contradicts=None):
    """What is settled, as `opinions`, and the questions that were put."""

    def reply(question):
        if question.kind.name == "check_edge":
            return said(is_a=question.item["parent"] in right, reasoning="so it is", call_id="check")
        wording = question.shared.get("wording", 1)
        parent = parents[min(wording, len(parents)) - 1]
        return UNKNOWN if parent is None else said(parent=parent, method=method, call_id=f"w{wording}")

    curator = FunctionCurator(reply)
    asking = Opinions(make_asker(curator), ["Root"], Spelling(known), votes, check, contradicts=contradicts)
    (answer,) = asking.settle([("C", [])])
    return answer, curator.asked


def test_an_answer_that_passes_is_taken_as_it_is():
    answer, asked = opinions(["A"], right=["A"])
    assert (answer.value["parent"], answer.value["reasoning"], answer.call_id) == ("A", "because", "w1")
    assert asked == [1, "A"]


def test_without_check_and_votes_there_is_one_question():
    assert opinions(["A"], check=False)[1] == [1]


def test_after_a_no_another_wording_is_asked_and_the_reason_says_how_many_were():
    answer, asked = opinions(["A", "B"], right=["B"])
    assert (answer.value["parent"], answer.call_id) == ("B", "w2")
    assert answer.value["reasoning"] == "because (1 of 2 opinions)"
    assert asked == [1, "A", 2, "B"]


def test_who_was_told_no_is_shown_what_was_answered_and_what_contradicts_it():
    _, asked = questioned(["A", "B", "D"], right=["D"])
    told = [q.item.get("contradictions", []) for q in asked if q.kind.name == "parent"]
    no = "you named {} as the parent of C, but a reviewer says no: so it is"
    assert told == [[], [no.format("A")], [no.format("A"), no.format("B")]]


def against_a(child, parent):
    return f"not {parent}" if parent == "A" else None


def test_what_is_known_to_contradict_an_answer_is_shown_and_another_answer_wins():
    answer, asked = questioned(["A", "B"], check=False, contradicts=against_a)
    assert answer.value["parent"] == "B"
    assert [q.item.get("contradictions") for q in asked] == [None, ["not A"]]


def test_what_was_refused_outvoted_or_contradicted_is_told_with_its_reason():
    answer, _ = opinions(["A", "B"], right=["B"])
    assert answer.value["rejected"] == ({"parent": "A", "reason": "refused by the check: so it is"},)
    answer, _ = opinions(["A", "B", "B"], votes=3, check=False)
    assert answer.value["rejected"] == ({"parent": "A", "reason": "outvoted, with 1 of 3 opinions"},)
    answer, _ = opinions(["A", "B"], check=False, contradicts=against_a)
    assert answer.value["rejected"] == ({"parent": "A", "reason": "not A"},)
    answer, _ = opinions(["A", "B", "D"])
    assert [row["parent"] for row in answer.rejected] == ["A", "B", "D"]


def test_what_is_known_decides_nothing_and_is_asked_about_once():
    answer, asked = questioned(["A"], check=False, contradicts=against_a)
    assert answer.value["parent"] == "A"
    assert len(asked) == 2
    assert questioned(["B"], check=False, contradicts=against_a)[1][0].item == {"child": "C", "excluded": []}
    assert len(questioned(["A"], method="reference:relation", contradicts=against_a)[1]) == 1


def test_what_every_wording_says_does_not_hold_against_the_check():
    answer, asked = opinions(["A"])
    assert isinstance(answer, Failure)
    assert [row["parent"] for row in answer.rejected] == ["A"]
    assert asked == [1, "A", 2, 3]


def test_when_all_is_refused_nothing_is_known():
    answer, asked = opinions(["A", "B", "D"])
    assert isinstance(answer, Failure)
    assert not answer.is_error
    assert answer.message == "every parent named was refused: A, B, D"
    assert asked == [1, "A", 2, "B", 3, "D"]


def test_two_opinions_that_agree_are_enough():
    assert opinions(["A"], right=["A"], votes=5)[1] == [1, 2, "A"]


def test_where_two_differ_more_are_asked_until_two_agree():
    answer, asked = opinions(["A", "B", "B", "D", "E"], right=["A", "B"], votes=5)
    assert (answer.value["parent"], answer.call_id) == ("B", "w2")
    assert asked == [1, 2, 3, "B"]


def test_a_minority_that_passes_beats_a_majority_that_does_not():
    answer, _ = opinions(["A", "B", "B"], right=["A"], votes=3)
    assert answer.value["parent"] == "A"


def test_what_a_reference_answers_is_not_doubted():
    assert opinions(["A"], votes=5, method="reference:relation")[1] == [1]


def test_what_nobody_knows_stays_unknown():
    assert opinions([None], votes=3) == (UNKNOWN, [1])


def test_variants_are_one_opinion_in_the_spelling_in_use():
    answer, asked = opinions(
        ["X signalling pathway", "The X Signaling"], right=["X signaling"], votes=2, known=["X signaling"]
    )
    assert (answer.value["parent"], answer.value["answered"]) == ("X signaling", "X signalling pathway")
    assert asked == [1, 2, "X signaling"]


def test_another_name_is_not_checked_against_the_child_itself():
    answer, asked = opinions(["C pathway"], known=["C"])
    assert answer.value["parent"] == "C"  # a circle, which linking finds
    assert asked == [1]


# --- spelling ---


def test_a_name_folds_to_the_first_group_that_knows_it():
    spelling = Spelling(["Cell cycle"], ["Apoptosis pathway"], ["Apoptosis", "Mitophagy"])
    assert spelling.fold("the cell cycle pathway") == "Cell cycle"
    assert spelling.fold("The apoptosis") == "Apoptosis pathway"
    assert spelling.fold("Apoptosis") == "Apoptosis"  # in use itself
    assert spelling.fold("mitophagy pathway") == "Mitophagy"
    assert spelling.fold("Lipophagy") == "Lipophagy"
    assert spelling.fold("🧬") == "🧬"


@pytest.mark.parametrize("names", list(permutations(["Protein import", "Import of protein", "Imports of proteins"])))
def test_words_that_fit_three_names_fit_none_in_whatever_order_they_come(names):
    assert Spelling(names).fold("protein imports") == "protein imports"


def test_a_name_that_fits_two_is_left_alone():
    spelling = Spelling(["Organic anion transport", "Transport of organic anions"])
    assert spelling.fold("the transport of organic anion pathway") == "the transport of organic anion pathway"


def test_new_names_settle_on_one_spelling_in_any_order():
    names = ["X signalling", "X signaling pathway", "X signalling", "the X signalling"]
    for seed in range(10):
        spelling = Spelling()
        spelling.learn(random.Random(seed).sample(names, len(names)))
        assert {spelling.fold(name) for name in names} == {"X signalling"}


# --- placing until it is settled ---

TREE = {"R": None, "A": "R", "B": "A", "C": "B"}


def settled(answers, doubtful="RABC"):
    """Where an interaction that starts at B ends. answers: pathway it is at -> pathway answered."""
    forest = grown(TREE)
    names = {node.pathway_id: node.name for node in forest.values()}

    def ask(rows) -> list[Answer | Failure]:
        return [said(pathway=answers[names[row["pathway_id"]]]) for row in rows]

    is_doubtful = lambda row: names[row["pathway_id"]] in doubtful  # noqa: E731
    moved, changes = settle([placement("I", "B")], ask, is_doubtful, forest, nodes.children(forest))
    ends = [names[row["pathway_id"]] for row in moved.values()]
    return ends, [(change["before"], change["after"]) for change in changes]


def test_a_placement_moves_on_until_its_answer_leaves_it():
    assert settled({"B": "A", "A": "R", "R": "R"}) == (["R"], [("B", "R")])
    assert settled({"B": "A", "A": "R"}, doubtful="B") == (["A"], [("B", "A")])
    assert settled({"B": "B"}) == ([], [])


def test_a_placement_sent_round_in_a_circle_stays_at_its_top():
    assert settled({"B": "C", "C": "B"}) == ([], [])
    assert settled({"B": "A", "A": "B"}) == (["A"], [("B", "A")])


# --- chains ---


def test_chains_collapse_to_what_branches_or_holds_something():
    forest = grown({"R": None, "A": "R", "B": "A", "C": "B", "D": "B", "E": "R", "F": "E"})
    collapsed, changes = collapse(
        forest, {pathway_id("E"): 1, pathway_id("F"): 1, pathway_id("C"): 1, pathway_id("D"): 1}
    )
    assert parents_by_name(collapsed) == {"R": None, "B": "R", "C": "B", "D": "B", "E": "R", "F": "E"}
    assert [(row["action"], row["before"], row["after"]) for row in changes] == [
        ("prune", "A", None),
        ("reparent", "A", "R"),
    ]
    assert collapse(collapsed, {pathway_id("E"): 1, pathway_id("C"): 1})[1] == []


def test_a_long_chain_collapses_to_its_end():
    forest = grown({"R": None, "A": "R", "B": "A", "C": "B", "D": "C"})
    assert parents_by_name(collapse(forest, {pathway_id("D"): 1})[0]) == {"R": None, "D": "R"}
