import pytest
from rootward.tree.metrics import (
    Hierarchy,
    circularity,
    evaluate,
    match,
    score,
    shape,
    strict_ceiling,
    token_subset_parents,
    wu_palmer,
)

#        R               S
#      /   \             |
#     A     B            F
#    / \   / \
#   C    D    E          D has two parents
GOLD = [("A", "R"), ("B", "R"), ("C", "A"), ("D", "A"), ("D", "B"), ("E", "B"), ("F", "S")]


def of(*edges, roots=()):
    hierarchy = Hierarchy.of_names(edges)
    for root in roots:
        hierarchy.parents.setdefault(root.lower(), [])
        hierarchy.names.setdefault(root.lower(), root)
    return hierarchy


def test_the_gold_against_itself_is_right_and_shows_what_a_strict_tree_can_reach():
    found = evaluate(of(*GOLD), of(*GOLD), {})
    assert (found["edges"]["f1"], found["ancestors"]["f1"]) == (1.0, 1.0)
    assert found["edges"]["true"] == 7
    assert found["edges"]["ceiling_f1"] == pytest.approx(2 * 6 / (6 + 7))
    assert found["ancestors"]["true"] == 10
    assert found["ancestors"]["ceiling_f1"] == pytest.approx(2 * 9 / (9 + 10))


def test_precision_and_recall_count_pairs():
    wrong = [("A", "R"), ("B", "R"), ("C", "B"), ("D", "A"), ("E", "B"), ("F", "S")]
    found = evaluate(of(*wrong), of(*GOLD), {})
    assert found["edges"] | {"f1": 0} == found["edges"] | {"f1": 0, "precision": 5 / 6, "recall": 5 / 7}
    ancestors = found["ancestors"]
    assert (ancestors["found"], ancestors["precision"], ancestors["recall"]) == (9, 8 / 9, 8 / 10)


def test_only_what_both_sides_know_counts_and_the_rest_is_named():
    found = evaluate(of(("A", "R"), ("C", "A"), ("new", "A"), ("new too", "new")), of(*GOLD), {})
    assert (found["edges"]["precision"], found["edges"]["recall"]) == (1.0, 1.0)
    assert found["matched"] == {
        "pathways": 3,
        "share": 3 / 5,
        "by": {"id": 0, "name": 3, "alias": 0},
        "unmatched": ["new", "new too"],
    }


def test_an_ancestor_counts_through_a_pathway_the_other_side_does_not_know():
    found = evaluate(of(("between", "R"), ("C", "between")), of(*GOLD), {})
    assert found["ancestors"] | {"f1": 1.0} == found["ancestors"]


def test_matching_goes_by_id_then_name_then_alias_and_one_to_one():
    gold = Hierarchy({i: [] for i in ("G1", "G2", "G3")}, {"G1": "One", "G2": "Two", "G3": "Three"}, {"G3": ["Drei"]})
    tree = Hierarchy(
        {i: [] for i in "abcde"},
        {"a": "Two", "b": "two", "c": "drei", "d": "TWO", "e": "else"},
        {"e": ["Three"]},
    )
    found = match(tree, gold, {"a": ["vocabulary:G1"]})
    assert found.gold_of == {"a": "G1", "b": "G2", "c": "G3"}
    assert found.kinds == {"a": "id", "b": "name", "c": "alias"}
    assert found.unmatched == ["d", "e"]


def test_wu_palmer_on_a_small_tree():
    gold = of(*GOLD)
    assert wu_palmer(gold, "c", "c") == 1.0
    assert wu_palmer(gold, "c", "d") == pytest.approx(2 * 2 / 6)
    assert wu_palmer(gold, "c", "e") == pytest.approx(2 * 1 / 6)
    assert wu_palmer(gold, "c", "a") == pytest.approx(2 * 2 / 5)
    assert wu_palmer(gold, "c", "f") == 0.0


def test_placements_are_weighed_by_their_interactions():
    tree = of(("A", "R"), ("B", "R"), ("C", "B"), ("D", "A"), ("E", "B"), ("F", "S"))
    found = evaluate(tree, of(*GOLD), {"c": 3, "d": 1})
    assert found["placements"]["interactions"] == pytest.approx((3 * 2 * 1 / 4 + 1) / 4)
    assert found["placements"]["share_of_interactions"] == 1.0
    assert found["placements"]["pathways"] == pytest.approx((7 + 0.5) / 8)


def test_a_cycle_ends_nothing():
    circle = of(("A", "B"), ("B", "C"), ("C", "A"), ("D", "A"))
    assert circle.above("a") == {"b", "c"}
    assert evaluate(circle, circle, {})["ancestors"]["f1"] == 1.0


def test_the_token_rule_takes_the_longest_name_inside_a_name():
    names = ["Signaling", "EGFR signaling", "Regulation of EGFR signaling", "mitophagy", "egfr-signaling in cells"]
    assert token_subset_parents({name: name for name in names}) == {
        "EGFR signaling": "Signaling",
        "Regulation of EGFR signaling": "EGFR signaling",
        "egfr-signaling in cells": "EGFR signaling",
    }


def test_the_shape_of_a_tree():
    assert shape(of(("A", "R"), ("B", "A"), ("C", "A"), ("D", "B"))) == {
        "pathways": 5,
        "mean_depth": 8 / 5,
        "max_depth": 3,
        "branching": 4 / 3,
        "single_child": 2 / 3,
    }


def test_nothing_at_all():
    empty = Hierarchy({}, {})
    assert evaluate(empty, empty, {})["matched"]["share"] == 0.0
    assert score(set(), set())["f1"] == 1.0
    assert score({("a", "b")}, set())["precision"] == 0.0
    assert strict_ceiling(of(*GOLD), [])["edges"]["f1"] == 1.0


def test_grading_the_reference_by_itself_is_said_to_be_circular():
    assert "circular" in circularity(True, True)
    assert circularity(False, True) is None
    assert circularity(True, False) is None
