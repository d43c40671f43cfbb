"""Interactions with their placements, without holding either table in memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rootward.tables import Row

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Batches = Iterator["pa.RecordBatch"]


class Placed(NamedTuple):
    """Placements, and for each of them the interaction; is_first: whether it is the first of that interaction."""

    interactions: "pa.RecordBatch"
    placements: "pa.RecordBatch"
    is_first: "np.ndarray"


def placed(interactions: "Batches", placements: "Batches") -> Iterator[Placed]:
    """Each placement with its interaction. Both are sorted by interaction_id, as their tables are.

    An interaction without a placement is one that the configuration leaves out of the tree (verify_tree checks that),
    and is left out here, too. Raises ValueError for a placement without an interaction: no export may lose one.
    """
    import numpy as np
    import pyarrow as pa

    window: pa.RecordBatch = next(interactions, None)  # those that the next placements may belong to
    before = -1
    for batch in placements:
        ids = batch["interaction_id"]
        while window["interaction_id"][-1].as_py() < ids[-1].as_py() and (more := next(interactions, None)) is not None:
            window = pa.concat_batches([window, more])
        at = places(ids, window["interaction_id"], what="an interaction")
        yield Placed(window.take(at), batch, is_first=np.diff(at, prepend=before) != 0)
        window, before = window.slice(at[-1].as_py()), 0


def places(ids: "pa.Array", among: "pa.Array", what: str) -> "pa.Array":
    """The place of each id of a placement in a column. Raises ValueError if an id is not in it."""
    import pyarrow.compute as pc

    at = pc.index_in(ids, value_set=among)
    if at.null_count:
        raise ValueError(f"placement of {ids.filter(pc.is_null(at))[0]}, which is not {what}")
    return at


def pmids(evidence: "pa.ListArray") -> "pa.ListArray":
    """The publications that each interaction rests on, each once, in numeric order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    pmid = pc.struct_field(pc.list_flatten(evidence), "pmid")
    columns = {"owner": pc.list_parent_indices(evidence), "length": pc.utf8_length(pmid), "pmid": pmid}
    given = pa.table(columns).filter(pc.greater(columns["length"], 0))
    distinct = given.group_by(given.column_names, use_threads=False).aggregate([])
    distinct = distinct.sort_by([(name, "ascending") for name in columns]).combine_chunks()
    ends = np.cumsum(np.bincount(distinct["owner"], minlength=len(evidence)))
    return pa.ListArray.from_arrays(pa.array(np.append(0, ends), pa.int32()), distinct["pmid"].combine_chunks())


def called(row: Row, side: str) -> str:
    """A protein of an interaction, with the name in the user's file if it differs."""
    symbol, given = row[f"protein_{side}"], row[f"given_{side}"]
    return str(symbol) if given in (None, symbol) else f"{symbol} ({given})"
