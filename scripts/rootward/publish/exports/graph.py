"""The tree and its interactions as one graph, for the network formats.

Nodes are pathways and proteins. Edges point upwards: from a pathway to its parent (`child_of`), from protein a to
protein b of an interaction (its effect), and from each protein of a placed interaction to the pathway (`placed_in`).
Interactions are edges because network tools draw edges; `interaction_id` links them to their placements.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootward.publish.exports import layout, texts
from rootward.publish.join import Placed, placed, pmids
from rootward.publish.order import top_down
from rootward.tables import Row

if TYPE_CHECKING:
    import pyarrow as pa

    Batches = Callable[[], Iterator[pa.RecordBatch]]  # a table that can be read repeatedly
    SomeColumns = Callable[[list[str]], Iterator[pa.RecordBatch]]  # the same, reading only these columns

Attributes = dict[str, Any]  # unknown attributes are absent, never None

NODE_TYPES = {
    "name": "string",
    "kind": "string",
    "origin": "string",
    "root": "string",
    "level": "integer",
    "is_leaf": "boolean",
    "n_direct": "integer",
    "n_total": "integer",
    "aliases": "list_of_string",
    "xrefs": "list_of_string",
    "uniprot": "string",
}
EDGE_TYPES = {
    "interaction": "string",
    "kind": "string",
    "interaction_id": "string",
    "given_a": "string",
    "given_b": "string",
    "mechanism": "string",
    "statement": "string",
    "pmids": "list_of_string",
    "confidence": "double",
    "method": "string",
    "reasoning": "string",
    "call_id": "string",
}
# The columns of a batch of edges; unknown attributes are null.
EDGE_COLUMNS = dict.fromkeys(("source", "target"), "string") | {
    name: EDGE_TYPES[name] for name in ("interaction", "kind", "method", "call_id", *EDGE_TYPES)
}
PROTEIN_COLUMNS = ["interaction_id", "protein_a", "protein_b", "uniprot_a", "uniprot_b"]
INTERACTION_COLUMNS = [
    *PROTEIN_COLUMNS,
    "given_a",
    "given_b",
    "effect",
    "mechanism",
    "statement",
    "evidence",
    "confidence",
]


@dataclass(frozen=True)
class Graph:
    """pathways: rows of `reorganized`; proteins: symbol -> accession or None; n_edges: the number of edges; middle:
    protein -> the middle of its pathways, from left to right (see `layout`).
    """

    pathways: list[Row]
    proteins: dict[str, str | None]
    n_edges: int
    middle: dict[str, float]
    interactions: "SomeColumns"
    placements: "Batches"

    def positions(self) -> layout.Positions:
        """The position of each node, by id."""
        pathways = layout.of_pathways(self.pathways)
        proteins = layout.of_proteins(self.middle, pathways)
        return pathways | {protein_id(symbol): at for symbol, at in proteins.items()}

    def nodes(self) -> Iterator[tuple[str, Attributes]]:
        """(id, attributes): the pathways in the order of the tree, then the proteins by symbol."""
        for row in top_down(self.pathways):
            yield row["pathway_id"], _pathway(row)
        for symbol, uniprot in self.proteins.items():
            yield protein_id(symbol), _known(name=symbol, kind="protein", uniprot=uniprot)

    def edges(self) -> "Iterator[pa.RecordBatch]":
        """Batches of EDGE_COLUMNS: the tree's edges, then each interaction's with those of its placements."""
        yield _tree_edges(self.pathways)
        for part in placed(self.interactions(INTERACTION_COLUMNS), self.placements()):
            yield _edges(part)


def build(pathways: list[Row], interactions: "SomeColumns", placements: "Batches") -> Graph:
    """The graph of a tree. Reads the interactions' proteins once, to list them and to count the edges."""
    proteins: dict[str, str | None] = {}
    n_edges = sum(row["parent_id"] is not None for row in pathways)
    across = {id_: x for id_, (x, _) in layout.of_pathways(pathways).items()}
    sums: dict[str, list[float]] = {}
    for rows, own, is_first in placed(interactions(PROTEIN_COLUMNS), placements()):
        n_edges += int(is_first.sum())
        columns = [rows[name].to_pylist() for name in PROTEIN_COLUMNS[1:]]
        for id_, a, b, uniprot_a, uniprot_b in zip(own["pathway_id"].to_pylist(), *columns, strict=True):
            for symbol, uniprot in {a: uniprot_a, b: uniprot_b}.items():
                proteins[symbol] = proteins.get(symbol) or uniprot
                at = sums.setdefault(symbol, [0.0, 0.0])
                at[0] += across[id_]
                at[1] += 1
                n_edges += 1
    middle = {symbol: x / n for symbol, (x, n) in sorted(sums.items())}
    return Graph(
        pathways,
        dict(sorted(proteins.items())),
        n_edges=n_edges,
        middle=middle,
        interactions=interactions,
        placements=placements,
    )


def protein_id(symbol: str) -> str:
    """The node id of a protein, which differs from all pathway ids (they begin with RW)."""
    return f"protein:{symbol}"


def _pathway(row: Row) -> Attributes:
    return _known(
        name=row["name"],
        kind="pathway",
        origin=row["origin"],
        root=row["path"][0],
        level=row["level"],
        is_leaf=row["is_leaf"],
        n_direct=row["n_direct"],
        n_total=row["n_total"],
        aliases=row["aliases"],
        xrefs=row["xrefs"],
    )


def _known(**attributes: Any) -> Attributes:
    return {name: value for name, value in attributes.items() if value is not None and value != "" and value != []}


def _tree_edges(pathways: list[Row]) -> "pa.RecordBatch":
    import pyarrow as pa

    rows = [row for row in top_down(pathways) if row["parent_id"] is not None]
    schema = pa.schema([(name, pa.string()) for name in ("pathway_id", "parent_id", "method", "call_id", "reasoning")])
    columns = pa.RecordBatch.from_pylist(rows, schema=schema)
    return _batch(
        {
            "source": columns["pathway_id"],
            "target": columns["parent_id"],
            "interaction": "child_of",
            "kind": "tree",
            "method": columns["method"],
            "call_id": columns["call_id"],
            "reasoning": columns["reasoning"],
        },
        length=len(rows),
    )


def _edges(part: Placed) -> "pa.RecordBatch":
    """The edges of placed interactions: each interaction itself before its first placement, and each placement from
    both proteins.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows, own, is_first = part
    a, b = (texts.joined(protein_id(""), rows[name]) for name in ("protein_a", "protein_b"))
    interactions = {
        "source": a,
        "target": b,
        "interaction": rows["effect"],
        "kind": "interaction",
        "interaction_id": rows["interaction_id"],
        "given_a": _given(rows, "a"),
        "given_b": _given(rows, "b"),
        "mechanism": rows["mechanism"],
        "statement": rows["statement"],
        "pmids": pmids(rows["evidence"]),
        "confidence": rows["confidence"],
    }
    placements = {
        "target": own["pathway_id"],
        "interaction": "placed_in",
        "kind": "placement",
        "method": own["method"],
        "call_id": own["call_id"],
        "interaction_id": own["interaction_id"],
        "confidence": own["confidence"],
    }
    n = len(is_first)
    edges = [
        _batch(columns, length=n) for columns in (interactions, placements | {"source": a}, placements | {"source": b})
    ]
    wanted = [is_first, np.ones(n, bool), np.asarray(pc.not_equal(a, b))]
    order = np.arange(3 * n).reshape(3, n).T[np.stack(wanted, axis=1)]
    return pa.concat_batches(edges).take(pa.array(order))


def _given(rows: "pa.RecordBatch", side: str) -> "pa.Array":
    """The names in the user's files, if they differ from the approved ones."""
    import pyarrow.compute as pc

    given = rows[f"given_{side}"]
    return pc.if_else(pc.equal(given, rows[f"protein_{side}"]), None, given)


def _batch(columns: "Mapping[str, pa.Array | str]", length: int) -> "pa.RecordBatch":
    """A batch of edges. columns: a text stands for a column of it; a missing column is null."""
    import pyarrow as pa

    kinds = {"string": pa.string(), "double": pa.float64(), "list_of_string": pa.list_(pa.string())}
    found = {name: columns.get(name, pa.nulls(length, kinds[kind])) for name, kind in EDGE_COLUMNS.items()}
    arrays = [
        pa.repeat(column, length) if isinstance(column, str) else texts.known(column) for column in found.values()
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(found))
