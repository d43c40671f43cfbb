"""Climb one level: ask for the immediate parent of every pathway that is new on the level below."""

import logging
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rootward import tables
from rootward.files import replacing
from rootward.workflow.job import Job

if TYPE_CHECKING:
    from rootward.asking.ask import Asker

log = logging.getLogger("rootward")


def climb(
    *,
    leaves: str,
    levels: list[str],
    decisions: str | None,
    roots: str,
    spellings: str | Sequence[str] | None,
    fallback_root: str,
    ahead: bool,
    votes: int,
    check: bool,
    candidates: int,
    consult: bool,
    fold: bool,
    parents: str,
    ask: "Asker",
) -> None:
    """leaves and the levels climbed so far -> parents, the next level.

    ahead: ask for a parent's parent as soon as the parent is known; votes, check: see `opinions`; spellings: the
    folders of the references, whose names determine the spelling of a new pathway, None if the answers come from there;
    candidates: how many of these names are shown with a question; consult: whether to ask again about a parent that
    contradicts the reference; fold: whether variants are folded to the name in use. If the level below has nothing new,
    the step ends at once with an empty table.
    """
    if levels and tables.is_empty(levels[-1]):
        with replacing(parents) as temporary:
            shutil.copyfile(levels[-1], temporary)
        log.info("nothing new to ask about", extra={"made": "nothing new"})
        return
    from rootward.asking.decided import above, read
    from rootward.asking.grounding import Contradictions, Grounding
    from rootward.asking.opinions import Opinions
    from rootward.knowledge.compiled import read_reference
    from rootward.knowledge.names import pathway_id
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
        graph = read_reference(spellings) if spellings else None
        curated = [pathway.name for pathway in graph.pathways.values()] if graph else []
        spelling = Spelling(root_names, links.names.values(), curated) if fold else Unfolded()
        known = Grounding(graph, candidates) if graph and candidates else None
        contradicts = Contradictions(graph, links) if graph and consult else None
        asker = above(ask, read(decisions))
        opinions = Opinions(
            asker,
            root_names,
            spelling=spelling,
            votes=votes,
            check=check,
            known=known,
            contradicts=contradicts,
            proteins=links.proteins,
        )
        follow = (
            climbing.NextParent(root_names, root_ids, links=links, spell=spelling.fold, known=known) if ahead else None
        )
        said = opinions.settle([(links.names[id_], []) for id_ in pending], follow)
        rows, cyclic = climbing.link(links, pending, answers=said, roots=root_ids)
        if cyclic:
            again = [(links.names[id_], links.not_above(id_), [because]) for id_, because in cyclic.items()]
            more, cyclic = climbing.link(links, list(cyclic), answers=opinions.settle(again), roots=root_ids)
            rows += more + climbing.unlinked(links, cyclic)
    tables.write("parents", rows, path=parents)


if __name__ == "__main__":
    Job(snakemake).run(climb)
