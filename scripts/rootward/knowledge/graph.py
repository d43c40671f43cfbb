"""Several references made one graph of pathways."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rootward.knowledge.sources import Source, curie


@dataclass(slots=True)
class Pathway:
    """A reference pathway. parents: the first one is the lineage that is followed; xrefs: what else it is called by
    another reference (CURIEs).
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
        """The name of the reference it comes from, for people."""
        return "GO" if self.id.startswith("GO:") else "Reactome"


def merged(sources: Sequence[Source]) -> dict[str, Pathway]:
    """The pathways of several references by id, with their parents and children; of the first one all as it stands."""
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
    """Hang a reference's entries under the pathways right above them; the first parent is the one that is followed.

    That is the deepest one in the first reference. In another one it is the backbone's where it is no top-level
    pathway, then its own, then a top-level one; among those the one with the fewest entries below it, which says most.
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
    """Pathway of the backbone -> the pathways that another reference files its twin under, top-level ones left out."""
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
    """Ways up from an entry of a reference: `above` holds its parents, `entries` all its entries."""

    pathways: dict[str, Pathway]
    same: dict[str, str]
    entries: set[str]
    above: dict[str, list[str]]

    @classmethod
    def of(cls, pathways: dict[str, Pathway], source: Source) -> "_Climb":
        """The ways up in a source."""
        above: dict[str, list[str]] = {}
        for child, parent in source.relations:
            above.setdefault(child, []).append(parent)
        return cls(pathways, source.same, {entry.id for entry in source.entries}, above)

    def parents(self, id_: str) -> list[str]:
        """An entry's parents; where one is a pathway of the backbone (an anchor), that one only."""
        parents = self.above.get(id_, [])
        return [parent for parent in parents if parent not in self.entries and parent in self.pathways] or parents

    def nearest(self, id_: str) -> dict[str, set[str]]:
        """The pathways right above an entry, and the entries by which each was met; no way leads on from one met."""
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
        """All entries above one, itself included."""
        seen, waiting = {id_}, [id_]
        while waiting:
            new = set(self.above.get(waiting.pop(), ())) - seen
            seen |= new
            waiting += new
        return seen
