"""Finds the meaning of a table's columns: by their names, by their content, or as configured."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rootward.knowledge.proteins import NoProtein, Protein, ProteinNames

# Names of the two protein columns in real tables, the most reliable first: a `source` beside a column with one of our
# own names is something else. {} is the side: a or 1, b or 2, with and without an underscore before it.
_EITHER = """protein{} gene{} interactor{} symbol{} gene_symbol{} genesymbol{} official_symbol{}
    official_symbol_interactor{} gene_name{} genename{} protein_name{} participant{} partner{} node{} molecule{}
    uniprot{} uniprotkb{} uniprot_id{} accession{} acc{} swissprot{} name{} ensembl{} entrez{} entrez_gene{}
    entrez_gene_interactor{} ensembl_gene_id{} ensembl_id{} ensembl_gene{} geneid{} gene_id{} id{} preferred_name{}
    preferredname{} official_symbol_for{} hgnc_symbol{} hgnc{} uniprot_ac{} uniprot_accession{} uniprotac{}
    entity{} entry{} item_id{} unique_identifier{}"""
# Pairs of names that imply a direction.
_DIRECTED = """source_protein:target_protein source_genesymbol:target_genesymbol source_symbol:target_symbol
    source_gene:target_gene enzyme_genesymbol:substrate_genesymbol kinase_genesymbol:substrate_genesymbol
    ligand:receptor ligand_symbol:receptor_symbol ligand_gene_symbol:receptor_gene_symbol tf:target tf:gene
    ligand_complex:receptor_complex regulator:target regulator:gene kinase:substrate enzyme:substrate bait:prey
    bait_symbol:prey_symbol subject:object source:target from:to head:tail source_uniprot:target_uniprot
    aga_name:agb_name gene:sub_gene kin_acc_id:sub_acc_id"""
_STEMS = ("protein", "gene", "interactor", "symbol", "gene_symbol", "gene_name", "uniprot", "accession", "ensembl")
_SIDES = (("_a", "a", "_1", "1"), ("_b", "b", "_2", "2"))
_NAMES: dict[str, str] = {
    "interaction_id": "interaction_id interactionid id",
    "kind_a": "type_a typea entity_type_a kind_a entity_type_source",
    "kind_b": "type_b typeb entity_type_b kind_b entity_type_target",
    "taxon_a": "taxon_a taxid_a taxon_id_a species_a organism_a tax_id_a ncbi_tax_id_source",
    "taxon_b": "taxon_b taxid_b taxon_id_b species_b organism_b tax_id_b ncbi_tax_id_target",
    "taxon": "taxon taxid taxon_id species organism tax_id",
    "effect": "effect mor sign mode_of_regulation regulation",
    "mechanism": """mechanism interaction_type modification shared_interaction_type stmt_type subtype subtype1
        subtype_name""",
    "relation": "interaction relation relationship direction arrow",
    "statement": "statement",
    "text": "text evidence_text sentence evidence",
    "pmid": """pmid pmids pubmed pubmed_id pubmed_ids pubmedid references_pubmed interaction_pubmed_id pubmed_reference
        reference article""",
    "references": "references",
    "confidence": "confidence score belief pint confidence_score",
    "negative": "negative negated is_negative",
    "label": "label",
    "weight": "weight",
    "stimulation": "consensus_stimulation is_stimulation stimulation",
    "inhibition": "consensus_inhibition is_inhibition inhibition",
    "directed": "consensus_direction is_directed directed",
}
PROTEINS = ("protein_a", "protein_b")
COLUMNS = (*PROTEINS, *_NAMES)
_SPECIES = frozenset(["organism", "species", "taxon", "taxid", "tax", "taxonomy"])
_WORDS = """a b 1 2 id name ncbi interactor interactors source target kin sub kinase substrate enzyme tf regulator gene
    protein bait prey ligand receptor partner participant common scientific latin from to"""
_SIDED = frozenset(_WORDS.split())  # other words in the name of such a column
_WORD = re.compile(r"[a-z]+|\d+")
_LISTED = re.compile(r"\s*[;,|/]+\s*")
SAMPLE = 200  # rows used to judge a column
_BLANKS = str.maketrans(dict.fromkeys(" -.\u00a0", "_") | dict.fromkeys("()\u200b\ufeff"))


def fold_header(name: str) -> str:
    """A header cell in the normalised form of the known names."""
    return name.strip().strip('"').lstrip("#").strip().casefold().translate(_BLANKS)


class Pair(NamedTuple):
    """The names, or the positions, of the two protein columns. directed: whether the names imply a direction."""

    a: str
    b: str
    directed: bool


class Place(NamedTuple):
    """The positions of the two protein columns; see Pair."""

    a: int
    b: int
    directed: bool


def _pairs() -> list[Pair]:
    """All pairs of names, the most reliable first."""
    sides = list(zip(*_SIDES, strict=True))
    either = [Pair(name.format(a), name.format(b), directed=False) for name in _EITHER.split() for a, b in sides]
    directed = [Pair(a, b, directed=True) for a, b in (pair.split(":") for pair in _DIRECTED.split())]
    plain = 4 * len(sides)  # protein, gene, interactor, symbol
    return [*either[:plain], *directed, *either[plain:]]


PAIRS = _pairs()


@dataclass(frozen=True)
class Columns:
    """at: our name of a column -> its position; pairs: all columns that could be the two proteins, the most reliable
    first (the first pair is in `at`); entrez: positions of columns of Entrez Gene ids.
    """

    at: dict[str, int]
    pairs: list[Place]
    entrez: frozenset[int] = frozenset()

    @property
    def used(self) -> set[int]:
        """The positions of all columns that are read."""
        return {*self.at.values(), *(position for pair in self.pairs for position in pair)}

    def unused(self, header: Sequence[str]) -> list[str]:
        """The names of the columns of a header that are not read."""
        return [name.strip() for at, name in enumerate(header) if name.strip() and at not in self.used]

    def moved(self, to: Mapping[int, int]) -> "Columns":
        """The same columns at other positions."""
        pairs = [Place(to[a], to[b], directed=told) for a, b, told in self.pairs]
        entrez = frozenset(to[at] for at in self.entrez if at in to)
        return Columns({name: to[at] for name, at in self.at.items()}, pairs, entrez=entrez)


def find(header: Sequence[str], given: Mapping[str, str | int]) -> Columns | None:
    """The columns of a header, or None if no two of them could be the proteins. given: the configured columns, our name
    -> header or number from 1.
    """
    position: dict[str, int] = {}
    for number, name in enumerate(header):
        position.setdefault(fold_header(name), number)
    at = {
        column: position[names[0]]
        for column, known in _NAMES.items()
        if (names := [name for name in known.split() if name in position])
    }
    if at.keys().isdisjoint(("taxon_a", "taxon_b", "taxon")):
        at |= _species(position)
    told = {column: _told(position, name, width=len(header)) for column, name in given.items()}
    at |= {column: number for column, number in told.items() if number is not None}
    found = [Place(position[a], position[b], directed=way) for a, b, way in PAIRS if a in position and b in position]
    if any(number is None for number in told.values()):
        return None
    if all(name in told for name in PROTEINS):
        found = [Place(at["protein_a"], at["protein_b"], directed=False)]
    found = found or _twice(header)
    if not found:
        return None
    ids = ("entrez", "gene_id", "geneid")
    entrez = frozenset(number for name, number in position.items() if any(one in name for one in ids))
    return Columns({**at, "protein_a": found[0].a, "protein_b": found[0].b}, found, entrez=entrez)


def _twice(header: Sequence[str]) -> list[Place]:
    """Two columns with the same name (which pandas reads as `gene` and `gene.1`), if it is a name for proteins."""
    folded = [fold_header(name) for name in header]
    names = [name.removesuffix("_1") if name.removesuffix("_1") in folded else name for name in folded]
    pairs = [[at for at, name in enumerate(names) if name == one] for one in _STEMS if names.count(one) == 2]
    return [Place(a, b, directed=False) for a, b in pairs]


def _species(position: Mapping[str, int]) -> dict[str, int]:
    """Species columns under unlisted names (KIN_ORGANISM and SUB_ORGANISM, `Organism Name Interactor A` and `… B`):
    without them, proteins of another species would be taken for human.
    """
    named = [(_WORD.findall(name), number) for name, number in position.items()]
    found = [(words, at) for words, at in named if _SPECIES & set(words) and set(words) <= _SPECIES | _SIDED]
    for i, (words, a) in enumerate(found):
        for others, b in found[i + 1 :]:
            if len(words) == len(others) and sum(map(str.__ne__, words, others)) == 1:
                return {"taxon_a": a, "taxon_b": b}
    return {"taxon": found[0][1]} if len(found) == 1 else {}


def unnamed(header: Sequence[str]) -> tuple[str, list[str]]:
    """The one of PROTEINS that a header does not name, and its cells that name nothing else."""
    folded = [fold_header(cell) for cell in header]
    sides = [{pair[side] for pair in PAIRS} for side in (0, 1)]
    known = set().union(*sides, *(names.split() for names in _NAMES.values()))
    name = PROTEINS[0] if sides[0].isdisjoint(folded) else PROTEINS[1]
    return name, [cell for cell in folded if cell not in known]


def is_there(column: str | int, folded: Sequence[str]) -> bool:
    """Whether a header has a configured column."""
    return 0 < int(column) <= len(folded) if str(column).isdigit() else fold_header(str(column)) in folded


def _told(position: Mapping[str, int], name: str | int, width: int) -> int | None:
    if isinstance(name, int) or str(name).isdigit():
        return int(name) - 1 if 0 < int(name) <= width else None
    return position.get(fold_header(name))


def is_protein(names: ProteinNames, cell: str) -> bool:
    """Whether a cell names one protein of the reference."""
    found = names.find(cell)
    return isinstance(found, Protein) and found.how not in ("unknown", "ambiguous")


def is_named(names: ProteinNames, cell: str) -> bool:
    """Whether a cell is a name in the reference, of a protein or something else."""
    found = names.find(cell)
    return found.kind != "unnamed" if isinstance(found, NoProtein) else is_protein(names, cell)


def share(names: ProteinNames, cells: Sequence[str]) -> float:
    """The share of the cells that name one protein of the reference; 0 of none."""
    return sum(is_protein(names, cell) for cell in cells) / len(cells) if cells else 0.0


def settled(columns: Columns, rows: Sequence[Sequence[str]], names: ProteinNames | None) -> Columns:
    """The columns with the pair in front whose cells name most proteins; for ties, the most reliable name."""
    if names is None or len(columns.pairs) < 2 or not rows:
        return columns
    sample = rows[:SAMPLE]

    def known(pair: Place) -> float:
        return share(names, [cell_of(row, at, entrez=columns.entrez) for row in sample for at in pair[:2]])

    pairs = sorted(columns.pairs, key=known, reverse=True)  # stable: for ties the most reliable stays first
    return Columns({**columns.at, "protein_a": pairs[0].a, "protein_b": pairs[0].b}, pairs, entrez=columns.entrez)


def cell_of(row: Sequence[str], at: int, entrez: frozenset[int]) -> str:
    """A cell of a row; a number in a column of Entrez Gene ids is marked as one."""
    cell = row[at].strip() if at < len(row) else ""
    if at not in entrez or not cell[:1].isdigit():
        return cell
    numbers = _LISTED.split(cell)
    return ";".join(f"entrez:{number}" for number in numbers) if all(map(str.isdigit, numbers)) else cell
