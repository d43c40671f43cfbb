"""A table as an Excel workbook, written as a stream by XlsxWriter.

Format: Office Open XML (ECMA-376). Text is written as text and never as a formula, a link or a number, whatever it
begins with. Excel's limits hold: 1,048,576 rows on a sheet and 32,767 UTF-16 code units in a cell; what they cut off
is counted and told on the second sheet, and by the caller in its log.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rootward.publish.escape import one_line

MAX_ROWS = 1_048_576  # with the header
MAX_CELL = 32_767
CREATED = datetime(2000, 1, 1)  # a fixed date: the same rows are the same bytes
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"path": 60, "statement": 60, "pathway": 36, "effect": 22, "pmids": 14}


@dataclass
class Written:
    """What went into a workbook, and what Excel's limits kept out of it."""

    rows: int = 0
    rows_left_out: int = 0
    cells_cut: int = 0

    def lines(self) -> list[str]:
        """What stands on the second sheet."""
        text = [f"{self.rows} rows. Made by Rootward; interactions.tsv holds the same table."]
        if self.rows_left_out:
            text.append(f"{self.rows_left_out} more rows stand only in interactions.tsv: a sheet is full.")
        if self.cells_cut:
            text.append(f"{self.cells_cut} texts are cut to {MAX_CELL} characters; interactions.tsv has them whole.")
        return text


def clip(text: str, limit: int = MAX_CELL) -> str:
    """The longest beginning of a text that Excel takes: it counts characters outside the BMP as two."""
    if 2 * len(text) <= limit or len(text.encode("utf-16-le")) <= 2 * limit:
        return text
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def write(header: Sequence[str], rows: Iterable[Sequence[Any]], path: str | Path, max_rows: int = MAX_ROWS) -> Written:
    """Write a header and at most max_rows - 1 rows, and say what was left out."""
    import xlsxwriter

    written = Written()
    temporary = f"{path}.{os.getpid()}.tmp"
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        # constant_memory: every row goes to disk when the next one begins.
        with xlsxwriter.Workbook(temporary, {"constant_memory": True, **TEXT_ONLY}) as book:
            book.set_properties({"created": CREATED})
            sheet, bold = book.add_worksheet("interactions"), book.add_format({"bold": True})
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(header):
                sheet.set_column(column, column, WIDTHS.get(name, 16))
                sheet.write_string(0, column, name, bold)
            remaining = iter(rows)
            for number, row in enumerate(islice(remaining, max_rows - 1), start=1):
                written.cells_cut += _write_row(sheet, number, row)
                written.rows = number
            written.rows_left_out = sum(1 for _ in remaining)
            about = book.add_worksheet("about")
            for number, line in enumerate(written.lines()):
                about.write_string(number, 0, line)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return written


def _write_row(sheet: Any, number: int, row: Sequence[Any]) -> int:
    """Write one row; the number of its texts that had to be cut."""
    cut = 0
    for column, value in enumerate(row):
        if isinstance(value, str):
            text = one_line(value)
            if text:
                short = clip(text)
                cut += short is not text
                sheet.write_string(number, column, short)
        elif value is not None:
            sheet.write_number(number, column, value)
    return cut
