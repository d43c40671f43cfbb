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
    import pyarrow.compute as pc

    if not assigned:
        return {"name": [], "of": {}}
    parts = [tables.read("assigned", path, columns=["interaction_id", "alternatives"]) for path in assigned]
    table = pa.concat_tables(parts).combine_chunks()
    given = table["alternatives"].combine_chunks()
    flat = pc.list_flatten(given)
    row = pc.index_in(table["interaction_id"], value_set=interaction_ids).combine_chunks()
    found = pa.table(
        {
            "row": row.take(pc.list_parent_indices(given)),
            "name": pc.struct_field(flat, "pathway"),
            "confidence": pc.struct_field(flat, "confidence"),
        }
    )
    found = found.filter(pc.greater_equal(pc.field("confidence"), LEAST) & pc.is_valid(pc.field("row")))
    found = found.sort_by([("row", "ascending"), ("confidence", "descending"), ("name", "ascending")])
    names = sorted(set(found["name"].to_pylist()))
    number = {name: n for n, name in enumerate(names)}
    of: dict[int, list[float]] = {}
    for at, name, confidence in zip(*(column.to_pylist() for column in found.columns), strict=True):
        of.setdefault(at, []).extend((number[name], round(confidence, 3)))
    return {"name": names, "of": of}
