import pytest
from builders import EDGE, UNKNOWN, by_id, grown, ids, parents_by_name, said
from rootward.knowledge.names import pathway_id
from rootward.tree.nodes import Edge
from rootward.tree.strict import attach, contested, enforce


def enforced(tree, **best):
    """Enforce with answers child=parent's name (or a failure): the tree by names, the changes, the loose names."""
    forest = grown(tree)
    decided = {pathway_id(c): said(parent=p, call_id="best") if isinstance(p, str) else p for c, p in best.items()}
    strict, changes, loose = enforce(forest, decided)
    assert parents_by_name(forest) == parents_by_name(grown(tree))  # the given forest is left as it was
    return parents_by_name(strict), changes, [forest[id_].name for id_ in loose]


def test_only_pathways_with_several_parents_are_contested():
    assert contested(grown({"R": None, "S": None, "A": ["R", "S"], "B": "A", "C": ["A", "B"]})) == ids("A", "C")


def test_a_strict_tree_stays_as_it_is():
    tree = {"R": None, "A": "R", "B": "A", "S": None}
    assert enforced(tree) == (tree, [], [])


def test_a_child_of_two_roots_gets_the_one_answered():
    tree = {"R": None, "S": None, "A": ["R", "S"]}
    strict, changes, loose = enforced(tree, A="S")
    assert (strict["A"], loose) == ("S", [])
    (change,) = changes
    assert (change["action"], change["before"], change["after"], change["call_id"]) == ("reparent", "R", "S", "best")


def test_the_chosen_edge_says_who_chose_it():
    strict, _, _ = enforce(
        grown({"R": None, "S": None, "A": ["R", "S"]}), {pathway_id("A"): said(parent="S", call_id="best")}
    )
    assert strict[pathway_id("A")].parents == {pathway_id("S"): Edge("model", "because", "best")}


@pytest.mark.parametrize("answer", [None, UNKNOWN, "somewhere else"])
def test_without_an_answer_that_counts_the_first_candidate_stays(answer):
    best = {} if answer is None else {"A": answer}
    for order in (["R", "S"], ["S", "R"]):
        assert enforced({"R": None, "S": None, "A": order}, **best)[0]["A"] == order[0]


def test_every_side_of_a_diamond_but_one_is_cut():
    strict, changes, loose = enforced({"R": None, "A": "R", "B": "R", "C": "R", "D": ["A", "B", "C"]}, D="B")
    assert strict["D"] == "B"
    assert sorted(change["before"] for change in changes) == ["A", "C"]
    assert loose == []


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_cycle_without_a_way_out_is_cut_at_its_first_pathway(length):
    names = by_id("A", "B", "C")[:length]
    cycle = {name: names[(n + 1) % length] for n, name in enumerate(names)}
    strict, changes, loose = enforced({"R": None} | cycle)
    assert loose == [names[0]]
    assert strict == {"R": None} | cycle | {names[0]: None}
    assert len(changes) == (0 if length == 1 else 1)


@pytest.mark.parametrize("length", [2, 3])
def test_a_cycle_is_opened_by_a_candidate_outside_it(length):
    names = by_id("A", "B", "C")[:length]
    cycle = {name: [names[(n + 1) % length]] for n, name in enumerate(names)}
    cycle[names[-1]].append("R")
    strict, changes, loose = enforced({"R": None} | cycle)
    assert strict[names[-1]] == "R"
    assert [strict[name] for name in names[:-1]] == names[1:]
    assert loose == []
    assert changes[-1]["after"] == "R"
    assert changes[-1]["reason"].startswith(f"opens a cycle of {length}: ")


def test_a_candidate_that_leads_back_into_the_cycle_opens_nothing():
    strict, _, loose = enforced({"R": None, "A": ["B", "X"], "B": "A", "X": "B"})
    assert len(loose) == 1
    assert loose[0] in ("A", "B")
    assert sum(parent is None for parent in strict.values()) == 2


def test_a_pathway_whose_parents_do_not_exist_is_loose():
    strict, _, loose = enforced({"R": None, "A": "gone", "B": "A"})
    assert (strict["A"], strict["B"], loose) == (None, "A", ["A"])


def test_several_cycles_are_all_opened():
    tree = {"R": None, "A": "B", "B": "A", "C": "D", "D": "C", "E": "E", "under": "A"}
    strict, _, loose = enforced(tree)
    assert sorted(loose) == sorted([by_id("A", "B")[0], by_id("C", "D")[0], "E"])
    assert strict["under"] == "A"


def test_two_cycles_that_offer_each_other_as_a_way_out_end_in_no_cycle():
    tree = {"R": None, "A": ["B", "C"], "B": "A", "C": ["D", "A"], "D": "C"}
    forest, _, loose = enforce(grown(tree), {})
    attached, _ = attach(forest, {id_: (pathway_id("R"), "R", EDGE) for id_ in loose})
    assert enforce(attached, {})[1:] == ([], [])


def test_a_root_loses_every_parent():
    forest = grown({"R": None, "S": None})
    forest[pathway_id("R")].parents = {pathway_id("S"): EDGE}
    strict, _, loose = enforce(forest, {})
    assert (parents_by_name(strict), loose) == ({"R": None, "S": None}, [])


def test_loose_pathways_are_attached_to_roots_that_may_be_new():
    forest = grown({"R": None, "A": "gone", "B": "A"})
    strict, _, loose = enforce(forest, {})
    attached, changes = attach(strict, {loose[0]: (pathway_id("New"), "New", EDGE)})
    assert parents_by_name(attached) == {"R": None, "A": "New", "B": "A", "New": None}
    assert attached[pathway_id("New")].is_root
    assert [(c["action"], c["before"], c["after"]) for c in changes] == [("reparent", None, "New")]
    assert parents_by_name(strict)["A"] is None
