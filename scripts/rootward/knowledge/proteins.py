"""Protein names: maps any name of a protein to its approved symbol and UniProt accession, or says why it cannot."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rootward.knowledge import identifiers, spelling, unnamed
from rootward.knowledge.identifiers import ACCESSION, Identifier
from rootward.knowledge.symbols import Symbols

SHORTEST = 3  # letters and digits of an alias; shorter aliases (AR, ER, p8) are too ambiguous
QUOTED = 120  # characters of a name, or of its description, in a message
SHOWN = 6  # genes listed in a note
_SEVERAL = re.compile(r"\s*(?:;|,|\||/|\\|\+|&|::?)\s*|\s+(?:and|or)\s+|_|(?<=\w)\s+(?=[A-Z0-9]+$)")
# What people add to a name: an aside at its end, or words such as "protein", "gene" and "human".
_DRESSED = re.compile(
    r"(.*\S)\s*[(\[]([^()\[\]]+)[)\]]|(?:human\s+)?(.*\S)\s+(?:protein|gene)|human\s+(.+)", re.IGNORECASE
)
_HUMAN = frozenset(["human", "homo sapiens", "h. sapiens", "hsa", "9606", "protein", "gene"])
_NUMBERED = re.compile(r"(.*\D)(\d+)[A-Z]?", re.IGNORECASE)
# What occurs in columns of proteins but is not a product of any gene in the table. FamPlex lists none of it.
_WORDS = """
    dmso pma dex dox egta edta bsa fbs fcs pbs serum gfp egfp yfp cfp rfp mcherry flag igg igm iga sirna shrna sgrna
    gal4 lexa vp16 lacz luciferase ctrl ctl untreated
    vector control mock vehicle dna rna mrna h2o2 ros lps poly(i:c) fmlp tpa atp gtp cgmp
    ca2+ ca++ mg2+ zn2+ na+ k+ h+ cl-
"""
_REAGENTS = frozenset(_WORDS.split())
_NOT_COVERED = {"refseq": "a RefSeq identifier", "ensembl product": "an identifier of an Ensembl protein or transcript"}
_LISTED_IDS = re.compile(r"\w+:\S+(?:\s+\w+:\S+)+")  # KEGG: `hsa:5594 hsa:5595`
_STATE = re.compile(
    r"p?-?(?:phospho-?)?[STY](?:er|hr|yr)?-?\d{1,4}|phosphorylated|phospho|active|total|wt|wild[- ]type", re.I
)
_GREEK_END = re.compile(r"\w+[A-Z]\w*[abgd]")  # but not mouse spelling (Eif2a)
_UNSURE = frozenset(["unknown", "ambiguous", "missing", "logical", "number", "date", "several"])
# The phosphorylated form of a protein: `pERK` is not PERK.
_PHOSPHO = re.compile(r"(?:[Pp]hospho-|(?:[Pp]hospho|[Pp]hosphorylated |p-?)(?=[A-Z][A-Za-z0-9]{2}))(\w\S+)")


@dataclass(frozen=True)
class Protein:
    """A protein as it is written to the tables. note: what could not be decided; how: what the name was recognised as.

    how is symbol, previous (symbol), alias, name (the full one), spelling (another spelling of a symbol or alias),
    accession, secondary (accession), entry (name of UniProt), entrez, ensembl or hgnc. If the name could not be mapped,
    it is ambiguous or unknown.
    """

    symbol: str
    uniprot: str | None
    note: str | None = None
    how: str = "symbol"


@dataclass(frozen=True)
class NoProtein:
    """A name of something other than a human protein.

    kind: one of vocabulary.KINDS, `foreign` (of another species), or `unnamed` (not a name of anything); reason: what
    it is, with the name in quotes; symbol: the name under which it is kept if its kind is kept; how: the kind, or for
    `unnamed`: missing, logical, number, date or several.
    """

    kind: str
    reason: str
    symbol: str
    how: str


class ProteinNames:
    """Looks names up, and recognises what is not one protein: a family, a reagent, an RNA, several genes, or not a
    name.

    The order is: approved symbol, identifier, previous symbol, alias. An alias counts only if it plausibly names one
    protein: it has at least three letters, belongs to one gene, and is not the name of a family (in FamPlex, or a stem
    that several symbols share). Nothing is guessed: an ambiguous name is not mapped, and a note lists what it could be.

    Sources: HGNC, UniProt and FamPlex as provided in resources/reactome (see NOTICE there). A reference that has only
    proteins.parquet knows symbols, aliases and accessions.
    """

    def __init__(self, reference: str | Path):
        self._tables = Symbols(reference)
        self._known: dict[str, Protein | NoProtein] = {}

    def find(self, name: str) -> Protein | NoProtein:
        """The protein of a name. An unknown or ambiguous name is returned unchanged, with a note."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(spelling.plain(name))
        return found

    def meant_by(self, name: str) -> list[str]:
        """The symbols of all proteins that a name can stand for, even if it is ambiguous."""
        found = self.find(name)
        if isinstance(found, Protein) and found.note is None:
            return [found.symbol]
        folded, tables = spelling.fold(spelling.plain(name)), self._tables
        return sorted({found.symbol, *tables.alias.get(folded, ()), *tables.previous.get(folded, ())})

    def unnamed(self, name: str) -> NoProtein | None:
        """Why a cell is not a name in any species; None if it is one."""
        return self._unnamed(spelling.plain(name))

    def _find(self, name: str) -> Protein | NoProtein:
        if name in self._tables.accessions:
            return self._protein(name, "symbol")
        if len(symbols := self._tables.by_accession.get(name, [])) == 1:  # the most common case
            return Protein(symbols[0], name, note=None, how="accession")
        nothing = self._unnamed(name)
        if nothing:
            return nothing
        identifier = identifiers.parsed(name)
        found = self._identified(identifier, name) if identifier else self._named(name)
        return (
            found
            or self._several(name)
            or self._undressed(name)
            or Protein(name, None, note="not in the symbol table", how="unknown")
        )

    # --- not names ---

    def _unnamed(self, name: str) -> NoProtein | None:
        if unnamed.is_missing(name):
            return _unnamed("missing", name, reason=f"is missing ({_quoted(name)})")
        if unnamed.is_logical(name):
            return _unnamed("logical", name, reason=f"is {_quoted(name)}, no name of a protein")
        dated = unnamed.dated(name)  # before numbers: 02.09.2024
        if dated is None and unnamed.is_number(name):
            said = "a number, not a protein name (an Entrez Gene id is written entrez:…)"
            return _unnamed("number", name, reason=f"is {_quoted(name)}, {said}")
        if dated is None:
            return None
        were = "; ".join(filter(None, map(self._was, dated)))
        shown = f"{name} (was {were})" if were else name
        return _unnamed("date", name, reason=f"is {_quoted(shown)}, a date that a spreadsheet made of a gene symbol")

    def _was(self, symbol: str) -> str:
        """`SEPT5, now SEPTIN5` for sept5; '' if no gene has or had this symbol."""
        for table in (self._tables.previous, self._tables.alias):
            if len(now := table.get(symbol, ())) == 1:
                return f"{symbol.upper()}, now {next(iter(now))}"
        return self._tables.symbol.get(symbol, "")

    # --- identifiers ---

    def _identified(self, identifier: Identifier, name: str) -> Protein | NoProtein | None:
        space, value = identifier
        if space in ("symbol", "uniprot"):
            return self._find(value) if space == "symbol" else self._accession(value) or self._find(value)
        if space == "nothing":
            return _unnamed("missing", name, reason=f"is missing ({_quoted(name)})")
        if space == "foreign":
            return NoProtein(space, f"is {_quoted(name)}, an identifier of another species", symbol=name, how=space)
        if space in ("family", "complex", "chemical", "other"):
            return _kind(space, name, means=value if value != name else "")
        if space == "entry":
            return self._entry(value, name)
        symbols = self._tables.identifiers(space).get(value, [])
        if len(symbols) == 1:
            return self._protein(symbols[0], space.partition(" ")[0])
        if not symbols and space in _NOT_COVERED:
            return Protein(name, None, note=f"{_NOT_COVERED[space]}, which the reference does not have", how="unknown")
        known = f"several genes ({', '.join(sorted(symbols))})" if symbols else "no protein of the reference"
        return Protein(name, None, note=f"{space} identifier of {known}", how="unknown")

    def _entry(self, value: str, name: str) -> Protein:
        """The protein of a UniProt entry name. The part before _HUMAN can be the symbol of a different gene (FAS_HUMAN
        is FASN), so symbols count only if there is no entry of that name.
        """
        accessions = self._tables.identifiers("entry").get(value, [])
        symbols = sorted(
            {symbol for accession in accessions for symbol in self._tables.by_accession.get(accession, ())}
        )
        if not accessions and value.casefold() in self._tables.symbol:
            return self._protein(self._tables.symbol[value.casefold()], "entry")
        if len(symbols) == 1:
            return self._protein(symbols[0], "entry")
        known = f"the entry of {', '.join(symbols)}" if symbols else "an entry name that the reference does not have"
        return Protein(name, None, note=known, how="unknown")

    def _accession(self, name: str) -> Protein | None:
        found = ACCESSION.fullmatch(name)
        accession = found["base"].upper() if found else ""  # an isoform counts as its protein
        symbols = self._tables.by_accession.get(accession, [])
        if len(symbols) == 1:
            return Protein(symbols[0], accession, note=None, how="accession")
        if symbols:
            return Protein(accession, accession, note=f"accession of {_shown(symbols)}", how="accession")
        current = self._tables.identifiers("secondary").get(accession, [])
        symbols = sorted({symbol for now in current for symbol in self._tables.by_accession.get(now, ())})
        if len(symbols) == 1 or len(current) == 1:
            primary = self._accession(current[0]) if len(current) == 1 else self._protein(symbols[0], "")
            return primary and Protein(primary.symbol, primary.uniprot, note=primary.note, how="secondary")
        if symbols:
            note = f"secondary accession of {', '.join(sorted(current))} ({_shown(symbols)})"
            return Protein(accession, None, note=note, how="ambiguous")
        return None

    # --- names ---

    def _phosphorylated(self, name: str) -> Protein | NoProtein | None:
        """The protein whose phosphorylated form a name denotes."""
        form = _PHOSPHO.fullmatch(name)
        found = self._find(form[1]) if form else None
        return None if found is None or found.how in _UNSURE else found

    def _named(self, name: str) -> Protein | NoProtein | None:
        if phosphorylated := self._phosphorylated(name):
            return phosphorylated
        folded = spelling.fold(name)
        symbol = self._tables.symbol.get(folded)
        listed = self._listed(name)
        if listed and not (symbol and self._is_rather(symbol, name)):
            return listed
        if folded in _REAGENTS:
            return _kind("chemical", name, means="")
        if symbol and (others := self._by_greek(name, folded) - {symbol}):
            return _ambiguous(name, {symbol, *others})
        if symbol:
            return self._protein(symbol, "symbol")
        ways: tuple[Callable[[], Protein | NoProtein | None], ...] = (
            lambda: self._accession(name),
            lambda: self._previously(name, folded),
            lambda: self._listed(self._tables.no_proteins_folded.get(folded, "")),
            lambda: self._by_alias(name, folded),
            lambda: self._one(self._tables.full.get(spelling.words(name), ()), "name"),
            lambda: self._curated(name),
            lambda: self._otherwise(name),
            lambda: self._unknown_accession(name),
        )
        return next((found for way in ways if (found := way()) is not None), None)

    def _by_greek(self, name: str, folded: str) -> set[str]:
        """The genes with this alias, if a name seems to end in a Greek letter: eIF2a may not mean EIF2A."""
        return self._tables.alias.get(folded, set()) if _GREEK_END.fullmatch(name) else set()

    def _listed(self, name: str) -> Protein | NoProtein | None:
        """What exactly this name is listed as, if it is not a protein."""
        kind, means = self._tables.no_proteins.get(name, ("", ""))
        if kind == "gene":
            return Protein(name, None, note="approved symbol of a gene without a reviewed protein", how="symbol")
        members = means.split(", ") if kind in ("family", "complex") else []
        return _kind(kind, name, means=_shown(members) if members else means) if kind else None

    def _is_rather(self, symbol: str, name: str) -> bool:
        """Whether a listed name is more likely a symbol in another case. Fos is FOS, a member of the family; and RNAs
        and diseases are not written in the letters of a symbol. But cAMP is not CAMP.
        """
        kind, means = self._tables.no_proteins[name]
        return kind == "other" or symbol in means.split(", ")

    def _previously(self, name: str, folded: str) -> Protein | None:
        symbols = self._tables.previous.get(folded, set())
        if len(symbols) != 1 or len(folded) < SHORTEST:
            return None
        elsewhere = self._tables.alias.get(folded, set()) - symbols
        if elsewhere and not any(letter.isdigit() for letter in name):
            return None  # formerly one gene's symbol, still another gene's alias (MCP, MDC): ambiguous, see below
        (symbol,) = symbols
        note = f"previous symbol of {symbol}, also an alias of {_shown(elsewhere)}" if elsewhere else None
        protein = self._protein(symbol, "previous")
        return Protein(protein.symbol, protein.uniprot, note=note or protein.note, how="previous")

    def _by_alias(self, name: str, folded: str) -> Protein | NoProtein | None:
        symbols = self._tables.alias.get(folded, set()) | self._tables.previous.get(folded, set())
        stem = self._tables.stems.get(folded, ())
        if len(stem) > 1:
            return _kind("family", name, means=_shown(stem))
        if not symbols:
            return None
        if len(spelling.squeezed(folded)) < SHORTEST:
            return Protein(
                name, None, note=f"an alias too short to mean one protein ({_shown(symbols)})", how="ambiguous"
            )
        return self._one(symbols, "alias") or _ambiguous(name, symbols)

    def _curated(self, name: str) -> Protein | None:
        """The one protein that FamPlex's curators map a name to."""
        accessions = self._tables.identifiers("text").get(name, [])
        found = self._accession(accessions[0]) if len(accessions) == 1 and len(name) >= SHORTEST else None
        return found and Protein(found.symbol, found.uniprot, note=found.note, how="alias")

    def _otherwise(self, name: str) -> Protein | NoProtein | None:
        """The protein or family that another spelling of the name leads to (IL-6, IL-1β)."""
        for key in dict.fromkeys([spelling.squeezed(name), spelling.lettered(name)]):
            if len(key) < SHORTEST or key.isdigit():
                continue
            if listed := self._listed(self._tables.no_proteins_loose.get(key, "")):
                return listed
            if len(stem := self._tables.stems.get(key, ())) > 1:
                return _kind("family", name, means=_shown(stem))
            if symbols := self._tables.loose.get(key, set()):
                return self._one(symbols, "spelling") or _ambiguous(name, symbols)
        return None

    def _unknown_accession(self, name: str) -> Protein | None:
        found = ACCESSION.fullmatch(name)
        if not found:
            return None
        accession = found["base"].upper()
        note = "unknown accession: unreviewed, obsolete or of another species"
        return Protein(accession, accession, note=note, how="unknown")

    def _several(self, name: str) -> Protein | NoProtein | None:
        """A cell with several names: one protein if all of them mean it, otherwise several."""
        split = name.split() if _LISTED_IDS.fullmatch(name) else _SEVERAL.split(name)
        parts = [part.strip("()[]{}'\" ") for part in split]
        parts = [part for part in parts if not unnamed.is_missing(part)]
        if len(parts) == 1 and parts[0] != name and _joined_by_list(name):
            return self._find(parts[0])  # the other part is missing
        if len(parts) > 1 and all(map(unnamed.is_number, parts)):
            return _unnamed("number", name, reason=f"is {_quoted(name)}, numbers and no names of proteins")
        if len(parts) < 2:
            dashed = [part for part in name.split("-") if part]
            parts = dashed if len(dashed) == 2 and all(part in self._tables.accessions for part in dashed) else []
        found = [self._find(part) for part in _completed(parts)]
        proteins = [one for one in found if isinstance(one, Protein) and one.how not in ("unknown", "ambiguous")]
        if len(proteins) < (2 if _joined_by_list(name) else max(2, len(parts))):
            return None
        symbols = sorted({protein.symbol for protein in proteins})
        if len(symbols) == 1:
            return self._one(symbols, "alias")
        if re.fullmatch(r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)+", name):
            return _kind("complex", name, means=_shown(symbols))
        shown = f"{name:.60}: {_shown(symbols)}"
        return _unnamed(
            "several", name, reason=f"names several proteins ({_quoted(shown)}); give each a row of its own"
        )

    def _undressed(self, name: str) -> Protein | NoProtein | None:
        """What a name means without redundant words: its species, its kind, or another name for it."""
        dressed = _DRESSED.fullmatch(name)
        if not dressed:
            return None
        aside = dressed[2]
        found = self._find(dressed[1] or dressed[3] or dressed[4])
        if isinstance(found, NoProtein) or found.how in ("unknown", "ambiguous"):
            return found if isinstance(found, NoProtein) and found.kind != "unnamed" and not aside else None
        if aside is None or aside.casefold() in _HUMAN or _STATE.fullmatch(aside):
            return found
        if aside.isdigit():  # an Entrez Gene id, as DepMap writes it
            return found if found.symbol in self._tables.identifiers("entrez").get(aside, ()) else None
        other = self._find(aside)
        same = isinstance(other, Protein) and found.symbol in self.meant_by(aside)
        return found if same else None

    # --- the parts of the table ---

    def _one(self, symbols: Iterable[str], how: str) -> Protein | None:
        listed = list(symbols)
        return self._protein(listed[0], how) if len(listed) == 1 else None

    def _protein(self, symbol: str, how: str) -> Protein:
        accessions = self._tables.accessions[symbol]
        if len(accessions) == 1:
            return Protein(symbol, accessions[0], note=None, how=how)
        return Protein(symbol, None, note=f"symbol of accessions {', '.join(sorted(accessions))}", how=how)


def _completed(parts: list[str]) -> list[str]:
    """The full form of names that are shortened after the first one (SMAD2/3)."""
    whole: list[str] = []
    for part in parts:
        begun = _NUMBERED.fullmatch(whole[0]) if whole else None
        short = re.fullmatch(r"\d+[A-Z]?|[A-Z]", part, re.IGNORECASE)
        whole.append(f"{begun[1]}{part}" if begun and short and part.isdigit() else part)
    return whole


def _joined_by_list(name: str) -> bool:
    """Whether the separators are those of a list, which contains only names."""
    return re.search(r"[;,|]", name) is not None


def _shown(symbols: Iterable[str]) -> str:
    named = sorted(symbols)
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return ", ".join(named[:SHOWN]) + more


def _ambiguous(name: str, symbols: Iterable[str]) -> Protein:
    return Protein(name, None, note=f"ambiguous alias of {', '.join(sorted(symbols))}", how="ambiguous")


def _unnamed(how: str, name: str, reason: str) -> NoProtein:
    return NoProtein("unnamed", reason, symbol=name, how=how)


def _kind(kind: str, name: str, means: str) -> NoProtein:
    shown = f"{name}: {means}" if means else name
    article = {"other": "no protein"}.get(kind, f"a {kind}, no protein")
    return NoProtein(kind, f"is {_quoted(shown)}, {article}", symbol=name, how=kind)


def _quoted(name: str) -> str:
    """A name as reasons quote it. Reasons that differ only by the text in quotes are counted as one."""
    return "'" + (name if len(name) <= QUOTED else f"{name[: QUOTED - 1]}…") + "'"
