"""What the reference says, shown with a question: names as help, contradictions as doubt, never a choice."""

from rootward.knowledge.graph import Pathway
from rootward.knowledge.names import pathway_id
from rootward.knowledge.nearest import NameIndex
from rootward.knowledge.reference import Reference
from rootward.tree.climb import Links


class Grounding:
    """For a pathway the `count` reference pathways named most like it, and the parents of those."""

    def __init__(self, reference: Reference, count: int):
        self._reference, self._count = reference, count
        self._ids = sorted(reference.pathways)
        self._index = NameIndex([reference.pathways[id_].name for id_ in self._ids])
        self._known: dict[str, list[str]] = {}

    def __call__(self, name: str) -> list[str]:
        """The names, sorted; not the given one itself."""
        found = self._known.get(name)
        if found is None:
            pathways = self._reference.pathways
            near = [pathways[self._ids[at]] for at, _ in self._index.nearest([name], self._count)[0]]
            names = {p.name for p in near} | {pathways[above].name for p in near for above in p.parents}
            found = sorted(other for other in names if pathway_id(other) != pathway_id(name))
            self._known[name] = found
        return found


class Contradictions:
    """What speaks against a parent where the reference knows both sides: the parent is no ancestor of the child.

    Of a child the reference does not know, the nearest below it that it does know count: so a climb that ends under
    another root than the reference's is noticed too.
    """

    def __init__(self, reference: Reference, links: Links):
        self._reference = reference
        self._children: dict[str, list[str]] = {}
        self._names = links.names
        for child, parent in sorted(links.parent_of.items()):
            if parent is not None:
                self._children.setdefault(parent, []).append(child)

    def __call__(self, child: str, parent: str) -> str | None:
        """Both sides in words; None where nothing speaks against the parent."""
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
