"""Networks as JSON: Cytoscape's CX2, its older CX, and Cytoscape.js; each edge is a row, on the line it begins on.

Formats: https://cytoscape.org/cx/cx2/specification/cytoscape-exchange-format-specification-(version-2)/,
https://js.cytoscape.org/#notation/elements-json. An aspect of CX may come in several pieces; CX2 may write an attribute
under an alias that the network declares. A node is called by its name, else by what it represents, else by its id.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rootward.errors import UserError
from rootward.inputs import text
from rootward.inputs.jsontext import Document, Object, plain
from rootward.inputs.options import Options
from rootward.inputs.records import MAX_RAW, Chunk
from rootward.inputs.start import Start
from rootward.knowledge import vocabulary

SHOWN = "Cytoscape CX2, CX and JSON"
_MARKS = ('"CXVersion"', '"numberVerification"', '"elements"')
_NAMES = ("name", "shared_name", "shared name", "n", "represents", "r")
_RELATIONS = ("interaction", "shared_interaction", "shared interaction", "i", "label")
_TYPES = ("type", "node_type", "nodetype", "node type", "entity_type", "molecule_type", "Type")
_PLAIN = {"pmid": ("pmid", "pubmed"), "confidence": ("confidence", "score"), "statement": ("statement",)}
_NO_PROTEINS = ("chemical", "family", "complex")  # with any other type, the node may be a protein


class Node(NamedTuple):
    """The name of a node, and the word for its kind ('' is a protein)."""

    name: str
    kind: str


def looks_like(start: Start) -> bool:
    """Whether it is JSON that begins like one of the three formats."""
    return start.is_json and any(mark in start.shown[:4000] for mark in _MARKS)


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a network's edges. Set aside are items that are not edges, and edges whose nodes are not in the
    file.
    """
    text.check_text(path, text.head(path))
    document = Document(path)
    aspects = _aspects(document)
    if "edges" not in aspects:
        raise UserError(f"{path}: is a network without edges")
    nodes = _nodes(document, aspects)
    aliases = _declared(document, aspects, of="edges")
    chunk = Chunk(path)
    for at in aspects["edges"]:
        _take(chunk, document.line(at), edge=document.value(at), nodes=nodes, aliases=aliases)
        if chunk.full:
            yield chunk
            chunk = Chunk(path)
    yield chunk


def _aspects(document: Document) -> dict[str, list[int]]:
    """Aspect -> the places of its items, of CX's list of aspects or of the elements of Cytoscape.js."""
    found: dict[str, list[int]] = {}
    whole = document.members(0)
    parts: Iterable[dict[str, int]] = (
        [document.members(whole["elements"])] if "elements" in whole else map(document.members, document.items(0))
    )
    for part in parts:
        for name, at in part.items():
            found.setdefault(name, []).extend(document.items(at))
    return found


def _nodes(document: Document, aspects: dict[str, list[int]]) -> dict[str, Node]:
    """Id of a node -> its name, and its kind if its type says that it is not a protein."""
    aliases = _declared(document, aspects, of="nodes")
    types = _attributes(document, aspects)
    nodes = {}
    for at in aspects.get("nodes", ()):
        node = document.value(at)
        if isinstance(node, dict):
            data = _data(node)
            number = _first(data, ("id", "@id"))
            name = _first(data, (aliases.get("name", "name"), *_NAMES)) or number
            word = _first(data, [aliases.get(one, one) for one in _TYPES]) or types.get(number, "")
            nodes[number] = Node(name, word if vocabulary.kind(word) in _NO_PROTEINS else "")
    return nodes


def _attributes(document: Document, aspects: dict[str, list[int]]) -> dict[str, str]:
    """Id of a node -> its type, if CX has it in a separate aspect."""
    found = {}
    for at in aspects.get("nodeAttributes", ()):
        one = document.value(at)
        if isinstance(one, dict) and _plain(one.get("n")).casefold() in _TYPES:
            found[_plain(one.get("po"))] = _plain(one.get("v"))
    return found


def _declared(document: Document, aspects: dict[str, list[int]], of: str) -> dict[str, str]:
    """Attribute -> its alias, as a CX2 network declares them."""
    found: dict[str, str] = {}
    for at in aspects.get("attributeDeclarations", ()):
        declared = document.value(at)
        attributes = declared.get(of) if isinstance(declared, dict) else None
        for name, told in attributes.items() if isinstance(attributes, dict) else ():
            if isinstance(told, dict) and isinstance(told.get("a"), str):
                found[name] = told["a"]
    return found


def _take(chunk: Chunk, line: int, edge: Any, nodes: dict[str, Node], aliases: dict[str, str]) -> None:
    if not isinstance(edge, dict):
        chunk.reject(line, "not an edge of a network", raw=plain(edge)[:MAX_RAW])
        return
    data = _data(edge)
    a, b = _first(data, ("s", "source")), _first(data, ("t", "target"))
    if a not in nodes or b not in nodes:
        chunk.reject(line, "an edge between nodes that are missing from the network", raw=f"{a}\t{b}")
        return
    chunk.line.append(line)
    chunk.protein_a.append(nodes[a].name)
    chunk.protein_b.append(nodes[b].name)
    chunk.kind_a.append(nodes[a].kind)
    chunk.kind_b.append(nodes[b].kind)
    chunk.effect.append(_first(data, tuple(aliases.get(name, name) for name in _RELATIONS)))
    for column, names in _PLAIN.items():
        getattr(chunk, column).append(_first(data, tuple(aliases.get(name, name) for name in names)))


def _data(item: Object) -> Object:
    """The attributes of a node or an edge, wherever the format stores them, including its own fields."""
    inner = [item[key] for key in ("data", "v") if isinstance(item.get(key), dict)]
    return inner[0] | {key: value for key, value in item.items() if key not in ("data", "v")} if inner else item


def _first(data: Object, names: Iterable[str]) -> str:
    """The first of these attributes that is not empty, as text."""
    return next((told for name in names if (told := _plain(data.get(name)).strip())), "")


def _plain(value: Any) -> str:
    return ";".join(map(plain, value)) if isinstance(value, list) else plain(value)
