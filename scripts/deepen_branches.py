"""Reorganize, phase 3: insert the level missing between a root and what hangs directly under it."""

from rootward import tables
from rootward.ask import Asker
from rootward.job import Job
from rootward.names import pathway_id
from rootward.questions import ask_about
from rootward.tree import deepen, nodes


def deepen_branches(strict: str, fallback_root: str, max_depth: int, tree: str, changes: str, ask: Asker) -> None:
    """The tree of phase 2 -> tree and changes of phase 3. What hangs under the fallback root stays as it is."""
    forest = nodes.from_rows(tables.rows("tree", strict))
    below = nodes.children(forest)
    shallow = [id_ for id_ in deepen.shallow(forest) if forest[id_].parent_id != pathway_id(fallback_root)]
    questions = []
    for id_ in shallow:
        root_id = forest[id_].parent_id
        siblings = [forest[child].name for child in below[root_id] if child != id_]
        questions.append(
            ask_about("intermediate", {"child": forest[id_].name, "root": forest[root_id].name, "siblings": siblings})
        )
    answers = dict(zip(shallow, ask.ask_many(questions), strict=True))
    forest, rows = deepen.deepen(forest, answers, max_depth)
    tables.write("tree", nodes.to_rows(forest), tree)
    tables.write("changes", rows, changes)


if __name__ == "__main__":
    with Job(snakemake) as job:
        deepen_branches(
            snakemake.input.tree,
            snakemake.params.fallback_root,
            snakemake.params.max_depth,
            snakemake.output.tree,
            snakemake.output.changes,
            job.asker,
        )
