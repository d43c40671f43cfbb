import pytest
from builders import EDGE, edge_row, grown, ids, leaf, parents_by_name, sibling_row, write
from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes

TREE = {"R": None, "A": "R", "B": "A", "C": "A", "S": None}


def test_walking_a_tree():
    forest = grown(TREE)
    assert nodes.path_names(forest, pathway_id("B")) == ["R", "A", "B"]
    assert [forest[id_].name for id_ in nodes.upward(forest, pathway_id("B"))] == ["A", "R"]
    assert [forest[id_].name for id_ in nodes.top_down(forest)] == ["R", "A", "B", "C", "S"]
    below = nodes.children(forest)
    assert {forest[id_].name: [forest[child].name for child in found] for id_, found in below.items()} == {
        "R": ["A"],
        "A": ["B", "C"],
    }


def test_walking_upwards_ends_in_a_cycle_and_at_a_missing_parent():
    cycle = grown({"A": "B", "B": "C", "C": "A"})
    assert [cycle[id_].name for id_ in nodes.upward(cycle, pathway_id("A"))] == ["B", "C"]
    assert list(nodes.upward(grown({"A": "A"}), pathway_id("A"))) == []
    assert list(nodes.upward(grown({"A": "gone"}), pathway_id("A"))) == []


def test_totals_sum_what_is_at_and_below():
    forest = grown(TREE)
    direct = {pathway_id("B"): 2, pathway_id("C"): 3, pathway_id("A"): 1}
    totals = nodes.totals(forest, direct)
    assert {forest[id_].name: n for id_, n in totals.items()} == {"R": 6, "A": 6, "B": 2, "C": 3, "S": 0}


def test_a_deep_tree_needs_no_recursion():
    names = [f"L{n}" for n in range(5000)]
    forest = grown(dict(zip(names, [None, *names[:-1]], strict=True)))
    assert len(list(nodes.top_down(forest))) == 5000
    assert nodes.totals(forest, {pathway_id("L4999"): 1})[pathway_id("L0")] == 1


def test_changing_a_copy_leaves_the_forest_as_it_was():
    forest = grown(TREE)
    copied = nodes.copy(forest)
    copied[pathway_id("B")].parents = {}
    copied[pathway_id("C")].parents.clear()
    assert parents_by_name(forest) == TREE


def test_a_forest_survives_its_table(tmp_path):
    forest = grown({"R": None, "A": ["R"], "B": ["R", "A"]}, leaf=["B"])
    forest[pathway_id("A")].aliases = ("a one", "a two")
    path = write(tmp_path, "tree", nodes.to_rows(forest))
    read = nodes.from_rows(tables.rows("tree", path))
    assert {id_: (n.name, n.origin, n.aliases, set(n.parents)) for id_, n in read.items()} == {
        id_: (n.name, n.origin, n.aliases, set(n.parents)) for id_, n in forest.items()
    }
    assert read[pathway_id("B")].parents[pathway_id("A")] == EDGE
    assert read[pathway_id("R")].is_root


def test_the_order_of_candidate_parents_survives_the_table(tmp_path):
    for order in (["A", "B"], ["B", "A"]):
        forest = grown({"R": None, "A": "R", "B": "R", "C": order})
        path = write(tmp_path, "tree", nodes.to_rows(forest))
        assert parents_by_name(nodes.from_rows(tables.rows("tree", path)))["C"] == order


# --- grow ---

ROOTS = {pathway_id(name): name for name in ("R", "S")}


def test_the_first_tree_has_all_roots_what_was_climbed_and_the_siblings():
    hierarchy = [edge_row("leaf 1", "A"), edge_row("A", "R")]
    forest = nodes.grow(hierarchy, [sibling_row("A", "new")], [leaf("leaf 1"), leaf("S")], ROOTS)
    assert parents_by_name(forest) == {"R": None, "S": None, "leaf 1": "A", "A": "R", "new": "A"}
    assert {node.name: node.origin for node in forest.values()} == {
        "R": "root",
        "S": "root",
        "leaf 1": "leaf",
        "A": "climbed",
        "new": "sibling",
    }


def test_a_sibling_that_stands_elsewhere_gains_a_candidate_behind_the_climbed_one():
    hierarchy = [edge_row("B", "S"), edge_row("A", "R")]
    forest = nodes.grow(hierarchy, [sibling_row("R", "B"), sibling_row("R", "new"), sibling_row("S", "new")], [], ROOTS)
    found = parents_by_name(forest)
    assert found["B"] == ["S", "R"]
    assert found["new"] == ["R", "S"]


@pytest.mark.parametrize("sibling", ["R", "S", "A", "B"])
def test_a_root_an_ancestor_or_the_parent_itself_is_no_sibling(sibling):
    hierarchy = [edge_row("B", "A"), edge_row("A", "R")]
    forest = nodes.grow(hierarchy, [sibling_row("B", sibling)], [], ROOTS)
    assert parents_by_name(forest) == {"R": None, "S": None, "B": "A", "A": "R"}


def test_a_root_in_the_hierarchy_stays_a_root():
    forest = nodes.grow([edge_row("R", "S"), edge_row("A", "R")], [], [leaf("R")], ROOTS)
    assert parents_by_name(forest) == {"R": None, "S": None, "A": "R"}
    assert sorted(forest) == ids("R", "S", "A")
