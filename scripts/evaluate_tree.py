"""Compare the finished tree with the reference, or with the user's two-column hierarchy."""

import csv
import json
from collections.abc import Sequence

from rootward import tables
from rootward.errors import UserError
from rootward.files import write_text
from rootward.knowledge.compiled import read_reference
from rootward.knowledge.reference import Reference
from rootward.publish.report import tables as report_tables
from rootward.tree import metrics
from rootward.workflow.job import Job
from rootward.workflow.steps import asks_a_model

COLUMNS = ["pathway_id", "name", "parent_id", "n_direct", "aliases", "xrefs"]


def evaluate_tree(
    *, reorganized: str, reference: str | Sequence[str], gold: str | None, curator: str, evaluation: str, table: str
) -> None:
    """reorganized -> evaluation.json and the same as a page of the report. gold: an edge list, None for the
    reference.
    """
    rows = tables.rows("reorganized", reorganized, columns=COLUMNS)
    hierarchy = read_gold(gold) if gold else of_reference(read_reference(reference))
    found = metrics.evaluate(
        metrics.Hierarchy.of_tree(rows),
        hierarchy,
        weights={row["pathway_id"]: row["n_direct"] for row in rows},
        xrefs={row["pathway_id"]: row["xrefs"] for row in rows},
    )
    content = {
        "gold": gold or "reactome",
        "warning": metrics.circularity(not asks_a_model({"curator": curator}), gold is None),
        **_rounded(found),
    }
    write_text(evaluation, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    report_tables.write(report_tables.evaluation(content), table)


def of_reference(reference: Reference) -> metrics.Hierarchy:
    """The reference without its disease branch."""
    pathways = reference.pathways.values()
    return metrics.Hierarchy(
        {p.id: p.parents for p in pathways},
        {p.id: p.name for p in pathways},
        aliases={p.id: p.aliases for p in pathways},
    )


def read_gold(path: str) -> metrics.Hierarchy:
    """The hierarchy of an edge list: child and parent, tab- or comma-separated, with or without a header.

    Raises UserError if the file cannot be read, or a line does not have two names.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            rows = [(n, r) for n, r in enumerate(csv.reader(file, delimiter="\t" if "\t" in first else ","), 1) if r]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"evaluate.gold: {path}: cannot be read ({why})") from None
    if rows and [cell.strip().lower() for cell in rows[0][1][:2]] == ["child", "parent"]:
        rows = rows[1:]
    for number, row in rows:
        if len(row) < 2 or not row[0].strip() or not row[1].strip():
            raise UserError(f"evaluate.gold: {path}:{number}: needs two names, child and parent")
    if not rows:
        raise UserError(f"evaluate.gold: {path}: contains no edges")
    return metrics.Hierarchy.of_names((row[0].strip(), row[1].strip()) for _, row in rows)


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    with Job(snakemake):
        evaluate_tree(
            reorganized=snakemake.input.reorganized,
            reference=snakemake.config["reference"],
            gold=next(iter(snakemake.input.gold), None),
            curator=snakemake.params.curator,
            evaluation=snakemake.output.evaluation,
            table=snakemake.output.table,
        )
