"""A table of human orthologs: two columns, a protein's own name (symbol or accession) and the human gene's symbol."""

from collections import Counter

from rootward.errors import UserError
from rootward.inputs import delimited, text
from rootward.knowledge import spelling
from rootward.knowledge.proteins import Protein, ProteinNames


class Orthologs:
    """One-to-one orthologs only: a name that stands with several human genes, or shares one, says nothing of either.

    Raises UserError for a file that has no two columns, or in which no second cell is a human gene.
    """

    def __init__(self, path: str, proteins: ProteinNames):
        pairs = _pairs(path, proteins)
        if not pairs:
            raise UserError(f"orthologs: {path}: no second column of human symbols (own name, human symbol)")
        names, humans = Counter(name for name, _ in pairs), Counter(human for _, human in pairs)
        self._human = {name: human for name, human in pairs if names[name] == humans[human] == 1}

    def find(self, name: str) -> str | None:
        """The approved symbol of a protein's human ortholog."""
        return self._human.get(spelling.fold(name))


def _pairs(path: str, proteins: ProteinNames) -> set[tuple[str, str]]:
    start = text.head(path)
    text.check_text(path, start)
    delimiter = max(delimited.DELIMITERS, key=text.first_line(start).count)
    pairs = set()
    for line, cells in delimited.rows(path, delimiter, quoted=True, undecodable=set()):
        if len(cells) != 2:
            raise UserError(f"orthologs: {path}:{line}: has {len(cells)} columns, not two (own name, human symbol)")
        human = proteins.find(cells[1].strip())
        if isinstance(human, Protein) and human.how not in ("unknown", "ambiguous"):
            pairs.add((spelling.fold(cells[0]), human.symbol))
    return pairs
