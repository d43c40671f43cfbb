"""The tree in Newick, with the names of all pathways.

Format: Olsen, "Interpretation of the Newick's 8:45 tree format standard" (1990). A label in single quotes may contain
anything but a line break. A quote inside would have to be doubled, which not every reader undoes, and some take a
backslash as an escape. So quotes in names are written as the typographic quote (U+2019) and backslashes as slashes,
which all readers understand alike (ete3 with `quoted_node_names=True`). A Newick string has one top node, so the roots
hang below a node without a name. There are no branch lengths, because nothing was measured.
"""

from collections.abc import Iterator
from pathlib import Path

from rootward.files import whole_file
from rootward.publish.escape import one_line
from rootward.publish.order import by_parent
from rootward.tables import Row


def label(name: str) -> str:
    """A name as a quoted label. Always quoted: without quotes an underscore would mean a space."""
    return "'" + one_line(name).replace("'", "\u2019").replace("\\", "/") + "'"


def pieces(rows: list[Row]) -> Iterator[str]:
    """The string in pieces, children before their parent, without recursion."""
    below = by_parent(rows)
    waiting: list[str | Row] = [";"]

    def push(children: list[Row], own: str) -> None:
        """Push `(child,child)own` on the stack, so that it is popped from left to right."""
        waiting.append(")" + own)
        for child in reversed(children):
            waiting.extend((child, ","))
        waiting[-1] = "("  # replaces the comma before the first child

    if below.get(None):
        push(below[None], "")
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            yield piece
        elif piece["pathway_id"] in below:
            push(below[piece["pathway_id"]], label(piece["name"]))
        else:
            yield label(piece["name"])


def write(rows: list[Row], path: str | Path) -> int:
    """Write the tree on one line. Returns the number of pathways."""
    with whole_file(path) as file:
        file.writelines(pieces(rows))
        file.write("\n")
    return len(rows)
