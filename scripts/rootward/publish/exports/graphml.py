"""The graph in GraphML, with typed attributes.

Format: The GraphML File Format (graphml.graphdrawing.org; Brandes et al. 2002) with its extension GraphML-Attributes.
GraphML has no lists: their members are joined by `|`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rootward.files import whole_file
from rootward.publish.escape import xml
from rootward.publish.exports import texts
from rootward.publish.exports.graph import EDGE_TYPES, NODE_TYPES, Attributes, Graph

if TYPE_CHECKING:
    import pyarrow as pa

TYPES = {"string": "string", "list_of_string": "string", "integer": "int", "double": "double", "boolean": "boolean"}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">',
)


def lines(graph: Graph) -> Iterator[str]:
    """The document, one node or edge a line."""
    yield from HEAD
    for scope, types in (("node", NODE_TYPES), ("edge", EDGE_TYPES)):
        for name, kind in types.items():
            yield f'<key id="{scope[0]}.{name}" for="{scope}" attr.name="{name}" attr.type="{TYPES[kind]}"/>'
    yield '<graph id="rootward" edgedefault="directed">'
    for id_, attributes in graph.nodes():
        yield f'<node id="{xml(id_)}">{_data(attributes)}</node>'
    for batch in graph.edges():
        yield from _edges(batch).to_pylist()
    yield "</graph>"
    yield "</graphml>"


def _data(attributes: Attributes) -> str:
    return "".join(f'<data key="n.{name}">{_text(value)}</data>' for name, value in attributes.items())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return xml("|".join(value))
    return xml(value) if isinstance(value, str) else repr(value)


def _edges(batch: "pa.RecordBatch") -> "pa.Array":
    source, target, *attributes = (_texts(column) for column in batch.columns)
    named = zip(batch.schema.names[2:], attributes, strict=True)
    data = [texts.joined(f'<data key="e.{name}">', column, "</data>") for name, column in named]
    return texts.listed(('<edge source="', source, '" target="', target, '">', *data, "</edge>"), "")


def _texts(column: "pa.Array") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type):
        return texts.numbers(column)
    column = column if texts.is_text(column) else pc.binary_join(column, "|")
    return texts.mended(column, xml, where=f'{texts.NOT_ONE_LINE}|[&<>"]')


def write(graph: Graph, path: str | Path) -> int:
    """Write the document. Returns the number of nodes and edges."""
    with whole_file(path) as file:
        file.writelines(line + "\n" for line in lines(graph))
    return len(graph.pathways) + len(graph.proteins) + graph.n_edges
