"""SIGNOR's exports: TSV without quotes, or CSV with `;` (or `,`) and quotes.

Columns: https://signor.uniroma2.it/downloads.php (Lo Surdo et al. 2023, doi:10.1093/nar/gkac883). Other databases
export the same columns (CASCADE), with more or less of them filled in; only the two names and EFFECT are needed.
TAX_ID is the organism in which the interaction was shown, and counts for both interactors.
"""

from collections.abc import Iterator
from functools import partial

from rootward.inputs import delimited, text
from rootward.inputs.columns import is_protein
from rootward.inputs.options import HUMAN, Options
from rootward.inputs.records import Chunk, taxa
from rootward.inputs.start import Start
from rootward.knowledge.proteins import ProteinNames

SHOWN = "SIGNOR"
_WANTED = {"protein_a": "entitya", "protein_b": "entityb", "effect": "effect"}
_OPTIONAL = {
    "kind_a": "typea",
    "kind_b": "typeb",
    "id_a": "ida",
    "id_b": "idb",
    "database_a": "databasea",
    "database_b": "databaseb",
    "mechanism": "mechanism",
    "taxon": "tax_id",
    "pmid": "pmid",
    "statement": "sentence",
    "confidence": "score",
    "xref": "signor_id",
}


def looks_like(start: Start) -> bool:
    """Whether the header is SIGNOR's."""
    return start.has_columns(_WANTED.values())


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of an export's rows."""
    start = text.head(path)
    text.check_text(path, start)
    first = text.first_line(start)
    delimiter = max("\t;,", key=first.count)
    undecodable: set[int] = set()
    rows = delimited.rows(path, delimiter, quoted=True, undecodable=undecodable)
    line, header = delimited.header(path, rows)
    columns = delimited.positions(path, line, names=delimited.folded(header), wanted=_WANTED, optional=_OPTIONAL)
    fill = partial(_filled, columns=columns, names=options.names)
    yield from delimited.chunks(path, rows, width=len(header), undecodable=undecodable, fill=fill)


def _filled(chunk: Chunk, rows: list[list[str]], columns: dict[str, int], names: ProteinNames | None) -> Chunk:
    absent = [""] * len(rows)
    cell = {name: [_bare(row[at]) for row in rows] for name, at in columns.items()}
    known = {taxon: taxa(taxon) for taxon in set(cell.get("taxon", absent))}
    of = [known[taxon] for taxon in cell.get("taxon", absent)]
    for side in ("a", "b"):
        ids, databases = cell.get(f"id_{side}", absent), cell.get(f"database_{side}", absent)
        named = zip(cell[f"protein_{side}"], ids, databases, of, strict=True)
        chosen = [
            _surer(name, one if base.upper() == "UNIPROT" else "", names=names if taxon in ("", HUMAN) else None)
            for name, one, base, taxon in named
        ]
        setattr(chunk, f"protein_{side}", chosen)
        setattr(chunk, f"kind_{side}", cell.get(f"kind_{side}", absent))
    if "taxon" in cell:
        chunk.taxon_a = chunk.taxon_b = of
    for name in ("effect", "mechanism", "pmid", "confidence", "xref", "statement"):
        setattr(chunk, name, cell.get(name, absent))
    chunk.text = chunk.statement
    return chunk


def _surer(symbol: str, accession: str, names: ProteinNames | None) -> str:
    """The accession, unless only the symbol beside it is in the reference (`names`, None if it is not human)."""
    if not accession:
        return symbol
    unknown = names is not None and not is_protein(names, accession) and is_protein(names, symbol)
    return symbol if unknown else accession


def _bare(cell: str) -> str:
    """A cell without the quotes that some TSV exports put around it."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell
