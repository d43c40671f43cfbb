"""Tab-separated tables that spreadsheets, data frames and line-based tools can read.

No cell contains a tab or a line break (they become spaces), so a row is a line for `cut`, `sort` and `awk`. A cell with
a quotation mark is quoted and its marks are doubled (RFC 4180, section 2), as the readers of R and pandas expect.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rootward.files import whole_file
from rootward.publish.escape import one_line
from rootward.publish.exports import texts

if TYPE_CHECKING:
    import pyarrow as pa


def cell(value: Any) -> Any:
    """A value fit for a cell: text on one line, nothing for None, numbers as they are."""
    return one_line(value) if isinstance(value, str) else value


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


def inert(text: str) -> str:
    """A text as a cell that a spreadsheet does not execute: what looks like a formula gets an apostrophe in front."""
    line = one_line(text)
    line = f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
    return '"' + line.replace('"', '""') + '"' if '"' in line else line


def lines(batch: "pa.RecordBatch") -> "pa.Array":
    """The rows of a batch as lines with inert cells."""
    where = f'{texts.NOT_ONE_LINE}|^[=+@-]|"'
    cells = [texts.mended(c, inert, where=where) if texts.is_text(c) else texts.numbers(c) for c in batch.columns]
    return texts.joined(texts.listed((cell.fill_null("") for cell in cells), "\t"), "\n")


def write_batches(header: Iterable[str], batches: "Iterable[pa.RecordBatch]", path: str | Path) -> int:
    """Write a table with inert cells. Returns the number of rows."""
    with whole_file(path) as file:
        count = write_rows(file, header, rows=())
        for batch in batches:
            file.writelines(lines(batch).to_pylist())
            count += batch.num_rows
    return count
