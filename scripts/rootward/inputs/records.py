"""What every reader yields: chunks of records in columns, and the rows it had to reject."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from rootward.knowledge import unnamed

CHUNK_ROWS = 50_000
MAX_RAW = 300  # characters of a rejected row that are kept


class Rejected(NamedTuple):
    """A row that a reader set aside: its line, why, and how it begins."""

    line: int
    reason: str
    raw: str


@dataclass
class Chunk:
    """Records as parallel lists of strings ('' = not said); `line` is 1-based in `file`.

    All lists are as long as `line`, or empty for what the format does not know.

    - interaction_id: an id of the user's own, which makes the record an interaction of its own. The ids a database
      gives its records go into `xref`, so that one fact from two databases can become one interaction.
    - protein_a, protein_b: accession, symbol or name; kind_a, kind_b: see INTERACTOR_KINDS, '' is a protein
    - taxon_a, taxon_b: NCBI taxon ids, separated by blanks when there are several; '' when none is named
    - undirected: whether the pair has no order (which is A and which B then means nothing)
    - topic: what keeps records of one pair and effect apart although they have no id (a function, in ProPaths)
    - text: the evidence sentence; pmid: the cell as given, it may hold several ids
    - further: more evidence of a record, as (position in the lists, text, pmid)
    """

    file: str
    line: list[int] = field(default_factory=list)
    interaction_id: list[str] = field(default_factory=list)
    protein_a: list[str] = field(default_factory=list)
    protein_b: list[str] = field(default_factory=list)
    kind_a: list[str] = field(default_factory=list)
    kind_b: list[str] = field(default_factory=list)
    taxon_a: list[str] = field(default_factory=list)
    taxon_b: list[str] = field(default_factory=list)
    undirected: list[bool] = field(default_factory=list)
    effect: list[str] = field(default_factory=list)
    mechanism: list[str] = field(default_factory=list)
    topic: list[str] = field(default_factory=list)
    statement: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    pmid: list[str] = field(default_factory=list)
    confidence: list[str] = field(default_factory=list)
    xref: list[str] = field(default_factory=list)
    further: list[tuple[int, str, str]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether it is time to hand the chunk on."""
        return len(self.line) + len(self.rejected) >= CHUNK_ROWS

    def reject(self, line: int, reason: str, raw: str) -> None:
        """Set a row aside."""
        self.rejected.append(Rejected(line, reason, raw[:MAX_RAW]))


# What tables in the wild call the columns they may have, folded by `fold_header`, the surest name first: a `source` or
# `score` beside a column of our own name is something else.
_HEADERS = {
    "interaction_id": "interaction_id interactionid id",
    "protein_a": "protein_a proteina protein1 protein_1 gene_a genea gene1 interactor_a source_protein symbol_a source",
    "protein_b": "protein_b proteinb protein2 protein_2 gene_b geneb gene2 interactor_b target_protein symbol_b target",
    "kind_a": "type_a typea entity_type_a kind_a",
    "kind_b": "type_b typeb entity_type_b kind_b",
    "taxon_a": "taxon_a taxid_a taxon_id_a species_a organism_a tax_id_a",
    "taxon_b": "taxon_b taxid_b taxon_id_b species_b organism_b tax_id_b",
    "taxon": "taxon taxid taxon_id species organism tax_id",
    "effect": "effect",
    "mechanism": "mechanism interaction_type",
    "statement": "statement",
    "text": "text evidence_text sentence evidence",
    "pmid": "pmid pmids pubmed pubmed_id",
    "confidence": "confidence score",
}
COLUMNS = tuple(_HEADERS)
_TAXON = re.compile(r'(?:^|[|;,\s])(?:ncbitaxon:|taxid:|taxon:)?"?(-?\d+)(?:\.0)?(?![\w.])', re.IGNORECASE)
_SPECIES = {
    "9606": "human|homo sapiens|h. sapiens|h sapiens|hsapiens|h.sapiens|homo_sapiens|hsa|hs|hg38|hg19|grch38|homo",
    "10090": "mouse|mus musculus|m. musculus|m musculus|mmusculus|mus_musculus|mmu|mm10|house mouse",
    "10116": "rat|rattus norvegicus|r. norvegicus|rattus_norvegicus|rno|brown rat",
    "559292": "yeast|saccharomyces cerevisiae|s. cerevisiae|baker's yeast|sce",
    "7227": "fly|drosophila melanogaster|d. melanogaster|fruit fly|dme",
    "6239": "worm|caenorhabditis elegans|c. elegans|nematode|cel",
    "7955": "zebrafish|danio rerio|d. rerio|dre",
}
_TAXON_OF = {name: taxon for taxon, names in _SPECIES.items() for name in names.split("|")}
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]\s*")


def fold_header(name: str) -> str:
    """A header cell in the one spelling the known names are kept in."""
    return name.strip().strip('"').lstrip("#").strip().casefold().translate(_BLANKS)


_BLANKS = str.maketrans(" -.", "___")


def columns_of(header: list[str]) -> dict[str, int]:
    """Position of each known column in a header: under its surest name, and of two equal names under the first."""
    position: dict[str, int] = {}
    for number, name in enumerate(header):
        position.setdefault(fold_header(name), number)
    named = {column: [name for name in names.split() if name in position] for column, names in _HEADERS.items()}
    return {column: position[names[0]] for column, names in named.items() if names}


def taxa(cell: str) -> str:
    """The taxon ids of a cell like `9606`, `taxid:9606(human)` or `9606|10090`, sorted; a cell without any as it is."""
    if found := _TAXON.findall(cell):
        return " ".join(sorted(set(found)))
    word = cell.strip().strip("-")
    named = _ASIDE.sub(" ", word).strip() or word  # Homo sapiens (Human)
    return "" if unnamed.is_missing(word) else _TAXON_OF.get(named.casefold(), word)


def fill(chunk: Chunk, columns: dict[str, list[str]]) -> Chunk:
    """Lay the columns of a table (named as in COLUMNS) into a chunk; what stands for itself as a sentence is evidence
    of itself.
    """
    shared = columns.pop("taxon", None)
    for side in ("taxon_a", "taxon_b"):
        cells = columns.get(side, shared)
        if cells is not None:
            known = {cell: taxa(cell) for cell in set(cells)}
            columns[side] = [known[cell] for cell in cells]
    statements, texts = columns.get("statement"), columns.get("text")
    statements, texts = statements or texts, texts or statements
    if statements and texts:
        both = list(zip(statements, texts, strict=True))
        columns["statement"] = [s if s.strip() else t for s, t in both]
        columns["text"] = [t if t.strip() else s for s, t in both]
    for name, cells in columns.items():
        setattr(chunk, name, cells)
    return chunk
