"""Rank what a person should check first, as lines for decisions.tsv."""

import sys
from pathlib import Path

from rootward import tables
from rootward.errors import UserError
from rootward.knowledge.decisions import COLUMNS, CONTEXT
from rootward.publish.exports import delimited
from rootward.publish.terminal import counted
from rootward.tree.doubts import Doubt, of_edges, of_merges, of_placements, ranked
from rootward.workflow.job import Job

SHOWN = 20
WIDTH = 80


def doubts(*, results: str, fallback_root: str) -> list[str]:
    """Write doubts.tsv into a folder of results: the columns of decisions.tsv, filled in with the current tree and the
    doubts about it. Returns the first of them as lines of at most 80 columns.
    """
    if not Path(results, "reorganized.parquet").exists():
        raise UserError(f"{results}: contains no tree yet; run snakemake first")
    tree = tables.rows("reorganized", f"{results}/reorganized.parquet")
    changes = tables.rows("changes", f"{results}/changes.parquet")
    climbed = tables.rows("hierarchy", f"{results}/hierarchy.parquet", columns=["child", "rejected"])
    rejected = {row["child"]: row["rejected"] for row in climbed if row["rejected"]}
    placements = tables.rows("placements", f"{results}/placements.parquet")
    found = ranked(
        [
            *of_edges(tree, rejected, changes=changes),
            *of_merges(tree, changes),
            *of_placements(tree, placements, fallback=fallback_root),
        ]
    )
    paths = {row["name"]: " > ".join(row["path"]) for row in tree}
    lines = (
        (one.verb, one.subject, one.object, "", "", "", one.score, one.hangs, one.why, paths.get(one.object, ""))
        for one in found
    )
    delimited.write((*COLUMNS, *CONTEXT), lines, path=f"{results}/doubts.tsv")
    shown = [_cut(f"{one.score:8.1f}  {_told(one)}") for one in found[:SHOWN]]
    return [
        *shown,
        "",
        f"{counted(len(found), 'doubts')} in {results}/doubts.tsv: correct the object or the decision of",
        "a line, give a reason, and append the line to config/decisions.tsv",
    ]


def _told(one: Doubt) -> str:
    return f"{one.verb} {one.subject} > {one.object}: {one.why}"


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


if __name__ == "__main__":
    with Job(snakemake):
        told = doubts(results="results", fallback_root=snakemake.config["fallback_root"])
        print("\n".join(told), file=sys.stderr)
