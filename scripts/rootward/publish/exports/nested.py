"""The tree as nested JSON."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rootward.files import write_text
from rootward.publish.order import by_parent
from rootward.tables import Row

FIELDS = ("pathway_id", "name", "origin", "n_direct", "n_total", "aliases", "xrefs", "method", "reasoning", "call_id")


def chunks(rows: list[Row]) -> Iterator[str]:
    """The JSON of the roots, each with its `children`, written without recursion, because a tree may be deeper than
    Python's stack.
    """
    below = by_parent(rows)
    waiting: list[Row | str] = _listed(below.get(None, ()))[::-1]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        else:
            head = json.dumps({field: item[field] for field in FIELDS}, ensure_ascii=False)
            yield f'\n{head[:-1]}, "children": '
            waiting += ["}", *_listed(below.get(item["pathway_id"], ()))[::-1]]


def _listed(rows: Sequence[Row]) -> list[Row | str]:
    items: list[Row | str] = ["["]
    for row in rows:
        items += [row] if len(items) == 1 else [",", row]
    return [*items, "]"]


def write(rows: list[Row], path: str | Path) -> None:
    """Write the nested tree."""
    write_text(path, "".join(chunks(rows)) + "\n")
