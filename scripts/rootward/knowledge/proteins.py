"""Protein names: from whatever a table calls a protein to its approved symbol and UniProt accession."""

import re
from dataclasses import dataclass
from pathlib import Path

_ACCESSION = re.compile(
    r"^(?:[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})(?:-\d+|-PRO_\d+)?$"
)
_PREFIX = re.compile(r"^(?:uniprotkb|uniprot|hgnc[ _]symbol|symbol|gene):", re.IGNORECASE)


@dataclass(frozen=True)
class Protein:
    """A protein as it goes into the tables; `note` says what could not be decided."""

    symbol: str
    uniprot: str | None
    note: str | None = None


class ProteinNames:
    """Looks proteins up by approved symbol, then accession, then a synonym that only one protein has.

    Source: the HGNC/UniProt symbol table of resources/reactome (see NOTICE there). An alias of several proteins is
    never guessed: the name stays as given and the note lists them.
    """

    def __init__(self, reference: str | Path):
        import pyarrow.parquet as pq

        table = pq.read_table(Path(reference) / "proteins.parquet", columns=["uniprot", "symbol", "synonyms"])
        self._accessions: dict[str, list[str]] = {}
        self._symbol: dict[str, str] = {}  # folded symbol -> approved symbol
        self._by_accession: dict[str, list[str]] = {}
        self._alias: dict[str, set[str]] = {}
        for uniprot, symbol, synonyms in zip(*(table[c].to_pylist() for c in table.column_names), strict=True):
            self._symbol[symbol.casefold()] = symbol
            self._accessions.setdefault(symbol, []).append(uniprot)
            self._by_accession.setdefault(uniprot, []).append(symbol)
            for alias in (synonyms or "").split("|"):
                if alias.strip():
                    self._alias.setdefault(_fold(alias), set()).add(symbol)
        self._known: dict[str, Protein] = {}

    def find(self, name: str) -> Protein:
        """The protein a name stands for; an unknown or ambiguous name comes back as given, with a note."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(_PREFIX.sub("", name.strip()).strip())
        return found

    def meant_by(self, name: str) -> list[str]:
        """The symbols of all proteins that a name can stand for, where it is ambiguous too."""
        found = self.find(name)
        symbols = self._alias.get(_fold(name), set()) | set(self._by_accession.get(name.upper(), ()))
        return [found.symbol] if found.note is None or not symbols else sorted(symbols)

    def _find(self, name: str) -> Protein:
        symbol = self._symbol.get(name.casefold())
        if symbol:
            return self._protein(symbol)
        accession = name.upper().split("-")[0] if _ACCESSION.match(name.upper()) else ""  # an isoform is its protein
        symbols = self._by_accession.get(accession, []) if accession else []
        if len(symbols) == 1:
            return Protein(symbols[0], accession)
        if symbols:
            return Protein(accession, accession, f"accession of {', '.join(sorted(symbols))}")
        # Some synonyms have the shape of an accession (H2AFB1).
        symbols = sorted(self._alias.get(_fold(name), ()))
        if len(symbols) == 1:
            return self._protein(symbols[0])
        if symbols:
            return Protein(name, None, f"ambiguous alias of {', '.join(symbols)}")
        if accession:
            return Protein(accession, accession, "unknown accession")
        return Protein(name, None, "not in the symbol table")

    def _protein(self, symbol: str) -> Protein:
        accessions = self._accessions[symbol]
        if len(accessions) == 1:
            return Protein(symbol, accessions[0])
        return Protein(symbol, None, f"symbol of accessions {', '.join(sorted(accessions))}")


def _fold(alias: str) -> str:
    return alias.strip().casefold()
