import pytest
from builders import (
    FALLBACK,
    FunctionCurator,
    edge_row,
    leaf,
    load_script,
    make_asker,
    parents_by_name,
    placement,
    roots_file,
    said,
    sibling_row,
    write,
)
from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes

merge_duplicates = load_script("merge_duplicates").merge_duplicates

NAMES = ["Signaling by EGFR", "EGFR signalling pathway", "Apoptosis"]


@pytest.fixture
def merged(tmp_path):
    """Run the rule on three leaves under a root and a sibling: the tree by names, placements, changes."""

    def run(ask, threshold=0.85):
        paths = {
            "hierarchy": write(tmp_path, "hierarchy", [edge_row(name, "Root") for name in NAMES]),
            "siblings": write(tmp_path, "siblings", [sibling_row("Root", "Mitophagy")]),
            "leaves": write(tmp_path, "leaves", list(map(leaf, NAMES))),
            "memberships": write(tmp_path, "memberships", [placement(f"I{n}", name) for n, name in enumerate(NAMES)]),
            "roots": roots_file(tmp_path, "Root", "Empty root"),
        }
        out = [str(tmp_path / f"{name}.parquet") for name in ("tree", "placements", "changes")]
        merge_duplicates(
            **paths,
            decisions=None,
            fallback_root=FALLBACK,
            threshold=threshold,
            tree=out[0],
            placements=out[1],
            changes=out[2],
            ask=ask,
        )
        forest = nodes.from_rows(tables.rows("tree", out[0]))
        return forest, tables.rows("placements", out[1]), tables.rows("changes", out[2])

    return run


def test_what_means_one_pathway_is_merged_and_its_interactions_move_along(merged, ask):
    forest, placements, changes = merged(ask)
    assert parents_by_name(forest) == {
        "Root": None,
        "Empty root": None,
        FALLBACK: None,
        "Signaling by EGFR": "Root",
        "Apoptosis": "Root",
        "Mitophagy": "Root",
    }
    egfr = forest[pathway_id("Signaling by EGFR")]
    assert (egfr.aliases, egfr.origin) == (("EGFR signalling pathway",), "leaf")
    at = {row["interaction_id"]: forest[row["pathway_id"]].name for row in placements}
    assert at == {"I0": "Signaling by EGFR", "I1": "Signaling by EGFR", "I2": "Apoptosis"}
    assert [(row["action"], row["before"], row["after"]) for row in changes] == [
        ("merge", "EGFR signalling pathway", "Signaling by EGFR")
    ]


def test_only_similar_names_are_asked_about(merged):
    curator = FunctionCurator(lambda _: said(same=False, canonical=None))
    merged(make_asker(curator))
    assert [{item["a"], item["b"]} for item in curator.items("merge")] == [set(NAMES[:2])]
    assert [item["pair_id"] for item in curator.items("merge")] == ["P1"]


def test_what_is_decided_to_be_different_stays_as_it_is(merged):
    forest, placements, changes = merged(make_asker(FunctionCurator(lambda _: said(same=False, canonical=None))))
    assert {node.name for node in forest.values()} >= set(NAMES)
    assert [row["pathway_id"] for row in placements] == [pathway_id(name) for name in NAMES]
    assert changes == []
