"""One parent for each pathway, no cycles, and every path ends at a root."""

from collections.abc import Mapping

from rootward.curators.base import Answer, Failure
from rootward.knowledge.names import pathway_id
from rootward.tables import Row
from rootward.tree.decisions import METHOD
from rootward.tree.nodes import Edge, Forest, Node, change, copy

PHASE = "enforce_tree"


def contested(forest: Forest) -> list[str]:
    """The pathways with several candidate parents, sorted by id."""
    return sorted(id_ for id_, node in forest.items() if len(node.parents) > 1)


def is_doubtful(node: Node) -> bool:
    """Whether a model named one of its candidate parents."""
    return any(edge.method == "model" for edge in node.parents.values())


def passed(
    forest: Forest, verdicts: Mapping[tuple[str, str], Answer | Failure]
) -> dict[str, tuple[list[str], Answer | None]]:
    """Apply the checks of (pathway, candidate): pathway -> the candidates that were not rejected, and the deciding
    answer if only one is left. If all were rejected, all stay.
    """
    by_child: dict[str, list[str]] = {}
    for child, parent in verdicts:
        by_child.setdefault(child, []).append(parent)
    left: dict[str, tuple[list[str], Answer | None]] = {}
    for child, candidates in by_child.items():
        told = {p: verdicts[child, p] for p in candidates}
        kept = [p for p, v in told.items() if isinstance(v, Failure) or v.value["is_a"]]
        left[child] = (kept or candidates, None)
        if len(kept) == 1 and isinstance(verdict := told[kept[0]], Answer):
            value = {"parent": forest[kept[0]].name, "reasoning": verdict.value["reasoning"]}
            left[child] = (kept, Answer(value, verdict.method, call_id=verdict.call_id))
    return left


def enforce(forest: Forest, decided: Mapping[str, Answer | Failure]) -> tuple[Forest, list[Row], list[str]]:
    """Keep one parent per pathway, and no cycle.

    decided: the answers to `best_parent` for the contested pathways; without one the first candidate stays. A cycle is
    broken by a pathway with another candidate outside the cycle; if there is none, the first pathway by id is detached,
    but never one whose parent a person decided. Returns the forest, the changes, and the pathways that were detached or
    have no parent: a root must be chosen for them (`attach`).
    """
    strict = copy(forest)
    changes: list[Row] = []
    for id_ in sorted(strict):
        node = strict[id_]
        before = node.parent_id
        candidates = {p: e for p, e in node.parents.items() if p in strict and p != id_}
        chosen, edge = _choose(candidates, decided.get(id_), forest=forest)
        node.parents = {chosen: edge} if chosen and not node.is_root else {}
        for parent_id in candidates:
            if parent_id != chosen:
                after = forest[chosen].name if chosen else None
                changes.append(
                    change(PHASE, "reparent", pathway_id=id_, before=forest[parent_id].name, after=after, edge=edge)
                )
        if before is not None and not candidates and not node.is_root:
            node.parents = {}
    loose = sorted(id_ for id_, node in strict.items() if not node.parents and not node.is_root)
    for cycle in _cycles(strict):
        cut = _open(strict, forest, cycle=cycle, changes=changes)
        if cut is not None:
            loose.append(cut)
    return strict, changes, sorted(loose)


def _choose(candidates: dict[str, Edge], answer: Answer | Failure | None, forest: Forest) -> tuple[str | None, Edge]:
    if isinstance(answer, Answer):
        chosen = pathway_id(answer.value["parent"])
        if chosen in candidates:
            return chosen, Edge(answer.method, answer.value["reasoning"], call_id=answer.call_id)
    return next(iter(candidates.items()), (None, Edge("fallback", "no candidate was left", call_id=None)))


def _cycles(forest: Forest) -> list[list[str]]:
    """The cycles of the kept parents, each starting at its smallest id, in the order of those."""
    state: dict[str, int] = {}  # 1: on the current walk, 2: done
    cycles = []
    for start in sorted(forest):
        walk: list[str] = []
        at: str | None = start
        while at is not None and at not in state:
            state[at] = 1
            walk.append(at)
            at = forest[at].parent_id
        if at is not None and state[at] == 1:
            cycle = walk[walk.index(at) :]
            first = cycle.index(min(cycle))
            cycles.append(cycle[first:] + cycle[:first])
        state.update(dict.fromkeys(walk, 2))
    return sorted(cycles)


def _open(strict: Forest, forest: Forest, cycle: list[str], changes: list[Row]) -> str | None:
    """Break a cycle by giving one of its pathways another candidate parent; if none fits, the id that was detached."""
    inside = set(cycle)
    by_hand = {id_ for id_ in cycle if any(edge.method == METHOD for edge in strict[id_].parents.values())}
    free = sorted(inside - by_hand) or sorted(inside)
    for id_ in free:
        for parent_id, edge in forest[id_].parents.items():
            if parent_id in strict and not _leads_into(strict, parent_id, inside=inside):
                because = Edge(edge.method, f"opens a cycle of {len(cycle)}: {edge.reasoning}", call_id=edge.call_id)
                changes.append(
                    change(
                        PHASE,
                        "reparent",
                        pathway_id=id_,
                        before=_parent_name(strict, id_),
                        after=strict[parent_id].name,
                        edge=because,
                    )
                )
                strict[id_].parents = {parent_id: edge}
                return None
    cut = free[0]
    names = " > ".join(strict[id_].name for id_ in cycle)
    because = Edge("fallback", f"opens a cycle of {len(cycle)}: {names:.200}", call_id=None)
    changes.append(
        change(PHASE, "reparent", pathway_id=cut, before=_parent_name(strict, cut), after=None, edge=because)
    )
    strict[cut].parents = {}
    return cut


def _parent_name(forest: Forest, id_: str) -> str | None:
    parent_id = forest[id_].parent_id
    return None if parent_id is None else forest[parent_id].name


def _leads_into(forest: Forest, start: str, inside: set[str]) -> bool:
    at: str | None = start
    seen: set[str] = set()
    while at is not None and at not in seen:
        if at in inside:
            return True
        seen.add(at)
        at = forest[at].parent_id
    return at is not None  # another cycle is not a way out


def attach(forest: Forest, roots_of: Mapping[str, tuple[str, str, Edge]]) -> tuple[Forest, list[Row]]:
    """Put detached pathways under roots: id -> (root id, root name, edge). A root missing from the forest is added."""
    attached = copy(forest)
    changes = []
    for id_, (root_id, root_name, edge) in sorted(roots_of.items()):
        attached.setdefault(root_id, Node(root_id, root_name, origin="root"))
        attached[id_].parents = {root_id: edge}
        changes.append(change(PHASE, "reparent", pathway_id=id_, before=None, after=root_name, edge=edge))
    return attached, changes
