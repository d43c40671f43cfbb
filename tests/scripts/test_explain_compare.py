import json
import re
from pathlib import Path

import pandas
import pytest
from builders import (
    FALLBACK,
    FunctionCurator,
    by_id,
    edge_row,
    grown,
    interaction,
    leaf,
    load_script,
    make_asker,
    parents_by_name,
    placement,
    roots_file,
    said,
    write,
)
from rootward import tables
from rootward.asking.cache import AnswerCache, Call
from rootward.errors import UserError
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes, strict, verify
from rootward.tree.ids import MERGED, Known
from rootward.workflow.releases import write_ids

explain = load_script("explain").explain
compare = load_script("compare").compare

TREE = {"Root": None, "Other": None, "A": "Root", "B pathway": "A", "C": "B pathway", "D": "Other"}
KEY = "ab" * 16


def results(folder, tree, placed, changes=(), aliases=None, edges=None, climbed=(), rows=None):
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
    write(folder, "interactions", [interaction(i, **(rows or {}).get(i, {})) for i in placed])
    write(folder, "rejected", [{"source": "in.tsv:7", "reason": "no partner", "raw": "LONELY\t\tx", "n_rows": 1}])
    write(folder, "changes", list(changes))
    write(folder, "hierarchy", list(climbed))
    return str(folder)


def told(folder, name, cache="none.sqlite", reference="none"):
    lines = explain(results=folder, name=name, cache=cache, journal_mode="wal", reference=str(reference))
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
    cache = AnswerCache(tmp_path / "answers.sqlite", "wal")
    value = {"parent": "B pathway", "reasoning": "x"}
    cache.store(
        Call("parent", "some-model at http://host:1/v1", "some-model-001", "prompt", "reply", 1), {KEY: ("C", value)}
    )
    text = told(folder, "C", str(tmp_path / "answers.sqlite"))
    assert "Root\n    A\n      B pathway\n        C\n" in text
    text = " ".join(text.split())
    assert f"decided by model some-model-001 at http://host:1/v1, call {KEY[:16]}" in text
    assert "not under D but under B pathway (enforce tree): the other holds more" in text
    assert "sea was merged into it (merge duplicates)" in text
    assert "2 interactions at or below it, 2 of them at it" in text
    assert "TP53 unknown MDM2" in text
    cache.close()


def rejected(tmp_path, parents, right, votes=1):
    """Climb from B and C by what each wording of their questions answers, and explain both. right: edges (child and
    parent) that the check accepts."""

    def reply(question):
        kind, item = question.kind.name, question.item
        if kind == "check_edge":
            return said(is_a=item["child"] + item["parent"] in right, reasoning="another process")
        if kind == "choose_root":
            return said(root="R")
        answers = parents[item["child"]]
        return said(parent=answers[min(question.shared.get("wording", 1) + bool(item["excluded"]), len(answers)) - 1])

    curator = FunctionCurator(reply)
    roots, leaves = roots_file(tmp_path, "R"), write(tmp_path, "leaves", [leaf("B"), leaf("C")])
    level, hierarchy = str(tmp_path / "parents.parquet"), str(tmp_path / "hierarchy.parquet")
    settings = {"fallback_root": FALLBACK, "roots": roots, "leaves": leaves, "ask": make_asker(curator)}
    switches = {"spellings": None, "ahead": False, "candidates": 0, "consult": False, "fold": True}
    load_script("climb").climb(
        **settings, **switches, levels=[], decisions=None, votes=votes, check=True, parents=level
    )
    load_script("join_levels").join_levels(**settings, levels=[level], decisions=None, check=True, hierarchy=hierarchy)
    climbed = tables.rows("hierarchy", hierarchy)
    tree = {"R": None} | {row["child"]: row["parent"] for row in climbed}
    folder = results(tmp_path / "r", tree, {"I1": "B", "I2": "C"}, climbed=climbed)
    return {name: " ".join(told(folder, name).split()) for name in "BC"}


def test_a_parent_that_the_check_refused_is_told(tmp_path):
    text = rejected(tmp_path, {"B": ["R"], "C": ["D", "R"]}, ["BR", "CR"])["C"]
    assert "rejected not under D (climb): refused by the check: another process" in text


def test_a_parent_that_was_outvoted_is_told(tmp_path):
    text = rejected(tmp_path, {"B": ["R"], "C": ["D", "R", "R"]}, ["BR", "CR", "CD"], votes=3)["C"]
    assert "rejected not under D (climb): outvoted, with 1 of 3 opinions" in text


def test_a_parent_that_would_have_closed_a_cycle_is_told(tmp_path):
    first, second = by_id("B", "C")
    text = rejected(tmp_path, {first: [second], second: [first, "R"]}, ["BC", "CB", "BR", "CR"])[second]
    assert f"rejected not under {first} (climb): you named {first} as the parent of {second}" in text
    assert f"it stands below it: {first} < {second}" in text


def test_parents_that_were_all_refused_are_told_where_a_root_was_chosen(tmp_path):
    text = rejected(tmp_path, {"B": ["R"], "C": ["D", "E", "F"]}, ["BR"])["C"]
    assert all(f"rejected not under {name} (climb): refused" in text for name in "DEF")


def test_a_candidate_that_was_lost_to_a_better_one_or_in_a_cycle_is_told(tmp_path):
    contested = grown({"R": None, "A": "R", "B": "R", "C": ["A", "B"], "E": "F", "F": "E"})
    strict_tree, changes, loose = strict.enforce(
        contested, {pathway_id("C"): said(parent="B", reasoning="it is nearer")}
    )
    edge = nodes.Edge("model", "nothing else holds it", "call")
    strict_tree, attached = strict.attach(strict_tree, {id_: (pathway_id("R"), "R", edge) for id_ in loose})
    folder = results(
        tmp_path / "r",
        parents_by_name(strict_tree),
        {"I1": "C", "I2": "E", "I3": "A", "I4": "F"},
        [*changes, *attached],
    )
    assert "rejected not under A but under B (enforce tree): it is nearer" in " ".join(told(folder, "C").split())
    cut = contested[loose[0]].name
    assert "(enforce tree): opens a cycle of 2: E > F" in " ".join(told(folder, cut).split()).replace("F > E", "E > F")


def test_a_pathway_is_found_by_id_case_or_alias(tmp_path):
    folder = results(tmp_path / "r", TREE, {"I1": "C"}, aliases={"C": ["sea"]})
    for name in ("c", "SEA", pathway_id("C")):
        assert told(folder, name).startswith("C\n")
    assert "configured root" in told(folder, "Root")
    assert "1 interaction at or below it, 0 of them" in told(folder, "A")


@pytest.mark.parametrize(("name", "hint"), [("B pathwy", "did you mean B pathway?"), ("othe", "did you mean Other?")])
def test_an_unknown_name_gets_the_nearest(tmp_path, small_reference, name, hint):
    with pytest.raises(UserError) as error:
        told(results(tmp_path / "r", TREE, {"I1": "C"}), name, reference=small_reference)
    assert str(error.value).endswith(hint)


@pytest.fixture
def signalling(tmp_path):
    """A folder of results with interactions of several proteins, one of them moved."""
    why = nodes.Edge("model", "it says so", "call")
    move = nodes.change("place_interactions", "move", None, "A", "C", why) | {"interaction_id": "I1"}
    pairs = {"I1": ("SQSTM1", "KEAP1"), "I2": ("TP53", "SQSTM1"), "I3": ("EGFR", "GRB2")}
    rows = {id_: {"protein_a": a, "protein_b": b, "mechanism": "binding"} for id_, (a, b) in pairs.items()}
    folder = results(tmp_path / "r", TREE, {"I1": "C", "I2": "D", "I3": "A"}, [move], rows=rows)
    (tmp_path / "r" / "assigned").mkdir()
    named = {"pathway": "A", "confidence": 0.9, "method": "model", "reasoning": "both are of it", "call_id": "call"}
    write(tmp_path / "r" / "assigned", "assigned", [{"interaction_id": "I1"} | named], "0")
    return folder


@pytest.mark.parametrize("name", ["SQSTM1", "sqstm1", "Q13501", "p62"])
def test_a_protein_is_explained_by_symbol_accession_or_alias(signalling, small_reference, name):
    """p62 is an alias of two proteins, of which the interactions hold one."""
    text = told(signalling, name, reference=small_reference)
    assert text.split(":")[0] in ("SQSTM1", f"SQSTM1 ({name})")
    assert "2 interactions\n" in text
    first, second = text.split("\n\n")[1:]
    assert first.startswith("I1  SQSTM1 unknown KEAP1, binding\n  stands at   Root > A > B pathway > C\n")
    assert "  decided by  model, call; confidence 0.90\n  named       A: both are of it\n" in first
    assert "  moved       A > C (place interactions): it says so" in first
    assert second.startswith("I2  TP53 unknown SQSTM1, binding\n  stands at   Other > D\n") and "moved" not in second


def test_an_interaction_is_explained_alone(signalling):
    text = told(signalling, "I3")
    assert text.startswith("I3  EGFR unknown GRB2, binding\n  stands at   Root > A\n") and text.count("stands at") == 1


def test_an_alias_of_several_proteins_of_the_interactions_is_never_guessed(tmp_path, small_reference):
    rows = {"I1": {"protein_a": "SQSTM1", "protein_b": "NUP62"}}
    folder = results(tmp_path / "r", TREE, {"I1": "C"}, rows=rows)
    with pytest.raises(UserError, match="name: p62: an alias of NUP62, SQSTM1; name the one you mean"):
        told(folder, "p62", reference=small_reference)


def test_a_protein_of_many_interactions_is_told_in_part(tmp_path, small_reference):
    text = told(results(tmp_path / "r", TREE, {f"I{n}": "C" for n in range(60)}), "TP53", reference=small_reference)
    assert text.count("stands at") == 50 and text.endswith("and 10 more, in results/placements.parquet")


def test_what_stands_in_rejected_rows_alone_is_told_so(signalling, small_reference):
    with pytest.raises(UserError) as error:
        told(signalling, "lonely", reference=small_reference)
    assert str(error.value).startswith("name: lonely: no pathway of the tree, protein or interaction; ")
    assert str(error.value).endswith("it is in 1 row rejected, such as in.tsv:7: no partner")


def test_explain_wants_a_name():
    with pytest.raises(UserError, match="name a pathway, protein or interaction: --config"):
        told("results", None)


def compared(tmp_path, before, after):
    """What the screen shows, and the table that was written."""
    lines = compare(before, after, str(tmp_path))
    assert all(len(line) <= 80 for line in lines[:-1])
    return lines, pandas.read_csv(tmp_path / "compare.tsv", sep="\t", keep_default_na=False)


def test_two_trees_are_compared_with_counts_first(tmp_path):
    now = {"Root": None, "Other": None, "A": "Other", "B": "A", "C": "B", "E": "Root"}
    one = results(tmp_path / "one", TREE, {"I1": "C", "I2": "B pathway", "I3": "D", "I4": "A"})
    other = results(tmp_path / "other", now, {"I1": "A", "I2": "B", "I3": "E", "I5": "A"}, aliases={"B": ["B pathway"]})
    lines, table = compared(tmp_path, one, other)
    counts = {line[10:]: int(line[:8]) for line in lines[3:14]}
    assert counts == {
        "pathways before": 6,
        "pathways after": 6,
        "added": 1,
        "removed": 1,
        "merged": 0,
        "renamed": 1,
        "moved": 1,
        "interactions": 5,
        "interactions only before": 1,
        "interactions only after": 1,
        "interactions moved": 2,
    }
    text = "\n".join(lines)
    assert "added\n  E (under Root)" in text
    assert "removed\n  D (under Other)" in text
    assert "renamed\n  B pathway > B" in text
    assert "moved\n  A: Root > Other" in text
    assert "I1: C > A" in text
    moved = table.loc[table["change"] == "interactions moved"].set_index("id")
    assert moved.loc["I1"].tolist() == ["interactions moved", "TP53 unknown MDM2", "C", "A"]
    page = (tmp_path / "compare.html").read_text()
    assert all(cell in page for cell in ("Root &gt; A", "Other &gt; A", "I5", "B pathway"))


def test_nothing_is_cut_off_in_table_and_page(tmp_path):
    names = [f"P{n:03d} <i>" for n in range(200)]
    one = results(tmp_path / "one", {"Root": None}, {"I1": "Root"})
    other = results(tmp_path / "other", {"Root": None} | dict.fromkeys(names, "Root"), {"I1": "Root"})
    lines, table = compared(tmp_path, one, other)
    assert "  and 170 more" in lines
    assert table["name"].tolist() == names
    page = (tmp_path / "compare.html").read_text()
    assert all(f"<td>P{n:03d} &lt;i&gt;</td>" in page for n in range(200)) and "<i>" not in page


def test_the_later_trees_explorer_shows_the_differences_where_there_is_one(tmp_path):
    one = results(tmp_path / "one", TREE, {"I1": "C"})
    other = results(tmp_path / "other", TREE | {"E": "A"}, {"I1": "E"})
    page, shown = Path(other) / "explorer.html", tmp_path / "compare_explorer.html"
    data = '<script type="application/json" id="data-tree">[]</script>'
    page.write_text(f'<button id="changes"></button>{data}', encoding="utf-8")
    assert "compare_explorer.html" in compare(one, other, str(tmp_path))[-1]
    block = json.loads(
        re.search(r'id="data-compare">(.*)</script>', shown.read_text(encoding="utf-8").split("\n")[0])[1]
    )
    assert block["kinds"]["added"] == [[pathway_id("E"), "E", "", "Root > A > E"]]
    assert block["kinds"]["interactions moved"] == [["I1", "TP53 unknown MDM2", "C", "E"]]
    assert block["counts"]["added"] == 1 and block["folders"] == [one, other]
    page.write_text(data, encoding="utf-8")  # of an earlier release
    assert "compare_explorer.html" not in compare(one, other, str(tmp_path))[-1] and not shown.exists()


def test_what_was_merged_is_told_by_the_carried_ids(tmp_path):
    one = results(tmp_path / "one", TREE, {"I1": "C", "I2": "D"})
    other = results(tmp_path / "other", TREE | {"D": "A"}, {"I1": "A", "I2": "D"})
    gone = pathway_id("gone")
    write_ids([Known(gone, "gone", MERGED, pathway_id("D"))], tmp_path / "other" / "ids.tsv")
    rows = tables.rows("reorganized", f"{one}/reorganized.parquet")
    extra = rows[0] | {"pathway_id": gone, "name": "gone", "path": ["gone"], "parent_id": None}
    write(tmp_path / "one", "reorganized", [*rows, extra])
    lines, _ = compared(tmp_path, one, other)
    assert "merged\n  gone > D" in "\n".join(lines)


def test_a_tree_is_no_different_from_itself(tmp_path):
    folder = results(tmp_path / "r", TREE, {"I1": "C"})
    lines, table = compared(tmp_path, folder, folder)
    assert all(line.lstrip().startswith("0 ") for line in lines[5:10])
    assert len(lines) == 16 and table.empty
    assert "Nothing differs." in (tmp_path / "compare.html").read_text()


def test_before_and_after_may_begin_with_a_tilde_or_a_variable(tmp_path, monkeypatch):
    folder = results(tmp_path / "r", TREE, {"I1": "C"})
    monkeypatch.setenv("HOME", str(tmp_path))
    assert compare("~/r", "$HOME/r", str(tmp_path))[:2] == compare(folder, folder, str(tmp_path))[:2]
    with pytest.raises(UserError, match=r"after: \$NOWHERE/r: names a variable that is not set"):
        compare("~/r", "$NOWHERE/r", str(tmp_path))


def test_folders_without_a_tree_are_refused(tmp_path):
    folder = results(tmp_path / "results", TREE, {"I1": "C"})
    with pytest.raises(UserError, match=r"after: .*contains no reorganized.parquet; did you mean results\?"):
        compare(folder, str(tmp_path / "resluts"), str(tmp_path))
    with pytest.raises(UserError, match="name two result folders"):
        compare(folder, None, str(tmp_path))
    assert not list(tmp_path.glob("compare.*"))


def test_the_spelling_an_answer_gave_becomes_an_alias():
    row = edge_row("C", "B", answered="The B pathway")
    forest = nodes.grow([row, edge_row("B", "R")], [], [], {pathway_id("R"): "R"})
    assert forest[pathway_id("B")].aliases == ("The B pathway",)
    assert tables.from_rows("hierarchy", [row]).num_rows == 1
