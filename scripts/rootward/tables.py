"""Every Parquet table of the workflow: its columns, types and key; the one `read` and the one `write`.

Tables are written sorted by key, with one compression and no time or path in the metadata, to a temporary name that is
moved into place: the same content is the same bytes, and a half-written table cannot exist. pyarrow is imported when
it is needed: `is_empty` does without it.
"""

import itertools
import logging
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward.errors import UserError
from rootward.files import replacing

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger("rootward")

Row = dict[str, Any]  # a row of a table by column name; TABLES says which columns, of which types
COMPRESSION = "zstd"
ROW_GROUP = 100_000
_BLOCK = 10_000  # rows that exist as dicts and as columns at the same time
LONGEST_LABEL = 127  # bytes; the longest that `label` can read
_EVIDENCE = "list<struct<text: string, pmid: string>>"
_ALTERNATIVES = "list<struct<pathway: string, confidence: double>>"
_REJECTED = "list<struct<parent: string, reason: string>>"


@dataclass(frozen=True)
class Table:
    """Columns with their types, the key that sorts (and, when `unique`, identifies) the rows, and what may be null."""

    columns: dict[str, str]
    key: tuple[str, ...]
    unique: bool = True
    nullable: tuple[str, ...] = ()


_DECIDED = {"method": "string", "reasoning": "string", "call_id": "string"}

TABLES: dict[str, Table] = {
    "interactions": Table(
        {
            "interaction_id": "string",
            "protein_a": "string",
            "protein_b": "string",
            "uniprot_a": "string",
            "uniprot_b": "string",
            # The names in the files and, for proteins of other species, the human name used to look up pathways.
            "given_a": "string",
            "given_b": "string",
            "human_a": "string",
            "human_b": "string",
            "effect": "string",
            "mechanism": "string",
            "mediators": "list<string>",  # of an indirect interaction, in order
            "statement": "string",
            "evidence": _EVIDENCE,
            "confidence": "double",
            "source": "string",
            "notes": "list<string>",
            "xrefs": "list<string>",
            "n_rows": "int64",
            "bucket": "uint16",
        },
        key=("interaction_id",),
        nullable=(
            *("uniprot_a", "uniprot_b", "given_a", "given_b", "human_a", "human_b"),
            *("mediators", "confidence", "xrefs", "n_rows"),
        ),
    ),
    # Every name in the files (with their word for its kind), what it became, how, and remarks or the reason if it
    # became nothing; n_rows: the number of rows with it.
    "proteins": Table(
        {
            "name": "string",
            "kind": "string",
            "species": "string",
            "symbol": "string",
            "uniprot": "string",
            "human": "string",
            "how": "string",
            "note": "string",
            "n_rows": "int64",
        },
        key=("name", "kind", "species"),
        unique=False,
        nullable=("symbol", "uniprot", "human", "note"),
    ),
    "rejected": Table(
        {"source": "string", "reason": "string", "raw": "string", "n_rows": "int64"},
        key=("source", "reason", "raw"),
        unique=False,
    ),
    "evidence": Table(
        {"interaction_id": "string", "verdict": "string", "effect": "string", **_DECIDED},
        key=("interaction_id",),
        nullable=("effect", "call_id"),
    ),
    "assigned": Table(
        {
            "interaction_id": "string",
            "pathway": "string",
            "confidence": "double",
            "alternatives": _ALTERNATIVES,
            **_DECIDED,
        },
        key=("interaction_id",),
        nullable=("alternatives", "call_id"),
    ),
    "refined": Table(
        {"name": "string", "standard_name": "string", "n_interactions": "int64", **_DECIDED},
        key=("name",),
        nullable=("call_id",),
    ),
    "leaves": Table(
        {"pathway_id": "string", "name": "string", "n_interactions": "int64", "proteins": "list<string>"},
        key=("pathway_id",),
    ),
    "memberships": Table(
        {
            "interaction_id": "string",
            "pathway_id": "string",
            "method": "string",
            "confidence": "double",
            "reasoning": "string",
            "call_id": "string",
        },
        key=("interaction_id", "pathway_id"),
        nullable=("call_id",),
    ),
    "parents": Table(
        # answered: the parent as spelled in the answer, if that differs; rejected: the other parents that were named
        # for the child, and why each was rejected.
        {
            "child_id": "string",
            "child": "string",
            "parent_id": "string",
            "parent": "string",
            "answered": "string",
            "rejected": _REJECTED,
            **_DECIDED,
        },
        key=("child_id",),
        nullable=("parent_id", "parent", "answered", "rejected", "call_id"),
    ),
    "siblings": Table(
        {"parent_id": "string", "pathway_id": "string", "name": "string", **_DECIDED},
        key=("parent_id", "pathway_id"),
        nullable=("call_id",),
    ),
    # One row per pathway and candidate parent, the best at rank 0: before phase 2 there may be several. settled:
    # whether it has been through all phases, so that another pass asks only about what was added since.
    "tree": Table(
        {
            "pathway_id": "string",
            "rank": "int32",
            "name": "string",
            "parent_id": "string",
            "origin": "string",
            "aliases": "list<string>",
            "settled": "bool",
            **_DECIDED,
        },
        key=("pathway_id", "rank"),
        nullable=("parent_id", "settled", "call_id"),
    ),
    "reorganized": Table(
        {
            "pathway_id": "string",
            "name": "string",
            "parent_id": "string",
            "root_id": "string",
            "level": "int32",
            "path": "list<string>",
            "is_leaf": "bool",
            "origin": "string",
            "n_direct": "int64",
            "n_total": "int64",
            "aliases": "list<string>",
            "xrefs": "list<string>",
            "xref_matches": "list<string>",  # for each xref, how it was found: exact, alias or config
            **_DECIDED,
        },
        key=("pathway_id",),
        nullable=("parent_id", "xref_matches", "call_id"),
    ),
    # The lines of decisions.tsv, resolved: every id that a pathway may have in this run, the interactions meant, and in
    # `object` the name that is given as an answer.
    "decisions": Table(
        {
            "line": "int64",
            "decision": "string",
            "subject": "string",
            "object": "string",
            "subject_ids": "list<string>",
            "object_ids": "list<string>",
            "interaction_ids": "list<string>",
            "reason": "string",
            "call_id": "string",
        },
        key=("call_id",),
    ),
    "changes": Table(
        {
            "phase": "string",
            "action": "string",
            "pathway_id": "string",
            "interaction_id": "string",
            "before": "string",
            "after": "string",
            "reason": "string",
            "call_id": "string",
        },
        key=("phase", "action", "pathway_id", "interaction_id", "before", "after"),
        unique=False,
        nullable=("pathway_id", "interaction_id", "before", "after", "call_id"),
    ),
}
TABLES["hierarchy"] = Table(TABLES["parents"].columns, key=("child_id",), nullable=("answered", "rejected", "call_id"))
TABLES["placements"] = TABLES["memberships"]


def schema(name: str) -> "pa.Schema":
    """The Arrow schema of a table."""
    import pyarrow as pa

    table = TABLES[name]
    return pa.schema([pa.field(c, _arrow_type(t), nullable=c in table.nullable) for c, t in table.columns.items()])


def _arrow_type(text: str) -> "pa.DataType":
    import pyarrow as pa

    if text.startswith("list<struct<"):
        inner = text[len("list<struct<") : -2]
        fields = [part.split(": ") for part in inner.split(", ")]
        return pa.list_(pa.struct([(field, _arrow_type(kind)) for field, kind in fields]))
    if text.startswith("list<"):
        return pa.list_(_arrow_type(text[5:-1]))
    return {"string": pa.string(), "double": pa.float64(), "bool": pa.bool_()}.get(text) or getattr(pa, text)()


def from_rows(name: str, rows: Iterable[Row]) -> "pa.Table":
    """Rows (dicts; a missing key is null) as an Arrow table of the named schema, converted in blocks."""
    import pyarrow as pa

    expected, left, parts = schema(name), iter(rows), []
    while block := list(itertools.islice(left, _BLOCK)):
        unknown = set().union(*block) - TABLES[name].columns.keys()
        if unknown:
            raise ValueError(f"{name}: has no column {', '.join(sorted(unknown))}")
        parts.append(pa.Table.from_pylist(block, schema=expected))
    return pa.concat_tables(parts) if parts else expected.empty_table()


def write(name: str, data: "pa.Table | Iterable[Row]", path: str | Path, **labels: str) -> None:
    """Write a table: check columns, refuse nulls and duplicate keys, sort rows by key, move into place when whole.

    labels are kept in the metadata, for `label` to find. Raises ValueError when the data break the table's contract;
    that is a bug of the caller, never of the user.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = data if isinstance(data, pa.Table) else from_rows(name, data)
    expected = TABLES[name]
    if table.column_names != list(expected.columns):
        raise ValueError(f"{name}: columns are {table.column_names}, not {list(expected.columns)}")
    for column in table.column_names:
        if column not in expected.nullable and table[column].null_count:
            raise ValueError(f"{name}.{column}: {table[column].null_count} nulls in a column that must not contain any")
    table = table.cast(schema(name)).sort_by([(column, "ascending") for column in _sort_columns(expected)])
    if expected.unique and table.num_rows > 1:
        _refuse_duplicates(name, table, key=expected.key)
    labels |= {"table": name, "empty": "yes" if table.num_rows == 0 else "no"}
    if too_long := [label for label, text in labels.items() if len(text.encode()) > LONGEST_LABEL]:
        raise ValueError(f"{name}: label {too_long[0]} is longer than {LONGEST_LABEL} bytes")
    named = {f"rootward.{label}": text for label, text in sorted(labels.items())}
    table = table.replace_schema_metadata(named).combine_chunks()
    with replacing(path) as temporary:
        try:
            pq.write_table(table, temporary, compression=COMPRESSION, row_group_size=ROW_GROUP, store_schema=True)
        except OSError as error:  # pyarrow's errors do not name the file
            error.filename = error.filename or str(path)
            raise
    log.info("%s: %d rows", path, table.num_rows, extra={"table": name, "n_rows": table.num_rows})


def _sort_columns(table: Table) -> list[str]:
    # If the key is not unique, every plain column takes part, so that the order is still defined.
    if table.unique:
        return list(table.key)
    return [*table.key, *(c for c, t in table.columns.items() if c not in table.key and not t.startswith("list"))]


def _refuse_duplicates(name: str, table: "pa.Table", key: tuple[str, ...]) -> None:
    import pyarrow.compute as pc

    same = None
    for column in key:
        values = table[column].combine_chunks()
        both_null = pc.and_(pc.is_null(values[1:]), pc.is_null(values[:-1]))
        equal = pc.or_(pc.fill_null(pc.equal(values[1:], values[:-1]), False), both_null)
        same = equal if same is None else pc.and_(same, equal)
    if pc.any(same).as_py():
        at = pc.index(same, True).as_py()
        raise ValueError(f"{name}: key {[table[c][at].as_py() for c in key]} is duplicated")


def read(name: str, path: str | Path, columns: list[str] | None = None, filters: Any = None) -> "pa.Table":
    """Read a table (optionally some columns, or the rows that a pyarrow filter keeps), and check its columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if filters is None:  # avoids importing pyarrow's datasets, which takes longer than reading most tables
            with pq.ParquetFile(path) as file:
                table = file.read(columns=columns)
            table = table.select(columns) if columns and set(columns) <= set(table.column_names) else table
        else:
            table = pq.read_table(path, columns=columns, filters=filters, partitioning=None)
    except FileNotFoundError:
        raise UserError(f"{path}: not found") from None
    except (pa.ArrowException, OSError) as error:
        _check_columns(name, path, columns=columns)
        raise UserError(
            f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]}); delete it and run again"
        ) from None
    _check_columns(name, path, columns=columns, found=table.column_names)
    return table


def _check_columns(name: str, path: str | Path, columns: list[str] | None, found: list[str] | None = None) -> None:
    """Raise UserError if the file lacks a column. A file that cannot be read at all passes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if found is None:
        try:
            found = pq.read_schema(path).names
        except (pa.ArrowException, OSError):
            return
    missing = [column for column in columns or TABLES[name].columns if column not in found]
    if missing:
        raise UserError(f"{path}: is not a {name} table (no column {missing[0]}); delete it and run again")


def rows(name: str, path: str | Path, columns: list[str] | None = None) -> list[Row]:
    """Read a table as a list of dicts, in key order."""
    return list(read(name, path, columns=columns).to_pylist())


def batches(name: str, path: str | Path, columns: list[str], size: int = 10_000) -> Iterator["pa.RecordBatch"]:
    """A table in key order, `size` rows in memory at once."""
    import pyarrow.parquet as pq

    if not set(columns) <= TABLES[name].columns.keys():
        raise ValueError(f"{name} has no column {sorted(set(columns) - TABLES[name].columns.keys())[0]}")
    read(name, path, columns=columns[:1])  # gives a one-line error if the file is damaged
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=size, columns=columns)


def stream(name: str, path: str | Path, columns: list[str], size: int = 10_000) -> Iterator[Row]:
    """The rows of these batches as dicts."""
    return (row for batch in batches(name, path, columns=columns, size=size) for row in batch.to_pylist())


def label(path: str | Path, name: str) -> str | None:
    """A text `write` put into a table's metadata (at most 127 bytes), read from the footer without importing pyarrow.

    None when the file is missing, is no Parquet file, or has no such label.
    """
    try:
        with open(path, "rb") as file:
            file.seek(-8, os.SEEK_END)
            length, magic = struct.unpack("<I4s", file.read(8))
            file.seek(-8 - length, os.SEEK_END)
            footer = file.read(length)
    except (OSError, struct.error):
        return None
    # Thrift compact protocol: a key-value pair is the key, a field tag (0x18), the value's length in a byte, the value.
    key = f"rootward.{name}".encode() + b"\x18"
    at = footer.rfind(key)
    if magic != b"PAR1" or at < 0:
        return None
    start = at + len(key) + 1
    return footer[start : start + footer[start - 1]].decode()


def is_empty(path: str | Path) -> bool:
    """Whether a table written by `write` has no rows, without importing pyarrow."""
    return label(path, "empty") == "yes"
