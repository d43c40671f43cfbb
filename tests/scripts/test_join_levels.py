from builders import FALLBACK, ROOTS, FunctionCurator, edge_row, leaf, load_script, make_asker, roots_file, said, write
from rootward import tables

join_levels = load_script("join_levels").join_levels


def joined(tmp_path, ask, leaves, *levels, roots=None):
    paths = [write(tmp_path, "parents", rows, f"parents_L{n}") for n, rows in enumerate(levels, start=1)]
    out = str(tmp_path / "hierarchy.parquet")
    leaves = write(tmp_path, "leaves", list(map(leaf, leaves)))
    join_levels(
        leaves=leaves,
        levels=paths,
        decisions=None,
        roots=roots or roots_file(tmp_path, "Root"),
        fallback_root=FALLBACK,
        check=True,
        hierarchy=out,
        ask=ask,
    )
    return {row["child"]: row for row in tables.rows("hierarchy", out)}


def test_every_pathway_that_is_no_root_has_one_edge_and_what_reached_no_root_gets_one(tmp_path, ask):
    first = [edge_row("Mitophagy", "Selective autophagy"), edge_row("Quux", None), edge_row("Glycolysis", "Metabolism")]
    second = [edge_row("Selective autophagy", "Macroautophagy")]
    rows = joined(tmp_path, ask, ["Mitophagy", "Quux", "Glycolysis", "Apoptosis"], first, second, [], roots=str(ROOTS))
    assert {child: row["parent"] for child, row in rows.items()} == {
        "Mitophagy": "Selective autophagy",
        "Selective autophagy": "Macroautophagy",
        "Macroautophagy": "Autophagy",
        "Glycolysis": "Metabolism",
        "Apoptosis": "Programmed Cell Death",
        "Quux": FALLBACK,
    }
    assert rows["Macroautophagy"]["method"] == "reference:lineage"
    assert (rows["Quux"]["method"], rows["Quux"]["call_id"]) == ("fallback", None)
    assert rows["Quux"]["reasoning"]


def test_only_the_topmost_are_asked_for_a_root_and_the_root_keeps_its_spelling(tmp_path):
    curator = FunctionCurator(lambda _: said(root="ROOT"))
    rows = joined(tmp_path, make_asker(curator), ["A", "Root"], [edge_row("A", "B")])
    assert curator.items("choose_root") == [{"pathway": "B"}]
    assert rows["B"]["parent"] == "Root"


def test_when_all_reached_a_root_nobody_is_asked(tmp_path):
    assert len(joined(tmp_path, make_asker(None), ["A"], [edge_row("A", "Root")])) == 1
