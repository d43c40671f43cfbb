import pytest
from builders import UNKNOWN, grown, parents_by_name, placement, said
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes
from rootward.tree.place import doubtful, is_too_specific, place
from rootward.tree.prune import prune

TREE = {"R": None, "A": "R", "B": "A", "C": "B", "D": "B", "E": "R"}

# --- place ---

PLACED = [
    placement("on a pathway with children", "B"),
    placement("on a leaf", "C"),
    placement("on a leaf in doubt", "D", confidence=0.3),
    placement("at the limit", "E", confidence=0.5),
    placement("nowhere", "Unclassified", confidence=0.0),
]


@pytest.mark.parametrize(
    ("ask", "asked"),
    [
        ("none", []),
        ("doubtful", ["on a pathway with children", "on a leaf in doubt"]),
        ("all", ["on a pathway with children", "on a leaf", "on a leaf in doubt", "at the limit"]),
    ],
)
def test_which_interactions_are_placed_anew(ask, asked):
    below = nodes.children(grown(TREE))
    rows = doubtful(PLACED, below, ask, 0.5, {pathway_id("Unclassified")})
    assert [row["interaction_id"] for row in rows] == asked


def placed_at(answer):
    """Where an interaction on B goes by an answer (or a name), and the changes."""
    forest = grown(TREE)
    row = placement("I1", "B")
    answer = said(pathway=answer, call_id="place") if isinstance(answer, str) else answer
    moved, changes = place([row], [answer], forest, nodes.children(forest))
    assert set(moved) <= {("I1", pathway_id("B"))}
    return [forest[new["pathway_id"]].name for new in moved.values()], changes, list(moved.values())


@pytest.mark.parametrize("target", ["R", "A", "C", "D", "c"])
def test_an_interaction_moves_along_its_path_or_to_a_child(target):
    (at,), (change,), (row,) = placed_at(target)
    assert at.casefold() == target.casefold()
    assert (change["action"], change["interaction_id"], change["before"], change["after"]) == ("move", "I1", "B", at)
    assert (row["confidence"], row["method"], row["call_id"]) == (0.9, "model", "place")


@pytest.mark.parametrize("answer", ["B", "E", "somewhere else", "", UNKNOWN])
def test_any_other_answer_moves_nothing(answer):
    assert placed_at(answer) == ([], [], [])


@pytest.mark.parametrize(
    ("statement", "pathway", "parent", "specific"),
    [
        ("A binds B in the nucleus.", "Signaling by EGFR", "Signal Transduction", True),
        ("EGFR binds B.", "Signaling by EGFR", "Signal Transduction", False),
        ("A ubiquitinates B.", "Ubiquitination of B", "Protein modification", False),
        ("", "Signaling by EGFR", "Signal Transduction", False),
        ("A binds B.", "Autophagy", "The autophagy pathway", False),  # nothing tells it from its parent
    ],
)
def test_a_pathway_is_too_specific_when_the_statement_has_none_of_the_words_that_tell_it_apart(
    statement, pathway, parent, specific
):
    assert is_too_specific(statement, pathway, parent) is specific


# --- prune ---

WITH_SIBLINGS = {
    "R": None,
    "A": "R",
    "B": "A",
    "empty": "A",
    "sibling": "A",
    "sibling of it": "sibling",
    "sibling of empty": "empty",
    "lonely root": None,
    "root with a sibling": None,
    "its sibling": "root with a sibling",
}
SIBLINGS = ["sibling", "sibling of it", "sibling of empty", "its sibling"]


@pytest.mark.parametrize(
    ("keep_siblings", "kept"),
    [(True, ["R", "A", "B", "sibling", "sibling of it"]), (False, ["R", "A", "B"])],
)
def test_what_holds_nothing_goes_and_siblings_stay_where_their_parent_stays(keep_siblings, kept):
    forest = grown(WITH_SIBLINGS, sibling=SIBLINGS)
    pruned, changes = prune(forest, {pathway_id("B"): 1}, keep_siblings)
    assert parents_by_name(pruned) == {name: WITH_SIBLINGS[name] for name in kept}
    gone = set(WITH_SIBLINGS) - set(kept) - {"lonely root"}  # a root nothing was ever put under is no change
    assert {change["before"] for change in changes} == gone
    assert {(change["action"], change["after"]) for change in changes} == {("prune", None)}
    assert parents_by_name(forest) == WITH_SIBLINGS


def test_a_sibling_with_an_interaction_stays_in_any_case():
    forest = grown(WITH_SIBLINGS, sibling=SIBLINGS)
    pruned, _ = prune(forest, {pathway_id("sibling of empty"): 1}, False)
    assert parents_by_name(pruned) == {"R": None, "A": "R", "empty": "A", "sibling of empty": "empty"}


def test_without_interactions_nothing_is_left():
    assert prune(grown(WITH_SIBLINGS, sibling=SIBLINGS), {}, True)[0] == {}
