"""PSI-MITAB 2.5 to 2.8: 15, 36, 42 or 46 columns, with or without a header.

Specification: https://github.com/HUPO-PSI/miTab (PSI-MITAB25Format.md to PSI-MITAB28Format.md). A cell holds fields
`database:value(description)` separated by `|`; any of the three may stand in double quotes where it contains reserved
characters, with `\\"` for a quote; `-` is an empty cell. Quotes have no other meaning: tabs and line ends always
separate. Rows of different versions may follow each other, and a line that begins with `#` is a header wherever it
stands.

A and B have no order of their own. Only a causal statement (2.8), or the roles of an enzyme and its target or a
regulator and its target (2.6), give a row a direction.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from rootward.inputs import text
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start
from rootward.knowledge import vocabulary

SHOWN = "PSI-MITAB"
WIDTHS = frozenset([15, 36, 42, 46])
_BLOCK = 4_000_000  # characters processed at once; it is fastest if they fit into the processor's cache
# Columns, from 0.
ID, ALTERNATIVE, ALIAS, PUBLICATION, TAXON, TYPE, IDENTIFIER, CONFIDENCE = 0, 2, 4, 8, 9, 11, 13, 14
ROLE, KIND, NEGATIVE, REGULATION, CAUSAL = 16, 20, 35, 44, 45

_FIELD = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^|])+')
_QUOTED = r'"((?:\\.|[^"\\])*)"'
_TERM = rf'\s*(?:{_QUOTED}|([^":]*)):(?:{_QUOTED}|([^"]*?))'
_PARTS = re.compile(rf"{_TERM}(?:\((?:{_QUOTED}|([^()]*))\))?\s*", re.DOTALL)
_LOOSE = re.compile(rf"{_TERM}\((?:{_QUOTED}|(.*))\)\s*", re.DOTALL)  # parentheses within the description, unquoted
_TAXON = re.compile(r'taxid:\s*"?(-?\d+)')
_PUBMED = re.compile(r'(?:^|\|)\s*"?pubmed"?:\s*"?(\d{1,9})(?![\w.])', re.IGNORECASE)
_DOI = re.compile(r'(?:^|\|)\s*"?doi"?:\s*"?(10\.[^|"]+)', re.IGNORECASE)
_SCORE = re.compile(r'(?:^|\|)"?([^|:"]*)"?:"?([0-9.eE+-]+)"?(?=[|(]|$)')
_IDENTIFIED = re.compile(r'^(?:-|"?[A-Za-z][^:|\t"]*"?:[^:].*)$')
_CHEMICALS = frozenset(["chebi", "chembl", "chembl compound", "pubchem", "drugbank"])
_UNIPROT = ("uniprotkb", "uniprot", "uniprot/swiss-prot", "swiss-prot", "uniprot/trembl", "trembl")
_SYMBOL = ("gene name", "display_short", "gene symbol", "recommended name")
_EMPTY = frozenset(["-", ""])
_DIRECTION = {"MI:0501": 1, "MI:2274": 1, "MI:0502": -1, "MI:2275": -1}  # enzyme, regulator; their targets


class Field(NamedTuple):
    """`database:value(description)`."""

    database: str
    value: str
    description: str


def looks_like(start: Start) -> bool:
    """Whether the first line is MITAB's: its header, or a row whose identifiers and taxa are where they should be."""
    cells = start.first_line.split("\t")
    if len(cells) not in WIDTHS:
        return False
    if _is_header(cells):
        return True
    named = all(_IDENTIFIED.match(cell) for cell in cells[:2])
    return named and all(cell == "-" or "taxid:" in cell for cell in cells[TAXON : TAXON + 2])


def _is_header(cells: list[str]) -> bool:
    return "interactor a" in cells[0].casefold() and "interactor b" in cells[1].casefold()


def fields(cell: str) -> list[Field]:
    """The fields of a cell; text that does not follow the grammar is a value without database and description."""
    if cell in ("-", ""):
        return []
    parsed = []
    for one in _FIELD.findall(cell) if '"' in cell else cell.split("|"):
        parts = _PARTS.fullmatch(one) or _LOOSE.fullmatch(one)
        if parts is None:
            parsed.append(Field("", one.strip(), description=""))
            continue
        database, bare, value, plain, said, words = (part or "" for part in parts.groups())
        found = (database or bare, value or plain, said or words)
        parsed.append(Field(*(part.replace('\\"', '"').strip() for part in found)))
    return parsed


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a file's rows. Set aside: rows of another width, negative and (by config) genetic interactions, and
    rows without a second interactor.
    """
    text.check_text(path, text.head(path))
    undecodable: set[int] = set()
    reader = _Reader(options)
    first = 1
    for block in _blocks(text.lines(path, undecodable)):
        yield reader.chunk(path, block, first=first, undecodable=undecodable)
        first += len(block)


def _blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    block: list[str] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield block
            block, size = [], 0
    yield block


class _Known(dict[Hashable, Any]):
    """Cell -> its meaning. Cells repeat (a protein, an article), so most are looked up. It is emptied when full."""

    LIMIT = 300_000

    def __init__(self, meaning: Callable[[Any], Any]):
        super().__init__()
        self._meaning = meaning

    def __missing__(self, cell: Hashable) -> Any:
        if len(self) >= self.LIMIT:
            self.clear()
        meant = self[cell] = self._meaning(cell)
        return meant

    def all(self, cells: Iterable[Hashable]) -> list[Any]:
        """The meaning of each cell of a column."""
        return list(map(self.__getitem__, cells))


class _Reader:
    """Turns rows into chunks, caching the meanings of cells."""

    def __init__(self, options: Options):
        self._genetic = options.genetic
        self._by_id = _Known(_protein)
        self._by_names = _Known(_entity)
        self._kind = _Known(_kind)
        self._taxa = _Known(lambda cell: " ".join(sorted(set(_TAXON.findall(cell)))))
        self._type = _Known(_type)
        self._causal = _Known(_causal)
        self._role = _Known(_role)
        self._pmids = _Known(lambda cell: " ".join(_PUBMED.findall(cell) or _DOI.findall(cell)))
        self._confidence = _Known(_confidence)
        self._negative = _Known(lambda cell: cell.strip('" ').casefold() == "true")

    def chunk(self, path: str, block: list[str], first: int, undecodable: set[int]) -> Chunk:
        """The rows of a block of lines."""
        chunk = Chunk(path)
        rows: list[list[str]] = []
        for number, line in enumerate(block, first):
            cells = line.rstrip("\r\n").split("\t")
            wrong = self._wrong(cells, number, undecodable=undecodable)
            if wrong is None:
                chunk.line.append(number)
                rows.append(cells)
            elif wrong:
                chunk.reject(number, wrong, raw=line)
        if rows:
            self._fill(chunk, rows)
        return chunk

    def _wrong(self, cells: list[str], number: int, undecodable: set[int]) -> str | None:
        """Why a line cannot be used as a row; '' for a header or a blank line."""
        width, a = len(cells), cells[0]
        if width not in WIDTHS or a[:1] == "#":
            if a[:1] == "#" or not any(map(str.strip, cells)):
                return ""
            return f"{width} cells, where PSI-MITAB has 15, 36, 42 or 46"
        if undecodable and number in undecodable:
            return "not UTF-8 text"
        if width > NEGATIVE and self._negative[cells[NEGATIVE]]:
            return "negative interaction"
        if ":" not in a and _is_header(cells):
            return ""
        if a in _EMPTY or cells[1] in _EMPTY:
            return "one interactor only"
        if not self._genetic and self._type[cells[TYPE]].genetic:
            return "genetic interaction (genetic: drop)"
        return None

    def _fill(self, chunk: Chunk, rows: list[list[str]]) -> None:
        width = max(map(len, rows))
        if min(map(len, rows)) < width:  # mixed versions: the missing cells of shorter rows are empty
            rows = [row + ["-"] * (width - len(row)) for row in rows]

        def column(i: int) -> list[str]:
            return [row[i] for row in rows]

        chunk.protein_a, chunk.kind_a = self._interactors(rows, 0)
        chunk.protein_b, chunk.kind_b = self._interactors(rows, 1)
        chunk.taxon_a, chunk.taxon_b = self._taxa.all(column(TAXON)), self._taxa.all(column(TAXON + 1))
        types = self._type.all(column(TYPE))
        chunk.effect = [kind.effect for kind in types]
        chunk.mechanism = [kind.mechanism for kind in types]
        chunk.undirected = [True] * len(rows)
        chunk.pmid = self._pmids.all(column(PUBLICATION))
        chunk.xref = ["" if cell in _EMPTY else cell.partition("|")[0] for cell in column(IDENTIFIER)]
        chunk.confidence = self._confidence.all(column(CONFIDENCE))
        if width > ROLE + 1:
            orders = zip(self._role.all(column(ROLE)), self._role.all(column(ROLE + 1)), strict=True)
            for i, (a, b) in enumerate(orders):
                if a != b:
                    _direct(chunk, i, order=a - b)
        if width > CAUSAL:
            for i, effect in enumerate(self._causal.all(column(CAUSAL))):
                if effect:
                    chunk.effect[i] = effect
                    chunk.mechanism[i] = self._type[rows[i][REGULATION]].mechanism or chunk.mechanism[i]
                    _direct(chunk, i, order=1)

    def _interactors(self, rows: list[list[str]], side: int) -> tuple[list[str], list[str]]:
        """Names and kinds of the interactors of one side."""
        named = self._by_id.all([row[side] for row in rows])
        if None in named:
            named = [
                known or self._by_names[row[side], row[ALTERNATIVE + side], row[ALIAS + side]]
                for known, row in zip(named, rows, strict=True)
            ]
        names = [name for name, _ in named]
        kinds = [kind for _, kind in named]
        if len(rows[0]) > KIND + 1:
            told = self._kind.all([row[KIND + side] for row in rows])
            kinds = [said or kind for said, kind in zip(told, kinds, strict=True)]
        return names, kinds


def _direct(chunk: Chunk, i: int, order: int) -> None:
    """Set the direction of a row from A to B, or (order < 0) from B to A."""
    chunk.undirected[i] = False
    if order < 0:
        for a, b in (
            (chunk.protein_a, chunk.protein_b),
            (chunk.kind_a, chunk.kind_b),
            (chunk.taxon_a, chunk.taxon_b),
        ):
            a[i], b[i] = b[i], a[i]


class Type(NamedTuple):
    """The meaning of an interaction type: effect and mechanism, and whether it is a genetic interaction."""

    effect: str
    mechanism: str
    genetic: bool


def _type(cell: str) -> Type:
    """The meaning of a cell of PSI-MI terms. Terms that only say that the two bind mean a complex; any other term (an
    enzymatic reaction, a colocalisation) has no sign.
    """
    terms = {vocabulary.mechanism(vocabulary.term(field.value, field.description)) for field in fields(cell)}
    binding = bool(terms) and all(vocabulary.effect(term) == "form complex" for term in terms)
    genetic = any("genetic" in term or term in vocabulary.GENETIC for term in terms)
    return Type("form complex" if binding else "unknown", "; ".join(sorted(terms)), genetic=genetic)


def _causal(cell: str) -> str:
    """SIGNOR's effect of a causal statement; '' if there is none."""
    told = (vocabulary.effect(vocabulary.term(field.value, field.description)) for field in fields(cell))
    return next((effect for effect in told if effect and effect != "unknown"), "")


def _role(cell: str) -> int:
    """1 for the active partner, -1 for its target, otherwise 0."""
    return next((_DIRECTION[field.value] for field in fields(cell) if field.value in _DIRECTION), 0)


def _kind(cell: str) -> str:
    return next((vocabulary.term(field.value, field.description) for field in fields(cell)), "")


def _protein(cell: str) -> tuple[str, str] | None:
    """A UniProt accession and its kind, if the identifier is one."""
    if "uniprot" not in cell:
        return None
    for field in fields(cell):
        if field.database.casefold() in _UNIPROT:
            return field.value, "protein"
    return None


def _entity(cells: tuple[str, str, str]) -> tuple[str, str]:
    """Name and kind of an interactor without a UniProt identifier: an accession among its other identifiers, otherwise
    its gene name, otherwise the identifier itself.
    """
    identifiers, alternatives, aliases = map(fields, cells)
    kind = _KIND_OF.get(identifiers[0].database.casefold(), "") if identifiers else ""
    if not kind:
        for field in alternatives:
            if field.database.casefold() in _UNIPROT and field.value:
                return field.value, ""
    for wanted in _SYMBOL:
        for field in [*aliases, *alternatives]:
            if field.description.casefold() == wanted:
                return field.value, kind
    for field in alternatives:  # BioGRID writes the symbol as a second Entrez Gene identifier
        if field.database.casefold() == "entrez gene/locuslink" and not field.value.isdigit():
            return field.value, kind
    return cells[0].partition("|")[0].replace('"', ""), kind


_KIND_OF = dict.fromkeys(_CHEMICALS, "chemical") | {"complex portal": "complex", "rnacentral": "rna"}


def _confidence(cell: str) -> str:
    """The MI score if there is one, otherwise any other score from 0 to 1."""
    scores = {name.strip().casefold(): value for name, value in _SCORE.findall(cell)} if cell != "-" else {}
    named = sorted(scores, key=lambda name: ("miscore" not in name, name))
    return next((scores[name] for name in named if name.endswith(("score", "confidence"))), "")
