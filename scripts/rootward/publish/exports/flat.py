"""Interactions with the path of the pathway they are placed at: the rows of interactions.tsv and interactions.xlsx."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rootward.publish.join import placed, pmids
from rootward.tables import Row

COLUMNS = (
    "interaction_id",
    "protein_a",
    "protein_b",
    "effect",
    "mechanism",
    "path",
    "pathway",
    "pathway_id",
    "level",
    "method",
    "confidence",
    "pmids",
    "statement",
    "uniprot_a",
    "uniprot_b",
    "call_id",
    "source",
    "given_a",
    "given_b",
    "reasoning",
    "mediators",
    "xrefs",
)
INTERACTION_COLUMNS = [
    *("interaction_id", "protein_a", "protein_b", "uniprot_a", "uniprot_b", "given_a", "given_b"),
    *("effect", "mechanism", "mediators", "statement", "evidence", "source", "xrefs"),
]


def pathways(rows: Iterable[Row]) -> dict[str, tuple[str, str, str, int]]:
    """pathway_id -> path (levels joined by ` > `), name, id and level."""
    return {row["pathway_id"]: (" > ".join(row["path"]), row["name"], row["pathway_id"], row["level"]) for row in rows}


def rows(
    interactions: Iterable[Row], placements: Iterable[Row], where: Mapping[str, tuple[str, str, str, int]]
) -> Iterator[tuple[Any, ...]]:
    """One row (of COLUMNS) per placement, by interaction_id; an interaction placed twice has two."""
    for row, own in placed(interactions, placements):
        publications, between, references = map("|".join, (pmids(row), row["mediators"] or (), row["xrefs"] or ()))
        for placement in own:
            yield (
                row["interaction_id"],
                row["protein_a"],
                row["protein_b"],
                row["effect"],
                row["mechanism"],
                *where[placement["pathway_id"]],
                placement["method"],
                placement["confidence"],
                publications,
                row["statement"],
                row["uniprot_a"],
                row["uniprot_b"],
                placement["call_id"],
                row["source"],
                row["given_a"],
                row["given_b"],
                placement["reasoning"],
                between,
                references,
            )
