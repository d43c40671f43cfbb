"""The exports that hold pathways alone."""

from collections.abc import Callable
from dataclasses import dataclass

from rootward.publish.exports import newick, obo, sssom
from rootward.publish.exports.export import Export
from rootward.tables import Row
from rootward.tree.ids import Known


@dataclass(frozen=True)
class Pathways:
    """rows: of `reorganized`; known: the pathways of this and earlier releases; reference: reads the pathways the tree
    is mapped to, by CURIE.
    """

    rows: list[Row]
    known: list[Known]
    reference: Callable[[], dict[str, Row]]


def _obo(pathways: Pathways, path: str) -> int:
    return obo.write(pathways.rows, pathways.known, path)


def _newick(pathways: Pathways, path: str) -> int:
    return newick.write(pathways.rows, path)


def _sssom(pathways: Pathways, path: str) -> int:
    return sssom.write(pathways.rows, pathways.reference(), path)


EXPORTS = {
    "obo": Export("pathways.obo", "terms", _obo),
    "newick": Export("tree.nwk", "pathways", _newick),
    "sssom": Export("mappings.sssom.tsv", "mappings", _sssom),
}
