from rootward.tree.members import SHOWN, members


def leaf(id_, *proteins):
    return {"pathway_id": id_, "proteins": list(proteins)}


def test_a_pathway_has_the_proteins_that_most_of_its_leaves_share():
    parents = {"a": "top", "b": "top", "c": "other", "top": "root", "other": "root"}
    found = members(parents, [leaf("a", "X", "Y"), leaf("b", "Z", "Y"), leaf("c", "Q")])
    assert found["a"] == ["X", "Y"]
    assert found["top"] == ["Y", "X", "Z"]
    assert found["root"] == ["Y", "Q", "X", "Z"]


def test_at_most_so_many_are_shown_and_a_pathway_without_leaves_has_none():
    found = members({"a": "top", "empty": "top"}, [leaf("a", *"HGFEDCBA")])
    assert found["top"] == list("ABCDEFGH")[:SHOWN]
    assert found["empty"] == []


def test_what_stands_in_a_circle_ends():
    assert members({"a": "b", "b": "a"}, [leaf("a", "X")]) == {"a": ["X"], "b": ["X"]}
