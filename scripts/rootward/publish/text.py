"""The tree as indented text of at most 80 columns, without colours, because it is a file."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rootward.files import write_text
from rootward.publish.order import by_parent
from rootward.publish.terminal import WIDTH, columns, counted, plain, shortened
from rootward.tables import Row

NAME = 24  # minimum columns for a name, at any depth
JOINT = " › "  # between the names of a chain

_Item = tuple[str, str, list[Row]]  # the prefix of its line, the prefix of the lines below it, and its pathways


def lines(rows: list[Row]) -> Iterator[str]:
    """One line per pathway: its name, and the number of interactions at or below it (and, if they differ, at it).

    Children without interactions share one line under their parent. Pathways with no interactions of their own and a
    single child are joined with that child into a chain of names on one line.
    """
    below = by_parent(rows)
    waiting: list[_Item] = [("", "", [root]) for root in reversed(below.get(None, ()))]
    while waiting:  # no recursion, because a tree may be deeper than Python's stack
        lead, deeper, pathways = waiting.pop()
        if not pathways[0]["n_total"] and lead:
            yield _without(lead, pathways)
            continue
        chain = _chain(below, pathways[0])
        yield _line(lead, chain)
        children = below.get(chain[-1]["pathway_id"], [])
        items = [[child] for child in children if child["n_total"]]
        if empty := [child for child in children if not child["n_total"]]:
            items.append(empty)
        for n, item in enumerate(reversed(items)):
            branch, below_it = ("├─ ", "│  ") if n else ("└─ ", "   ")
            waiting.append((deeper + branch, deeper + below_it, item))


def _chain(below: Mapping[str | None, list[Row]], row: Row) -> list[Row]:
    """A pathway and those below it, as long as each has no interactions of its own and a single child."""
    chain = [row]
    while not chain[-1]["n_direct"] and chain[-1]["n_total"] and len(below.get(chain[-1]["pathway_id"], ())) == 1:
        chain += below[chain[-1]["pathway_id"]]
    return chain


def _line(lead: str, chain: Sequence[Row]) -> str:
    row = chain[-1]
    if row["n_total"] == 0:
        count = "none yet"
    elif row["n_direct"] in (0, row["n_total"]):
        count = f"{row['n_total']:,}"
    else:
        count = f"{row['n_total']:,}, {row['n_direct']:,} here"
    room = WIDTH - len(count) - 4
    lead = _fitting(lead, chain[0], room=room)
    return f"{lead}{_names([plain(one['name']) for one in chain], room - len(lead))}  ({count})"


def _without(lead: str, pathways: Sequence[Row]) -> str:
    """The line of the children without interactions."""
    lead = _fitting(lead, pathways[0], room=WIDTH)
    names = ", ".join(plain(row["name"]) for row in pathways)
    return lead + shortened(f"+ {len(pathways):,} without an interaction: {names}", WIDTH - len(lead))


def _fitting(lead: str, row: Row, room: int) -> str:
    """The prefix; for a pathway too deep to draw every line on its left, a prefix that states the depth instead."""
    if len(lead) <= room - NAME:
        return lead
    return f"… level {row['level']} ".ljust(room - NAME - 3, "·") + lead[-3:]


def _names(names: Sequence[str], room: int) -> str:
    """The names of a chain on one line; if they do not fit, as many of the last ones as do."""
    shown = names[-1]
    for n, name in enumerate(reversed(names[:-1]), start=2):
        longer = name + JOINT + shown
        if columns(longer) + (len(names) > n) * columns(f"…{JOINT}") > room:
            return shortened(f"…{JOINT}{shown}", room)
        shown = longer
    return shortened(shown, room)


def heading(rows: list[Row]) -> list[str]:
    """What the file contains, in lines of at most 80 columns."""
    roots = sum(row["parent_id"] is None for row in rows)
    levels = 1 + max((row["level"] for row in rows), default=-1)
    placements = sum(row["n_direct"] for row in rows)
    return [
        f"{counted(len(rows), 'pathways')} under {counted(roots, 'roots')}, {counted(levels, 'levels')}, "
        f"{counted(placements, 'placements')}",
        "In brackets: interactions placed at or below a pathway. A › B: A holds only B.",
        "",
    ]


def write(rows: list[Row], path: str | Path) -> None:
    """Write the text, with a heading that explains the numbers."""
    write_text(path, "\n".join([*heading(rows), *lines(rows), ""]))
