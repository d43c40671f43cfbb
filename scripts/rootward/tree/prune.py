"""Removes pathways without interactions and, if configured, those that only lead from one pathway to another."""

from collections.abc import Mapping
from dataclasses import replace

from rootward.tables import Row
from rootward.tree.nodes import Edge, Forest, change, children, copy, top_down, totals

PHASE = "prune_orphans"
_EMPTY = Edge("config", "no interaction stands at it or below it", call_id=None)
_ONLY = Edge("config", "it holds no interaction itself and has a single child (prune.collapse_chains)", call_id=None)


def prune(
    forest: Forest, direct: Mapping[str, int], keep_siblings: bool, collapse_chains: bool = False
) -> tuple[Forest, list[Row]]:
    """Keep pathways with interactions at or below them and, if requested, siblings under a kept parent.

    direct: interactions placed at each pathway; collapse_chains: whether to `collapse`, too. Kept pathways are settled.
    """
    total = totals(forest, direct)
    kept = {id_ for id_, count in total.items() if count}
    if keep_siblings:
        for id_ in top_down(forest):
            node = forest[id_]
            if node.origin == "sibling" and node.parent_id in kept:
                kept.add(id_)
    pruned = {id_: replace(node, settled=True) for id_, node in copy(forest).items() if id_ in kept}
    below = children(forest)
    changes = [
        change(PHASE, "prune", pathway_id=id_, before=forest[id_].name, after=None, edge=_EMPTY)
        for id_ in sorted(forest)
        if id_ not in kept and not (forest[id_].is_root and id_ not in below)
    ]
    if collapse_chains:
        pruned, more = collapse(pruned, direct)
        changes += more
    return pruned, changes


def collapse(forest: Forest, direct: Mapping[str, int]) -> tuple[Forest, list[Row]]:
    """Remove pathways with no interactions of their own and a single child, which moves up to the parent. Roots stay.

    direct: interactions placed at each pathway. The child's edge keeps who decided it, and its reason names the removed
    pathway.
    """
    collapsed, changes = copy(forest), []
    below = children(forest)
    for id_ in list(top_down(forest)):
        node = collapsed[id_]
        above = node.parent_id
        if above is None or node.is_root or direct.get(id_) or len(below.get(id_, ())) != 1:
            continue
        child = collapsed[below[id_][0]]
        edge = child.parents[id_]
        if "curated" in (edge.method, node.parents[above].method):  # a person's decision stays
            continue
        edge = replace(edge, reasoning=f"{edge.reasoning} (by way of {node.name}, which has no other child)")
        child.parents = {above: edge}
        changes.append(change(PHASE, "prune", pathway_id=id_, before=node.name, after=None, edge=_ONLY))
        changes.append(
            change(
                PHASE, "reparent", pathway_id=child.pathway_id, before=node.name, after=collapsed[above].name, edge=edge
            )
        )
        below[above] = [child.pathway_id if other == id_ else other for other in below[above]]
        del collapsed[id_]
    return collapsed, changes
