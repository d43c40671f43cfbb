"""Removing pathways that hold nothing."""

from collections.abc import Mapping

from rootward.tree.nodes import Edge, Forest, Row, change, children, copy, top_down, totals

PHASE = "prune_orphans"
_EMPTY = Edge("config", "no interaction stands at it or below it", None)


def prune(forest: Forest, direct: Mapping[str, int], keep_siblings: bool) -> tuple[Forest, list[Row]]:
    """Keep pathways with interactions at or below them; and, when asked to, siblings under a parent that is kept so.

    direct: interactions placed at each pathway.
    """
    total = totals(forest, direct)
    kept = {id_ for id_, count in total.items() if count}
    if keep_siblings:
        for id_ in top_down(forest):
            node = forest[id_]
            if node.origin == "sibling" and node.parent_id in kept:
                kept.add(id_)
    pruned = {id_: node for id_, node in copy(forest).items() if id_ in kept}
    below = children(forest)
    changes = [
        change(PHASE, "prune", id_, forest[id_].name, None, _EMPTY)
        for id_ in sorted(forest)
        if id_ not in kept and not (forest[id_].is_root and id_ not in below)
    ]
    return pruned, changes
