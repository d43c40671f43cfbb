"""BioGRID's TAB 3.0 (and 2.0, which has the same leading columns).

Columns: https://wiki.thebiogrid.org/doku.php/biogrid_tab_version_3.0; experimental systems:
https://wiki.thebiogrid.org/doku.php/experimental_systems. Cells are never quoted, and `-` is an empty cell.

Interactors are genes; the first Swiss-Prot accession, if any, identifies the protein. The score has a different meaning
in each study and is not a probability, so it is not read. What an experiment shows is expressed as in PSI-MI: most
physical systems show that the two bind, a few only that they were near each other, and only Biochemical Activity has a
direction (the bait is the enzyme).
"""

from collections.abc import Iterator
from functools import partial

from rootward.inputs import delimited, text
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start

SHOWN = "BioGRID tab2 and tab3"
_WANTED = {
    "symbol_a": "official_symbol_interactor_a",
    "symbol_b": "official_symbol_interactor_b",
    "system": "experimental_system",
    "system_type": "experimental_system_type",
    "taxon_a": "organism_id_interactor_a",
    "taxon_b": "organism_id_interactor_b",
}
_TAB2 = {"taxon_a": "organism_interactor_a", "taxon_b": "organism_interactor_b"}
_OPTIONAL = {
    "id": "biogrid_interaction_id",
    "pmid": "publication_source",
    "article": "pubmed_id",
    "modification": "modification",
    "accession_a": "swiss_prot_accessions_interactor_a",
    "accession_b": "swiss_prot_accessions_interactor_b",
}
_BINDING = {
    "direct interaction": """two-hybrid;reconstituted complex;co-crystal structure;far western;fret;pca;
        protein-peptide""",
    "physical association": """affinity capture-ms;affinity capture-western;affinity capture-luminescence;
        cross-linking-ms (xl-ms)""",
    "association": "co-fractionation;co-purification",
}
_NEAR = {"co-localization": "colocalization", "proximity label-ms": "proximity"}
_RNA = {"affinity capture-rna", "protein-rna"}  # the protein binds an RNA of the other gene
_SYSTEM = {name.strip(): mechanism for mechanism, names in _BINDING.items() for name in names.split(";")}


def looks_like(start: Start) -> bool:
    """Whether the header is BioGRID's."""
    return start.has_columns(_WANTED.values()) or start.has_columns((_WANTED | _TAB2).values())


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a file's rows; genetic interactions are set aside unless configured otherwise."""
    text.check_text(path, text.head(path))
    undecodable: set[int] = set()
    rows = delimited.rows(path, "\t", quoted=False, undecodable=undecodable)
    line, header = delimited.header(path, rows)
    names = delimited.folded(header)
    wanted = _WANTED | _TAB2 if _TAB2["taxon_a"] in names else _WANTED
    columns = delimited.positions(path, line, names=names, wanted=wanted, optional=_OPTIONAL)

    def genetic(cells: list[str]) -> str | None:
        told = cells[columns["system_type"]].strip().casefold() == "genetic"
        return "genetic interaction (genetic: drop)" if told and not options.genetic else None

    fill = partial(_filled, columns=columns)
    yield from delimited.chunks(path, rows, width=len(header), undecodable=undecodable, fill=fill, check=genetic)


def _filled(chunk: Chunk, rows: list[list[str]], columns: dict[str, int]) -> Chunk:
    absent = [""] * len(rows)
    cell = {name: [_given(row[at]) for row in rows] for name, at in columns.items()}
    for side in ("a", "b"):
        accessions = cell.get(f"accession_{side}", absent)
        chosen = [a.split("|")[0] or s for a, s in zip(accessions, cell[f"symbol_{side}"], strict=True)]
        setattr(chunk, f"protein_{side}", chosen)
    chunk.taxon_a, chunk.taxon_b = cell["taxon_a"], cell["taxon_b"]
    systems = cell["system"]
    meaning = {
        (system, modification): _meaning(system, modification)
        for system, modification in zip(systems, cell.get("modification", absent), strict=True)
    }
    meant = [meaning[both] for both in zip(systems, cell.get("modification", absent), strict=True)]
    chunk.effect = [effect for effect, _, _, _ in meant]
    chunk.mechanism = [mechanism for _, mechanism, _, _ in meant]
    chunk.undirected = [undirected for _, _, undirected, _ in meant]
    chunk.kind_b = [kind for _, _, _, kind in meant]
    chunk.kind_a = ["protein"] * len(rows)
    articles = cell.get("article", absent)
    sources = [source if source.upper().startswith("PUBMED:") else "" for source in cell.get("pmid", absent)]
    chunk.pmid = [source or article for source, article in zip(sources, articles, strict=True)]
    chunk.xref = [number and f"biogrid:{number}" for number in cell.get("id", absent)]
    return chunk


def _given(cell: str) -> str:
    return "" if cell == "-" else cell.strip()


def _meaning(system: str, modification: str) -> tuple[str, str, bool, str]:
    """(effect, mechanism, whether the pair has no order, kind of the second interactor) of an experimental system."""
    name = system.casefold()
    if name in _SYSTEM:
        return "form complex", _SYSTEM[name], True, "protein"
    if name == "biochemical activity":
        return "unknown", modification or system, False, "protein"
    return "unknown", _NEAR.get(name, system), True, "rna" if name in _RNA else "protein"
