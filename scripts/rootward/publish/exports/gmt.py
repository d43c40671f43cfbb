"""Gene sets in GMT: one line per set, `name <tab> description <tab> gene <tab> gene …`.

Format: the Broad Institute's Gene Matrix Transposed (GSEA documentation, "Data formats"). GMT has no comments and no
quotes; a set without genes cannot be written, so a pathway without genes has no line.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rootward.files import whole_file
from rootward.publish.escape import one_line
from rootward.publish.order import top_down
from rootward.tables import Row

Sets = dict[str, set[str]]


def direct_sets(members: Iterable[tuple[str, str]], approved: Collection[str]) -> Sets:
    """The approved symbols at each pathway itself. members: (pathway_id, protein of an interaction placed there)."""
    sets: Sets = {}
    for pathway_id, gene in members:
        if gene in approved:
            sets.setdefault(pathway_id, set()).add(gene)
    return sets


def total_sets(rows: list[Row], direct: Mapping[str, set[str]]) -> Sets:
    """The genes of each pathway and of everything below it."""
    sets = {row["pathway_id"]: set(direct.get(row["pathway_id"], ())) for row in rows}
    for row in reversed(list(top_down(rows))):
        if row["parent_id"] is not None:
            sets[row["parent_id"]] |= sets[row["pathway_id"]]
    return sets


@dataclass(frozen=True, slots=True)
class GeneSet:
    """A set of genes (sorted) that one pathway has, or several: twins are the (name, id) of the others."""

    pathway_id: str
    name: str
    genes: tuple[str, ...]
    twins: tuple[tuple[str, str], ...] = ()


def gene_sets(rows: list[Row], sets: Mapping[str, set[str]]) -> Iterator[GeneSet]:
    """The pathways that have genes, in the order of the tree.

    Readers keep sets by name, so a name that another pathway also has on one line gets its id appended.
    """
    seen: set[str] = set()
    for row in top_down(rows):
        genes = sorted(set(map(one_line, sets.get(row["pathway_id"], ()))) - {""})
        if genes:
            name = one_line(row["name"])
            name = f"{name} ({row['pathway_id']})".lstrip() if name in seen or not name else name
            seen.add(name)
            yield GeneSet(row["pathway_id"], name, genes=tuple(genes))


def distinct(rows: list[Row], sets: Mapping[str, set[str]]) -> Iterator[GeneSet]:
    """One set for each distinct gene content, so that none is tested twice: of several pathways with the same genes
    (for instance a parent with no genes of its own), the deepest.
    """
    levels = {row["pathway_id"]: row["level"] for row in rows}
    by_genes: dict[tuple[str, ...], list[GeneSet]] = {}
    found = list(gene_sets(rows, sets))
    for one in found:
        by_genes.setdefault(one.genes, []).append(one)
    for one in found:
        same = by_genes[one.genes]
        if one == max(same, key=lambda twin: levels[twin.pathway_id]):
            yield replace(one, twins=tuple((twin.name, twin.pathway_id) for twin in same if twin != one))


def line(one: GeneSet) -> str:
    """The line of a set: name, id with the twins' names, genes."""
    same = f" (same genes: {', '.join(name for name, _ in one.twins)})" if one.twins else ""
    return "\t".join((one.name, one.pathway_id + same, *one.genes))


def write(sets: Iterable[GeneSet], path: str | Path) -> int:
    """Write the sets. Returns their number."""
    count = 0
    with whole_file(path) as file:
        for one in sets:
            file.write(line(one) + "\n")
            count += 1
    return count
