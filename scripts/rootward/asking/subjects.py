"""Interactions in the form used by questions about their pathways."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from rootward.curators.questions import Question, ask_about

if TYPE_CHECKING:
    import pyarrow as pa

FIELDS = ("interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement")
COLUMNS = [*FIELDS, "human_a", "human_b"]
_BLOCK = 1000  # rows turned into questions at once


def asked_about(row: Mapping[str, Any]) -> dict[str, Any]:
    """FIELDS of a row of COLUMNS. Proteins of other species are replaced by their human orthologs, whose pathways are
    known; in every table they keep their own names.
    """
    human = {f"protein_{side}": row[f"human_{side}"] for side in "ab" if row[f"human_{side}"] is not None}
    return {field: row[field] for field in FIELDS} | human


class Subjects(Sequence[Question]):
    """A question of one kind about each row of a table of COLUMNS, created on access: a million of them as Python
    objects would take a gigabyte.

    more: for each row, what the question also says; shared: what all questions say.
    """

    def __init__(self, kind: str, table: "pa.Table", more: Sequence[Mapping[str, Any]] | None = None, **shared: Any):
        self._kind, self._table, self._more, self._shared = kind, table, more, shared

    def __len__(self) -> int:
        return int(self._table.num_rows)

    @overload
    def __getitem__(self, at: int) -> Question: ...
    @overload
    def __getitem__(self, at: slice) -> list[Question]: ...
    def __getitem__(self, at: int | slice) -> Question | list[Question]:
        if isinstance(at, int):
            at = range(len(self))[at]  # handles negative positions, and raises IndexError
            return self[at : at + 1][0]
        start, stop, step = at.indices(len(self))
        items = list(map(asked_about, self._table.slice(start, max(stop - start, 0)).to_pylist()))
        if self._more is not None:
            items = [{**item, **more} for item, more in zip(items, self._more[start:stop], strict=True)]
        return [ask_about(self._kind, item, **self._shared) for item in items][::step]

    def __iter__(self) -> Iterator[Question]:
        for start in range(0, len(self), _BLOCK):
            yield from self[start : start + _BLOCK]
