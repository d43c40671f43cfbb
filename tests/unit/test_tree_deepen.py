import pytest
from builders import UNKNOWN, by_id, grown, ids, parents_by_name, said
from rootward.knowledge.names import pathway_id
from rootward.tree.deepen import deepen, shallow
from rootward.tree.nodes import path_names

STAYS = said(insert=False, name=None)


def deepened(tree, max_depth=12, origins=None, **levels):
    """Deepen with answers child=level's name (or an answer): the tree by names, and the changes."""
    forest = grown(tree, **(origins or {}))
    answers = {
        pathway_id(child): said(insert=True, name=level) if isinstance(level, str) else level
        for child, level in levels.items()
    }
    result, changes = deepen(forest, answers, max_depth)
    assert parents_by_name(forest) == parents_by_name(grown(tree))  # the given forest is left as it was
    return parents_by_name(result), changes


def test_what_grew_from_interactions_directly_under_a_root_is_shallow():
    tree = {"R": None, "A": "R", "B": "A", "C": "R", "D": "R", "E": "R"}
    forest = grown(tree, leaf=["C"], sibling=["D"], intermediate=["E"])
    assert shallow(forest) == ids("A", "C")


def test_a_new_level_stands_between_root_and_child():
    tree, changes = deepened({"R": None, "A": "R", "B": "A"}, A="New")
    assert tree == {"R": None, "A": "New", "B": "A", "New": "R"}
    assert [(c["action"], c["before"], c["after"]) for c in changes] == [
        ("insert", None, "New"),
        ("reparent", "R", "New"),
    ]


def test_the_new_level_says_what_it_is_and_who_asked_for_it():
    forest, _ = deepen(grown({"R": None, "A": "R"}), {pathway_id("A"): said(insert=True, name="New", call_id="c")}, 12)
    node = forest[pathway_id("New")]
    assert node.origin == "intermediate"
    assert [edge.call_id for edge in (*node.parents.values(), *forest[pathway_id("A")].parents.values())] == ["c", "c"]


def test_children_given_one_new_level_share_it_in_its_first_spelling():
    first, second = by_id("A", "B")
    tree, changes = deepened({"R": None, "A": "R", "B": "R"}, **{first: "New", second: "NEW"})
    assert tree == {"R": None, "A": "New", "B": "New", "New": "R"}
    assert [change["action"] for change in changes].count("insert") == 1


def test_a_level_that_stands_under_the_same_root_becomes_the_parent():
    tree, changes = deepened({"R": None, "A": "R", "B": "R", "C": "B"}, A="C")
    assert tree["A"] == "C"
    assert [c["action"] for c in changes] == ["reparent"]


@pytest.mark.parametrize(
    "answer", [STAYS, UNKNOWN, "R", "S", "A", "under A", "deep under A", "under S"],
)  # fmt: skip
def test_what_is_no_level_between_changes_nothing(answer):
    tree = {"R": None, "S": None, "A": "R", "under A": "A", "deep under A": "under A", "under S": "S"}
    assert deepened(tree, A=answer) == (tree, [])


def test_of_two_that_name_each_other_only_the_first_by_id_moves():
    first, second = by_id("A", "B")
    tree, _ = deepened({"R": None, "A": "R", "B": "R"}, **{first: second, second: first})
    assert tree == {"R": None, first: second, second: "R"}


@pytest.mark.parametrize(("max_depth", "fits"), [(3, True), (2, False)])
def test_no_branch_grows_beyond_the_limit(max_depth, fits):
    tree, _ = deepened({"R": None, "A": "R", "B": "A"}, max_depth, A="New")
    assert ("New" in tree) is fits


@pytest.mark.parametrize(("max_depth", "fits"), [(4, True), (3, False)])
def test_no_branch_grows_beyond_the_limit_under_a_level_that_exists(max_depth, fits):
    tree, _ = deepened({"R": None, "A": "R", "B": "A", "C": "R", "D": "C"}, max_depth, A="D")
    assert tree["A"] == ("D" if fits else "R")


def test_no_branch_grows_beyond_the_limit_by_two_steps_together():
    first, second = by_id("A", "B")
    forest = grown({"R": None, "A": "R", "B": "R"})
    answers = {pathway_id(first): said(insert=True, name=second), pathway_id(second): said(insert=True, name="New")}
    result, _ = deepen(forest, answers, 2)
    assert max(len(path_names(result, id_)) - 1 for id_ in result) <= 2
