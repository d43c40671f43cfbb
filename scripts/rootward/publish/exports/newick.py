"""The tree in Newick, every pathway with its name.

Format: Olsen, "Interpretation of the Newick's 8:45 tree format standard" (1990): a label in single quotes may hold
anything but a line break, and a quote inside would be doubled, which not every reader undoes, as some take a backslash
for an escape: a name's own quote is written as the typographic one (U+2019), a backslash as a slash, and all read the
same (ete3 with `quoted_node_names=True`). A Newick string has one top, so the roots hang below
one without a name. There are no branch lengths: nothing was measured.
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
        """Put `(child,child)own` on the stack, to be taken from the left."""
        waiting.append(")" + own)
        for child in reversed(children):
            waiting.extend((child, ","))
        waiting[-1] = "("  # instead of the comma before the first child

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
    """Write the tree on one line; the number of its pathways."""
    with whole_file(path) as file:
        file.writelines(pieces(rows))
        file.write("\n")
    return len(rows)
