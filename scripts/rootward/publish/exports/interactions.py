"""The exports that have a row per placed interaction."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootward.publish.exports import delimited, flat, propaths, sql, workbook
from rootward.publish.exports.export import Export
from rootward.tables import Row

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger("rootward")


@dataclass(frozen=True)
class Placed:
    """pathways: rows of `reorganized`; batches: returns the batches of `flat` from the start at every call."""

    pathways: list[Row]
    batches: "Callable[[], Iterator[pa.RecordBatch]]"


def _table(placed: Placed, path: str) -> int:
    return delimited.write_batches(flat.COLUMNS, placed.batches(), path=path)


def _workbook(placed: Placed, path: str) -> int:
    """Write the workbook. It is limited to the size of an Excel sheet; the log and the second sheet say what is
    missing.
    """
    book = workbook.write(flat.COLUMNS, placed.batches(), path=path, max_rows=workbook.MAX_ROWS)
    for line in book.lines()[1:]:
        log.warning("%s: %s", path, line)
    return book.rows


def _propaths(placed: Placed, path: str) -> int:
    return propaths.write(placed.pathways, placed.batches(), path=path)


def _sql(placed: Placed, path: str) -> int:
    return sql.write(placed.pathways, placed.batches(), path=path)


EXPORTS = {
    "tsv": Export("interactions.tsv", "rows", write=_table),
    "xlsx": Export("interactions.xlsx", "rows", write=_workbook),
    "propaths": Export("propaths.json", "functions", write=_propaths, may_be_empty=True),
    "sql": Export("tree.sql", "rows", write=_sql),
}
