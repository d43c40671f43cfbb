"""Resolve the decisions: find the pathways and interactions of this run that each line refers to."""

from collections.abc import Sequence

from rootward import tables
from rootward.knowledge.compiled import read_reference
from rootward.knowledge.decisions import read_decisions as read_lines
from rootward.knowledge.roots import read_roots
from rootward.workflow.job import Job
from rootward.workflow.resolving import Resolver, interactions_by_name, known_pathways


def read_decisions(
    *,
    lines: str,
    interactions: str,
    roots: str,
    reference: str | Sequence[str],
    previous: Sequence[str],
    fallback_root: str,
    decisions: str,
) -> None:
    """lines (decisions.tsv), interactions -> decisions. Raises UserError with file and line for an unknown pathway.

    A pathway is known from the reference, the roots, an earlier release, the run before this one, or other lines.
    """
    names = [*(root.name for root in read_roots(roots, fallback_root)), fallback_root]
    found = read_lines(lines, names)
    known = known_pathways(previous, decisions)
    resolver = Resolver(lines, found, roots=names, known=known, find=read_reference(reference).find)
    rows = interactions_by_name(interactions)
    tables.write("decisions", [resolver.row(one, rows) for one in found], path=decisions)


if __name__ == "__main__":
    Job(snakemake).run(read_decisions)
