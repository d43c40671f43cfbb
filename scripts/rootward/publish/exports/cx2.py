"""The graph in CX2, the format of Cytoscape and NDEx.

Format: Cytoscape Exchange Format Specification, version 2 (cytoscape.org/cx/cx2/specification): one JSON array of
aspects, each once; nodes and edges are numbered, attributes are declared with their types, and a final aspect marks the
document as complete. Nodes have positions, and a style (cytoscape.org/cx/cx2/cx2-visual-styles) distinguishes pathways
from proteins and activation from inhibition, so Cytoscape and NDEx show a drawing at once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rootward.files import whole_file
from rootward.knowledge.vocabulary import EFFECTS
from rootward.publish.exports import texts
from rootward.publish.exports.graph import EDGE_TYPES, NODE_TYPES, Attributes, Graph

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ARROWS = {"child_of": "triangle"}
ARROWS |= {effect: "triangle" for effect in EFFECTS if effect.startswith("up-regulates")}
ARROWS |= {effect: "tee" for effect in EFFECTS if effect.startswith("down-regulates")}


def by(attribute: str, values: Mapping[str, object]) -> Attributes:
    """A mapping of an attribute's values to those of a visual property."""
    mapped = [{"v": value, "vp": shown} for value, shown in values.items()]
    return {"type": "DISCRETE", "definition": {"attribute": attribute, "type": "string", "map": mapped}}


NETWORK = {
    "name": "Rootward pathway tree",
    "description": "Pathways (child_of), the interactions between proteins, and where each is placed (placed_in).",
}
STYLE: Attributes = {
    "default": {
        "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
        "node": {
            "NODE_SHAPE": "ellipse",
            "NODE_WIDTH": 44,
            "NODE_HEIGHT": 24,
            "NODE_BACKGROUND_COLOR": "#DCE6F2",
            "NODE_BORDER_COLOR": "#5B7FA6",
            "NODE_BORDER_WIDTH": 1,
            "NODE_LABEL_FONT_SIZE": 10,
            "NODE_LABEL_COLOR": "#18201C",
        },
        "edge": {"EDGE_WIDTH": 1, "EDGE_LINE_COLOR": "#9AA5A0", "EDGE_TARGET_ARROW_SHAPE": "none"},
    },
    "nodeMapping": {
        "NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}},
        "NODE_SHAPE": by("kind", {"pathway": "round-rectangle"}),
        "NODE_BACKGROUND_COLOR": by("kind", {"pathway": "#DDEFE3"}),
        "NODE_BORDER_COLOR": by("kind", {"pathway": "#3F8060"}),
        "NODE_WIDTH": by("kind", {"pathway": 130}),
        "NODE_HEIGHT": by("kind", {"pathway": 40}),
    },
    "edgeMapping": {
        "EDGE_LINE_COLOR": by("kind", {"tree": "#3F8060", "interaction": "#5B7FA6", "placement": "#E3E6E4"}),
        "EDGE_WIDTH": by("kind", {"tree": 2}),
        "EDGE_TARGET_ARROW_SHAPE": by("interaction", ARROWS),
    },
}
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def lines(graph: Graph) -> Iterator[str]:
    """The document, one node or edge a line."""
    counts = {"attributeDeclarations": 1, "networkAttributes": 1, "visualProperties": 1}
    counts |= {"nodes": len(graph.pathways) + len(graph.proteins), "edges": graph.n_edges}
    declared = {
        "networkAttributes": {name: {"d": "string"} for name in NETWORK},
        "nodes": {name: {"d": kind} for name, kind in NODE_TYPES.items()},
        "edges": {name: {"d": kind} for name, kind in EDGE_TYPES.items()},
    }
    yield '[{"CXVersion":"2.0","hasFragments":false},'
    elements = [{"name": name, "elementCount": count} for name, count in counts.items() if count]
    yield from _aspect("metaData", map(_encode, elements))
    yield from _aspect("attributeDeclarations", [_encode(declared)])
    yield from _aspect("networkAttributes", [_encode(NETWORK)])
    yield from _aspect("visualProperties", [_encode(STYLE)])
    yield from _aspect("nodes", map(_encode, _nodes(graph)))
    yield from _aspect("edges", _edges(graph))
    yield '{"status":[{"completed":true,"error":""}]}]'


def _aspect(name: str, elements: Iterable[str]) -> Iterator[str]:
    """The lines of an aspect; none if it has no elements, because CX2 omits empty aspects."""
    start = f'{{"{name}":['
    for element in elements:
        yield start + element
        start = ","
    if start == ",":
        yield "]},"


def _nodes(graph: Graph) -> Iterator[Attributes]:
    """The nodes, numbered in their order."""
    positions = graph.positions()
    for number, (id_, attributes) in enumerate(graph.nodes()):
        x, y = positions[id_]
        yield {"id": number, "x": x, "y": y, "v": attributes}


def _edges(graph: Graph) -> Iterator[str]:
    import numpy as np
    import pyarrow as pa

    nodes = pa.array([id_ for id_, _ in graph.nodes()], pa.string())
    first = 0
    for batch in graph.edges():
        yield from _elements(batch, np.arange(first, first + len(batch)), nodes=nodes).to_pylist()
        first += len(batch)


def _elements(batch: "pa.RecordBatch", numbers: "np.ndarray", nodes: "pa.Array") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    number = pa.array(numbers).cast(pa.string())
    source, target = (pc.index_in(batch[name], value_set=nodes).cast(pa.string()) for name in ("source", "target"))
    named = list(zip(batch.schema.names, batch.columns, strict=True))[2:]
    attributes = texts.listed([texts.joined(f'"{name}":', _json(column)) for name, column in named], ",")
    return texts.joined('{"id":', number, ',"s":', source, ',"t":', target, ',"v":{', attributes, "}}")


def _json(column: "pa.Array") -> "pa.Array":
    """Each value as JSON; null stays null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type):
        return texts.numbers(column)
    if not texts.is_text(column):
        return texts.joined("[", pc.binary_join(texts.mended_lists(column, _json), ","), "]")
    return texts.joined('"', texts.mended(column, lambda text: _encode(text)[1:-1], where=r'[\x00-\x1f"\\]'), '"')


def write(graph: Graph, path: str | Path) -> int:
    """Write the document. Returns the number of nodes and edges."""
    with whole_file(path) as file:
        file.writelines(line + "\n" for line in lines(graph))
    return len(graph.pathways) + len(graph.proteins) + graph.n_edges
