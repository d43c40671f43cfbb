from builders import (
    FALLBACK,
    ROOTS,
    UNKNOWN,
    FunctionCurator,
    by_id,
    grown,
    load_script,
    make_asker,
    parents_by_name,
    roots_file,
    said,
    write,
)
from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes

enforce_tree = load_script("enforce_tree").enforce_tree


def enforced(tmp_path, ask, tree, roots=None):
    out = [str(tmp_path / f"{name}.parquet") for name in ("strict", "changes")]
    merged = write(tmp_path, "tree", nodes.to_rows(grown(tree)))
    enforce_tree(
        merged=merged,
        decisions=None,
        roots=roots or roots_file(tmp_path, "R", "S"),
        fallback_root=FALLBACK,
        check=False,
        tree=out[0],
        changes=out[1],
        ask=ask,
    )
    return nodes.from_rows(tables.rows("tree", out[0])), tables.rows("changes", out[1])


def test_the_nearest_of_several_parents_stays(tmp_path, ask):
    tree = {"Autophagy": None, "Macroautophagy": "Autophagy", "Mitophagy": ["Autophagy", "Macroautophagy"]}
    forest, changes = enforced(tmp_path, ask, tree, str(ROOTS))
    assert parents_by_name(forest)["Mitophagy"] == "Macroautophagy"
    edge = forest[pathway_id("Mitophagy")].parents[pathway_id("Macroautophagy")]
    assert edge.method == "reference:relation"
    assert [(row["before"], row["after"]) for row in changes] == [("Autophagy", "Macroautophagy")]


def test_only_the_contested_are_asked_about_with_their_candidates(tmp_path):
    curator = FunctionCurator(lambda q: said(parent="S"))
    forest, _ = enforced(tmp_path, make_asker(curator), {"R": None, "S": None, "A": ["S", "R"], "B": "A"})
    paths = [["R"], ["S"]]
    assert curator.items("best_parent") == [{"child": "A", "candidates": ["R", "S"], "paths": paths}]
    assert parents_by_name(forest) == {"R": None, "S": None, "A": "S", "B": "A"}


def test_what_is_cut_loose_gets_a_root_or_the_fallback_root(tmp_path):
    first, second = by_id("A", "B")
    cycle = {"R": None, "S": None, first: second, second: first}
    for answer, root in ((said(root="s"), "S"), (UNKNOWN, FALLBACK)):
        curator = FunctionCurator(lambda _, answer=answer: answer)
        forest, changes = enforced(tmp_path, make_asker(curator), cycle)
        assert parents_by_name(forest) == cycle | {first: root} | ({FALLBACK: None} if root == FALLBACK else {})
        assert curator.items("choose_root") == [{"pathway": first}]
        assert [row["after"] for row in changes if row["pathway_id"] == pathway_id(first)] == [None, root]
