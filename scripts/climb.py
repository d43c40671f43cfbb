"""Climb one level: ask every pathway that is new on the level below for its immediate parent."""

import shutil

from rootward import tables
from rootward.files import replacing
from rootward.job import Job


def climb(leaves: str, levels: list[str], roots: str, fallback_root: str, ahead: bool, parents: str, job: Job) -> None:
    """leaves and the levels climbed so far -> parents, the next level.

    ahead: ask for a parent's parent as soon as the parent is known. A level below which nothing is new leaves at once,
    with the empty table it found.
    """
    if levels and tables.is_empty(levels[-1]):
        with replacing(parents) as temporary:
            shutil.copyfile(levels[-1], temporary)
        return
    from rootward.names import pathway_id
    from rootward.questions import ask_about
    from rootward.roots import read_roots
    from rootward.tree import climb as climbing

    links = climbing.Links.from_levels(tables.rows("leaves", leaves), [tables.rows("parents", p) for p in levels])
    configured = read_roots(roots, fallback_root)
    root_names = [root.name for root in configured]
    root_ids = {root.pathway_id: root.name for root in configured} | {pathway_id(fallback_root): fallback_root}
    rows = []
    pending = links.pending(root_ids)
    if pending:
        ask = job.asker
        questions = [
            ask_about("parent", {"child": links.names[id_], "excluded": []}, roots=root_names) for id_ in pending
        ]
        follow = climbing.NextParent(root_names, root_ids, links) if ahead else None
        rows, cyclic = climbing.link(links, pending, ask.ask_many(questions, follow), root_ids)
        if cyclic:
            again = [
                ask_about("parent", {"child": links.names[id_], "excluded": links.not_above(id_)}, roots=root_names)
                for id_ in cyclic
            ]
            more, cyclic = climbing.link(links, cyclic, ask.ask_many(again), root_ids)
            rows += more + climbing.unlinked(links, cyclic)
    tables.write("parents", rows, parents)


if __name__ == "__main__":
    with Job(snakemake) as job:
        climb(
            snakemake.input.leaves,
            list(snakemake.input.levels),
            snakemake.input.roots,
            snakemake.params.fallback_root,
            snakemake.config["climb"]["ahead"],
            snakemake.output.parents,
            job,
        )
