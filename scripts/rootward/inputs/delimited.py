"""Rows of delimited text with their lines: with CSV's quotes or without."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from rootward.errors import UserError, did_you_mean
from rootward.inputs import text
from rootward.inputs.columns import fold_header
from rootward.inputs.records import Chunk

DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "vertical bars"}
_CLOSING = re.compile('(?<!")"(?!")')


def rows(
    path: str, delimiter: str, quoted: bool, undecodable: set[int], above: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that is not blank and comes after the first `above` lines. The line is the one on
    which the row begins.

    A quoted cell may contain line breaks. A quote that is never closed would take everything after it into one cell. So
    if the quotes of several lines are not balanced, or most of these lines are complete rows, each line is read on its
    own and a stray quote affects only its line. A row of several lines is undecodable if one of them is.
    """
    lines = islice(text.lines(path, undecodable), above, None)
    return (
        _quoted(lines, delimiter, undecodable=undecodable, above=above)
        if quoted
        else _unquoted(lines, delimiter, above=above)
    )


def _unquoted(lines: Iterable[str], delimiter: str, above: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, above + 1):
        cells = line.rstrip("\r\n").split(delimiter)
        if any(cells) and not line.isspace():
            yield number, cells


def _quoted(lines: Iterator[str], delimiter: str, undecodable: set[int], above: int) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(text.MAX_LINE)
    taken: list[str] = []
    width, first = 0, above
    for line in lines:
        first += len(taken)
        taken.clear()
        if '"' not in line:
            taken.append(line)
            cells = _one_line(line).rstrip("\r\n").split(delimiter)
        else:
            cells = _csv(_noting(chain([line], lines), taken), delimiter)
        if len(taken) > 1 and _swallowed(taken, delimiter, width=width, cells=cells):
            for offset, line in enumerate(taken, 1):
                yield from _alone(first + offset, line, delimiter=delimiter)
        elif any(cell.strip() for cell in cells):
            width = width or len(cells)
            if undecodable and not undecodable.isdisjoint(range(first + 1, first + len(taken) + 1)):
                undecodable.add(first + 1)
            yield first + 1, cells


def _csv(lines: Iterable[str], delimiter: str) -> list[str]:
    """The cells of the first row."""
    try:
        return next(csv.reader(lines, delimiter=delimiter))
    except csv.Error:  # a cell longer than any line
        return []


def _noting(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield _one_line(line)


def _one_line(line: str) -> str:
    """The line without carriage returns inside it, which csv would take for the end of the row."""
    return line if "\r" not in line else line.rstrip("\r\n").replace("\r", " ") + "\n"


def _swallowed(taken: list[str], delimiter: str, width: int, cells: list[str]) -> bool:
    """Whether a stray quote has taken complete rows into a cell: there is something that CSV does not allow, a tab in a
    quoted cell of a tab-separated table, or most lines are as wide as a row. If the row has the right width, only the
    quoted part of its last line counts, because the rest are the row's own cells.
    """
    if not _even(map(_one_line, taken), delimiter):
        return True
    inside = taken[1:]
    quoted = _CLOSING.split(inside[-1], maxsplit=1)[0]
    if delimiter == "\t" and any("\t" in line for line in (*inside[:-1], quoted)):
        return True
    if len(cells) == width:
        inside[-1] = quoted
    whole = [line.count(delimiter) == max(width - 1, 1) for line in inside]
    return 2 * sum(whole) > len(whole) - (not whole[-1])


def _even(lines: Iterable[str], delimiter: str) -> bool:
    """Whether every quote that lines open is closed at the end of a cell."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _alone(number: int, line: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # A stray quote is treated like a letter here; otherwise it would absorb the cells after it.
    cells = split(line, delimiter) if _even([_one_line(line)], delimiter) else line.rstrip("\r\n").split(delimiter)
    if any(cell.strip() for cell in cells):
        yield number, cells


def chunks(
    path: str,
    rows: Iterable[tuple[int, list[str]]],
    width: int,
    undecodable: set[int],
    fill: Callable[[Chunk, list[list[str]]], Chunk],
    check: Callable[[list[str]], str | None] = lambda cells: None,
) -> Iterator[Chunk]:
    """The rows below a header of `width` cells as chunks made by `fill`. Set aside are rows of another width, rows that
    are not text, and rows for which `check` finds a problem.
    """
    chunk, taken = Chunk(path), []
    for line, cells in rows:
        wrong = "not UTF-8 text" if line in undecodable else fitted(cells, width) or check(cells)
        if wrong:
            chunk.reject(line, wrong, raw="\t".join(cells))
        else:
            chunk.line.append(line)
            taken.append(cells)
        if chunk.full:
            yield fill(chunk, taken)
            chunk, taken = Chunk(path), []
    yield fill(chunk, taken)


def header(path: str, rows: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The first row; a UserError if there is none."""
    first = next(rows, None)
    if first is None:
        raise UserError(f"{path}: is empty")
    return first


def fitted(cells: list[str], width: int) -> str | None:
    """Make a row as wide as the header if only empty cells are missing or extra; otherwise return the problem."""
    if len(cells) < width:
        cells.extend([""] * (width - len(cells)))  # spreadsheets drop trailing empty cells
    elif len(cells) > width:
        if any(cell.strip() for cell in cells[width:]):
            return f"{len(cells)} cells where the header has {width}"
        del cells[width:]
    return None


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line with CSV's quotes."""
    return next(csv.reader([_one_line(line)], delimiter=delimiter), [])


def folded(header: list[str]) -> list[str]:
    """The cells of a header in the normalised form for looking up columns."""
    return [fold_header(cell) for cell in header]


def positions(
    path: str, line: int, names: list[str], wanted: dict[str, str], optional: dict[str, str]
) -> dict[str, int]:
    """The positions of columns: our name -> position, for all `wanted` ones (our name -> folded header name), or else a
    UserError, and for those `optional` ones that exist.
    """
    for name in wanted.values():
        if name not in names:
            shown = ", ".join(names)
            raise UserError(f"{path}:{line}: no column {name} in the header ({shown:.200}){did_you_mean(name, names)}")
    return {ours: names.index(name) for ours, name in (wanted | optional).items() if name in names}
