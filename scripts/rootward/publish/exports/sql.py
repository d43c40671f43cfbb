"""The tree as SQL: three tables that load into SQLite and PostgreSQL in one transaction.

`rootward_pathways`, `rootward_parents` (child, parent; one row each, because the tree is strict) and
`rootward_functions`, with the pathways on which an interaction is placed. An interaction from ProPaths has a row per
function, with its key there (main, interactor, function_index); any other has a single row without a key. The prefix
avoids conflicts with existing tables. Loading again replaces the content.

Only what both systems read alike is used: TEXT, INTEGER and DOUBLE PRECISION, strings with doubled quotes, no comment
after a statement. PostgreSQL refuses NUL, so control characters become spaces.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from rootward.files import whole_file
from rootward.inputs.propaths import KEY, parts
from rootward.publish.escape import one_line
from rootward.publish.exports import flat
from rootward.tables import Row

ROWS = 500  # rows per INSERT; SQLite compiles a statement as a whole
_TABLES = {
    "rootward_pathways": (
        "pathway_id TEXT PRIMARY KEY, name TEXT NOT NULL, root_id TEXT NOT NULL, level INTEGER NOT NULL, "
        "path TEXT NOT NULL, origin TEXT NOT NULL, n_direct INTEGER NOT NULL, n_total INTEGER NOT NULL"
    ),
    "rootward_parents": (
        "child_id TEXT PRIMARY KEY REFERENCES rootward_pathways, parent_id TEXT NOT NULL REFERENCES rootward_pathways, "
        "method TEXT NOT NULL, reason TEXT NOT NULL, call_id TEXT"
    ),
    "rootward_functions": (
        "interaction_id TEXT NOT NULL, pathway_id TEXT NOT NULL REFERENCES rootward_pathways, "
        "main TEXT, interactor TEXT, function_index INTEGER, protein_a TEXT NOT NULL, protein_b TEXT NOT NULL, "
        "effect TEXT NOT NULL, method TEXT NOT NULL, confidence DOUBLE PRECISION, reason TEXT NOT NULL, call_id TEXT, "
        "given_a TEXT, given_b TEXT"
    ),
}
_PATHWAY = ("pathway_id", "name", "root_id", "level", "path", "origin", "n_direct", "n_total")
_whose = itemgetter(*map(flat.COLUMNS.index, ("interaction_id", "pathway_id", "xrefs")))
_PLACED = (
    *("protein_a", "protein_b", "effect", "method", "confidence", "reasoning", "call_id"),
    *("given_a", "given_b"),
)
_placed = itemgetter(*map(flat.COLUMNS.index, _PLACED))
Values = tuple[Any, ...]


def literal(value: Any) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    return _quoted(value) if isinstance(value, str) else repr(value)


@lru_cache(10_000)  # names, methods and effects repeat
def _quoted(text: str) -> str:
    return "'" + one_line(text).replace("'", "''") + "'"


def statements(pathways: Iterable[Row], rows: Iterable[Values]) -> Iterator[str]:
    """The statements in order, without their semicolons. rows: of `flat`."""
    ordered = sorted(pathways, key=lambda row: row["pathway_id"])
    yield "BEGIN"
    yield from (f"CREATE TABLE IF NOT EXISTS {table} ({columns})" for table, columns in _TABLES.items())
    yield from (f"DELETE FROM {table}" for table in reversed(_TABLES))
    yield from _inserts("rootward_pathways", (_pathway(row) for row in ordered))
    yield from _inserts("rootward_parents", (_parent(row) for row in ordered if row["parent_id"] is not None))
    yield from _inserts("rootward_functions", (function for row in rows for function in _functions(row)))
    yield "COMMIT"


def _pathway(row: Row) -> Values:
    return tuple((row | {"path": " > ".join(row["path"])})[name] for name in _PATHWAY)


def _parent(row: Row) -> Values:
    return row["pathway_id"], row["parent_id"], row["method"], row["reasoning"], row["call_id"]


def _functions(row: Values) -> Iterator[Values]:
    id_, pathway_id, xrefs = _whose(row)
    keys: list[Values] = [key for key in map(parts, xrefs.split("|")) if key] if KEY in xrefs else []
    for key in keys or [(None, None, None)]:
        yield (id_, pathway_id, *key, *_placed(row))


def _inserts(table: str, rows: Iterator[Values]) -> Iterator[str]:
    while batch := list(islice(rows, ROWS)):
        yield f"INSERT INTO {table} VALUES\n" + ",\n".join(f"({', '.join(map(literal, row))})" for row in batch)


def write(pathways: Iterable[Row], rows: Iterable[Values], path: str | Path) -> int:
    """Write the file. Returns the number of rows that it inserts."""
    written = 0
    with whole_file(path) as file:
        for statement in statements(pathways, rows):
            file.write(f"{statement};\n")
            written += statement.count("\n")  # text within a row has no line breaks
    return written
