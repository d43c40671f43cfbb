"""Summarise the run: the tree, rejected rows, fallbacks, and questions."""

import json
from collections import Counter

from rootward import tables
from rootward.files import write_text
from rootward.publish.report import ledgers, names
from rootward.tree.decisions import PHASE
from rootward.workflow.job import Job


def summarize_run(*, paths: dict, curator: str, summary: str) -> None:
    """reorganized, placements, interactions, rejected, proteins, changes, decisions (None if there are none), ledgers
    (paths) -> run_summary.json.
    """
    import pyarrow.compute as pc

    tree = tables.read(
        "reorganized", paths["reorganized"], columns=["parent_id", "level", "is_leaf", "origin", "method"]
    )
    placements = tables.read("placements", paths["placements"], columns=["interaction_id", "method"])
    interactions = tables.read("interactions", paths["interactions"], columns=["interaction_id", "notes", "n_rows"])
    rejected = tables.read("rejected", paths["rejected"], columns=["reason", "n_rows"])
    asked = ledgers.read(paths["ledgers"])
    failed = ledgers.read(ledgers.of_failed_steps(paths["ledgers"]))
    content = {
        "curator": curator,
        "tree": {
            "pathways": tree.num_rows,
            "roots": tree["parent_id"].null_count,
            "leaves": pc.sum(tree["is_leaf"]).as_py(),
            "levels": 1 + pc.max(tree["level"]).as_py(),  # the number of pathways on a path; roots have level 0
            "origins": _counts(tree["origin"]),
            "edges_by_method": _counts(tree.filter(pc.is_valid(tree["parent_id"]))["method"]),
        },
        "interactions": {
            "read": interactions.num_rows,
            "duplicates": pc.sum(pc.subtract(interactions["n_rows"], 1)).as_py() or 0,
            "placed": pc.count_distinct(placements["interaction_id"]).as_py(),
            "by_method": _counts(placements["method"]),
            "fallback": pc.sum(pc.equal(placements["method"], "fallback")).as_py() or 0,
            "with_notes": pc.sum(pc.greater(pc.list_value_length(interactions["notes"]), 0)).as_py() or 0,
        },
        "rejected": {"rows": pc.sum(rejected["n_rows"]).as_py() or 0, "by_reason": _rows_by_reason(rejected, 20)},
        "names": names.unidentified(tables.stream("proteins", paths["proteins"], columns=names.COLUMNS)),
        "changes": _counts(tables.read("changes", paths["changes"], columns=["action"])["action"]),
        "decisions": _decisions(paths["decisions"], paths["changes"]),
        "asked": asked.asked,
        "paid": asked.paid,
        "escalated": asked.escalated,
        "paid_by_failed_steps": failed.paid,
        "other_versions": asked.versions,
    }
    write_text(summary, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _decisions(decisions: str | None, changes: str) -> dict:
    """How many lines of decisions.tsv hold in the tree, and how many had no effect."""
    lines = (
        tables.rows("decisions", decisions, columns=["line", "decision", "subject", "object", "call_id"])
        if decisions
        else []
    )
    did = {
        row["call_id"] for row in tables.rows("changes", changes, columns=["phase", "call_id"]) if row["phase"] == PHASE
    }
    idle = sorted((row for row in lines if row["call_id"] not in did), key=lambda row: row["line"])
    kept = ("line", "decision", "subject", "object")
    return {"hold": len(lines) - len(idle), "met_nothing": [{name: row[name] for name in kept} for row in idle]}


def _counts(column, most: int | None = None) -> dict[str, int]:
    import pyarrow.compute as pc

    found = [(r["values"], r["counts"]) for r in pc.value_counts(column).to_pylist()]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:most])


def _rows_by_reason(rejected, most: int) -> dict[str, int]:
    from rootward.inputs.rejections import kind

    found: Counter[str] = Counter()
    for row in rejected.group_by("reason").aggregate([("n_rows", "sum")]).to_pylist():
        found[kind(row["reason"])] += row["n_rows_sum"]
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])


if __name__ == "__main__":
    with Job(snakemake):
        given = dict(snakemake.input.items())
        read = ("reorganized", "placements", "interactions", "rejected", "proteins", "changes")
        summarize_run(
            paths={
                **{name: given[name] for name in read},
                "decisions": given.get("decisions") or None,
                "ledgers": list(given["ledgers"]),
            },
            curator=snakemake.params.curator,
            summary=snakemake.output.summary,
        )
