"""Finds the start of a table: its delimiter, the header below any comments, row names without a header, and the columns
if there is no header.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rootward.inputs import columns, delimited, text, values
from rootward.inputs.columns import Columns
from rootward.inputs.delimited import DELIMITERS
from rootward.knowledge.proteins import ProteinNames

_EDGE = re.compile(r"(\S.*?) \(([^()]*)\) (.*\S)")
FEWEST = 2  # minimum rows to recognise a table without a header
SURE = 0.75  # the minimum share of proteins in its columns
ABOVE = 40  # lines that may stand above a header: comments, titles, `sep=;`


@dataclass(frozen=True)
class Header:
    """line: of the header, from 1, or 0 if there is none; width: the number of cells of a row; edge: the column with
    both proteins and the relation between them (`A (pp) B`, as Cytoscape writes it), which is split into three more
    cells; guessed: for a table without a header, the columns found, written as in the configuration.
    """

    line: int
    delimiter: str
    cells: list[str]
    columns: Columns
    width: int
    edge: int | None = None
    guessed: str = ""

    def laid_out(self, row: list[str]) -> list[str]:
        """A row with all the cells from which columns are read."""
        if self.edge is None:
            return row
        found = _EDGE.fullmatch(row[self.edge])
        return [*row, *(found.groups() if found else ("", "", ""))]


def find(start: bytes, given: Mapping[str, str | int], names: ProteinNames | None) -> Header | None:
    """The header of a table that begins with these bytes, or None if no line names two proteins."""
    lines = _lines(start)
    numbered = [str(given.get(name, "")).isdigit() for name in columns.PROTEINS]
    if all(numbered):
        return _below(_numbered(lines, given), lines, names=names)
    for number, line in lines[:ABOVE]:
        marks = [mark for mark in DELIMITERS if mark in line]
        for mark in marks:
            cells = delimited.split(line, mark)
            known = columns.find(cells, given)
            if known:
                return _settled(
                    Header(number, mark, cells=cells, columns=known, width=len(cells)), lines, given=given, names=names
                )
            if found := _edges(number, mark, cells=cells, lines=lines, given=given):
                return found
    return _blanks(lines, given, names=names) or (None if given or names is None else _headless(lines, names))


def _blanks(lines: list[tuple[int, str]], given: Mapping[str, str | int], names: ProteinNames | None) -> Header | None:
    """The header of a table with blanks between its cells, as written by R's write.table by default: all rows below
    have the same width, or one more for a row name.
    """
    for at, (number, line) in enumerate(lines[:ABOVE]):
        cells = delimited.split(line, " ")
        widths = {len(delimited.split(row, " ")) for _, row in lines[at + 1 :][: columns.SAMPLE]}
        known = columns.find(cells, given) if widths in ({len(cells)}, {len(cells) + 1}) else None
        if known:
            return _settled(
                Header(number, " ", cells=cells, columns=known, width=len(cells)), lines, given=given, names=names
            )
    return None


def _edges(
    line: int, mark: str, cells: list[str], lines: list[tuple[int, str]], given: Mapping[str, str | int]
) -> Header | None:
    """The header of an edge table, whose column `shared name` or `name` has both proteins."""
    folded = delimited.folded(cells)
    rows = [delimited.split(text, mark) for number, text in lines if number > line][: columns.SAMPLE]
    for name in ("shared_name", "name"):
        if name not in folded:
            continue
        at = folded.index(name)
        if rows and all(len(row) > at and _EDGE.fullmatch(row[at]) for row in rows):
            told = [] if "interaction" in folded else ["interaction"]
            known = columns.find([*cells, "source", *(told or [""]), "target"], given)
            return Header(line, mark, cells=cells, columns=known, width=len(cells), edge=at) if known else None
    return None


def _headless(lines: list[tuple[int, str]], names: ProteinNames) -> Header | None:
    """A table without a header, if its cells are unambiguous: from the first line on, exactly two columns contain
    proteins.
    """
    listed = [line for _, line in lines if not line.startswith("#")][: columns.SAMPLE]
    for mark in DELIMITERS:
        rows = [delimited.split(line, mark) for line in listed]
        width = len(rows[0]) if rows else 0
        if len(rows) < FEWEST or width < 2 or any(len(row) != width for row in rows):
            continue
        cells = list(zip(*rows, strict=True))
        proteins = [
            at
            for at, column in enumerate(cells)
            if columns.is_protein(names, column[0]) and columns.share(names, column) >= SURE
        ]
        if len(proteins) == 2:
            given = {"protein_a": proteins[0] + 1, "protein_b": proteins[1] + 1} | _told(cells, proteins)
            header = _numbered(lines, given)
            told = ", ".join(f"{name}: {number}" for name, number in given.items())
            return header and replace(header, guessed=told)
    return None


def _told(cells: Sequence[Sequence[str]], proteins: list[int]) -> dict[str, int]:
    """The columns (from 1) of effects and of articles, judging by their cells."""
    tests = {"effect": values.is_effect, "pmid": values.is_article}
    return {
        name: at + 1
        for name, test in tests.items()
        for at, column in reversed(list(enumerate(cells)))
        if at not in proteins and any(column) and all(test(cell) for cell in column if cell.strip())
    }


def _lines(start: bytes) -> list[tuple[int, str]]:
    """(number, text) of the lines that are complete, not blank, and not a spreadsheet's `sep=` line."""
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
    return Header(0, mark, cells=cells, columns=known, width=len(cells)) if known else None


def _below(header: Header | None, lines: list[tuple[int, str]], names: ProteinNames | None) -> Header | None:
    """The same below the first line, if the configured columns are numbers but there is a header nevertheless."""
    rows = (
        [(number, delimited.split(line, header.delimiter)) for number, line in lines if line[0] != "#"]
        if header
        else []
    )
    if header is None or names is None or len(rows) < FEWEST:
        return header
    a, b, _ = header.columns.pairs[0]
    known = [
        [columns.is_protein(names, row[at]) for at in (a, b) if at < len(row)] for _, row in rows[: columns.SAMPLE]
    ]
    below = sum(map(all, known[1:])) > len(known[1:]) / 2
    return replace(header, line=rows[0][0], cells=rows[0][1]) if below and not any(known[0]) else header


def _settled(
    header: Header, lines: list[tuple[int, str]], given: Mapping[str, str | int], names: ProteinNames | None
) -> Header:
    """The header, adjusted for row names, with the columns whose cells name most proteins."""
    rows = [delimited.split(line, header.delimiter) for number, line in lines if number > header.line][: columns.SAMPLE]
    rows = [row for row in rows if not row[0].startswith("#")] if rows else rows
    if rows and all(len(row) == header.width + 1 for row in rows) and _has_row_names(header, rows, names=names):
        known = columns.find(["", *header.cells], given)
        if known:
            header = replace(header, cells=["", *header.cells], columns=known, width=header.width + 1)
    return replace(header, columns=columns.settled(header.columns, rows, names=names))


def _has_row_names(header: Header, rows: list[list[str]], names: ProteinNames | None) -> bool:
    """Whether the first cells of rows with one cell more than the header are row names (as written by R): numbers, or
    cells that name fewer proteins than the cells further to the right.
    """
    if all(row[0].strip().isdigit() for row in rows):
        return True
    if names is None:
        return any(row[-1].strip() for row in rows)
    a, b, _ = header.columns.pairs[0]
    here = columns.share(names, [row[at] for row in rows for at in (a, b)])
    shifted = columns.share(names, [row[at + 1] for row in rows for at in (a, b)])
    return shifted > here or (any(row[-1].strip() for row in rows) and shifted >= here)
