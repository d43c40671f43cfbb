"""Where a table begins: its delimiter, its header below whatever stands above, and row names without a header."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rootward.inputs import columns, delimited, text
from rootward.inputs.columns import Columns
from rootward.inputs.delimited import DELIMITERS
from rootward.knowledge.proteins import ProteinNames

ABOVE = 40  # lines that may stand above a header: comments, titles, `sep=;`


@dataclass(frozen=True)
class Header:
    """line: of the header, from 1, or 0 where the configuration numbers the columns of a table without one; width: the
    number of cells of a row.
    """

    line: int
    delimiter: str
    cells: list[str]
    columns: Columns
    width: int


def find(start: bytes, given: Mapping[str, str | int], names: ProteinNames | None) -> Header | None:
    """The header of a table that begins with these bytes, or None where no line names two proteins."""
    lines = _lines(start)
    numbered = [str(given.get(name, "")).isdigit() for name in columns.PROTEINS]
    if all(numbered):
        return _numbered(lines, given)
    for number, line in lines[:ABOVE]:
        marks = [mark for mark in DELIMITERS if mark in line]
        for mark in marks:
            cells = delimited.split(line, mark)
            known = columns.find(cells, given)
            if known:
                return _settled(Header(number, mark, cells, known, len(cells)), lines, given, names)
    return None


def _lines(start: bytes) -> list[tuple[int, str]]:
    """(number, text) of the lines that are whole, not blank, and no spreadsheet's word on the separator."""
    whole = start.decode("utf-8-sig", "replace").split("\n")
    if len(start) >= text.HEAD:
        whole.pop()
    listed = ((number, line.rstrip("\r")) for number, line in enumerate(whole, 1))
    return [(number, line) for number, line in listed if line.strip() and not line.casefold().startswith("sep=")]


def _numbered(lines: list[tuple[int, str]], given: Mapping[str, str | int]) -> Header | None:
    first = next((line for _, line in lines if not line.startswith("#")), "")
    mark = max(DELIMITERS, key=first.count)
    cells = delimited.split(first, mark)
    known = columns.find([""] * len(cells), given)
    return Header(0, mark, cells, known, len(cells)) if known else None


def _settled(
    header: Header, lines: list[tuple[int, str]], given: Mapping[str, str | int], names: ProteinNames | None
) -> Header:
    """The header with row names taken into account, and with the columns whose cells name most proteins."""
    rows = [delimited.split(line, header.delimiter) for number, line in lines if number > header.line][: columns.SAMPLE]
    rows = [row for row in rows if not row[0].startswith("#")] if rows else rows
    if rows and all(len(row) == header.width + 1 for row in rows) and _has_row_names(header, rows, names):
        known = columns.find(["", *header.cells], given)
        if known:
            header = replace(header, cells=["", *header.cells], columns=known, width=header.width + 1)
    return replace(header, columns=columns.settled(header.columns, rows, names))


def _has_row_names(header: Header, rows: list[list[str]], names: ProteinNames | None) -> bool:
    """Whether the first cells of rows that are a cell longer than the header are names of the rows (as R writes them):
    numbers, or cells with which fewer proteins are found than one further to the right.
    """
    if all(row[0].strip().isdigit() for row in rows):
        return True
    if names is None:
        return any(row[-1].strip() for row in rows)
    a, b, _ = header.columns.pairs[0]
    here = columns.share(names, [row[at] for row in rows for at in (a, b)])
    shifted = columns.share(names, [row[at + 1] for row in rows for at in (a, b)])
    return shifted > here or (any(row[-1].strip() for row in rows) and shifted >= here)
