"""What a person should look at first: unsure edges with much below them, before sure ones and those with little."""

from builders import grown, load_script, placement, write
from rootward.knowledge.decisions import read_decisions
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes, verify
from rootward.tree.doubts import of_edges, of_merges, of_placements, ranked

TREE = {"Root": None, "A": "Root", "B": "Root", "C": "A", "D": "A", "E": "B"}
HELD = {"C": 10, "D": 10, "E": 2}


def tree(**edges):
    forest = grown(TREE)
    for name, (method, reasoning) in edges.items():
        node = forest[pathway_id(name)]
        node.parents = {node.parent_id: nodes.Edge(method, reasoning, "call")}
    return verify.finish(forest, {pathway_id(name): n for name, n in HELD.items()}, {})


def order(found):
    return [(one.subject, one.object) for one in ranked(found)]


def test_of_equally_sure_edges_the_one_with_more_below_it_comes_first():
    assert order(of_edges(tree(), {}, []))[:2] == [("A", "Root"), ("C", "A")]


def test_what_nobody_decided_what_was_refused_and_what_split_the_votes_come_before_what_is_sure():
    rows = tree(E=("fallback", ""), C=("model", "so (2 of 3 opinions)"), A=("reference:relation", ""))
    found = {one.subject: one for one in of_edges(rows, {"D": [{"parent": "B", "reason": "no"}]}, [])}
    assert found["E"].unsure == 1.0 and found["E"].why == "nobody could decide"
    assert found["C"].unsure > found["B"].unsure > found["A"].unsure
    assert found["C"].why == "2 of 3 opinions agree" and found["D"].why == "also named: B"
    assert order(found.values())[-1] == ("B", "Root")


def test_what_a_person_decided_is_no_doubt():
    rows = tree(A=("curated", "so"))
    assert ("A", "Root") not in order(of_edges(rows, {}, []))
    assert not of_placements(rows, [placement("I1", "C", method="curated")], "Unclassified")
    change = {"action": "merge", "before": "X", "after": "A", "reason": "so"}
    assert [
        one.subject for one in of_merges(rows, [change | {"call_id": "abc"}, change | {"call_id": "decision:1"}])
    ] == ["X"]


def test_placements_are_as_unsure_as_their_confidence_is_low():
    rows = tree()
    placed = [placement("I1", "C", confidence=0.4), placement("I2", "C", confidence=0.9)]
    found = ranked(of_placements(rows, placed, "Unclassified"))
    assert [(one.subject, one.object, one.score) for one in found] == [("I1", "C", 0.6), ("I2", "C", 0.1)]


def test_the_file_is_one_of_decisions(tmp_path):
    write(tmp_path, "reorganized", tree())
    write(tmp_path, "placements", [placement("I1", "C")])
    write(tmp_path, "changes", [])
    write(tmp_path, "hierarchy", [])
    told = load_script("doubts").doubts(results=str(tmp_path), fallback_root="Unclassified")
    assert all(len(line) <= 80 for line in told[:-2])
    found = read_decisions(tmp_path / "doubts.tsv", ["Root"])
    assert {(one.verb, one.subject) for one in found} == {("parent", n) for n in "ABCDE"} | {("place", "I1")}
