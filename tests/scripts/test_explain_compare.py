import pytest
from builders import edge_row, grown, interaction, load_script, placement, write
from rootward import tables
from rootward.cache import AnswerCache, Call
from rootward.errors import UserError
from rootward.names import pathway_id
from rootward.tree import nodes, verify

explain = load_script("explain").explain
compare = load_script("compare").compare

TREE = {"Root": None, "Other": None, "A": "Root", "B pathway": "A", "C": "B pathway", "D": "Other"}
KEY = "ab" * 16


def results(folder, tree, placed, changes=(), aliases=None, edges=None):
    """A folder of results with a tree (child -> parent) and placements (interaction -> pathway)."""
    folder.mkdir()
    forest = grown(tree)
    for name, others in (aliases or {}).items():
        forest[pathway_id(name)].aliases = tuple(others)
    for name, edge in (edges or {}).items():
        node = forest[pathway_id(name)]
        node.parents = {node.parent_id: edge}
    direct = {}
    for pathway in placed.values():
        direct[pathway_id(pathway)] = direct.get(pathway_id(pathway), 0) + 1
    write(folder, "reorganized", verify.finish(forest, direct, {}))
    write(folder, "placements", [placement(i, pathway) for i, pathway in placed.items()])
    write(folder, "interactions", [interaction(i) for i in placed])
    write(folder, "changes", list(changes))
    return str(folder)


def told(folder, name, cache="none.sqlite"):
    lines = explain(folder, name, cache, "wal")
    assert all(len(line) <= 80 for line in lines)
    return "\n".join(lines)


def test_a_pathway_is_explained_with_path_reasons_and_interactions(tmp_path):
    edge = nodes.Edge("model", "it is part of it " * 9, KEY[:16])
    rejected = nodes.Edge("model", "the other holds more", "call")
    change = nodes.change("enforce_tree", "reparent", pathway_id("C"), "D", "B pathway", rejected)
    merged = nodes.change("merge_duplicates", "merge", pathway_id("sea"), "sea", "C", rejected)
    folder = results(
        tmp_path / "r", TREE, {"I1": "C", "I2": "C", "I3": "A"}, [change, merged], {"C": ["sea"]}, {"C": edge}
    )
    cache = AnswerCache(tmp_path / "answers.sqlite")
    value = {"parent": "B pathway", "reasoning": "x"}
    cache.store(Call("parent", "some-model", "some-model-001", "prompt", "reply", 1), {KEY: ("C", value)})
    text = told(folder, "C", str(tmp_path / "answers.sqlite"))
    assert "Root\n    A\n      B pathway\n        C\n" in text
    assert f"decided by model some-model-001, call {KEY[:16]}" in text
    text = " ".join(text.split())
    assert "not under D but under B pathway (enforce tree): the other holds more" in text
    assert "sea was merged into it (merge duplicates)" in text
    assert "2 interactions at or below it, 2 of them at it" in text
    assert "TP53 unknown MDM2" in text
    cache.close()


def test_a_pathway_is_found_by_id_case_or_alias(tmp_path):
    folder = results(tmp_path / "r", TREE, {"I1": "C"}, aliases={"C": ["sea"]})
    for name in ("c", "SEA", pathway_id("C")):
        assert told(folder, name).startswith("C\n")
    assert "configured root" in told(folder, "Root")
    assert "1 interactions at or below it, 0 of them" in told(folder, "A")


@pytest.mark.parametrize(("name", "hint"), [("B pathwy", "did you mean B pathway?"), ("othe", "did you mean Other?")])
def test_an_unknown_name_gets_the_nearest(tmp_path, name, hint):
    with pytest.raises(UserError) as error:
        explain(results(tmp_path / "r", TREE, {"I1": "C"}), name, "none.sqlite", "wal")
    assert str(error.value).endswith(hint)


def test_explain_wants_a_name():
    with pytest.raises(UserError, match="say which pathway"):
        explain("results", None, "none.sqlite", "wal")


def test_two_trees_are_compared_with_counts_first(tmp_path):
    now = {"Root": None, "Other": None, "A": "Other", "B": "A", "C": "B", "E": "Root"}
    one = results(tmp_path / "one", TREE, {"I1": "C", "I2": "B pathway", "I3": "D", "I4": "A"})
    other = results(tmp_path / "other", now, {"I1": "A", "I2": "B", "I3": "E", "I5": "A"}, aliases={"B": ["B pathway"]})
    lines = compare(one, other)
    counts = {line[10:]: int(line[:8]) for line in lines[3:13]}
    assert counts == {
        "pathways before": 6,
        "pathways after": 6,
        "added": 1,
        "gone": 1,
        "renamed": 1,
        "moved": 1,
        "interactions": 5,
        "interactions only before": 1,
        "interactions only after": 1,
        "interactions moved": 2,
    }
    text = "\n".join(lines)
    assert "added\n  E (under Root)" in text
    assert "gone\n  D (under Other)" in text
    assert "renamed\n  B pathway > B" in text
    assert "moved\n  A: Root > Other" in text
    assert "I1: C > A" in text
    assert all(len(line) <= 80 for line in lines)


def test_a_tree_is_no_different_from_itself(tmp_path):
    folder = results(tmp_path / "r", TREE, {"I1": "C"})
    assert all(line.lstrip().startswith("0 ") for line in compare(folder, folder)[5:9])
    assert len(compare(folder, folder)) == 13


def test_folders_without_a_tree_are_refused(tmp_path):
    folder = results(tmp_path / "results", TREE, {"I1": "C"})
    with pytest.raises(UserError, match=r"after: .*holds no reorganized.parquet; did you mean results\?"):
        compare(folder, str(tmp_path / "resluts"))
    with pytest.raises(UserError, match="say which two folders"):
        compare(folder, None)


def test_the_spelling_an_answer_gave_becomes_an_alias():
    row = edge_row("C", "B", answered="The B pathway")
    forest = nodes.grow([row, edge_row("B", "R")], [], [], {pathway_id("R"): "R"})
    assert forest[pathway_id("B")].aliases == ("The B pathway",)
    assert tables.from_rows("hierarchy", [row]).num_rows == 1
