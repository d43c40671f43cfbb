"""The other pathways that were considered when an interaction was assigned."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward import tables

if TYPE_CHECKING:
    import pyarrow as pa

LEAST = 0.05  # probability; less likely pathways are left out


def block(assigned: Sequence[str | Path], interaction_ids: "pa.Array") -> dict[str, Any]:
    """assigned: the files of the assignments; interaction_ids: those of the page's rows.

    `name`: the pathways; `of`: row number -> a flat list of the numbers of its alternatives, each followed by its
    probability, likeliest first.
    """
    import pyarrow as pa

    if not assigned:
        return {"name": [], "of": {}}
    found = pa.concat_tables(_likely(path, interaction_ids) for path in assigned)
    found = found.sort_by([("row", "ascending"), ("confidence", "descending"), ("name", "ascending")])
    names = sorted(found["name"].unique().to_pylist())
    number = {name: n for n, name in enumerate(names)}
    of: dict[int, list[float]] = {}
    for at, name, confidence in zip(*(column.to_pylist() for column in found.columns), strict=True):
        of.setdefault(at, []).extend((number[name], round(confidence, 3)))
    return {"name": names, "of": of}


def _likely(path: str | Path, interaction_ids: "pa.Array") -> "pa.Table":
    """The alternatives in a file: row, name, confidence."""
    import pyarrow as pa
    import pyarrow.compute as pc

    schema = pa.schema({"row": pa.int32(), "name": pa.string(), "confidence": pa.float64()})
    parts = []
    for batch in tables.batches("assigned", path, columns=["interaction_id", "alternatives"]):
        row, given = pc.index_in(batch["interaction_id"], value_set=interaction_ids), batch["alternatives"]
        name, confidence = pc.list_flatten(given).flatten()
        columns = [row.take(pc.list_parent_indices(given)), name, confidence]
        found = pa.RecordBatch.from_arrays(columns, schema=schema)
        likely = pc.greater_equal(found["confidence"], LEAST)
        parts.append(found.filter(pc.and_(likely, pc.is_valid(found["row"]))))
    return pa.Table.from_batches(parts, schema=schema)
