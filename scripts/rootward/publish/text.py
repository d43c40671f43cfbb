"""The tree as indented text of at most 80 columns, without colours: it is a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rootward.files import write_text
from rootward.publish.order import by_parent
from rootward.publish.terminal import WIDTH, counted, plain, shortened
from rootward.tables import Row

NAME = 24  # columns kept for a name, however deep it stands


def lines(rows: list[Row]) -> Iterator[str]:
    """One line per pathway: its name, and the number of interactions at or below it (and, when they differ, at it)."""
    below = by_parent(rows)
    for root in below.get(None, ()):
        yield _line("", root)
        yield from _branch(below, root["pathway_id"])


def _branch(below: Mapping[str | None, list[Row]], top: str) -> Iterator[str]:
    waiting = [(row, "", n == 0) for n, row in enumerate(reversed(below.get(top, ())))]
    while waiting:  # no recursion: a tree may be deeper than Python's stack
        row, indent, is_last = waiting.pop()
        yield _line(indent + ("└─ " if is_last else "├─ "), row)
        deeper = indent + ("   " if is_last else "│  ")
        children = below.get(row["pathway_id"], ())
        waiting.extend((child, deeper, n == 0) for n, child in enumerate(reversed(children)))


def _line(lead: str, row: Row) -> str:
    if row["n_total"] == 0:
        count = "none yet"
    elif row["n_direct"] in (0, row["n_total"]):
        count = f"{row['n_total']:,}"
    else:
        count = f"{row['n_total']:,}, {row['n_direct']:,} here"
    room = WIDTH - len(count) - 4
    if len(lead) > room - NAME:  # too deep to draw every line on the left: say how deep instead
        lead = f"… level {row['level']} ".ljust(room - NAME - 3, "·") + lead[-3:]
    return f"{lead}{shortened(plain(row['name']), room - len(lead))}  ({count})"


def heading(rows: list[Row]) -> list[str]:
    """What is in the file, in lines of at most 80 columns."""
    roots = sum(row["parent_id"] is None for row in rows)
    levels = 1 + max((row["level"] for row in rows), default=-1)
    placements = sum(row["n_direct"] for row in rows)
    return [
        f"{counted(len(rows), 'pathways')} under {counted(roots, 'roots')}, {counted(levels, 'levels')}, "
        f"{counted(placements, 'placements')}",
        "In brackets: interactions placed at or below a pathway (none yet: a sibling).",
        "",
    ]


def write(rows: list[Row], path: str | Path) -> None:
    """Write the text, with a heading that says what the numbers are."""
    write_text(path, "\n".join([*heading(rows), *lines(rows), ""]))
