"""What every reader yields: chunks of records in columns, and the rejected rows."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from rootward.knowledge import unnamed

CHUNK_ROWS = 50_000
MAX_RAW = 300  # characters of a rejected row that are kept


class Rejected(NamedTuple):
    """A row that a reader set aside: its line, the reason, and its beginning."""

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
    - symmetric: that nothing in the whole file says a direction, so that a pair in both orders is one without any
    - topic: what keeps records of one pair and effect apart although they have no id (a function, in ProPaths)
    - mediators: the proteins that an indirect interaction goes through, joined by `|`
    - text: the evidence sentence; pmid: the cell as given, it may hold several ids
    - unused: the names of the columns of the file that are not read
    - guessed: which columns a file without a header was found to have, as `columns` in the configuration says it
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
    symmetric: bool = False
    effect: list[str] = field(default_factory=list)
    mechanism: list[str] = field(default_factory=list)
    topic: list[str] = field(default_factory=list)
    mediators: list[str] = field(default_factory=list)
    statement: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    pmid: list[str] = field(default_factory=list)
    confidence: list[str] = field(default_factory=list)
    xref: list[str] = field(default_factory=list)
    further: list[tuple[int, str, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    guessed: str = ""
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether the chunk should be passed on."""
        return len(self.line) + len(self.rejected) >= CHUNK_ROWS

    def reject(self, line: int, reason: str, raw: str) -> None:
        """Set a row aside."""
        self.rejected.append(Rejected(line, reason, raw=raw[:MAX_RAW]))


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
_BETWEEN = re.compile(r"\s*[;,|/&+]\s*|\s+and\s+")
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]\s*")


def taxa(cell: str) -> str:
    """The taxon ids of a cell like `9606`, `taxid:9606(human)` or `9606|10090`, sorted; other cells unchanged."""
    if found := _TAXON.findall(cell):
        return " ".join(sorted(set(found)))
    word = cell.strip().strip("-")
    if unnamed.is_missing(word):
        return ""
    listed = [_TAXON_OF.get(_bare(one).casefold()) for one in _BETWEEN.split(word)]
    known = [taxon for taxon in listed if taxon]
    return " ".join(sorted(set(known))) if len(known) == len(listed) else _TAXON_OF.get(_bare(word).casefold(), word)


def _bare(word: str) -> str:
    """`Homo sapiens (Human)` without its aside."""
    return _ASIDE.sub(" ", word).strip() or word
