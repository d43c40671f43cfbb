"""Tab-separated tables that spreadsheets, data frames and line-based tools can read.

No cell contains a tab or a line break (they become spaces), so a row is a line for `cut`, `sort` and `awk`. A cell with
a quotation mark is quoted and its marks are doubled (RFC 4180, section 2), as the readers of R and pandas expect.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from rootward.files import whole_file
from rootward.publish.escape import one_line


def cell(value: Any) -> Any:
    """A value fit for a cell: text on one line, nothing for None, numbers as they are."""
    return one_line(value) if isinstance(value, str) else value


def inert(value: Any) -> Any:
    """A value that a spreadsheet does not execute: text that looks like a formula gets an apostrophe in front."""
    text = cell(value)
    return f"'{text}" if isinstance(text, str) and text.startswith(("=", "+", "-", "@")) else text


def write_rows(file: TextIO, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> int:
    """Write a header and rows to an open file. Returns the number of rows."""
    writer = csv.writer(file, delimiter="\t", lineterminator="\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow(map(cell, row))
        count += 1
    return count


def write(header: Iterable[str], rows: Iterable[Iterable[Any]], path: str | Path) -> int:
    """Write a table. Returns the number of rows."""
    with whole_file(path) as file:
        return write_rows(file, header, rows=rows)
