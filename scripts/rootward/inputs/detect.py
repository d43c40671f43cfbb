"""Which reader a file wants, told strictly by how its content begins; whatever is not certain is a plain table."""

from collections.abc import Iterator

from rootward.errors import UserError
from rootward.inputs import biogrid, delimited, indra, mitab, propaths, signor, stringdb, text


def detect(path: str) -> str:
    """The name of the reader. Raises UserError for what no reader can read."""
    start = text.head(path)
    if start[:4] == b"PAR1":
        return "parquet"
    text.check_text(path, start)
    shown = start.decode("utf-8-sig", "replace").lstrip()
    if shown[:1] in ("{", "["):
        return _json(path, shown)
    first = text.first_line(start)
    for names in _headers(first):
        for name, reader in (("signor", signor), ("biogrid", biogrid), ("string", stringdb)):
            if reader.looks_like(names):
                return name
    return "mitab" if mitab.looks_like(first) else "table"


def _headers(first: str) -> Iterator[set[str]]:
    """The first line as the folded cells of a header, under each delimiter."""
    for delimiter in ("\t", ";", ",", " "):
        if delimiter in first:
            yield set(delimited.folded(delimited.split(first, delimiter)))


def _json(path: str, shown: str) -> str:
    if propaths.looks_like(shown):
        return "propaths"
    if indra.looks_like(shown):
        return "indra"
    at = shown.split(maxsplit=1)[0][:40]
    raise UserError(f"{path}:1: JSON ({at} …), but no INDRA statements and no ProPaths snapshot; known: {text.FORMATS}")
