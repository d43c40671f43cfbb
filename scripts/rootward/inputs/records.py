"""What every reader yields: chunks of records in columns, and the rows it had to reject."""

from dataclasses import dataclass, field
from typing import NamedTuple

CHUNK_ROWS = 50_000
MAX_RAW = 500  # characters of a rejected row that are kept


class Rejection(NamedTuple):
    """A row that could not be used: `source` is file:line."""

    source: str
    reason: str
    raw: str


@dataclass
class Chunk:
    """Up to CHUNK_ROWS records as parallel lists of strings ('' = absent); `line` is 1-based in `file`.

    `text` is the evidence sentence, `pmid` the cell as given (it may hold several ids).
    """

    file: str
    line: list[int] = field(default_factory=list)
    interaction_id: list[str] = field(default_factory=list)
    protein_a: list[str] = field(default_factory=list)
    protein_b: list[str] = field(default_factory=list)
    effect: list[str] = field(default_factory=list)
    mechanism: list[str] = field(default_factory=list)
    statement: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    pmid: list[str] = field(default_factory=list)
    confidence: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


COLUMNS = ("interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement", "text", "pmid", "confidence")

# What tables in the wild call these columns; folded by `fold_header`.
_HEADERS = {
    "interaction_id": "interaction_id interactionid id",
    "protein_a": "protein_a proteina protein1 protein_1 gene_a genea gene1 source interactor_a source_protein symbol_a",
    "protein_b": "protein_b proteinb protein2 protein_2 gene_b geneb gene2 target interactor_b target_protein symbol_b",
    "effect": "effect",
    "mechanism": "mechanism interaction_type",
    "statement": "statement",
    "text": "text evidence evidence_text sentence",
    "pmid": "pmid pmids pubmed pubmed_id",
    "confidence": "confidence score",
}
_COLUMN_OF = {name: column for column, names in _HEADERS.items() for name in names.split()}


def fold_header(name: str) -> str:
    """A header cell in the one spelling the known names are kept in."""
    return name.strip().strip('"').strip().casefold().replace(" ", "_").replace("-", "_").replace(".", "_")


def columns_of(header: list[str]) -> dict[str, int]:
    """Position of each known column in a header; the first of several names for one column counts."""
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        column = _COLUMN_OF.get(fold_header(name))
        if column is not None:
            found.setdefault(column, position)
    return found
