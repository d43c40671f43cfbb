"""Shows a question together with the reference: similar names as help, and contradictions as doubts; never as a
choice.
"""

from rootward.knowledge.graph import Pathway
from rootward.knowledge.names import pathway_id
from rootward.knowledge.nearest import NameIndex
from rootward.knowledge.reference import Reference
from rootward.tree.climb import Links


class Grounding:
    """For a pathway, the `count` most similar names in the reference, and the parents of these pathways."""

    def __init__(self, reference: Reference, count: int):
        self._reference, self._count = reference, count
        self._ids = sorted(reference.pathways)
        self._index = NameIndex([reference.pathways[id_].name for id_ in self._ids])
        self._known: dict[str, list[str]] = {}

    def __call__(self, name: str) -> list[str]:
        """The names, sorted, without the name itself."""
        found = self._known.get(name)
        if found is None:
            pathways = self._reference.pathways
            near = [pathways[self._ids[at]] for at, _ in self._index.nearest([name], self._count)[0]]
            names = {p.name for p in near} | {pathways[above].name for p in near for above in p.parents}
            found = sorted(other for other in names if pathway_id(other) != pathway_id(name))
            self._known[name] = found
        return found


class Contradictions:
    """Finds contradictions to a parent if the reference has both pathways, and the parent is not an ancestor of the
    child.

    If the reference does not have the child, the nearest known pathways below it count instead. So a climb that ends
    under a different root than the reference's is noticed as well.
    """

    def __init__(self, reference: Reference, links: Links):
        self._reference = reference
        self._children: dict[str, list[str]] = {}
        self._names = links.names
        for child, parent in sorted(links.parent_of.items()):
            if parent is not None:
                self._children.setdefault(parent, []).append(child)

    def __call__(self, child: str, parent: str) -> str | None:
        """The contradiction in words; None if there is none."""
        above = self._known(parent)
        if above is None:
            return None
        for below in self._nearest(child):
            if above is below or above.id not in self._reference.ancestors(below.id):
                return f"you named {parent} as the parent of {child}, but in the reference {self._says(below, above)}"
        return None

    def _known(self, name: str) -> Pathway | None:
        found = self._reference.find(name)
        return found[0] if found and found[1] != "gist" else None

    def _nearest(self, child: str) -> list[Pathway]:
        nearest, waiting, seen = [], [child], set()
        while waiting:
            name = waiting.pop()
            if (known := self._known(name)) is not None:
                nearest.append(known)
            elif name not in seen:
                seen.add(name)
                waiting += [self._names[id_] for id_ in self._children.get(pathway_id(name), ())]
        return sorted(nearest, key=lambda pathway: pathway.id)

    def _says(self, below: Pathway, above: Pathway) -> str:
        pathways = self._reference.pathways
        if above is below:
            return "they are one pathway"
        if below.id in self._reference.ancestors(above.id):
            return f"{above.name} stands below {below.name}"
        parents = " and ".join(pathways[id_].name for id_ in below.parents)
        return f"{below.name} stands under {parents}" if parents else f"{below.name} stands under nothing"
