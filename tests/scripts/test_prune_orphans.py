import pytest
from builders import grown, load_script, parents_by_name, placement, write
from rootward import tables
from rootward.tree import nodes

script = load_script("prune_orphans")

TREE = {"R": None, "A": "R", "B": "A", "new": "A", "empty": "R", "S": None}


@pytest.mark.parametrize(("keep", "kept"), [("all", ["R", "A", "B", "new"]), ("with_interactions", ["R", "A", "B"])])
def test_what_holds_nothing_is_taken_out_and_said(tmp_path, keep, kept):
    out = [str(tmp_path / f"{name}.parquet") for name in ("pruned", "changes")]
    tree = write(tmp_path, "tree", nodes.to_rows(grown(TREE, leaf=["B"], sibling=["new"])))
    placements = write(tmp_path, "placements", [placement("I1", "B"), placement("I2", "B")])
    script.prune_orphans(
        deepened=tree,
        placements=placements,
        decisions=None,
        keep=keep,
        collapse_chains=False,
        tree=out[0],
        changes=out[1],
    )
    pruned = nodes.from_rows(tables.rows("tree", out[0]))
    assert parents_by_name(pruned) == {name: TREE[name] for name in kept}
    assert sorted(row["before"] for row in tables.rows("changes", out[1])) == sorted(
        {"A", "B", "new", "empty", "R"} - set(kept)
    )


def test_interactions_are_counted_where_they_are_placed(tmp_path):
    rows = [placement("I1", "A"), placement("I2", "A"), placement("I3", "B")]
    counts = script.counts(write(tmp_path, "placements", rows))
    assert counts == {rows[0]["pathway_id"]: 2, rows[2]["pathway_id"]: 1}
    assert script.counts(write(tmp_path, "placements", [])) == {}
