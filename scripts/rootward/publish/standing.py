"""Where the interactions of a protein are in the tree, and why; or where one interaction is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward import tables
from rootward.errors import UserError
from rootward.knowledge.proteins import ProteinNames
from rootward.publish.explaining import Calls, cut, wrapped
from rootward.publish.join import called
from rootward.publish.terminal import counted

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
COLUMNS = [
    "interaction_id",
    "protein_a",
    "protein_b",
    "uniprot_a",
    "uniprot_b",
    "given_a",
    "given_b",
    "effect",
    "mechanism",
    "source",
]
SHOWN = 50  # interactions of a protein that are listed individually


def standing(name: str, results: str, reference: str, calls: Calls) -> list[str]:
    """Lines about an interaction_id, or about a protein by its symbol, accession or alias; empty if there is none.

    Raises UserError for an alias of several proteins of the interactions.
    """
    interactions = tables.read("interactions", f"{results}/interactions.parquet", columns=COLUMNS)
    heading, found = _found(name, interactions, reference=reference)
    if not found:
        return []
    lines = [] if heading is None else [f"{heading}: {counted(len(found), 'interactions')}", ""]
    shown = found[:SHOWN]
    ids = [row["interaction_id"] for row in shown]
    pathways = {row["pathway_id"]: row for row in tables.rows("reorganized", f"{results}/reorganized.parquet")}
    placed, moved, named = (_of(table, results, ids=ids) for table in ("placements", "changes", "assigned"))
    for row in shown:
        id_ = row["interaction_id"]
        lines += [*_interaction(row), *_places(placed.get(id_, []), pathways, calls=calls)]
        lines += [*_named(named.get(id_, [])), *_moves(moved.get(id_, [])), ""]
    if len(found) > SHOWN:
        lines += [f"and {len(found) - SHOWN:,} more, in results/placements.parquet", ""]
    return lines[:-1]


def rejected_rows(name: str, results: str) -> str:
    """A hint if rows that could not be used contain the name; otherwise empty."""
    wanted = name.casefold()
    naming = [
        row
        for row in tables.rows("rejected", f"{results}/rejected.parquet")
        if wanted in (cell.strip().casefold() for cell in row["raw"].replace(",", "\t").replace(";", "\t").split("\t"))
    ]
    if not naming:
        return ""
    first = naming[0]
    return f"; it is in {counted(len(naming), 'rows rejected')}, such as {first['source']}: {first['reason']}"


def _found(name: str, interactions: "pa.Table", reference: str) -> tuple[str | None, list[Row]]:
    """The heading (empty for an interaction_id) and the interactions with this name."""
    import pyarrow.compute as pc

    one = interactions.filter(pc.equal(interactions["interaction_id"], name)).to_pylist()
    if one:
        return None, one
    symbols = _symbols(name, interactions, reference=reference)
    if len(symbols) > 1:
        raise UserError(f"name: {name}: an alias of {', '.join(symbols)}; name the one you mean")
    if not symbols:
        return None, []
    (symbol,) = symbols
    is_its = pc.or_(pc.equal(interactions["protein_a"], symbol), pc.equal(interactions["protein_b"], symbol))
    heading = symbol if symbol == name else f"{symbol} ({name})"
    return heading, interactions.filter(is_its).to_pylist()


def _symbols(name: str, interactions: "pa.Table", reference: str) -> list[str]:
    """The proteins of the interactions that a name may mean: by their name there, by accession, by alias."""
    used: dict[str, str] = {}
    for column in ("protein_a", "protein_b"):
        used |= {protein.casefold(): protein for protein in interactions[column].unique().to_pylist()}
    if name.casefold() in used:
        return [used[name.casefold()]]
    meant = ProteinNames(reference).meant_by(name)
    return [used[symbol.casefold()] for symbol in meant if symbol.casefold() in used]


def _of(table: str, results: str, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of a table, or of its parts, by interaction, for these interactions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows: dict[str, list[Row]] = {}
    wanted = pc.field("interaction_id").isin(pa.array(ids, pa.string()))
    for path in sorted([*Path(results).glob(f"{table}.parquet"), *Path(results, table).glob("*.parquet")]):
        for row in tables.read(table, path, columns=None, filters=wanted).to_pylist():
            rows.setdefault(row["interaction_id"], []).append(row)
    return rows


def _interaction(row: Row) -> list[str]:
    what = f"{called(row, 'a')} {row['effect']} {called(row, 'b')}"
    mechanism = f", {row['mechanism']}" if row["mechanism"] else ""
    return [cut(f"{row['interaction_id']}  {what}{mechanism}")]


def _places(placements: Sequence[Row], pathways: Mapping[str, Row], calls: Calls) -> list[str]:
    lines = []
    for placed in placements:
        path = pathways[placed["pathway_id"]]["path"]
        lines += wrapped("  stands at   ", " > ".join(path))
        who = calls.who(placed["method"], placed["call_id"])
        lines += wrapped("  decided by  ", f"{who}; confidence {placed['confidence']:.2f}")
    return lines


def _named(assigned: Sequence[Row]) -> list[str]:
    """The pathway that was first assigned, and why."""
    lines = []
    for row in assigned:
        lines += wrapped("  named       ", f"{row['pathway']}: {row['reasoning'] or 'no reason was given'}")
    return lines


def _moves(changes: Sequence[Row]) -> list[str]:
    lines = []
    for change in changes:
        phase, before = change["phase"].replace("_", " "), change["before"] or "nothing"
        lines += wrapped("  moved       ", f"{before} > {change['after'] or 'nothing'} ({phase}): {change['reason']}")
    return lines
