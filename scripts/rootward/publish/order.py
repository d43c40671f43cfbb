"""The order in which every export shows a tree: the fullest branch first, then by name."""

Row = dict


def by_parent(rows: list[Row]) -> dict[str | None, list[Row]]:
    """The children of each pathway (the roots under None), most interactions first, then by name."""
    below: dict[str | None, list[Row]] = {}
    for row in rows:
        below.setdefault(row["parent_id"], []).append(row)
    for children in below.values():
        children.sort(key=lambda row: (-row["n_total"], row["name"]))
    return below
