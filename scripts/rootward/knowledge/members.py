"""Which proteins take part in which pathways of the references, and the names of these proteins."""

from collections.abc import Container, Sequence

from rootward.knowledge.sources import REFERENCE_NAMES, Source, read_called, read_members, read_symbols


class Members:
    """The proteins of the references, by approved symbol.

    direct: symbol -> ids of its lowest-level pathways in any reference; called: symbol -> other single words for the
    protein. Raises UserError if a table cannot be read.
    """

    def __init__(self, sources: Sequence[Source], pathways: Container[str]):
        self._by_source = _by_source(sources, pathways)
        self.direct: dict[str, frozenset[str]] = {}
        for members in self._by_source.values():
            for symbol, ids in members.items():
                self.direct[symbol] = self.direct.get(symbol, frozenset()) | ids
        self._by_accession: dict[str, frozenset[str]] = {}  # UniProt accession -> the pathways of all symbols it has
        for source in sources:
            for uniprot, symbol in read_symbols(source):
                found = self._by_accession.get(uniprot, frozenset())
                self._by_accession[uniprot] = found | self.direct.get(symbol, frozenset())
        listed = (called for source in sources for called in read_called(source))
        self.called: dict[str, tuple[str, ...]] = {symbol: names for symbol, names in listed if names}

    @property
    def symbols(self) -> list[str]:
        """The proteins that take part in any pathway, sorted."""
        return sorted(self.direct)

    def pathways_of(self, protein: str) -> frozenset[str]:
        """The lowest-level pathways of a protein by its symbol or, if several genes make one protein without a symbol
        of its own (histone H4, P62805), by its accession; empty if no reference has it.
        """
        return self.direct.get(protein) or self._by_accession.get(protein, frozenset())

    def filed_by(self, symbol: str) -> dict[str, frozenset[str]]:
        """Name of a reference -> the lowest-level pathways it has for a protein; only references that have any."""
        return {
            REFERENCE_NAMES[kind]: members[symbol] for kind, members in self._by_source.items() if symbol in members
        }


def _by_source(sources: Sequence[Source], pathways: Container[str]) -> dict[str, dict[str, frozenset[str]]]:
    """Kind of reference -> approved symbol -> the lowest-level pathways it names for it."""
    found: dict[str, dict[str, set[str]]] = {}
    for source in sources:
        by_symbol = found.setdefault(source.kind, {})
        for symbol, entry, _ in read_members(source):
            id_ = source.same.get(entry, entry)
            if id_ in pathways:
                by_symbol.setdefault(symbol, set()).add(id_)
    return {kind: {name: frozenset(ids) for name, ids in members.items()} for kind, members in found.items()}
