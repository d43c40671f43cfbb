"""The tree as nested JSON."""

import json
from pathlib import Path

from rootward.files import write_text
from rootward.publish.order import Row, by_parent

FIELDS = ("pathway_id", "name", "origin", "n_direct", "n_total", "aliases", "xrefs", "method", "reasoning", "call_id")


def tree(rows: list[Row]) -> list[dict]:
    """The roots, each with its `children`, built without recursion."""
    below = by_parent(rows)
    nodes = {row["pathway_id"]: {field: row[field] for field in FIELDS} for row in rows}
    for id_, node in nodes.items():
        node["children"] = [nodes[child["pathway_id"]] for child in below.get(id_, ())]
    return [nodes[root["pathway_id"]] for root in below.get(None, ())]


def write(rows: list[Row], path: str | Path) -> None:
    """Write the nested tree."""
    write_text(path, json.dumps(tree(rows), indent=1, ensure_ascii=False) + "\n")
