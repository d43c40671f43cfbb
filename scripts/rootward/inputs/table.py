"""Plain tables: TSV, CSV or semicolon-separated text with a header that names at least the two proteins."""

import csv
from collections.abc import Iterator

from rootward.errors import UserError, did_you_mean
from rootward.inputs import text
from rootward.inputs.records import CHUNK_ROWS, COLUMNS, MAX_RAW, Chunk, Rejection, columns_of, fold_header

DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "vertical bars"}
REQUIRED = ("protein_a", "protein_b")


def read(path: str) -> Iterator[Chunk]:
    """Chunks of a table's rows. Rows of the wrong length or encoding are rejected; a file that is no table raises."""
    start = text.head(path)
    text.check_text(path, start)
    delimiter = _delimiter(path, start)
    undecodable: set[int] = set()
    csv.field_size_limit(text.MAX_LINE)
    reader = csv.reader(text.lines(path, undecodable), delimiter=delimiter, strict=False)
    try:
        header = next(row for row in reader if any(cell.strip() for cell in row))
        columns = _columns(path, header)
        yield from _chunks(path, reader, len(header), columns, undecodable)
    except csv.Error as error:
        raise UserError(f"{path}:{reader.line_num}: {error}; is a quote opened and never closed?") from None


def _delimiter(path: str, start: bytes) -> str:
    """The delimiter under which the first line names both proteins; else the most frequent one."""
    lines = start.decode("utf-8-sig", "replace").splitlines()
    first = next(line for line in lines if line.strip())
    for delimiter in DELIMITERS:
        if all(name in columns_of(next(csv.reader([first], delimiter=delimiter))) for name in REQUIRED):
            return delimiter
    return max(DELIMITERS, key=first.count)


def _columns(path: str, header: list[str]) -> dict[str, int]:
    columns = columns_of(header)
    for name in REQUIRED:
        if name not in columns:
            names = [fold_header(cell) for cell in header]
            hint = did_you_mean(name, names).replace("did you mean", "is it")
            if len(header) == 1:
                hint = "; cells must be separated by tabs, commas or semicolons"
            shown = ", ".join(names)
            raise UserError(f"{path}:1: no column {name} in the header ({shown:.200}){hint}")
    return columns


def _chunks(path: str, reader, width: int, columns: dict[str, int], undecodable: set[int]) -> Iterator[Chunk]:
    chunk = Chunk(path)
    pending: list[list[str]] = []
    for row in reader:
        line = reader.line_num
        if len(row) != width or undecodable:
            reason = _wrong(row, width, line, undecodable)
            if reason == "blank":
                continue
            if reason:
                chunk.rejected.append(Rejection(f"{path}:{line}", reason, "\t".join(row)[:MAX_RAW]))
                continue
        chunk.line.append(line)
        pending.append(row)
        if len(pending) == CHUNK_ROWS:
            yield _filled(chunk, pending, columns)
            chunk, pending = Chunk(path), []
    yield _filled(chunk, pending, columns)


def _wrong(row: list[str], width: int, line: int, undecodable: set[int]) -> str | None:
    if not any(cell.strip() for cell in row):
        return "blank"
    if line in undecodable:
        return "not UTF-8 text"
    if len(row) < width and not any(cell.strip() for cell in row[width:]):
        row.extend([""] * (width - len(row)))  # spreadsheets drop trailing empty cells
        return None
    if len(row) > width:
        if any(cell.strip() for cell in row[width:]):
            return f"{len(row)} cells where the header has {width}"
        del row[width:]
    return None


def _filled(chunk: Chunk, rows: list[list[str]], columns: dict[str, int]) -> Chunk:
    cells = list(zip(*rows, strict=True)) if rows else []
    for name in COLUMNS:
        position = columns.get(name)
        setattr(chunk, name, list(cells[position]) if position is not None and cells else [""] * len(rows))
    return chunk
