"""Reorganize, phase 5: remove pathways without interactions."""

from rootward import tables
from rootward.asking.decided import read
from rootward.tree import nodes
from rootward.tree.prune import prune
from rootward.workflow.job import Job


def prune_orphans(
    *,
    deepened: str,
    placements: str,
    decisions: str | None,
    keep: str,
    collapse_chains: bool,
    tree: str,
    changes: str,
) -> None:
    """The tree of phase 3 and the placements of phase 4 -> tree and changes of phase 5."""
    placed = counts(placements)
    forest, removed = read(decisions).without_removed(nodes.from_rows(tables.rows("tree", deepened)))
    forest, rows = prune(forest, placed, keep_siblings=keep == "all", collapse_chains=collapse_chains)
    tables.write("tree", nodes.to_rows(forest), path=tree)
    tables.write("changes", removed + rows, path=changes)


def counts(placements: str) -> dict[str, int]:
    """Number of interactions placed at each pathway."""
    import pyarrow.compute as pc

    found = pc.value_counts(tables.read("placements", placements, columns=["pathway_id"])["pathway_id"])
    return {row["values"]: row["counts"] for row in found.to_pylist()}


if __name__ == "__main__":
    Job(snakemake).run(prune_orphans)
