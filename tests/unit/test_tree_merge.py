import itertools

import pytest
from builders import UNKNOWN, grown, parents_by_name, said
from rootward.knowledge.names import pathway_id
from rootward.tree.merge import candidate_pairs, merge

DIFFERENT = said(same=False, canonical=None)


def same(canonical: str):
    return said(same=True, canonical=canonical)


def merged(forest, *decisions):
    """Apply (a, b, answer or canonical name): the forest, old name -> new name, and the changes."""
    names = {id_: node.name for id_, node in forest.items()}
    pairs = [(pathway_id(a), pathway_id(b)) for a, b, _ in decisions]
    answers = [same(answer) if isinstance(answer, str) else answer for *_, answer in decisions]
    result, mapping, changes = merge(forest, pairs, answers)
    after = {id_: node.name for id_, node in result.items()}
    return result, {names[old]: after[new] for old, new in mapping.items()}, changes


# --- candidates ---


def test_similar_names_are_candidates_once_and_in_a_fixed_order():
    forest = grown({"R": None} | dict.fromkeys(["EGFR signaling", "Signaling by EGFR", "Mitophagy"], "R"))
    pairs = candidate_pairs(forest, 0.85)
    assert [{forest[a].name, forest[b].name} for a, b in pairs] == [{"EGFR signaling", "Signaling by EGFR"}]
    shuffled = dict(reversed(forest.items()))
    assert candidate_pairs(shuffled, 0.85) == pairs


def test_two_roots_are_never_candidates_and_a_root_and_a_pathway_may_be():
    forest = grown({"Cell cycle": None, "Cell cycle pathway": None, "The cell cycle": "Cell cycle"})
    named = [{forest[a].name, forest[b].name} for a, b in candidate_pairs(forest, 0.85)]
    assert {"Cell cycle", "Cell cycle pathway"} not in named
    assert {"Cell cycle", "The cell cycle"} in named


def test_all_variants_of_a_name_are_within_reach():
    variants = [
        f"{word} EGFR signaling pathway" for word in ("The", "Of", "By", "In", "To", "Via", "An", "With", "And")
    ]
    forest = grown({"R": None} | dict.fromkeys(variants, "R"))
    assert len(candidate_pairs(forest, 0.99)) == len(list(itertools.combinations(variants, 2)))


# --- merging ---


def test_without_a_decision_nothing_changes():
    tree = {"R": None, "A": "R", "B": "R"}
    for answer in (DIFFERENT, UNKNOWN):
        forest, mapping, changes = merged(grown(tree), ("A", "B", answer))
        assert (parents_by_name(forest), mapping, changes) == (tree, {}, [])


def test_of_two_one_remains_with_the_others_name_children_and_parents():
    forest, mapping, changes = merged(
        grown({"R": None, "S": None, "A": "R", "B": "S", "under A": "A", "under B": "B"}, leaf=["B"]), ("A", "B", "A")
    )
    assert parents_by_name(forest) == {"R": None, "S": None, "A": ["R", "S"], "under A": "A", "under B": "A"}
    assert mapping == {"B": "A"}
    node = forest[pathway_id("A")]
    assert (node.aliases, node.origin) == (("B",), "leaf")
    (change,) = changes
    assert (change["action"], change["before"], change["after"], change["call_id"]) == ("merge", "B", "A", "call")


def test_a_better_third_name_is_given_to_both():
    forest, mapping, changes = merged(grown({"R": None, "A": "R", "B": "R", "C": "A"}), ("A", "B", "New"))
    assert parents_by_name(forest) == {"R": None, "New": "R", "C": "New"}
    assert mapping == {"A": "New", "B": "New"}
    assert forest[pathway_id("New")].aliases == ("A", "B")
    assert len(changes) == 2


def test_a_third_name_that_stands_elsewhere_is_the_same_pathway_too():
    forest, mapping, _ = merged(grown({"R": None, "S": None, "A": "R", "B": "R", "C": "S", "D": "C"}), ("A", "B", "C"))
    assert parents_by_name(forest) == {"R": None, "S": None, "C": ["S", "R"], "D": "C"}
    assert mapping == {"A": "C", "B": "C"}


@pytest.mark.parametrize("chain", list(itertools.permutations([("A", "B", "A"), ("B", "C", "B"), ("C", "D", "C")])))
def test_merges_are_transitive_in_whatever_order_they_are_decided(chain):
    forest, mapping, _ = merged(grown({"R": None} | dict.fromkeys("ABCD", "R") | {"leaf": "D"}), *chain)
    assert parents_by_name(forest) == {"R": None, "A": "R", "leaf": "A"}
    assert mapping == {"B": "A", "C": "A", "D": "A"}


def test_the_name_most_decisions_give_wins():
    forest, _, _ = merged(
        grown({"R": None} | dict.fromkeys("ABCD", "R")), ("A", "B", "A"), ("B", "C", "C"), ("C", "D", "C")
    )
    assert parents_by_name(forest) == {"R": None, "C": "R"}


def test_a_root_gives_its_name_and_has_no_parent():
    for canonical in ("A", "R", "New"):
        forest, mapping, _ = merged(grown({"R": None, "S": None, "A": "S", "B": "A"}), ("A", "R", canonical))
        assert parents_by_name(forest) == {"R": None, "S": None, "B": "R"}
        assert mapping == {"A": "R"}
        assert forest[pathway_id("R")].is_root


@pytest.mark.parametrize("order", [0, 1])
def test_two_roots_never_become_one_not_even_through_a_third(order):
    decisions = [("R", "A", "A"), ("A", "S", "A")]
    forest, mapping, _ = merged(grown({"R": None, "S": None, "A": "R"}), *decisions[:: 1 - 2 * order])
    assert parents_by_name(forest) == {"R": None, "S": None}
    assert mapping == {"A": "S" if order else "R"}


def test_two_roots_never_become_one_through_a_third_name():
    forest, _, _ = merged(grown({"R": None, "S": None, "A": "R"}), ("R", "A", "S"))
    assert parents_by_name(forest) == {"R": None, "S": None}
    assert all(node.is_root for node in forest.values())


def test_a_parent_merged_with_its_child_is_not_its_own_parent():
    forest, _, _ = merged(grown({"R": None, "A": "R", "B": "A", "C": "B"}), ("A", "B", "B"))
    assert parents_by_name(forest) == {"R": None, "B": "R", "C": "B"}


def test_a_diamond_keeps_both_ways_and_merging_its_sides_leaves_one():
    diamond = {"R": None, "A": "R", "B": "R", "C": ["A", "B"]}
    forest, _, _ = merged(grown(diamond), ("A", "B", "A"))
    assert parents_by_name(forest) == {"R": None, "A": "R", "C": "A"}


def test_the_spelling_in_use_is_kept_when_a_decision_spells_it_otherwise():
    forest, mapping, _ = merged(grown({"R": None, "Cell death": "R", "B": "R"}), ("Cell death", "B", "CELL-DEATH"))
    assert parents_by_name(forest) == {"R": None, "Cell death": "R"}
    assert mapping == {"B": "Cell death"}


def test_two_groups_given_one_new_name_are_one_group():
    tree = {"R": None, "S": None, "A": "R", "B": "R", "C": "S", "D": "S"}
    forest, mapping, _ = merged(grown(tree), ("A", "B", "New"), ("C", "D", "New"))
    assert mapping == dict.fromkeys("ABCD", "New")
    assert set(parents_by_name(forest)["New"]) == {"R", "S"}
    assert forest[pathway_id("New")].aliases == ("A", "B", "C", "D")


def test_the_given_forest_is_left_as_it_was():
    tree = {"R": None, "A": "R", "B": "A", "C": "B"}
    forest = grown(tree)
    merged(forest, ("A", "B", "New"))
    assert parents_by_name(forest) == tree
