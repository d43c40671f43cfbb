"""The exports that are gene sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rootward.files import write_text
from rootward.publish.exports import delimited, gmt
from rootward.publish.exports.export import Export
from rootward.tables import Row


@dataclass(frozen=True)
class Sets:
    """rows: of `reorganized`; direct: the genes placed at each pathway itself."""

    rows: list[Row]
    direct: Mapping[str, set[str]]

    @cached_property
    def distinct(self) -> list[gmt.GeneSet]:
        """The sets of pathways.gmt."""
        return list(gmt.distinct(self.rows, gmt.total_sets(self.rows, self.direct)))


def _total(sets: Sets, path: str) -> int:
    return gmt.write(sets.distinct, path)


def _direct(sets: Sets, path: str) -> int:
    return gmt.write(gmt.gene_sets(sets.rows, sets.direct), path)


def _background(sets: Sets, path: str) -> int:
    """The genes that could have been found, which enrichment compares a list against."""
    genes = sorted(set().union(*sets.direct.values()))
    write_text(path, "".join(f"{gene}\n" for gene in genes))
    return len(genes)


def _term2gene(sets: Sets, path: str) -> int:
    pairs = ((one.pathway_id, gene) for one in sets.distinct for gene in one.genes)
    return delimited.write(("term", "gene"), pairs, path=path)


def _term2name(sets: Sets, path: str) -> int:
    return delimited.write(("term", "name"), ((one.pathway_id, one.name) for one in sets.distinct), path=path)


EXPORTS = {
    "gmt": Export("pathways.gmt", "sets", write=_total),
    "gmt_direct": Export("pathways_direct.gmt", "sets", write=_direct),
    "background": Export("background.txt", "genes", write=_background),
    "term2gene": Export("term2gene.tsv", "genes of sets", write=_term2gene),
    "term2name": Export("term2name.tsv", "sets", write=_term2name),
}
