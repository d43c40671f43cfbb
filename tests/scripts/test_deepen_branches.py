from builders import FALLBACK, FunctionCurator, grown, load_script, make_asker, parents_by_name, said, write
from rootward import tables
from rootward.tree import nodes

deepen_branches = load_script("deepen_branches").deepen_branches


def deepened(tmp_path, ask, tree, max_depth=12, **origins):
    out = [str(tmp_path / f"{name}.parquet") for name in ("deepened", "changes")]
    deepen_branches(
        strict=write(tmp_path, "tree", nodes.to_rows(grown(tree, **origins))),
        decisions=None,
        fallback_root=FALLBACK,
        max_depth=max_depth,
        threshold=0.85,
        tree=out[0],
        changes=out[1],
        ask=ask,
    )
    return parents_by_name(nodes.from_rows(tables.rows("tree", out[0]))), tables.rows("changes", out[1])


def test_the_level_that_reactome_has_between_is_inserted(tmp_path, ask):
    tree = {
        "Autophagy": None,
        "Mitophagy": "Autophagy",
        "Macroautophagy": "Autophagy",
        FALLBACK: None,
        "Quux": FALLBACK,
    }
    found, changes = deepened(tmp_path, ask, tree, leaf=["Mitophagy"])
    assert found == tree | {"Mitophagy": "Selective autophagy", "Selective autophagy": "Autophagy"}
    assert [(row["action"], row["before"], row["after"]) for row in changes] == [
        ("insert", None, "Selective autophagy"),
        ("reparent", "Autophagy", "Selective autophagy"),
    ]


def test_a_second_pass_asks_of_nothing_it_inserted_and_changes_nothing(tmp_path, ask):
    tree = {"Signal Transduction": None, "Signaling by EGFR": "Signal Transduction"}
    once, _ = deepened(tmp_path, ask, tree)
    again, changes = deepened(tmp_path, ask, once, intermediate=["Signaling by Receptor Tyrosine Kinases"])
    assert (again, changes) == (once, [])


def test_what_stands_directly_under_a_root_is_asked_about_with_its_siblings(tmp_path):
    curator = FunctionCurator(lambda _: said(insert=False, name=None))
    tree = {"R": None, "A": "R", "B": "R", "C": "A", "new": "R", FALLBACK: None, "lost": FALLBACK}
    found, _ = deepened(tmp_path, make_asker(curator), tree, sibling=["new"])
    assert found == tree
    assert sorted(curator.items("intermediate"), key=lambda item: item["child"]) == [
        {"child": "A", "root": "R", "siblings": ["B", "new"]},
        {"child": "B", "root": "R", "siblings": ["A", "new"]},
    ]


def test_a_branch_as_deep_as_it_may_be_stays(tmp_path):
    curator = FunctionCurator(lambda _: said(insert=True, name="New"))
    tree = {"R": None, "A": "R", "B": "A"}
    assert deepened(tmp_path, make_asker(curator), tree, max_depth=2)[0] == tree
    assert "New" in deepened(tmp_path, make_asker(curator), tree, max_depth=3)[0]
