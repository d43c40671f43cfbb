"""The exports that have a row per placed interaction."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from rootward.publish.exports import delimited, flat, workbook
from rootward.publish.exports.export import Export

log = logging.getLogger("rootward")

Rows = Callable[[], Iterable[tuple[Any, ...]]]  # the rows of `flat`, from their start at every call


def _table(rows: Rows, path: str) -> int:
    return delimited.write(flat.COLUMNS, rows(), path)


def _workbook(rows: Rows, path: str) -> int:
    """Write the workbook. It ends where Excel's sheets end; log and second sheet say what only the table holds then."""
    book = workbook.write(flat.COLUMNS, rows(), path, workbook.MAX_ROWS)
    for line in book.lines()[1:]:
        log.warning("%s: %s", path, line)
    return book.rows


EXPORTS = {
    "tsv": Export("interactions.tsv", "rows", _table),
    "xlsx": Export("interactions.xlsx", "rows", _workbook),
}
