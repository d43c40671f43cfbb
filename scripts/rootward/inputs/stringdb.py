"""STRING's networks: the web export, the bulk files (protein.links, plain, detailed or full, and physical) and the
API's TSV.

Formats: https://string-db.org/help/ and the headers of https://string-db.org/cgi/download. Scores are 0 to 1 in the web
export and the API, 0 to 1000 in the bulk files. Every pair stands in both directions; as links have none, both are one
interaction. STRING gives no sign, no sentence and no article. The bulk files name proteins by Ensembl ids; the file
`protein.info` of the same download page (config: string.names) has their symbols.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from rootward.errors import UserError
from rootward.inputs import delimited, text
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start

SHOWN = "STRING"
MECHANISM = "functional association"  # MI:2286; a link in STRING need not be a contact


@dataclass(frozen=True)
class Layout:
    """The columns of one of STRING's formats (folded names), and whether its scores go up to 1000."""

    a: str
    b: str
    score: str
    id_a: str
    id_b: str
    thousand: bool = False


LAYOUTS = (
    Layout("node1", "node2", score="combined_score", id_a="node1_string_id", id_b="node2_string_id"),
    Layout("preferredname_a", "preferredname_b", score="score", id_a="stringid_a", id_b="stringid_b"),
    Layout("protein1", "protein2", score="combined_score", id_a="protein1", id_b="protein2", thousand=True),
)


def layout(header: set[str]) -> Layout | None:
    """The layout that a header (folded cells) has."""
    return next((known for known in LAYOUTS if {known.a, known.b, known.score} <= header), None)


def looks_like(start: Start) -> bool:
    """Whether the header is STRING's; a table with effects is not."""
    return any(layout(header) is not None and "effect" not in header for header in start.headers)


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a network's rows; those below the lowest score are set aside."""
    start = text.head(path)
    text.check_text(path, start)
    delimiter = max("\t, ", key=text.first_line(start).count)
    undecodable: set[int] = set()
    rows = delimited.rows(path, delimiter, quoted=delimiter == ",", undecodable=undecodable)
    line, header = delimited.header(path, rows)
    names = delimited.folded(header)
    own = layout(set(names))
    if own is None:
        raise UserError(
            f"{path}:{line}: not a STRING header ({', '.join(names):.200}); known headers: protein1 protein2 … "
            "combined_score, or node1 node2 … combined_score"
        )
    at = {"a": names.index(own.a), "b": names.index(own.b), "score": names.index(own.score)}
    at |= {side: names.index(name) for side, name in (("id_a", own.id_a), ("id_b", own.id_b)) if name in names}
    symbols = _symbols(options.string_names) if options.string_names else {}
    scores = lru_cache(10_000)(partial(_score, thousand=own.thousand))  # a thousand different cells

    def too_low(cells: list[str]) -> str | None:
        score = scores(cells[at["score"]])
        if isinstance(score, str):
            return score
        return f"score below {options.min_score:g} (string.min_score)" if score < options.min_score else None

    fill = partial(_filled, at=at, symbols=symbols, scores=scores)
    yield from delimited.chunks(path, rows, width=len(header), undecodable=undecodable, fill=fill, check=too_low)


def _score(cell: str, thousand: bool) -> float | str:
    """The score as a fraction, or its problem."""
    try:
        value = float(cell) / (1000 if thousand and float(cell) > 1 else 1)
    except ValueError:
        return f"score {cell.strip()!r:.40} is no number"
    return value if 0 <= value <= 1 else f"score {cell.strip()!r:.40} is not between 0 and 1 (or 1000)"


def _filled(
    chunk: Chunk,
    rows: list[list[str]],
    at: dict[str, int],
    symbols: dict[str, str],
    scores: Callable[[str], float | str],
) -> Chunk:
    for side in ("a", "b"):
        names = [cells[at[side]].strip() for cells in rows]
        ids = [cells[at[f"id_{side}"]].strip() for cells in rows] if f"id_{side}" in at else names
        # In a bulk file, the name is an id, 9606.ENSP00000269305: use the symbol if known, otherwise the id without the
        # taxon.
        named = [
            symbols.get(name) or (name.partition(".")[2] if name == i else name) or name
            for name, i in zip(names, ids, strict=True)
        ]
        setattr(chunk, f"protein_{side}", named)
        setattr(chunk, f"taxon_{side}", [i.partition(".")[0] if i.partition(".")[0].isdigit() else "" for i in ids])
    n = len(rows)
    chunk.effect, chunk.mechanism, chunk.undirected = ["unknown"] * n, [MECHANISM] * n, [True] * n
    chunk.confidence = [f"{float(scores(cells[at['score']])):g}" for cells in rows]
    return chunk


def _symbols(path: str) -> dict[str, str]:
    """STRING id -> preferred name, from a protein.info file (`#string_protein_id`, `preferred_name`, …)."""
    start = text.head(path)
    text.check_text(path, start)
    names = delimited.folded(text.first_line(start).split("\t"))
    if names[:2] not in (["string_protein_id", "preferred_name"], ["protein_external_id", "preferred_name"]):
        raise UserError(f"string.names: {path}:1: is not a protein.info file of STRING ({', '.join(names):.80})")
    rows = delimited.rows(path, "\t", quoted=False, undecodable=set())
    return {cells[0]: cells[1].strip() for _, cells in rows if len(cells) > 1}
