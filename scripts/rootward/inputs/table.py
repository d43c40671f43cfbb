"""Plain tables: TSV, CSV or semicolon-separated text with a header that names at least the two proteins."""

import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from rootward.errors import UserError, did_you_mean
from rootward.inputs import columns, delimited, headers, text
from rootward.inputs.columns import fold_header, is_protein
from rootward.inputs.delimited import DELIMITERS
from rootward.inputs.filling import filled
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start

_NODES = ["PARTICIPANT", "PARTICIPANT_TYPE"]  # where Pathway Commons continues with a second table, of the nodes
SHOWN = "a table with a header (protein_a, protein_b)"

# Files that were saved instead of a table: how they begin, what they are, and what to do.
_NO_TABLES = [
    (re.compile(form, re.IGNORECASE), said)
    for form, said in (
        (r"<!doctype html|<html|<head|<body", "a web page, not a table: the download has failed; fetch it again"),
        (r"<\?xml|<rdf:|<entryset|<sbml", "XML (BioPAX, PSI-MI XML, SBML …); export it as SIF, PSI-MITAB or a table"),
        (r"version https://git-lfs", "a pointer of Git LFS, not the file itself; fetch it with git lfs pull"),
        (r"%PDF-|\{\\rtf", "a document, not a table; save the table in it as tab-separated text"),
        (r"graph \[|(?:di)?graph\s", "a network in GML or DOT; save it as SIF, CX2 or a table of edges"),
    )
]


class NoTable(UserError):
    """A text whose first lines do not name both proteins."""


def looks_like(start: Start) -> bool:
    """Whether it may be a table: all text that is not JSON."""
    return not start.is_json


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a table's rows. Rows of the wrong length or encoding are rejected; a file that is not a table
    raises.
    """
    start = text.head(path)
    text.check_text(path, start)
    header = headers.find(start, options.columns, names=options.names)
    if header is None:
        raise NoTable(_refusal(path, start, options=options))
    undecodable: set[int] = set()
    rows = delimited.rows(path, header.delimiter, quoted=True, undecodable=undecodable, above=header.line)
    rows = (row for row in rows if not (row[1][0].startswith("#") and len(row[1]) < header.width))
    rows = takewhile(lambda row: row[1][:2] != _NODES, rows)

    first = [cell.strip() for cell in header.cells]

    def repeated(cells: list[str]) -> str | None:
        same = cells[0].strip() == first[0] and [cell.strip() for cell in cells] == first
        return "repeats the header" if same and header.line else None

    def fill(chunk: Chunk, taken: list[list[str]]) -> Chunk:
        laid_out = taken if header.edge is None else list(map(header.laid_out, taken))
        return filled(chunk, laid_out, columns=header.columns, names=options.names)

    unused = [
        name for name in header.columns.unused(header.cells) if header.edge is None or name != header.cells[header.edge]
    ]
    for chunk in delimited.chunks(path, rows, width=header.width, undecodable=undecodable, fill=fill, check=repeated):
        chunk.unused = unused
        chunk.guessed = header.guessed
        yield chunk


def _refusal(path: str, start: bytes, options: Options) -> str:
    """The error for a file without the two columns, and the configuration line that would read it."""
    first = text.first_line(start)
    mark = max(DELIMITERS, key=first.count)
    cells = delimited.split(first, mark)
    if not any(cell.strip() for cell in cells):
        return f"{path}: is empty"
    what = next((said for form, said in _NO_TABLES if form.match(first.lstrip())), None)
    if what:
        return f"{path}: is {what}"
    known = [number for number, cell in enumerate(cells, 1) if options.names and is_protein(options.names, cell)]
    if len(known) > 1:
        told = f"columns: {{protein_a: {known[0]}, protein_b: {known[1]}}}"
        return f"{path}:1: has no header ({', '.join(cells):.100}); add one, or say in the configuration {told}"
    rows = [
        delimited.split(line, mark) for line in start.decode("utf-8-sig", "replace").split("\n")[1 : columns.SAMPLE]
    ]
    return f"{path}:1: {missing(cells)}{_advice(cells, rows, mark=mark, options=options)}"


def missing(header: list[str]) -> str:
    """Which of the two columns a header does not name, and which names it may have."""
    name, unused = columns.unnamed(header)
    shown = ", ".join(map(fold_header, header))
    hint = did_you_mean(name, unused).replace("did you mean", "is it") if len(header) > 1 else ""
    return f"no column {name} in the header ({shown:.200}){hint}"


def _advice(cells: list[str], rows: list[list[str]], mark: str, options: Options) -> str:
    if len(cells) == 1:
        return "; cells must be separated by tabs, commas or semicolons"
    folded = [fold_header(cell) for cell in cells]
    wrong = [f"{name}: {column}" for name, column in options.columns.items() if not columns.is_there(column, folded)]
    if wrong:
        return f"; columns: {{{', '.join(wrong):.80}}} names none of them"
    if all(cell.strip().isdigit() for cell in cells):
        return "; it has no header: name the columns in a first line, such as entrez_a and entrez_b for Entrez Gene ids"
    pairs = [at for at in range(len(cells)) if _hold(rows, at, test=_is_pair)]
    if pairs:
        return f"; column {folded[pairs[0]]:.40} holds both proteins: give each a column of its own"
    a, b = _likeliest(rows, len(cells), options=options)
    if folded.count(folded[a]) > 1 or not folded[a] or not folded[b]:
        return f"; or say which they are, columns: {{protein_a: {a + 1}, protein_b: {b + 1}}}"
    return f"; or say which they are, columns: {{protein_a: {folded[a]:.40}, protein_b: {folded[b]:.40}}}"


def _is_pair(cell: str) -> bool:
    """Whether a cell is two words with a separator (TP53-MDM2, TNF_TNFRSF1A)."""
    return len([part for part in re.split(r"[-_~:|>]+", cell.strip()) if part[:1].isalpha()]) == 2


def _hold(rows: list[list[str]], at: int, test: Callable[[str], bool]) -> bool:
    held = [test(row[at]) for row in rows if at < len(row)]
    return bool(held) and all(held)


def _likeliest(rows: list[list[str]], width: int, options: Options) -> list[int]:
    """The two columns with most proteins, in their order; for ties the first."""
    if options.names is None:
        return [0, 1]
    names = options.names
    shares = [columns.share(names, [row[at] for row in rows if at < len(row)]) for at in range(width)]
    return sorted(sorted(range(width), key=lambda at: -shares[at])[:2])
