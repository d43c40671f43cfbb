"""The exports that have only pathways."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from rootward.publish.exports import newick, obo, obographs, sssom
from rootward.publish.exports.export import Export
from rootward.tables import Row
from rootward.tree.ids import Known


@dataclass(frozen=True)
class Pathways:
    """rows: of `reorganized`; known: the pathways of this and earlier releases; reference: returns the pathways that
    the tree is mapped to, by CURIE; part_of: the (child, parent) CURIEs where a reference says that one is part of the
    other.
    """

    rows: list[Row]
    known: list[Known]
    reference: Callable[[], dict[str, Row]]
    part_of: set[tuple[str, str]]

    @cached_property
    def parts(self) -> set[str]:
        """The pathways that a reference calls a part of their parent."""
        xrefs = {row["pathway_id"]: row["xrefs"] for row in self.rows}
        return {
            row["pathway_id"]
            for row in self.rows
            if row["parent_id"] is not None
            and not self.part_of.isdisjoint(product(row["xrefs"], xrefs[row["parent_id"]]))
        }


def _obo(pathways: Pathways, path: str) -> int:
    return obo.write(pathways.rows, pathways.known, parts=pathways.parts, path=path)


def _obographs(pathways: Pathways, path: str) -> int:
    return obographs.write(pathways.rows, pathways.known, parts=pathways.parts, path=path)


def _newick(pathways: Pathways, path: str) -> int:
    return newick.write(pathways.rows, path)


def _sssom(pathways: Pathways, path: str) -> int:
    return sssom.write(pathways.rows, pathways.reference(), path=path)


EXPORTS = {
    "obo": Export("pathways.obo", "terms", write=_obo),
    "obographs": Export("pathways.obographs.json", "nodes", write=_obographs),
    "newick": Export("tree.nwk", "pathways", write=_newick),
    "sssom": Export("mappings.sssom.tsv", "mappings", write=_sssom),
}
