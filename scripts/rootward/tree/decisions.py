"""People's decisions applied to a tree: pure functions of resolved decisions (table `decisions`) and forests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from rootward.knowledge.decisions import DIFFERENT, NAME, NOT_PARENT, NOT_PLACE, PARENT, PLACE, REMOVE, SAME
from rootward.knowledge.names import pathway_id
from rootward.tables import Row
from rootward.tree.nodes import Edge, Forest, Node, change, children, copy, top_down

METHOD = "curated"
PHASE = "decisions"


@dataclass(frozen=True)
class Decisions:
    """The decisions of people. rows: of the table `decisions`."""

    rows: Sequence[Row] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    def _of(self, *verbs: str) -> Iterable[Row]:
        return (row for row in self.rows if row["decision"] in verbs)

    @cached_property
    def _about(self) -> dict[tuple[str, str], list[Row]]:
        """(decision, id of a pathway or of an interaction) -> the lines about it, because callers ask about all
        rows.
        """
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            for id_ in (*row["subject_ids"], *row["interaction_ids"]):
                found.setdefault((row["decision"], id_), []).append(row)
        return found

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Row]:
        return {
            pair: row
            for row in self._of(SAME, DIFFERENT)
            for ids in product(row["subject_ids"], row["object_ids"])
            for pair in (ids, ids[::-1])
        }

    def _line(self, verb: str, name: str) -> Row | None:
        return next(iter(self._about.get((verb, pathway_id(name)), ())), None)

    def parent_of(self, name: str) -> Row | None:
        """The line that decides a pathway's parent."""
        return self._line(PARENT, name)

    def not_parents(self, name: str) -> list[Row]:
        """The lines that exclude parents of a pathway."""
        return self._about.get((NOT_PARENT, pathway_id(name)), [])

    def is_refused(self, child: str, parent: str) -> Row | None:
        """The line that says that one is not the parent of the other."""
        return next((row for row in self.not_parents(child) if pathway_id(parent) in row["object_ids"]), None)

    def on_pair(self, a: str, b: str) -> Row | None:
        """The line that says that two pathways are the same, or different."""
        return self._pairs.get((pathway_id(a), pathway_id(b))) if self._pairs else None

    def merged_into(self, name: str) -> Row | None:
        """The line that merges a pathway into another."""
        return self._line(SAME, name)

    def is_removed(self, name: str) -> Row | None:
        """The line that removes a pathway."""
        return self._line(REMOVE, name)

    def place_of(self, interaction_id: str) -> Row | None:
        """The line that places an interaction."""
        return next(iter(self._about.get((PLACE, interaction_id), ())), None)

    def not_place(self, interaction_id: str, name: str) -> Row | None:
        """The line that says that an interaction is not placed on a pathway."""
        lines = self._about.get((NOT_PLACE, interaction_id), ())
        return next((row for row in lines if pathway_id(name) in row["object_ids"]), None)

    @property
    def about_placing(self) -> set[str]:
        """The interactions that lines place somewhere, or exclude from somewhere."""
        return {id_ for row in self._of(PLACE, NOT_PLACE) for id_ in row["interaction_ids"]}

    @cached_property
    def kept_names(self) -> dict[str, Row]:
        """Id of a name that a line gives as an answer -> the line; no other name may replace it."""
        return {pathway_id(row["object"]): row for row in self._of(PARENT, PLACE, SAME)}

    # --- on a forest ---

    def same_pairs(self, forest: Forest) -> list[tuple[str, str]]:
        """The pairs of pathways of a forest that lines merge."""
        found = set()
        for row in self._of(SAME):
            subjects, objects = _present(forest, row["subject_ids"]), _present(forest, row["object_ids"])
            found |= {(min(pair), max(pair)) for pair in product(subjects, objects) if pair[0] != pair[1]}
        return sorted(found)

    def with_parents(self, forest: Forest) -> Forest:
        """A forest without the candidate parents that lines exclude; if lines name a pathway's parent, it is the only
        candidate. A missing parent is added without a parent of its own.
        """
        decided = copy(forest)
        for row in self._of(NOT_PARENT):
            refused = _present(forest, row["object_ids"])
            for id_ in _present(forest, row["subject_ids"]):
                node = decided[id_]
                node.parents = {p: edge for p, edge in node.parents.items() if p not in refused}
        for row in self._of(PARENT):
            for id_ in _present(forest, row["subject_ids"]):
                parent = next(iter(_present(decided, row["object_ids"])), pathway_id(row["object"]))
                if id_ == parent or decided[id_].is_root:
                    continue
                decided.setdefault(parent, Node(parent, row["object"], origin="climbed"))
                decided[id_].parents = {parent: edge_of(row)}
        return decided

    def removed_from(self, forest: Forest) -> dict[str, Row]:
        """The pathways of a forest that lines remove, by id."""
        found = {id_: row for row in self._of(REMOVE) for id_ in _present(forest, row["subject_ids"])}
        return {id_: row for id_, row in found.items() if not forest[id_].is_root}

    def without_removed(self, forest: Forest) -> tuple[Forest, list[Row]]:
        """A strict forest without the pathways that lines remove, and the changes: their children move up."""
        removed = self.removed_from(forest)
        left, changes = copy(forest), []
        below = children(forest)
        for id_ in [id_ for id_ in top_down(forest) if id_ in removed]:
            node, edge = left[id_], edge_of(removed[id_])
            above = node.parent_id
            for child_id in below.get(id_, ()):
                child = left[child_id]
                because = replace(
                    child.parents[id_], reasoning=f"{child.parents[id_].reasoning} (by way of {node.name}, removed)"
                )
                child.parents = {above: because} if above else {}
                below.setdefault(above or "", []).append(child_id)
            changes.append(
                change(
                    PHASE,
                    REMOVE,
                    pathway_id=id_,
                    before=node.name,
                    after=left[above].name if above else None,
                    edge=edge,
                )
            )
            del left[id_]
        return left, changes

    def placed(self, row: Row, forest: Forest) -> Row:
        """The placement as lines decide it; unchanged if there are none.

        A line that places the interaction counts first; then it moves up from pathways that are excluded or removed.
        """
        line = self.place_of(row["interaction_id"])
        if line is not None and (there := _present(forest, line["object_ids"])):
            return _at(row, there[0], line=line)
        id_: str | None = row["pathway_id"]
        because = None
        while id_ is not None and (found := self._not_here(row["interaction_id"], forest[id_])):
            because, id_ = found, forest[id_].parent_id
        return row if because is None or id_ is None else _at(row, id_, line=because)

    def _not_here(self, interaction_id: str, node: Node) -> Row | None:
        if node.is_root:
            return None
        names = (node.name, *node.aliases)
        found = [line for name in names if (line := self.not_place(interaction_id, name) or self.is_removed(name))]
        return found[0] if found else None

    def renamed(self, forest: Forest) -> tuple[Forest, dict[str, str], list[Row]]:
        """A strict forest with the pathways renamed as lines decide, old id -> new id, and the changes.

        A name that another pathway already has is not used.
        """
        names: dict[str, Row] = {}
        for row in self._of(NAME):
            new = pathway_id(row["object"])
            names |= {id_: row for id_ in _present(forest, row["subject_ids"]) if new not in forest.keys() - {id_}}
        ids = {id_: pathway_id(row["object"]) for id_, row in names.items()}
        named, changes = {}, []
        for id_, node in copy(forest).items():
            node.parents = {ids.get(parent, parent): edge for parent, edge in node.parents.items()}
            if id_ in names:
                name = names[id_]["object"]
                changes.append(
                    change(PHASE, NAME, pathway_id=ids[id_], before=node.name, after=name, edge=edge_of(names[id_]))
                )
                others = {*node.aliases, node.name} - {name}
                node = replace(node, pathway_id=ids[id_], name=name, aliases=tuple(sorted(others)))
            named[node.pathway_id] = node
        return named, {old: new for old, new in ids.items() if old != new}, changes


NOBODY = Decisions()


def edge_of(row: Row) -> Edge:
    """The edge that a line makes."""
    return Edge(METHOD, row["reason"], call_id=row["call_id"])


def _at(placement: Row, pathway: str, line: Row) -> Row:
    decided = {"method": METHOD, "confidence": 1.0, "reasoning": line["reason"], "call_id": line["call_id"]}
    return placement | {"pathway_id": pathway} | decided


def _present(forest: Mapping[str, Node], ids: Iterable[str]) -> list[str]:
    """The pathways of a forest with these ids: as their own id, otherwise as an alias."""
    wanted = set(ids)
    if found := sorted(wanted & forest.keys()):
        return found
    return sorted(id_ for id_, node in forest.items() if wanted.intersection(map(pathway_id, node.aliases)))


def outcome(decisions: Decisions, forest: Forest, placements: Mapping[str, set[str]]) -> list[Row]:
    """The effect of each line in the finished tree: a row of `changes` for each line that holds there.

    placements: interaction_id -> the pathways it is placed on, for interactions in lines. A line without effect, or
    that could not hold, has no row.
    """
    rows: list[Row] = []
    for line in decisions.rows:
        verb, edge = line["decision"], edge_of(line)
        here, there = _present(forest, line["subject_ids"]), _present(forest, line["object_ids"])
        if verb in (PLACE, NOT_PLACE):
            rows += _of_interactions(line, forest, placements=placements, there=there)
            continue
        for id_ in here if verb != REMOVE else []:
            above = forest[id_].parent_id
            names = {pathway_id(name) for name in (forest[id_].name, *forest[id_].aliases)}
            holds = {
                PARENT: above in there,
                NOT_PARENT: above not in there,
                NAME: False,  # recorded when the name is set
                SAME: bool(names.intersection(line["object_ids"])),
                DIFFERENT: bool(there) and id_ not in there,
            }
            if holds[verb]:
                rows.append(
                    change(PHASE, verb, pathway_id=id_, before=line["subject"], after=line["object"], edge=edge)
                )
    return rows


def _of_interactions(
    line: Row, forest: Forest, placements: Mapping[str, set[str]], there: Sequence[str]
) -> Iterable[Row]:
    wanted = line["decision"] == PLACE
    for id_ in line["interaction_ids"]:
        if id_ in placements and bool(placements[id_].intersection(there)) == wanted:
            names = ", ".join(sorted(forest[at].name for at in placements[id_]))
            yield change(PHASE, line["decision"], pathway_id=None, before=None, after=names, edge=edge_of(line)) | {
                "interaction_id": id_
            }
