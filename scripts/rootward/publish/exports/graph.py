"""The tree and its interactions as one graph, for the network formats.

Nodes are pathways and proteins. Edges point upwards: from a pathway to its parent (`child_of`), from protein a to
protein b of an interaction (its effect), and from each protein of a placed interaction to the pathway (`placed_in`).
Interactions are edges because network tools draw edges; `interaction_id` links them to their placements.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rootward.publish.exports import layout
from rootward.publish.join import placed, pmids
from rootward.publish.order import top_down
from rootward.tables import Row

Attributes = dict[str, Any]  # unknown attributes are absent, never None
Rows = Callable[[], Iterator[Row]]  # a table that can be read repeatedly
SomeColumns = Callable[[list[str]], Iterator[Row]]  # the same, reading only these columns

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
    interactions: SomeColumns
    placements: Rows

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

    def edges(self) -> Iterator[tuple[str, str, Attributes]]:
        """(source id, target id, attributes): the tree's, then each interaction's with its placements."""
        for row in top_down(self.pathways):
            if row["parent_id"] is not None:
                yield (
                    row["pathway_id"],
                    row["parent_id"],
                    _decided(row, "child_of", kind="tree", reasoning=row["reasoning"]),
                )
        for interaction, placements in placed(self.interactions(INTERACTION_COLUMNS), self.placements()):
            yield from _interaction_edges(interaction, placements)


def build(pathways: list[Row], interactions: SomeColumns, placements: Rows) -> Graph:
    """The graph of a tree. Reads the interactions' proteins once, to list them and to count the edges."""
    proteins: dict[str, str | None] = {}
    n_edges = sum(row["parent_id"] is not None for row in pathways)
    across = {id_: x for id_, (x, _) in layout.of_pathways(pathways).items()}
    sums: dict[str, list[float]] = {}
    for interaction, own in placed(interactions(PROTEIN_COLUMNS), placements()):
        pair = _proteins(interaction)
        x = sum(across[row["pathway_id"]] for row in own)
        for symbol, uniprot in pair.items():
            proteins[symbol] = proteins.get(symbol) or uniprot
            at = sums.setdefault(symbol, [0.0, 0.0])
            at[0] += x
            at[1] += len(own)
        n_edges += 1 + len(own) * len(pair)
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


def _proteins(interaction: Row) -> dict[str, str | None]:
    """One or, of an interaction between two proteins, two symbols with their accessions."""
    return {
        interaction["protein_a"]: interaction["uniprot_a"],
        interaction["protein_b"]: interaction["uniprot_b"],
    }


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


def _interaction_edges(interaction: Row, placements: list[Row]) -> Iterator[tuple[str, str, Attributes]]:
    id_ = interaction["interaction_id"]
    yield (
        protein_id(interaction["protein_a"]),
        protein_id(interaction["protein_b"]),
        _known(
            interaction=interaction["effect"],
            kind="interaction",
            interaction_id=id_,
            **_given(interaction),
            mechanism=interaction["mechanism"],
            statement=interaction["statement"],
            pmids=pmids(interaction),
            confidence=interaction["confidence"],
        ),
    )
    for row in placements:
        attributes = _decided(row, "placed_in", kind="placement", interaction_id=id_, confidence=row["confidence"])
        for symbol in _proteins(interaction):
            yield protein_id(symbol), row["pathway_id"], attributes


def _given(interaction: Row) -> Attributes:
    """The names in the user's files, if they differ from the approved ones."""
    sides = (("given_a", "protein_a"), ("given_b", "protein_b"))
    return {given: interaction[given] for given, symbol in sides if interaction[given] != interaction[symbol]}


def _decided(row: Row, interaction: str, kind: str, **more: Any) -> Attributes:
    return _known(interaction=interaction, kind=kind, method=row["method"], call_id=row["call_id"], **more)


def _known(**attributes: Any) -> Attributes:
    return {name: value for name, value in attributes.items() if value is not None and value != "" and value != []}
