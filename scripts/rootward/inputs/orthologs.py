"""A table of human orthologs: a protein's own name (symbol or accession) and the human gene's symbol.

It has two columns, or more if the header names these two, as written by Ensembl BioMart, HCOP and the Alliance of
Genome Resources.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from rootward.errors import UserError
from rootward.inputs import delimited, text
from rootward.inputs.options import HUMAN
from rootward.inputs.records import taxa
from rootward.knowledge import spelling
from rootward.knowledge.proteins import Protein, ProteinNames

_NAMES = ("symbol", "gene_name", "gene")  # for columns of names, the most reliable first
# The Alliance lists each pair with both species.
_ALLIANCE = ("gene1symbol", "gene1speciestaxonid", "gene2symbol", "gene2speciestaxonid")
Pairs = Iterator[tuple[str, str]]


class Orthologs:
    """One-to-one orthologs only: a name with several human genes, or one that shares its human gene, is ignored.

    Raises UserError for a file whose columns are unknown, or in which no cell is a human gene.
    """

    def __init__(self, path: str, proteins: ProteinNames, species: frozenset[str]):
        pairs = _known(_pairs(path, species), proteins)
        if not pairs:
            raise UserError(f"orthologs: {path}: no second column of human symbols (own name, human symbol)")
        names, humans = Counter(name for name, _ in pairs), Counter(human for _, human in pairs)
        self._human = {name: human for name, human in pairs if names[name] == humans[human] == 1}

    def find(self, name: str) -> str | None:
        """The approved symbol of a protein's human ortholog."""
        return self._human.get(spelling.fold(name))


def _known(pairs: Pairs, proteins: ProteinNames) -> set[tuple[str, str]]:
    """The pairs whose second name is one human gene's; the first is folded."""
    found = set()
    for own, name in pairs:
        human = proteins.find(name.strip())
        if own.strip() and isinstance(human, Protein) and human.how not in ("unknown", "ambiguous"):
            found.add((spelling.fold(own), human.symbol))
    return found


def _pairs(path: str, species: frozenset[str]) -> Pairs:
    """(own name, human name) of each row below comments and header."""
    start = text.head(path)
    text.check_text(path, start)
    lines = start.decode("utf-8-sig", "replace").split("\n")
    delimiter = max(delimited.DELIMITERS, key=next((line for line in lines if _is_row(line)), "").count)
    listed = delimited.rows(path, delimiter, quoted=True, undecodable=set())
    rows = ((line, cells) for line, cells in listed if _is_row(cells[0]) or len(cells) > 1)
    first, header = delimited.header(path, rows)
    pair = _reader(path, first, header=delimited.folded(header), species=species)
    for line, cells in chain([(first, header)], rows) if len(header) == 2 else rows:
        if len(cells) != len(header):
            raise UserError(f"orthologs: {path}:{line}: has {len(cells)} columns, not {len(header)} as the first line")
        yield pair(cells)


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _reader(
    path: str, line: int, header: list[str], species: frozenset[str]
) -> Callable[[Sequence[str]], tuple[str, str]]:
    """A function that takes the two names from a row; the names are empty if the row is about other species."""
    if len(header) == 2:
        return lambda cells: (cells[0], cells[1])
    if set(_ALLIANCE) <= set(header):
        at = [header.index(name) for name in _ALLIANCE]
        return lambda cells: _of_species([cells[number] for number in at], species)
    humans = _named([name for name in header if "human" in name])
    owns = _named([name for name in header if "human" not in name])
    if not humans or not owns:
        told = "its header names no two columns like mouse_symbol and human_symbol"
        raise UserError(f"orthologs: {path}:{line}: has {len(header)} columns, and {told}; keep only these two")
    own, human = header.index(owns), header.index(humans)
    return lambda cells: (cells[own], cells[human])


def _named(columns: list[str]) -> str:
    """The column of names among these; '' for none."""
    return next((column for ending in _NAMES for column in columns if column.endswith(ending)), "")


def _of_species(cells: Sequence[str], species: frozenset[str]) -> tuple[str, str]:
    first, first_taxon, second, second_taxon = cells
    if taxa(first_taxon) == HUMAN:
        first, first_taxon, second, second_taxon = second, second_taxon, first, first_taxon
    kept = taxa(first_taxon) in species and taxa(second_taxon) == HUMAN
    return (first, second) if kept else ("", "")
