"""A sheet of an Excel workbook (.xlsx) as lines of tab-separated text, one per row, so that every text reader can read
it.

The sheet is the first one whose first rows name two proteins, otherwise the first with two cells in a row. For formulas
the saved values are used. Dates are written as dates; they are names that the spreadsheet took for dates.
"""

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from rootward.errors import UserError
from rootward.inputs import columns

_LOOKED_AT = 40  # rows of a sheet in which the header may be
Row = tuple[object, ...]


def lines(path: str, file: BinaryIO | io.BufferedReader) -> Iterator[bytes]:
    """The lines of the sheet. Raises UserError for a workbook that cannot be read or has no sheet with cells."""
    import openpyxl

    try:
        sheets = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets
        rows = _chosen([sheet.iter_rows(values_only=True) for sheet in sheets])
        for row in rows:
            yield _line(row)
    except Exception as error:  # openpyxl lets any error of its parsers through if a part of the archive is damaged
        raise UserError(
            f"{path}: cannot be read as an Excel workbook ({type(error).__name__}: {error!s:.80})"
        ) from None


def _chosen(sheets: list[Iterator[Row]]) -> Iterable[Row]:
    """The rows of the sheet to read."""
    begun = [list(islice(sheet, _LOOKED_AT)) for sheet in sheets]
    tests: list[Callable[[list[str]], bool]] = [
        lambda row: columns.find(row, {}) is not None,
        lambda row: sum(map(bool, row)) > 1,
    ]
    for test in tests:
        for start, rest in zip(begun, sheets, strict=True):
            if any(test([_cell(value) for value in row]) for row in start):
                return _together(start, rest)
    return ()


def _together(start: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from start
    yield from rest


def _line(row: Row) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerow([_cell(value) for value in row])
    return written.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    """A cell as text on one line."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return " ".join(str(value).split())
