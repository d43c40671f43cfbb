"""Names in the files, and the interactors they become: proteins, other entities, or none, with the reason."""

import re
from array import array
from typing import Any, NamedTuple

import numpy as np

from rootward.inputs.coded import Coded, Problem
from rootward.inputs.options import ENTITIES, HUMAN, Options
from rootward.inputs.orthologs import Orthologs
from rootward.knowledge import spelling, vocabulary
from rootward.knowledge.identifiers import ACCESSION
from rootward.knowledge.names import clean
from rootward.knowledge.proteins import NoProtein, Protein, ProteinNames

LONGEST_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLAIN = frozenset(["", "protein"])


class RawName(NamedTuple):
    """A name in a file, with the file's word for its kind, and its species ('' is human)."""

    name: str
    word: str
    species: str


class Entity(NamedTuple):
    """An interactor as it is written to the table; `key` identifies it (a family may have the same name as a protein).

    human: for a protein of another species, the name used to look up pathways: the symbol of its human ortholog, if
    any; None if it is the same as the symbol.
    """

    key: str
    symbol: str
    uniprot: str | None
    note: str | None
    human: str | None = None


class Naming:
    """Numbers the names (`names`) and the interactors (`entities`), and counts how often each name is used."""

    def __init__(self, proteins: ProteinNames, options: Options):
        self._proteins = proteins
        self._kinds = options.kinds
        self._orthologs = Orthologs(options.orthologs, proteins, species=options.species) if options.orthologs else None
        # If a file names no species, its rows are of the configured one.
        self.unsaid = "" if HUMAN in options.species else min(options.species, default="")
        self.names = Coded(self._raw_name)
        self.entities = Coded(self._entity)
        self._interactor = array("i")  # name -> interactor, < 0 for none
        self._found: dict[RawName, tuple[str, str | None]] = {}  # how a name was found, and remarks about it
        self._used = np.zeros(0, np.int64)

    def column(self, names: list[str], kinds: list[str], taxa: np.ndarray, species: list[str]) -> np.ndarray:
        """The numbers of a column of names. taxa: the number of each in `species`, negative for species that are not
        kept.
        """
        n = len(names)
        plain = not kinds or _PLAIN.issuperset(kinds)
        if plain and not self.unsaid and len(species) == 1:  # the most common case, with a cheaper look-up
            numbers = self.names.column(names, n)
        else:
            of = [species[taxon] if taxon >= 0 else "" for taxon in taxa.tolist()]
            numbers = self.names.column(zip(names, kinds or [""] * n, of, strict=True), n)
        for raw in self.names.meanings[len(self._interactor) :]:
            self._interactor.append(self.entities[raw])
        used = np.bincount(numbers, minlength=len(self._interactor))
        used[: len(self._used)] += self._used
        self._used = used
        return numbers

    def interactors(self, names: np.ndarray) -> np.ndarray:
        """The interactor of each name; negative if the name is not an interactor."""
        found: np.ndarray = np.frombuffer(self._interactor, np.int32)[names]
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The table of names: what each became, how, or why not."""
        return [
            self._row(raw, number, used=int(used))
            for raw, number, used in zip(self.names.meanings, self._interactor, self._used, strict=True)
        ]

    def _row(self, raw: RawName, number: int, used: int) -> dict[str, Any]:
        entity: Entity | None = self.entities.meanings[number] if number >= 0 else None
        how, note = self._found.get(raw, ("unusable", None))
        return {
            "name": clean(raw.name)[:LONGEST_NAME],
            "kind": raw.word,
            "species": raw.species or HUMAN,
            "symbol": entity and entity.symbol,
            "uniprot": entity and entity.uniprot,
            "human": entity and entity.human,
            "how": how,
            "note": (note or entity.note) if entity else self.entities.problem(number),
            "n_rows": used,
        }

    @staticmethod
    def _raw_name(raw: str | tuple[str, str, str]) -> RawName:
        return (
            RawName(raw.strip(), "", species="")
            if isinstance(raw, str)
            else RawName(raw[0].strip(), raw[1].strip(), species=raw[2])
        )

    def _entity(self, raw: RawName) -> Entity | Problem:
        if problem := _unusable(raw.name):
            return problem
        kind = vocabulary.kind(raw.word)
        if kind != "protein":
            return self._other(raw, kind)
        if raw.species:
            return self._foreign(raw)
        found = self._proteins.find(clean(raw.name))
        self._found[raw] = found.how, found.reason if isinstance(found, NoProtein) else found.note
        return self._something_else(found) if isinstance(found, NoProtein) else self._protein(found)

    def _other(self, raw: RawName, kind: str) -> Entity | Problem:
        """What the file marks as not a protein."""
        self._found[raw] = kind, None
        if kind not in self._kinds:
            shown = repr(raw.word[:40]) if kind == "other" else f"a {kind}"
            return Problem(f"is {shown}, no protein (entities.{ENTITIES[kind]}: drop)")
        called = clean(raw.name)
        return Entity(f"{called} ({kind})", called, uniprot=None, note=kind) if called else Problem("is empty")

    def _something_else(self, found: NoProtein) -> Entity | Problem:
        """What the reference lists as not a protein."""
        if found.kind in self._kinds:
            called = clean(found.symbol)
            return Entity(f"{called} ({found.kind})", called, uniprot=None, note=found.kind)
        dropped = f" (entities.{ENTITIES[found.kind]}: drop)" if found.kind in ENTITIES else ""
        return Problem(f"{found.reason}{dropped}")

    def _protein(self, found: Protein) -> Entity | Problem:
        # Once more by the symbol: all rows with the same symbol are one entity, whatever name they used.
        symbol = clean(found.symbol)
        if not symbol:
            return Problem("is empty")
        settled = self._proteins.find(symbol)
        if isinstance(settled, NoProtein):
            return Problem(settled.reason)
        if found.uniprot and not settled.uniprot:
            # If a symbol has several proteins (CDKN2A: p16INK4a, p14ARF), the row says which one it is about.
            return Entity(f"{symbol} ({found.uniprot})", symbol, uniprot=found.uniprot, note=None)
        return Entity(symbol, symbol, uniprot=settled.uniprot, note=settled.note)

    def _foreign(self, raw: RawName) -> Entity | Problem:
        """A protein of another species keeps its own name and accession, and is never a human one."""
        nothing = self._proteins.unnamed(clean(raw.name))
        if nothing:
            self._found[raw] = nothing.how, None
            return Problem(nothing.reason)
        own = clean(spelling.plain(raw.name))
        found = ACCESSION.fullmatch(own)
        human = self._orthologs.find(own) if self._orthologs else None
        self._found[raw] = "ortholog" if human else "foreign", None
        note = None if human else f"of species {raw.species}, without a one-to-one human ortholog in the table"
        key = f"{own} (species {raw.species})"
        return Entity(key, own, uniprot=found["base"].upper() if found else None, note=note, human=human or key)


def _unusable(name: str) -> Problem | None:
    if not clean(name) and not _CONTROL.search(name):
        return Problem("is empty")
    if _CONTROL.search(name):
        return Problem("holds a control character")
    if len(name) > LONGEST_NAME:
        return Problem(f"is {len(name)} characters long")
    return None
