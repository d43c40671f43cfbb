"""Reorganize, phase 2: one parent per pathway, no cycle, every path to a root."""

from rootward import tables
from rootward.ask import Asker
from rootward.curators.base import Failure
from rootward.job import Job
from rootward.names import pathway_id
from rootward.questions import ask_about
from rootward.roots import read_roots
from rootward.tree import nodes, strict


def enforce_tree(merged: str, roots: str, fallback_root: str, tree: str, changes: str, ask: Asker) -> None:
    """The tree of phase 1 -> tree and changes of phase 2."""
    forest = nodes.from_rows(tables.rows("tree", merged))
    contested = strict.contested(forest)
    questions = [
        ask_about(
            "best_parent",
            {"child": forest[id_].name, "candidates": sorted(forest[parent].name for parent in forest[id_].parents)},
        )
        for id_ in contested
    ]
    decided = dict(zip(contested, ask.ask_many(questions), strict=True))
    forest, rows, loose = strict.enforce(forest, decided)
    names = {root.pathway_id: root.name for root in read_roots(roots, fallback_root)}
    asked = [ask_about("choose_root", {"pathway": forest[id_].name}, roots=sorted(names.values())) for id_ in loose]
    chosen = {}
    for id_, answer in zip(loose, ask.ask_many(asked), strict=True):
        if isinstance(answer, Failure):
            root, edge = fallback_root, nodes.Edge("fallback", answer.message, None)
        else:
            root = names[pathway_id(answer.value["root"])]
            edge = nodes.Edge(answer.method, answer.value["reasoning"], answer.call_id)
        chosen[id_] = (pathway_id(root), root, edge)
    forest, attached = strict.attach(forest, chosen)
    tables.write("tree", nodes.to_rows(forest), tree)
    tables.write("changes", rows + attached, changes)


if __name__ == "__main__":
    with Job(snakemake) as job:
        enforce_tree(
            snakemake.input.tree,
            snakemake.input.roots,
            snakemake.params.fallback_root,
            snakemake.output.tree,
            snakemake.output.changes,
            job.asker,
        )
