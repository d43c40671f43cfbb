"""Climb one level: ask every pathway that is new on the level below for its immediate parent."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from rootward import tables
from rootward.files import replacing
from rootward.knowledge.sources import folders_of
from rootward.workflow.job import Job


def climb(
    leaves: str,
    levels: list[str],
    roots: str,
    fallback_root: str,
    ahead: bool,
    parents: str,
    job: Job,
    votes: int = 1,
    check: bool = False,
    reference: Sequence[str | Path] | str | None = None,
    candidates: int = 0,
    fold: bool = True,
    consult: bool = False,
) -> None:
    """leaves and the levels climbed so far -> parents, the next level.

    ahead: ask for a parent's parent as soon as the parent is known; votes, check: see `opinions`; reference: folders
    whose names give a new pathway its spelling; candidates: how many of them are shown with a question; fold: whether
    variants are folded to the name in use; consult: whether a parent that contradicts the reference is asked again. A
    level below which nothing is new leaves at once, with the empty table it found.
    """
    if levels and tables.is_empty(levels[-1]):
        with replacing(parents) as temporary:
            shutil.copyfile(levels[-1], temporary)
        return
    from rootward.asking.grounding import Contradictions, Grounding
    from rootward.asking.opinions import Opinions
    from rootward.knowledge.names import pathway_id
    from rootward.knowledge.reference import Reference
    from rootward.knowledge.roots import read_roots
    from rootward.tree import climb as climbing
    from rootward.tree.spelling import Spelling, Unfolded

    links = climbing.Links.from_levels(tables.rows("leaves", leaves), [tables.rows("parents", p) for p in levels])
    configured = read_roots(roots, fallback_root)
    root_names = [root.name for root in configured]
    root_ids = {root.pathway_id: root.name for root in configured} | {pathway_id(fallback_root): fallback_root}
    rows = []
    pending = links.pending(root_ids)
    if pending:
        graph = Reference(reference) if reference else None
        curated = [pathway.name for pathway in graph.pathways.values()] if graph else []
        spelling = Spelling(root_names, links.names.values(), curated) if fold else Unfolded()
        known = Grounding(graph, candidates) if graph and candidates else None
        contradicts = Contradictions(graph, links) if graph and consult else None
        opinions = Opinions(job.asker, root_names, spelling, votes, check, known, contradicts)
        follow = climbing.NextParent(root_names, root_ids, links, spelling.fold, known) if ahead else None
        said = opinions.settle([(links.names[id_], []) for id_ in pending], follow)
        rows, cyclic = climbing.link(links, pending, said, root_ids)
        if cyclic:
            again = [(links.names[id_], links.not_above(id_), [because]) for id_, because in cyclic.items()]
            more, cyclic = climbing.link(links, list(cyclic), opinions.settle(again), root_ids)
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
            snakemake.params.votes,
            snakemake.params.check,
            # What the reference answers is in the reference's spelling.
            None if snakemake.config["curator"] == "reactome" else folders_of(snakemake.input.reference),
            snakemake.params.candidates,
            consult=snakemake.params.consult,
        )
