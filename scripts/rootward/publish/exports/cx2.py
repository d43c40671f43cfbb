"""The graph in CX2, the format of Cytoscape and NDEx.

Format: Cytoscape Exchange Format Specification, version 2 (cytoscape.org/cx/cx2/specification): one JSON array of
aspects, each once; nodes and edges are numbered, attributes declared with their types, and a last aspect says that
the document is complete.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from rootward.files import whole_file
from rootward.publish.exports.graph import EDGE_TYPES, NODE_TYPES, Attributes, Graph

NETWORK = {
    "name": "Rootward pathway tree",
    "description": "Pathways (child_of), the interactions between proteins, and where each is placed (placed_in).",
}
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def lines(graph: Graph) -> Iterator[str]:
    """The document, one node or edge a line."""
    counts = {"attributeDeclarations": 1, "networkAttributes": 1}
    counts |= {"nodes": len(graph.pathways) + len(graph.proteins), "edges": graph.n_edges}
    declared = {
        "networkAttributes": {name: {"d": "string"} for name in NETWORK},
        "nodes": {name: {"d": kind} for name, kind in NODE_TYPES.items()},
        "edges": {name: {"d": kind} for name, kind in EDGE_TYPES.items()},
    }
    yield '[{"CXVersion":"2.0","hasFragments":false},'
    yield from _aspect("metaData", [{"name": name, "elementCount": count} for name, count in counts.items() if count])
    yield from _aspect("attributeDeclarations", [declared])
    yield from _aspect("networkAttributes", [NETWORK])
    number: dict[str, int] = {}
    yield from _aspect("nodes", _nodes(graph, number))
    yield from _aspect("edges", _edges(graph, number))
    yield '{"status":[{"completed":true,"error":""}]}]'


def _aspect(name: str, elements: Iterable[Attributes]) -> Iterator[str]:
    """The lines of an aspect; none for one without elements, which CX2 leaves out."""
    start = f'{{"{name}":['
    for element in elements:
        yield start + _encode(element)
        start = ","
    if start == ",":
        yield "]},"


def _nodes(graph: Graph, number: dict[str, int]) -> Iterator[Attributes]:
    """The nodes; `number` is filled with the number each id gets."""
    for id_, attributes in graph.nodes():
        number[id_] = len(number)
        yield {"id": number[id_], "v": attributes}


def _edges(graph: Graph, number: dict[str, int]) -> Iterator[Attributes]:
    for id_, (source, target, attributes) in enumerate(graph.edges()):
        yield {"id": id_, "s": number[source], "t": number[target], "v": attributes}


def write(graph: Graph, path: str | Path) -> int:
    """Write the document; the number of nodes and edges."""
    with whole_file(path) as file:
        file.writelines(line + "\n" for line in lines(graph))
    return len(graph.pathways) + len(graph.proteins) + graph.n_edges
