"""Interactions with the path of the pathway they are placed at: the rows of interactions.tsv and interactions.xlsx."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rootward.publish.join import placed, places, pmids
from rootward.tables import Row

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (
    "interaction_id",
    "protein_a",
    "protein_b",
    "effect",
    "mechanism",
    "path",
    "pathway",
    "pathway_id",
    "level",
    "method",
    "confidence",
    "pmids",
    "statement",
    "uniprot_a",
    "uniprot_b",
    "call_id",
    "source",
    "given_a",
    "given_b",
    "reasoning",
    "mediators",
    "xrefs",
)
INTERACTION_COLUMNS = [
    *("interaction_id", "protein_a", "protein_b", "uniprot_a", "uniprot_b", "given_a", "given_b"),
    *("effect", "mechanism", "mediators", "statement", "evidence", "source", "xrefs"),
]


def pathways(rows: Iterable[Row]) -> "pa.RecordBatch":
    """pathway_id, path (levels joined by ` > `), pathway (its name) and level."""
    import pyarrow as pa

    columns = {"pathway_id": pa.string(), "path": pa.string(), "pathway": pa.string(), "level": pa.int32()}
    found = [row | {"path": " > ".join(row["path"]), "pathway": row["name"]} for row in rows]
    return pa.RecordBatch.from_pylist(found, schema=pa.schema(columns))


def batches(
    interactions: "Iterator[pa.RecordBatch]", placements: "Iterator[pa.RecordBatch]", where: "pa.RecordBatch"
) -> "Iterator[pa.RecordBatch]":
    """One row (of COLUMNS) per placement, by interaction_id; an interaction placed twice has two. where: `pathways`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for rows, own, _ in placed(interactions, placements):
        at = where.take(places(own["pathway_id"], where["pathway_id"], what="at a pathway"))
        columns = {name: part[name] for part in (rows, own, at) for name in part.schema.names}
        columns["pmids"] = pmids(columns["evidence"])
        for name in ("pmids", "mediators", "xrefs"):
            columns[name] = pc.fill_null(pc.binary_join(columns[name], "|"), "")
        yield pa.RecordBatch.from_arrays([columns[name] for name in COLUMNS], names=COLUMNS)
