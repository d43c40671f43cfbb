import itertools

import pytest
from builders import UNKNOWN, by_id, edge_row, ids, leaf, said
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.tree.climb import Links, NextParent, link, rootless, unlinked

ROOTS = {pathway_id("Root"): "Root"}


def links_of(*leaves: str, **above: str) -> Links:
    return Links.from_levels(map(leaf, leaves), [[edge_row(child, parent) for child, parent in above.items()]])


def climbed(links: Links, answers: dict):
    """Link answers (child -> answer or parent's name), asked in the given order; rows as child -> parent, and the
    names of those to ask again."""
    given = [said(parent=answer) if isinstance(answer, str) else answer for answer in answers.values()]
    rows, cyclic = link(links, [pathway_id(child) for child in answers], given, ROOTS)
    return {row["child"]: row["parent"] for row in rows}, [links.names[id_] for id_ in cyclic]


def test_what_is_new_and_no_root_is_pending_sorted_by_id():
    links = links_of("A", "B", "Root", A="C")
    assert links.pending(ROOTS) == ids("B", "C")


def test_a_child_is_linked_to_the_parent_answered():
    links = links_of("A")
    (row,), cyclic = link(links, ids("A"), [said(parent="B", call_id="c1")], ROOTS)
    assert row == edge_row("A", "B", call_id="c1")
    assert cyclic == {}
    assert links.parent_of == {pathway_id("A"): pathway_id("B")}
    assert links.pending(ROOTS) == ids("B")


def test_a_parent_that_is_known_keeps_its_one_spelling():
    links = links_of("Cell death", "A", "B")
    rows, _ = climbed(links, {"A": "CELL-DEATH", "B": "root"})
    assert rows == {"A": "Cell death", "B": "Root"}


def test_a_child_nobody_knows_a_parent_for_gets_a_row_without_one():
    links = links_of("A")
    (row,), _ = link(links, ids("A"), [UNKNOWN], ROOTS)
    assert (row["parent_id"], row["parent"], row["method"], row["call_id"]) == (None, None, "fallback", None)
    assert links.pending(ROOTS) == []
    assert rootless(links, ROOTS) == ids("A")


def test_a_child_that_is_named_its_own_parent_is_asked_again():
    assert climbed(links_of("A"), {"A": "a"}) == ({}, ["A"])


def test_of_two_that_name_each_other_the_first_by_id_is_linked():
    first, second = by_id("A", "B")
    assert climbed(links_of("A", "B"), {second: first, first: second}) == ({first: second}, [second])


def test_an_answer_that_closes_a_longer_cycle_is_asked_again():
    assert climbed(links_of("A", A="B", B="C"), {"C": "A"}) == ({}, ["C"])
    first, second, third = by_id("A", "B", "C")
    round_about = {first: second, second: third, third: first}
    assert climbed(links_of("A", "B", "C"), round_about) == ({first: second, second: third}, [third])


def test_an_answer_that_closes_a_cycle_comes_back_with_both_sides():
    links = links_of("A", A="B", B="C")
    _, cyclic = link(links, ids("C"), [said(parent="a")], ROOTS)
    assert list(cyclic.values()) == ["you named A as the parent of C, but it stands below it: A < B < C"]
    _, cyclic = link(links_of("A"), ids("A"), [said(parent="a")], ROOTS)
    assert list(cyclic.values()) == ["you named A as the parent of A, but they are one pathway"]


def test_the_row_of_a_child_tells_the_answers_that_did_not_hold():
    links = links_of("A", A="B", B="C")
    link(links, ids("C"), [said(parent="A")], ROOTS)
    other = {"parent": "X", "reason": "outvoted"}
    (row,), _ = link(links, ids("C"), [said(parent="D", rejected=(other,))], ROOTS)
    assert row["rejected"][0]["parent"] == "A"
    assert "stands below it: A < B < C" in row["rejected"][0]["reason"]
    assert row["rejected"][1:] == [other]


def test_the_order_in_which_answers_arrive_does_not_change_the_links():
    answers = {"A": "B", "B": "C", "C": "A", "D": "A", "E": "D"}
    outcomes = [
        climbed(links_of(*answers), {child: answers[child] for child in order})
        for order in itertools.permutations(answers)
    ]
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_a_pathway_and_the_names_below_it_are_what_its_parent_cannot_be():
    links = links_of("A", "D", A="B", B="C", D="B")
    assert links.not_above(pathway_id("C")) == ["A", "B", "C", "D"]
    assert links.not_above(pathway_id("A")) == ["A"]


def test_a_child_whose_every_answer_closes_a_cycle_is_left_without_a_parent():
    links = links_of("A")
    (row,) = unlinked(links, ids("A"))
    assert (row["parent_id"], row["method"]) == (None, "fallback")
    assert "below it" in row["reasoning"]
    assert rootless(links, ROOTS) == ids("A")


@pytest.mark.parametrize(
    ("above", "topmost"),
    [({"A": "Root"}, []), ({"A": "B"}, ["B"]), ({}, ["A"]), ({"A": "B", "B": "Root"}, [])],
)
def test_topmost_pathways_that_are_no_roots_are_rootless(above, topmost):
    assert rootless(links_of("A", **above), ROOTS) == ids(*topmost)


def test_links_read_from_levels_are_those_that_were_made():
    levels = [[edge_row("A", "B")], [edge_row("B", None)], []]
    links = Links.from_levels([leaf("A")], levels)
    assert links.parent_of == {pathway_id("A"): pathway_id("B"), pathway_id("B"): None}
    assert links.names == {pathway_id("A"): "A", pathway_id("B"): "B"}


# --- looking ahead ---


def asked_about(child: str):
    return ask_about("parent", {"child": child, "excluded": []}, roots=["Root"])


def test_the_question_ahead_is_the_one_that_the_next_level_will_ask():
    follow = NextParent(["Root"], ROOTS, links_of("A"))
    (ahead,) = follow(asked_about("A"), said(parent="B"))
    assert ahead.key("m") == asked_about("B").key("m")


@pytest.mark.parametrize("parent", ["Root", "root", "A", "a", "B", "b"])
def test_nothing_is_asked_ahead_of_a_root_of_the_child_itself_or_of_what_is_known(parent):
    follow = NextParent(["Root"], ROOTS, links_of(A="B"))
    assert follow(asked_about("A"), said(parent=parent)) == []
