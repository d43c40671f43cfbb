"""Reorganize, phase 1: grow the first tree out of hierarchy and siblings, and merge pathways that stand twice."""

from rootward import tables
from rootward.ask import Asker
from rootward.job import Job
from rootward.names import pathway_id
from rootward.questions import ask_about
from rootward.roots import read_roots
from rootward.tree import merge, nodes


def merge_duplicates(
    paths: dict[str, str], fallback_root: str, threshold: float, tree: str, placements: str, changes: str, ask: Asker
) -> None:
    """hierarchy, siblings, leaves, memberships, roots (paths) -> tree, placements and changes of phase 1."""
    roots = {root.pathway_id: root.name for root in read_roots(paths["roots"], fallback_root)}
    roots[pathway_id(fallback_root)] = fallback_root
    forest = nodes.grow(
        tables.rows("hierarchy", paths["hierarchy"]),
        tables.rows("siblings", paths["siblings"]),
        tables.rows("leaves", paths["leaves"]),
        roots,
    )
    pairs = merge.candidate_pairs(forest, threshold)
    questions = [
        ask_about("merge", {"pair_id": f"P{n}", "a": forest[a].name, "b": forest[b].name})
        for n, (a, b) in enumerate(pairs, start=1)
    ]
    merged, mapping, rows = merge.merge(forest, pairs, ask.ask_many(questions))
    tables.write("tree", nodes.to_rows(merged), tree)
    tables.write("placements", _moved(tables.read("memberships", paths["memberships"]), mapping), placements)
    tables.write("changes", rows, changes)


def _moved(memberships, mapping: dict[str, str]):
    """Memberships with the pathways that were merged replaced; vectorised over the distinct pathways."""
    import pyarrow as pa

    ids = memberships["pathway_id"].combine_chunks().dictionary_encode()
    new = pa.array([mapping.get(id_, id_) for id_ in ids.dictionary.to_pylist()], pa.string()).take(ids.indices)
    return memberships.set_column(memberships.column_names.index("pathway_id"), "pathway_id", new)


if __name__ == "__main__":
    with Job(snakemake) as job:
        merge_duplicates(
            {name: snakemake.input[name] for name in ("hierarchy", "siblings", "leaves", "memberships", "roots")},
            snakemake.params.fallback_root,
            snakemake.params.threshold,
            snakemake.output.tree,
            snakemake.output.placements,
            snakemake.output.changes,
            job.asker,
        )
