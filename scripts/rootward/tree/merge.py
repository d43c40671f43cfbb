"""Merges pathways that are in the tree under several names."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from rootward.curators.base import Answer, Failure
from rootward.knowledge import forms
from rootward.knowledge.decisions import DIFFERENT
from rootward.knowledge.names import differ_in_meaning, normalise, pathway_id
from rootward.knowledge.nearest import NameIndex
from rootward.tables import Row
from rootward.tree.decisions import METHOD, NOBODY, Decisions
from rootward.tree.nodes import ORIGINS, Edge, Forest, Node, change

PHASE = "merge_duplicates"
NEAREST = 10  # candidates considered per name
CROWD = 5  # names that may share a form

Pair = tuple[str, str]


def candidate_pairs(forest: Forest, threshold: float) -> list[Pair]:
    """Pairs of ids whose names are similar enough to ask about, each once, in a fixed order.

    Excluded are pairs of two roots, pairs settled before (`Node.settled`; similarities change with the other names),
    and names that differ by a word that matters (`names.differ_in_meaning`). Candidates come from the n-gram index
    (`nearest.NameIndex`) and from common forms of names (`forms`), never from all pairs.
    """
    nodes = sorted(forest.values(), key=lambda node: (normalise(node.name), node.pathway_id))
    names = [node.name for node in nodes]
    near = sorted({*NameIndex(names).near_pairs(NEAREST, threshold), *_of_one_form(names)})
    return [(nodes[i].pathway_id, nodes[j].pathway_id) for i, j in near if not _are_known_apart(nodes[i], nodes[j])]


def _of_one_form(names: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs (i, j), i < j, of positions whose names share a form: the same stems, or an acronym and its possible
    meanings. A form shared by more than CROWD names is ignored.
    """
    stemmed, short, long = defaultdict(set), defaultdict(set), defaultdict(set)
    for at, name in enumerate(names):
        for spelling in forms.spellings(name):
            if acronym := forms.abbreviation(spelling):
                short[acronym].add(at)
            elif key := forms.stemmed(spelling):
                stemmed[key].add(at)
            if acronym := forms.initials(spelling):
                long[acronym].add(at)
    groups = [*stemmed.values(), *short.values()]
    pairs = {pair for group in groups if len(group) <= CROWD for pair in combinations(sorted(group), 2)}
    for acronym, abbreviated in short.items():
        if len(spelled := long.get(acronym, set())) <= CROWD:
            pairs |= {(min(i, j), max(i, j)) for i in abbreviated for j in spelled - abbreviated}
    return sorted(pairs)


def _are_known_apart(one: Node, other: Node) -> bool:
    return all(node.is_root or node.settled for node in (one, other)) or differ_in_meaning(one.name, other.name)


def merge(
    forest: Forest, pairs: Sequence[Pair], answers: Sequence[Answer | Failure], people: Decisions = NOBODY
) -> tuple[Forest, dict[str, str], list[Row]]:
    """Apply the answers: the merged forest, old id -> new id for merged pathways, and the changes.

    Merges are transitive (a = b, b = c), but two roots never end up in one group, nor do two names that differ by a
    word that matters or that people keep apart, whatever the answers and their order. Pathways that people call the
    same are merged, and get the name they gave. All links move; a link of a pathway to itself is removed. Cycles that
    merging creates are left for `strict`.
    """
    groups = _Groups(forest, people)
    because: dict[str, Edge] = {}
    votes: dict[str, list[str]] = defaultdict(list)
    ordered = sorted(zip(pairs, answers, strict=True), key=lambda asked: not _by_hand(asked[1]))
    for (a, b), answer in ordered:
        if isinstance(answer, Failure) or not answer.value["same"]:
            continue
        if groups.union(a, b):
            edge = Edge(answer.method, answer.value["reasoning"], call_id=answer.call_id)
            because.setdefault(a, edge)
            because.setdefault(b, edge)
            votes[a] += [answer.value["canonical"]] * (len(pairs) if _by_hand(answer) else 1)
    _join_names(groups, forest, votes=votes)
    mapping: dict[str, str] = {}
    merged: Forest = {}
    changes: list[Row] = []
    for members in groups.all():
        node = _merged(forest, members, votes=_votes_of(members, votes))
        merged[node.pathway_id] = node
        for member in members:
            if member != node.pathway_id or forest[member].name != node.name:
                mapping[member] = node.pathway_id
                edge = because.get(member, Edge("config", "its name was given to a merged pathway", call_id=None))
                changes.append(
                    change(PHASE, "merge", pathway_id=member, before=forest[member].name, after=node.name, edge=edge)
                )
    _relink(merged, mapping)
    return merged, {old: new for old, new in mapping.items() if old != new}, changes


def _by_hand(answer: Answer | Failure) -> bool:
    return isinstance(answer, Answer) and answer.method == METHOD


def _join_names(groups: "_Groups", forest: Forest, votes: dict[str, list[str]]) -> None:
    """Join groups that get the same name, and a group with the pathway whose name it gets."""
    joined = True
    while joined:
        joined = False
        named: dict[str, str] = {}
        for members in groups.all():
            id_ = pathway_id(_name(members, forest, votes=_votes_of(members, votes)))
            other = named.setdefault(id_, members[0])
            if id_ in forest and groups.find(id_) != groups.find(members[0]):
                if not groups.union(members[0], id_):
                    _veto(id_, members, votes=votes)
                joined = True
            elif other != members[0]:
                if not groups.union(members[0], other):
                    _veto(id_, members, votes=votes)
                joined = True


def _veto(id_: str, members: list[str], votes: dict[str, list[str]]) -> None:
    """Withdraw the votes for a name that a group cannot have, because its owner must stay separate."""
    for member in members:
        if member in votes:
            votes[member] = [name for name in votes[member] if pathway_id(name) != id_]


def _votes_of(members: list[str], votes: dict[str, list[str]]) -> list[str]:
    return [name for member in members for name in votes.get(member, ())]


def _name(members: list[str], forest: Forest, votes: list[str]) -> str:
    """A group's name: that of its root, or the one named by most answers."""
    nodes = [forest[member] for member in members]
    root = next((node for node in nodes if node.is_root), None)
    return root.name if root else nodes[0].name if len(nodes) == 1 else _most_voted(votes, nodes)


def _merged(forest: Forest, members: list[str], votes: list[str]) -> Node:
    nodes = [forest[member] for member in members]
    if len(nodes) == 1:
        only = nodes[0]
        return replace(only, parents=dict(only.parents))
    root = next((node for node in nodes if node.is_root), None)
    name = _name(members, forest, votes=votes)
    nodes.sort(
        key=lambda node: (pathway_id(node.name) != pathway_id(name), ORIGINS.index(node.origin), node.pathway_id)
    )
    names = {alias for node in nodes for alias in (node.name, *node.aliases)} - {name}
    parents = {} if root else {parent: edge for node in reversed(nodes) for parent, edge in node.parents.items()}
    if not root:  # the candidates of the node that provides the name come first
        parents = {p: parents[p] for node in nodes for p in node.parents}
    origin = min((node.origin for node in nodes), key=ORIGINS.index)
    return Node(pathway_id(name), name, origin=origin, parents=parents, aliases=tuple(sorted(names)))


def _most_voted(votes: Iterable[str], nodes: Sequence[Node]) -> str:
    fitting = [name for name in votes if not any(differ_in_meaning(name, node.name) for node in nodes)]
    counts = Counter(pathway_id(name) for name in fitting)
    spelled = {pathway_id(name): name for name in sorted(votes)} | {node.pathway_id: node.name for node in nodes}
    if not counts:
        return min(node.name for node in nodes)
    return spelled[min(counts, key=lambda id_: (-counts[id_], normalise(spelled[id_])))]


def _relink(forest: Forest, mapping: dict[str, str]) -> None:
    for node in forest.values():
        parents: dict[str, Edge] = {}
        for parent_id, edge in node.parents.items():
            parent_id = mapping.get(parent_id, parent_id)
            if parent_id != node.pathway_id:
                parents.setdefault(parent_id, edge)
        node.parents = parents


class _Groups:
    """Union-find over pathway ids. No group holds two roots, or two names that must stay separate."""

    def __init__(self, forest: Forest, people: Decisions):
        self._people = people
        self._above = {id_: id_ for id_ in forest}
        self._names = {id_: [node.name, *node.aliases] for id_, node in forest.items()}
        self._root = {id_: id_ for id_, node in forest.items() if node.is_root}

    def find(self, id_: str) -> str:
        while self._above[id_] != id_:
            self._above[id_] = self._above[self._above[id_]]
            id_ = self._above[id_]
        return id_

    def union(self, a: str, b: str) -> bool:
        """Join two groups. False if each has its own root, or if names differ in meaning."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if a in self._root and b in self._root:
            return False
        if any(self._are_apart(one, other) for one in self._names[a] for other in self._names[b]):
            return False
        first, second = min(a, b), max(a, b)
        self._names[first] = self._names[first] + self._names.pop(second)
        self._above[second] = first
        if second in self._root:
            self._root[first] = self._root[second]
        return True

    def _are_apart(self, one: str, other: str) -> bool:
        line = self._people.on_pair(one, other)
        return differ_in_meaning(one, other) if line is None else line["decision"] == DIFFERENT

    def all(self) -> list[list[str]]:
        """The groups, members sorted, in the order of their first member."""
        members: dict[str, list[str]] = defaultdict(list)
        for id_ in sorted(self._above):
            members[self.find(id_)].append(id_)
        return [members[first] for first in sorted(members)]
