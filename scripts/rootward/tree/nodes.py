"""The tree in memory: pathways, and the proposed parents of each.

A forest is a dict from pathway_id to `Node`. Until strictness is enforced, a node may have several candidate parents;
the first one counts where only one can. Functions of this package take a forest and return a new one, without using
files, curators or the time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from rootward.tables import Row

ORIGINS = ("root", "leaf", "climbed", "intermediate", "sibling")  # a merged node gets the first that applies


@dataclass(frozen=True, slots=True)
class Edge:
    """Who decided the parent of a pathway, and why."""

    method: str
    reasoning: str
    call_id: str | None


@dataclass(slots=True)
class Node:
    """A pathway with its candidate parents (parent id -> edge, best first); a root has none.

    settled: whether it has been through all phases once. Its questions are then not asked again, even if pruned
    pathways had influenced the answers (a branch was too deep, a name was taken), so another pass changes nothing.
    """

    pathway_id: str
    name: str
    origin: str
    parents: dict[str, Edge] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    settled: bool = False

    @property
    def parent_id(self) -> str | None:
        """The first candidate parent: the one that counts."""
        return next(iter(self.parents), None)

    @property
    def is_root(self) -> bool:
        """Whether it is a configured root."""
        return self.origin == "root"


Forest = dict[str, Node]
FROM_CONFIG = Edge("config", "a configured root", call_id=None)


def copy(forest: Forest) -> Forest:
    """A forest whose nodes can be changed without changing the original."""
    return {id_: replace(node, parents=dict(node.parents)) for id_, node in forest.items()}


def from_rows(rows: Iterable[Row]) -> Forest:
    """A forest from rows of the `tree` table; candidate parents keep their rank."""
    forest: Forest = {}
    for row in sorted(rows, key=lambda row: row["rank"]):
        node = forest.get(row["pathway_id"])
        if node is None:
            node = forest[row["pathway_id"]] = Node(
                row["pathway_id"],
                row["name"],
                origin=row["origin"],
                parents={},
                aliases=tuple(row["aliases"]),
                settled=bool(row.get("settled")),
            )
        if row["parent_id"] is not None:
            node.parents[row["parent_id"]] = Edge(row["method"], row["reasoning"], call_id=row["call_id"])
    return forest


def to_rows(forest: Forest) -> list[Row]:
    """Rows of the `tree` table: one per pathway and candidate parent."""
    rows: list[Row] = []
    for node in forest.values():
        shared = {
            "pathway_id": node.pathway_id,
            "name": node.name,
            "origin": node.origin,
            "aliases": list(node.aliases),
            "settled": node.settled,
        }
        candidates: Iterable[tuple[str | None, Edge]] = node.parents.items() or [(None, FROM_CONFIG)]
        for rank, (parent_id, edge) in enumerate(candidates):
            decided = {"method": edge.method, "reasoning": edge.reasoning, "call_id": edge.call_id}
            rows.append(shared | decided | {"rank": rank, "parent_id": parent_id})
    return rows


def children(forest: Forest) -> dict[str, list[str]]:
    """Ids of each pathway's children in a strict tree, sorted by name then id; pathways without children are absent."""
    below: dict[str, list[str]] = {}
    for node in forest.values():
        if node.parent_id is not None:
            below.setdefault(node.parent_id, []).append(node.pathway_id)
    for ids in below.values():
        ids.sort(key=lambda id_: (forest[id_].name, id_))
    return below


def upward(forest: Forest, pathway_id: str) -> Iterator[str]:
    """The ancestors of a pathway from the bottom up, without itself; stops if a pathway repeats."""
    seen = {pathway_id}
    above = forest[pathway_id].parent_id
    while above is not None and above in forest and above not in seen:
        yield above
        seen.add(above)
        above = forest[above].parent_id


def path_names(forest: Forest, pathway_id: str) -> list[str]:
    """The names from the root down to a pathway of a strict tree."""
    ids = [pathway_id, *upward(forest, pathway_id)]
    return [forest[id_].name for id_ in reversed(ids)]


def top_down(forest: Forest) -> Iterator[str]:
    """The ids of a strict tree, every parent before its children, siblings by name."""
    below = children(forest)
    waiting = sorted((n.pathway_id for n in forest.values() if n.parent_id is None), key=lambda i: (forest[i].name, i))[
        ::-1
    ]
    while waiting:
        id_ = waiting.pop()
        yield id_
        waiting.extend(reversed(below.get(id_, ())))


def totals(forest: Forest, direct: Mapping[str, int]) -> dict[str, int]:
    """For every pathway of a strict tree the sum of `direct` over it and everything below it."""
    total = {id_: direct.get(id_, 0) for id_ in forest}
    for id_ in reversed(list(top_down(forest))):
        parent_id = forest[id_].parent_id
        if parent_id is not None:
            total[parent_id] += total[id_]
    return total


def change(phase: str, action: str, pathway_id: str | None, before: str | None, after: str | None, edge: Edge) -> Row:
    """A row of the `changes` table about a pathway."""
    return {
        "phase": phase,
        "action": action,
        "pathway_id": pathway_id,
        "interaction_id": None,
        "before": before,
        "after": after,
        "reason": edge.reasoning,
        "call_id": edge.call_id,
    }


def grow(hierarchy: Iterable[Row], siblings: Iterable[Row], leaves: Iterable[Row], roots: Mapping[str, str]) -> Forest:
    """The first tree: everything that was climbed, then the siblings found.

    roots: id -> name of every root in use. A sibling that is already in the tree gets another candidate parent. It is
    left out if it is a root, or an ancestor of the parent it was found for.
    """
    forest: Forest = {id_: Node(id_, name, origin="root") for id_, name in sorted(roots.items())}
    for leaf in leaves:
        if leaf["pathway_id"] not in forest:
            forest[leaf["pathway_id"]] = Node(leaf["pathway_id"], leaf["name"], origin="leaf")
    for row in hierarchy:
        for id_, name in ((row["child_id"], row["child"]), (row["parent_id"], row["parent"])):
            if id_ not in forest:
                forest[id_] = Node(id_, name, origin="climbed")
        if not forest[row["child_id"]].is_root:
            forest[row["child_id"]].parents[row["parent_id"]] = _edge(row)
        if row.get("answered"):
            parent = forest[row["parent_id"]]
            parent.aliases = tuple(sorted({*parent.aliases, row["answered"]}))
    for row in siblings:
        node = forest.get(row["pathway_id"])
        if node is None:
            forest[row["pathway_id"]] = Node(
                row["pathway_id"], row["name"], origin="sibling", parents={row["parent_id"]: _edge(row)}
            )
        elif not node.is_root and node.pathway_id not in (row["parent_id"], *upward(forest, row["parent_id"])):
            node.parents.setdefault(row["parent_id"], _edge(row))
    return forest


def _edge(row: Row) -> Edge:
    return Edge(row["method"], row["reasoning"], call_id=row["call_id"])
