"""How many names in the user's files could not be identified, the most frequent ones, and how to fix them."""

import heapq
from collections.abc import Iterable, Mapping
from typing import Any

SHOWN = 10
COLUMNS = ["name", "kind", "how", "note", "n_rows"]
# How a name was taken (see `proteins.parquet`) if its protein is not known -> how to fix it.
FIXES = {
    "ambiguous": "write the symbol of the one meant",
    "unknown": "write its symbol or UniProt accession",
    "number": "entrez:… if it is an Entrez Gene id",
    "date": "restore the symbol a spreadsheet changed",
    "several": "give each a row of its own",
    "family": "name a member (entities.families)",
    "complex": "name a subunit (entities.complexes)",
    "chemical": "not a protein (entities.chemicals)",
    "other": "not a protein (entities.others)",
}


def unidentified(proteins: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """From rows of `proteins`: uses of all names, uses of unidentified ones, and the most frequent of these with a fix.
    Names that the files themselves mark as not a protein are not counted.
    """
    uses = unknown = 0
    listed: list[tuple[int, str, Mapping[str, Any]]] = []
    for row in proteins:
        if row["kind"].casefold() not in ("", "protein") or not row["name"]:
            continue
        uses += row["n_rows"]
        if row["how"] in FIXES:
            unknown += row["n_rows"]
            listed.append((-row["n_rows"], row["name"], row))
    first = heapq.nsmallest(SHOWN, listed, key=lambda one: one[:2])
    return {"uses": uses, "unidentified": unknown, "most_frequent": [_told(row) for _, _, row in first]}


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("name", "n_rows", "how", "note")} | {"fix": FIXES[row["how"]]}
