"""Inserts missing levels between a root and the pathways directly below it."""

from collections.abc import Mapping
from dataclasses import replace

from rootward.curators.base import Answer, Failure
from rootward.knowledge.names import pathway_id
from rootward.tables import Row
from rootward.tree.nodes import Edge, Forest, Node, change, children, copy, upward

PHASE = "deepen_branches"


def shallow(forest: Forest) -> list[str]:
    """The pathways directly under a root that grew from interactions, sorted by id.

    Pathways that this phase inserted, and those asked about before (`Node.settled`), are left out, so that a second
    pass changes nothing; so are siblings, which have no interactions.
    """
    return sorted(
        id_
        for id_, node in forest.items()
        if node.origin in ("leaf", "climbed")
        and not node.settled
        and node.parent_id is not None
        and forest[node.parent_id].is_root
    )


def deepen(forest: Forest, answers: Mapping[str, Answer | Failure], max_depth: int) -> tuple[Forest, list[Row]]:
    """Insert the levels answered for `shallow` pathways.

    A new name becomes a pathway between root and child. An existing pathway under the same root, and not below the
    child, becomes the child's parent. Anything else (a root, the child itself, its descendant, another root's pathway)
    does not fit, and nothing changes. No branch grows deeper than `max_depth` (root = 0).
    """
    deepened = copy(forest)
    heights = _heights(forest)
    changes: list[Row] = []
    for id_, answer in sorted(answers.items()):
        if isinstance(answer, Failure) or not answer.value["insert"]:
            continue
        node, name = deepened[id_], answer.value["name"]
        root_id = node.parent_id
        if root_id is None:
            continue
        level_id = pathway_id(name)
        edge = Edge(answer.method, answer.value["reasoning"], call_id=answer.call_id)
        existing = deepened.get(level_id)
        if existing is None:
            if 2 + heights[id_] > max_depth:
                continue
            deepened[level_id] = Node(level_id, name, origin="intermediate", parents={root_id: edge})
            changes.append(change(PHASE, "insert", pathway_id=level_id, before=None, after=name, edge=edge))
        else:
            above = list(upward(deepened, level_id))
            if existing.is_root or id_ in (level_id, *above) or root_id not in above:
                continue
            if len(above) + 1 + heights[id_] > max_depth:
                continue
        changes.append(change(PHASE, "reparent", pathway_id=id_, before=forest[root_id].name, after=name, edge=edge))
        node.parents = {level_id: edge}
        for height, above_id in enumerate(upward(deepened, id_), start=heights[id_] + 1):
            heights[above_id] = max(heights.get(above_id, 0), height)
    return deepened, changes


def respelled(answers: Mapping[str, Answer | Failure], names: Mapping[str, str]) -> dict[str, Answer | Failure]:
    """The answers with the names of levels replaced. names: answered name -> name in use."""
    changed = dict(answers)
    for id_, answer in answers.items():
        if isinstance(answer, Answer) and answer.value["insert"]:
            name = names.get(answer.value["name"], answer.value["name"])
            changed[id_] = replace(answer, value=answer.value | {"name": name})
    return changed


def proposed(answers: Mapping[str, Answer | Failure]) -> list[str]:
    """The names of the levels answered, sorted."""
    found = [a.value["name"] for a in answers.values() if isinstance(a, Answer) and a.value["insert"]]
    return sorted(set(found))


def _heights(forest: Forest) -> dict[str, int]:
    """Levels below each pathway."""
    from rootward.tree.nodes import top_down

    below = children(forest)
    height: dict[str, int] = {}
    for id_ in reversed(list(top_down(forest))):
        height[id_] = max((1 + height[child] for child in below.get(id_, ())), default=0)
    return height
