"""Combines several references into one graph of pathways."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rootward.knowledge.sources import Source, curie


@dataclass(slots=True)
class Pathway:
    """A reference pathway. parents: the first one is the lineage that is followed; xrefs: its names in other references
    (CURIEs).
    """

    id: str
    name: str
    depth: int
    aliases: tuple[str, ...]
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    xrefs: tuple[str, ...] = ()

    @property
    def curie(self) -> str:
        """Its identifier with the prefix of its reference."""
        return curie(self.id)

    @property
    def reference(self) -> str:
        """The name of its reference, for people."""
        return "GO" if self.id.startswith("GO:") else "Reactome"


def merged(sources: Sequence[Source]) -> dict[str, Pathway]:
    """The pathways of several references by id, with parents and children; those of the first reference stay
    unchanged.
    """
    pathways: dict[str, Pathway] = {}
    for source in sources:
        _add_entries(pathways, source)
    for source in sources:
        _add_parents(pathways, source)
    for pathway in pathways.values():
        for parent in pathway.parents:
            pathways[parent].children.append(pathway.id)
    for pathway in pathways.values():
        pathway.children.sort()
    return pathways


def _add_entries(pathways: dict[str, Pathway], source: Source) -> None:
    for entry in source.entries:
        twin = pathways.get(source.same.get(entry.id, ""))
        if twin is not None:
            names = [name for name in (entry.name, *entry.synonyms) if name not in (twin.name, *twin.aliases)]
            twin.aliases, twin.xrefs = (*twin.aliases, *names), (*twin.xrefs, entry.id)
        elif entry.id not in source.general:
            pathways[entry.id] = Pathway(entry.id, entry.name, depth=entry.depth or 0, aliases=entry.synonyms)


def _add_parents(pathways: dict[str, Pathway], source: Source) -> None:
    """Attach a reference's entries to the nearest pathways above them; the first parent is the one that is followed.

    In the first reference, that is the deepest one. In another reference, it is preferably a backbone pathway that is
    not top-level, then one of its own, then a top-level one; among those the one with the fewest entries below it,
    which is the most specific.
    """
    climb = _Climb.of(pathways, source)
    own = [entry.id for entry in source.entries if entry.id in pathways]
    if not source.same:
        for id_ in own:
            known = [parent for parent in climb.above.get(id_, ()) if parent in pathways]
            pathways[id_].parents = sorted(known, key=lambda parent: (-pathways[parent].depth, parent))
        return
    breadth = Counter(id_ for entry in own for id_ in climb.ancestors(entry))
    for id_ in own:
        met = climb.nearest(id_)
        ranks = {
            parent: (_kind(pathways[parent], climb.entries), min(breadth[via] for via in vias), parent)
            for parent, vias in met.items()
        }
        pathways[id_].parents = sorted(met, key=lambda parent: ranks[parent])
    for id_ in own:
        pathways[id_].depth = _depth(pathways, id_)


def further_parents(pathways: dict[str, Pathway], sources: Sequence[Source]) -> dict[str, list[str]]:
    """Pathway of the backbone -> the pathways above its equivalent in another reference, except top-level ones."""
    found: dict[str, set[str]] = {}
    for source in sources:
        climb = _Climb.of(pathways, source)
        for entry, twin in source.same.items():
            if twin in pathways and pathways[twin].parents:
                above = {parent for parent in climb.nearest(entry) if pathways[parent].parents} - {twin}
                found.setdefault(twin, set()).update(above)
    return {twin: sorted(above) for twin, above in found.items()}


def _kind(parent: Pathway, entries: set[str]) -> int:
    return 1 if parent.id in entries else 0 if parent.parents else 2


def _depth(pathways: dict[str, Pathway], id_: str) -> int:
    steps = 0
    while parents := pathways[id_].parents:
        id_, steps = parents[0], steps + 1
    return steps


@dataclass(frozen=True, slots=True)
class _Climb:
    """Paths upwards from an entry of a reference: `above` has its parents, `entries` all entries."""

    pathways: dict[str, Pathway]
    same: dict[str, str]
    entries: set[str]
    above: dict[str, list[str]]

    @classmethod
    def of(cls, pathways: dict[str, Pathway], source: Source) -> "_Climb":
        """The paths upwards in a source."""
        above: dict[str, list[str]] = {}
        for child, parent in source.relations:
            above.setdefault(child, []).append(parent)
        return cls(pathways, source.same, {entry.id for entry in source.entries}, above)

    def parents(self, id_: str) -> list[str]:
        """An entry's parents; if one of them is a backbone pathway (an anchor), only that one."""
        parents = self.above.get(id_, [])
        return [parent for parent in parents if parent not in self.entries and parent in self.pathways] or parents

    def nearest(self, id_: str) -> dict[str, set[str]]:
        """The nearest pathways above an entry, and the entries through which each was reached; paths end at a
        pathway.
        """
        found: dict[str, set[str]] = {}
        waiting = [(id_, parent) for parent in self.parents(id_)]
        seen = set(waiting)
        while waiting:
            via, parent = waiting.pop()
            met = self.same.get(parent, parent)
            if met in self.pathways:
                found.setdefault(met, set()).add(parent if parent in self.entries else via)
                continue
            more = {(parent, further) for further in self.parents(parent)} - seen
            seen |= more
            waiting += sorted(more)
        return found

    def ancestors(self, id_: str) -> set[str]:
        """An entry and all entries above it."""
        seen, waiting = {id_}, [id_]
        while waiting:
            new = set(self.above.get(waiting.pop(), ())) - seen
            seen |= new
            waiting += new
        return seen
