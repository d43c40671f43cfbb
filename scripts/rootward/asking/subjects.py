"""Interactions as the questions about their pathways name them."""

from collections.abc import Mapping
from typing import Any

FIELDS = ("interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement")
COLUMNS = [*FIELDS, "human_a", "human_b"]


def asked_about(row: Mapping[str, Any]) -> dict[str, Any]:
    """FIELDS of a row of COLUMNS. Another species' proteins go by their human orthologs, whose pathways are known; in
    every table they keep their own names.
    """
    human = {f"protein_{side}": row[f"human_{side}"] for side in "ab" if row[f"human_{side}"] is not None}
    return {field: row[field] for field in FIELDS} | human
