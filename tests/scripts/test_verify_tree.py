import json
import shutil
from pathlib import Path

import pytest
from builders import FALLBACK, REFERENCE, grown, interaction, load_script, placement, roots_file, write
from rootward import tables
from rootward.errors import UserError
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes
from rootward.tree.verify import CHECKS

verify_tree = load_script("verify_tree").verify_tree

TREE = {"Autophagy": None, "Macroautophagy": "Autophagy", "Mitophagy": "Macroautophagy", "Quux": "Autophagy"}
PLACED = [placement("I1", "Mitophagy"), placement("I2", "Mitophagy"), placement("I3", "Quux")]


@pytest.fixture
def verify(tmp_path):
    """Run the rule on a tree and placements; the paths it wrote."""

    def run(
        tree=TREE,
        placed=PLACED,
        interactions=("I1", "I2", "I3"),
        keep="all",
        evidence=None,
        previous=(),
        aliases=None,
        **origins,
    ):
        change = dict.fromkeys(tables.TABLES["changes"].columns) | {"phase": "p", "action": "merge", "reason": "r"}
        forest = grown(tree, **origins)
        for name, others in (aliases or {}).items():
            forest[pathway_id(name)].aliases = tuple(others)
        paths = {
            "tree": write(tmp_path, "tree", nodes.to_rows(forest)),
            "placed": write(tmp_path, "placements", placed, "placed"),
            "phases": [write(tmp_path, "changes", [change | {"before": n}], f"changes_{n}") for n in "21"],
            "interactions": write(tmp_path, "interactions", list(map(interaction, interactions))),
            "roots": roots_file(tmp_path, "Autophagy"),
            "reference": str(REFERENCE),
            "evidence": evidence,
            "previous": previous,
            "decisions": None,
        }
        out = {
            "reorganized": tmp_path / "out" / "reorganized.parquet",
            "placements": tmp_path / "out" / "placements.parquet",
            "changes": tmp_path / "out" / "changes.parquet",
            "verification": tmp_path / "out" / "verification.json",
            "ids": tmp_path / "out" / "ids.tsv",
        }
        out["verification"].parent.mkdir(exist_ok=True)
        made = {name: str(path) for name, path in out.items()}
        verify_tree(**paths, **made, fallback_root=FALLBACK, keep=keep)
        return out

    return run


def test_a_sound_tree_is_laid_out_with_its_references_and_proven(verify):
    out = verify(leaf=["Mitophagy"])
    rows = {row["name"]: row for row in tables.rows("reorganized", out["reorganized"])}
    assert rows["Mitophagy"]["path"] == ["Autophagy", "Macroautophagy", "Mitophagy"]
    assert rows["Mitophagy"]["xrefs"] == ["reactome:R-HSA-5205647"]
    assert rows["Quux"]["xrefs"] == []
    assert (rows["Autophagy"]["n_direct"], rows["Autophagy"]["n_total"]) == (0, 3)
    assert tables.rows("placements", out["placements"]) == PLACED
    assert [row["before"] for row in tables.rows("changes", out["changes"])] == ["1", "2"]
    report = json.loads(out["verification"].read_text(encoding="utf-8"))
    assert {check: found["holds"] for check, found in report.items()} == dict.fromkeys(CHECKS, True)
    assert all(found["means"] and found["rows"] == [] for found in report.values())


@pytest.mark.parametrize(
    ("given", "check", "row"),
    [
        ({"interactions": ("I1", "I2", "I3", "I4")}, "placed", "I4"),
        ({"placed": [*PLACED[:2], placement("I3", "gone")]}, "placed", pathway_id("gone")),
        ({"placed": PLACED[:2], "interactions": ("I1", "I2")}, "no_orphans", "Quux"),
        (
            {"placed": PLACED[:2], "interactions": ("I1", "I2"), "sibling": ["Quux"], "keep": "with_interactions"},
            "no_orphans",
            "Quux",
        ),
        ({"tree": TREE | {"Quux": None}}, "ends_in_root", "Quux"),
        ({"tree": TREE | {"Quux": "Quux"}}, "no_cycle", "Quux"),
        ({"placed": [*PLACED[:2], placement("I3", "Quux", method="")]}, "decided", "I3"),
        ({"placed": [*PLACED[:2], placement("I3", "Quux", call_id=None)]}, "decided", "I3"),
    ],
)
def test_a_broken_tree_fails_the_run_and_the_rows_are_named(verify, tmp_path, given, check, row):
    with pytest.raises(UserError) as error:
        verify(**given)
    assert f"{check} ({row}" in str(error.value)
    report = json.loads((tmp_path / "out" / "verification.json").read_text(encoding="utf-8"))
    assert not report[check]["holds"]
    assert row in report[check]["rows"]
    assert not (tmp_path / "out" / "reorganized.parquet").exists()


def test_a_kept_sibling_and_the_fallback_root_are_sound(verify):
    tree = TREE | {FALLBACK: None, "lost": FALLBACK, "new": "Quux"}
    placed = [*PLACED, placement("I4", "lost", method="fallback", call_id=None)]
    verify(tree, placed, ("I1", "I2", "I3", "I4"), sibling=["new"])


def test_what_the_evidence_leaves_out_needs_no_place(verify, tmp_path):
    decided = {"effect": None, "method": "model", "reasoning": "", "call_id": "c"}
    verdicts = {"I1": "supported", "I2": "supported", "I3": "supported", "I4": "unsupported", "I5": "unchecked"}
    rows = [{"interaction_id": id_, "verdict": verdict, **decided} for id_, verdict in verdicts.items()]
    evidence = write(tmp_path, "evidence", rows)
    verify(interactions=("I1", "I2", "I3", "I4"), evidence=evidence)
    with pytest.raises(UserError, match=r"placed \(I5\)"):
        verify(interactions=("I1", "I2", "I3", "I4", "I5"), evidence=evidence)


@pytest.mark.parametrize("tree", [{"X": "Y", "Y": "X"}, {"Mitophagy": ["Macroautophagy", "Quux"]}])
def test_what_the_layout_cannot_show_fails_the_run_too(verify, tree):
    with pytest.raises(UserError):
        verify(TREE | tree)


def test_ids_are_carried_on_from_an_earlier_release(verify, tmp_path):
    first = verify()
    earlier = [str(first[name]) for name in ("reorganized", "placements", "ids")]
    for file in earlier:
        shutil.copy(file, tmp_path)
    copies = [str(tmp_path / Path(file).name) for file in earlier]
    placed = [placement("I1", "Clearance"), placement("I2", "Clearance"), placement("I3", "Quux")]
    tree = {"Autophagy": None, "Macroautophagy": "Autophagy", "Clearance": "Macroautophagy", "Quux": "Autophagy"}
    out = verify(tree=tree, placed=placed, previous=copies, aliases={"Clearance": ["Mitophagy"]})
    rows = {row["name"]: row for row in tables.rows("reorganized", out["reorganized"])}
    kept = pathway_id("Mitophagy")
    assert rows["Clearance"]["pathway_id"] == kept
    assert rows["Clearance"]["parent_id"] == rows["Macroautophagy"]["pathway_id"] == pathway_id("Macroautophagy")
    assert {row["pathway_id"] for row in tables.rows("placements", out["placements"])} == {kept, pathway_id("Quux")}
    assert f"{kept}\tClearance\tcurrent\t\t\tMitophagy\n" in out["ids"].read_text()
