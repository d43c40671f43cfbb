import json

from builders import grown, interaction, load_script, placement, rejected, write
from rootward import tables
from rootward.asking.ledger import Ledger
from rootward.knowledge.names import pathway_id
from rootward.publish.report.names import FIXES
from rootward.publish.report.summary import lines
from rootward.tree.verify import finish

summarize_run = load_script("summarize_run").summarize_run


def named(name: str, n_rows: int, how: str = "symbol") -> dict:
    """A row of `proteins`."""
    absent = dict.fromkeys(("symbol", "uniprot", "human", "note"))
    return {"name": name, "kind": "", "species": "9606", **absent, "how": how, "n_rows": n_rows}


def test_the_summary_counts_the_tree_what_was_set_aside_and_what_was_asked(tmp_path):
    tree = grown({"R": None, "A": "R", "B": "A", "C": "R"}, leaf=["B"], sibling=["C"])
    placed = [placement("I1", "B"), placement("I2", "B"), placement("I3", "A", method="fallback", call_id=None)]
    set_aside = [rejected("bad", 1), rejected("worse", 2), rejected("bad", source="x.tsv", n_rows=10)]
    names = [named("PKC", 3, how="family"), named("TP53", 5), named("p62", 4, how="ambiguous")]
    change = dict.fromkeys(tables.TABLES["changes"].columns) | {"phase": "p", "action": "merge", "reason": ""}
    interactions = [interaction("I1", notes=["p62: ambiguous"]), interaction("I2", n_rows=3), interaction("I3")]
    ledgers = [Ledger(), Ledger(), Ledger()]
    ledgers[0].add("parent", questions=2)
    ledgers[1].add("parent", questions=3, unknown=1)
    for ledger, version in zip(ledgers, ("flash-001", "flash-002", "flash"), strict=True):
        ledger.pay("flash", version, input_tokens=100, output_tokens=10, dollars=0.5)
    for ledger in ledgers[:2]:
        ledger.escalate("parent", 2, changed=1, dollars=0.25)
    for n, ledger in enumerate(ledgers):
        ledger.write(tmp_path / f"{n}.json")
    paths = {
        "reorganized": write(tmp_path, "reorganized", finish(tree, {pathway_id("B"): 2, pathway_id("A"): 1}, {})),
        "placements": write(tmp_path, "placements", placed),
        "interactions": write(tmp_path, "interactions", interactions),
        "rejected": write(tmp_path, "rejected", set_aside),
        "proteins": write(tmp_path, "proteins", names),
        "changes": write(tmp_path, "changes", [change | {"before": n} for n in "12"]),
        "decisions": None,
        "ledgers": [str(tmp_path / f"{n}.json") for n in range(3)],
    }
    summarize_run(paths=paths, curator="reactome", summary=str(tmp_path / "run_summary.json"))
    summary = json.loads((tmp_path / "run_summary.json").read_text(encoding="utf-8"))
    assert summary == {
        "curator": "reactome",
        "tree": {
            "pathways": 4,
            "roots": 1,
            "leaves": 2,
            "levels": 3,
            "origins": {"climbed": 1, "leaf": 1, "root": 1, "sibling": 1},
            "edges_by_method": {"model": 3},
        },
        "interactions": {
            "read": 3,
            "duplicates": 2,
            "placed": 3,
            "by_method": {"model": 2, "fallback": 1},
            "fallback": 1,
            "with_notes": 1,
        },
        "rejected": {"rows": 12, "by_reason": {"bad": 11, "worse": 1}},
        "names": {
            "uses": 12,
            "unidentified": 7,
            "most_frequent": [
                {"name": "p62", "n_rows": 4, "how": "ambiguous", "note": None, "fix": FIXES["ambiguous"]},
                {"name": "PKC", "n_rows": 3, "how": "family", "note": None, "fix": FIXES["family"]},
            ],
        },
        "changes": {"merge": 2},
        "decisions": {"hold": 0, "met_nothing": []},
        "asked": {"parent": {"questions": 5, "unknown": 1}},
        "paid": {"flash": {"calls": 3, "dollars": 1.5, "input_tokens": 300, "output_tokens": 30}},
        "escalated": {"parent": {"asked": 4, "changed": 2, "kept": 2, "dollars": 0.5}},
        "paid_by_failed_steps": {},
        "other_versions": {"flash": ["flash-001", "flash-002"]},
    }
    shown = "\n".join(lines(summary))
    assert "58.3% of all names could not be identified" in shown
    assert "p62 (4 ×): write the symbol of the one meant" in shown
    assert "4 pathways under 1 root" in lines(summary)[0]


def test_a_run_without_rejections_and_changes_is_summed_up_too(tmp_path):
    paths = {
        "reorganized": write(tmp_path, "reorganized", finish(grown({"R": None}), {pathway_id("R"): 1}, {})),
        "placements": write(tmp_path, "placements", [placement("I1", "R")]),
        "interactions": write(tmp_path, "interactions", [interaction("I1")]),
        "rejected": write(tmp_path, "rejected", []),
        "proteins": write(tmp_path, "proteins", []),
        "changes": write(tmp_path, "changes", []),
        "decisions": None,
        "ledgers": [],
    }
    summarize_run(paths=paths, curator="reactome", summary=str(tmp_path / "run_summary.json"))
    summary = json.loads((tmp_path / "run_summary.json").read_text(encoding="utf-8"))
    assert (summary["rejected"], summary["changes"], summary["asked"]) == ({"rows": 0, "by_reason": {}}, {}, {})
    assert (summary["tree"]["levels"], summary["tree"]["edges_by_method"]) == (1, {})


def test_only_interactions_with_a_place_count_as_placed(tmp_path):
    paths = {
        "reorganized": write(tmp_path, "reorganized", finish(grown({"R": None}), {pathway_id("R"): 1}, {})),
        "placements": write(tmp_path, "placements", [placement("I1", "R")]),
        "interactions": write(tmp_path, "interactions", [interaction("I1"), interaction("I2")]),
        "rejected": write(tmp_path, "rejected", []),
        "proteins": write(tmp_path, "proteins", []),
        "changes": write(tmp_path, "changes", []),
        "decisions": None,
        "ledgers": [],
    }
    summarize_run(paths=paths, curator="reactome", summary=str(tmp_path / "run_summary.json"))
    counted = json.loads((tmp_path / "run_summary.json").read_text(encoding="utf-8"))["interactions"]
    assert (counted["read"], counted["placed"]) == (2, 1)
