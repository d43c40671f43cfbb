"""Positions for the nodes of the network, so that viewers open it as a drawing.

The tree hangs from its roots: a pathway is above the middle of its children, and one level below its parent. The
proteins are in a block below the tree, from left to right in the order of their pathways.
"""

from collections.abc import Mapping

from rootward.publish.order import by_parent, top_down
from rootward.tables import Row

ACROSS, DOWN = 160, 140  # pixels between leaves, and between levels
PROTEINS_ACROSS, PROTEINS_DOWN = 70, 50

Positions = dict[str, tuple[float, float]]


def of_pathways(rows: list[Row]) -> Positions:
    """The position of every pathway, by id."""
    below = by_parent(rows)
    across: dict[str, float] = {}
    ordered = list(top_down(rows))
    leaves = 0
    for row in ordered:
        if row["pathway_id"] not in below:
            across[row["pathway_id"]] = leaves * ACROSS
            leaves += 1
    for row in reversed(ordered):
        if children := below.get(row["pathway_id"]):
            ends = [across[child["pathway_id"]] for child in children]
            across[row["pathway_id"]] = (min(ends) + max(ends)) / 2
    return {row["pathway_id"]: (across[row["pathway_id"]], row["level"] * DOWN) for row in rows}


def of_proteins(middle: Mapping[str, float], pathways: Positions) -> Positions:
    """The position of every protein. middle: protein -> the middle of its pathways, from left to right."""
    width = max((x for x, _ in pathways.values()), default=0) or ACROSS
    top = max((y for _, y in pathways.values()), default=0) + 2 * DOWN
    columns = max(1, int(width // PROTEINS_ACROSS) + 1)
    deep = -(-len(middle) // columns) or 1
    ordered = sorted(middle, key=lambda symbol: (middle[symbol], symbol))
    return {symbol: (n // deep * PROTEINS_ACROSS, top + n % deep * PROTEINS_DOWN) for n, symbol in enumerate(ordered)}
