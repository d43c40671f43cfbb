"""The order in which every export shows a tree: the largest branch first, then by name."""

from collections.abc import Iterator

from rootward.tables import Row


def by_parent(rows: list[Row]) -> dict[str | None, list[Row]]:
    """The children of each pathway (the roots under None), most interactions first, then by name."""
    below: dict[str | None, list[Row]] = {}
    for row in rows:
        below.setdefault(row["parent_id"], []).append(row)
    for children in below.values():
        children.sort(key=lambda row: (-row["n_total"], row["name"]))
    return below


def top_down(rows: list[Row]) -> Iterator[Row]:
    """Every pathway in that order, each before its children; without recursion, because a tree may be deeper than the
    stack.
    """
    below = by_parent(rows)
    waiting = below.get(None, [])[::-1]
    while waiting:
        row = waiting.pop()
        yield row
        waiting.extend(reversed(below.get(row["pathway_id"], ())))
