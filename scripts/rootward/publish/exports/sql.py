"""The tree as SQL: three tables that load into SQLite and PostgreSQL in one transaction.

`rootward_pathways`, `rootward_parents` (child, parent; one row each, because the tree is strict) and
`rootward_functions`, with the pathways on which an interaction is placed. An interaction from ProPaths has a row per
function, with its key there (main, interactor, function_index); any other has a single row without a key. The prefix
avoids conflicts with existing tables. Loading again replaces the content.

Only what both systems read alike is used: TEXT, INTEGER and DOUBLE PRECISION, strings with doubled quotes, no comment
after a statement. PostgreSQL refuses NUL, so control characters become spaces.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward.files import whole_file
from rootward.inputs.propaths import KEY, parts
from rootward.publish.escape import one_line
from rootward.publish.exports import texts
from rootward.tables import Row

if TYPE_CHECKING:
    import pyarrow as pa

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
_PLACED = (
    *("protein_a", "protein_b", "effect", "method", "confidence", "reasoning", "call_id"),
    *("given_a", "given_b"),
)


def literal(value: Any) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    return f"'{_within_quotes(value)}'" if isinstance(value, str) else repr(value)


def _within_quotes(text: str) -> str:
    return one_line(text).replace("'", "''")


def statements(pathways: Iterable[Row], batches: "Iterable[pa.RecordBatch]") -> Iterator[str]:
    """The statements in order, without their semicolons. batches: of `flat`."""
    ordered = sorted(pathways, key=lambda row: row["pathway_id"])
    yield "BEGIN"
    yield from (f"CREATE TABLE IF NOT EXISTS {table} ({columns})" for table, columns in _TABLES.items())
    yield from (f"DELETE FROM {table}" for table in reversed(_TABLES))
    yield from _inserts("rootward_pathways", map(_pathway, ordered))
    yield from _inserts("rootward_parents", (_parent(row) for row in ordered if row["parent_id"] is not None))
    yield from _inserts("rootward_functions", (function for batch in batches for function in _functions(batch)))
    yield "COMMIT"


def _pathway(row: Row) -> str:
    return _values((row | {"path": " > ".join(row["path"])})[name] for name in _PATHWAY)


def _parent(row: Row) -> str:
    return _values(row[name] for name in ("pathway_id", "parent_id", "method", "reasoning", "call_id"))


def _values(row: Iterable[Any]) -> str:
    return f"({', '.join(map(literal, row))})"


def _functions(batch: "pa.RecordBatch") -> list[str]:
    """The values of a batch's rows: one row for each key of its interaction, or without a key."""
    import pyarrow as pa

    at: list[int] = []
    keys: list[tuple[Any, ...]] = []
    for n, xrefs in enumerate(batch["xrefs"].to_pylist()):
        found: list[tuple[Any, ...]] = list(filter(None, map(parts, xrefs.split("|")))) if KEY in xrefs else []
        for key in found or [(None, None, None)]:
            at.append(n)
            keys.append(key)
    main, interactor, index = zip(*keys, strict=True)
    rows = batch.take(pa.array(at))
    columns = [
        rows["interaction_id"],
        rows["pathway_id"],
        pa.array(main, pa.string()),
        pa.array(interactor, pa.string()),
    ]
    columns += [pa.array(index, pa.int64()), *(rows[name] for name in _PLACED)]
    values: list[str] = texts.joined("(", texts.listed(map(_literals, columns), ", "), ")").to_pylist()
    return values


def _literals(column: "pa.Array") -> "pa.Array":
    if not texts.is_text(column):
        return texts.numbers(column).fill_null("NULL")
    quoted = texts.joined("'", texts.mended(column, _within_quotes, where=f"{texts.NOT_ONE_LINE}|'"), "'")
    return quoted.fill_null("NULL")


def _inserts(table: str, rows: Iterator[str]) -> Iterator[str]:
    while batch := list(islice(rows, ROWS)):
        yield f"INSERT INTO {table} VALUES\n" + ",\n".join(batch)


def write(pathways: Iterable[Row], batches: "Iterable[pa.RecordBatch]", path: str | Path) -> int:
    """Write the file. Returns the number of rows that it inserts."""
    written = 0
    with whole_file(path) as file:
        for statement in statements(pathways, batches):
            file.write(f"{statement};\n")
            written += statement.count("\n")  # text within a row has no line breaks
    return written
