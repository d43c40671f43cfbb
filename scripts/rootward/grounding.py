"""Names from the reference that are shown with a question, as help and never as a choice."""

from rootward.names import NameIndex, pathway_id
from rootward.reference import Reference


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
