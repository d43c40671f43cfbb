"""Plain tables: TSV, CSV or semicolon-separated text with a header that names at least the two proteins."""

from collections.abc import Iterator

from rootward.errors import UserError, did_you_mean
from rootward.inputs import delimited, text
from rootward.inputs.delimited import DELIMITERS
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk, columns_of, fill, fold_header
from rootward.inputs.start import Start

SHOWN = "a table with a header (protein_a, protein_b)"
REQUIRED = ("protein_a", "protein_b")


class NoTable(UserError):
    """A text whose first line does not name both proteins."""


def looks_like(start: Start) -> bool:
    """Whether it may be a table: all text that is not JSON."""
    return not start.is_json


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a table's rows. Rows of the wrong length or encoding are rejected; a file that is no table raises."""
    start = text.head(path)
    text.check_text(path, start)
    delimiter = _delimiter(start)
    undecodable: set[int] = set()
    rows = delimited.rows(path, delimiter, quoted=True, undecodable=undecodable)
    line, header = delimited.header(path, rows)
    columns = _columns(path, line, header)

    def fill_in(chunk: Chunk, taken: list[list[str]]) -> Chunk:
        cells = list(map(list, zip(*taken, strict=True)))
        return fill(chunk, {name: cells[position] for name, position in columns.items()} if cells else {})

    yield from delimited.chunks(path, rows, len(header), undecodable, fill_in)


def _delimiter(start: bytes) -> str:
    """The delimiter under which the first line names both proteins; else the most frequent one."""
    first = text.first_line(start)
    for delimiter in DELIMITERS:
        if all(name in columns_of(delimited.split(first, delimiter)) for name in REQUIRED):
            return delimiter
    return max(DELIMITERS, key=first.count)


def _columns(path: str, line: int, header: list[str]) -> dict[str, int]:
    columns = columns_of(header)
    for name in REQUIRED:
        if name not in columns:
            names = [fold_header(cell) for cell in header]
            unused = [cell for at, cell in enumerate(names) if at not in columns.values()]
            hint = did_you_mean(name, unused).replace("did you mean", "is it")
            if len(header) == 1:
                hint = "; cells must be separated by tabs, commas or semicolons"
            shown = ", ".join(names)
            raise NoTable(f"{path}:{line}: no column {name} in the header ({shown:.200}){hint}")
    return columns
