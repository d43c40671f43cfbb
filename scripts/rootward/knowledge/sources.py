"""Reads the references from their folders: Reactome (pathways.parquet) and GO (terms.parquet)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rootward.errors import UserError
from rootward.knowledge.names import clean

# The tables of each kind of reference: those for its graph (the first has the names), and those for its members.
_GRAPH = {"reactome": ("pathways", "relations"), "go": ("terms", "relations", "xrefs")}
_MEMBERS = {"reactome": ("protein_pathway", "proteins"), "go": ("gene_terms",)}
REFERENCE_KINDS = frozenset(_GRAPH)
REFERENCE_NAMES = {"reactome": "Reactome", "go": "GO"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A pathway or term of one reference. depth: as given by the reference, or None."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    depth: int | None = None

    @property
    def curie(self) -> str:
        """Its identifier with the prefix of its reference."""
        return curie(self.id)


def curie(id_: str) -> str:
    """The identifier of an entry with the prefix of its reference; GO's ids include it."""
    return id_ if id_.startswith("GO:") else f"reactome:{id_}"


@dataclass(slots=True)
class Source:
    """One reference: its entries, (child, parent) pairs, which of its entries correspond to entries of another
    reference, and which are too general to be an answer.
    """

    kind: str
    folder: Path
    entries: list[Entry]
    relations: list[tuple[str, str]]
    same: dict[str, str] = field(default_factory=dict)
    general: frozenset[str] = frozenset()


def kind_of(folder: str | Path) -> str:
    """Which of REFERENCE_KINDS a folder contains; `reactome` by default."""
    return "go" if (Path(folder) / "terms.parquet").exists() else "reactome"


def graph_tables(folders: Iterable[str | Path]) -> list[str]:
    """The files needed for the graph of these references."""
    return [f"{folder}/{table}.parquet" for folder in folders for table in _GRAPH[kind_of(folder)]]


def member_tables(folders: Iterable[str | Path]) -> list[str]:
    """The files needed for the members of these references."""
    tables = [(folder, table) for folder in folders for table in _GRAPH[kind_of(folder)] + _MEMBERS[kind_of(folder)]]
    return [f"{folder}/{table}.parquet" for folder, table in tables]


def name_tables(folders: Iterable[str | Path]) -> list[str]:
    """The file of each reference that has its names."""
    return [f"{folder}/{_GRAPH[kind_of(folder)][0]}.parquet" for folder in folders]


def symbols_folder(references: str | Path | Iterable[str | Path]) -> str:
    """The folder with the table of proteins: that of a reference, otherwise the shipped one."""
    folders = [references] if isinstance(references, str | Path) else references
    shipped = Path(__file__).resolve().parents[3] / "resources" / "reactome"
    return next((str(folder) for folder in folders if Path(folder, "proteins.parquet").exists()), str(shipped))


def folders_of(tables: Iterable[str | Path]) -> list[Path]:
    """The folders of tables, each once, in their order."""
    return list(dict.fromkeys(Path(table).parent for table in tables))


def read_source(folder: str | Path) -> Source:
    """The reference in a folder; Reactome without its disease branch.

    Raises UserError if the folder does not have the tables.
    """
    folder = Path(folder)
    return _go(folder) if kind_of(folder) == "go" else _reactome(folder)


def read_names(tables: Iterable[str | Path]) -> list[Entry]:
    """The entries of the references that these tables (see `name_tables`) belong to."""
    return [entry for folder in folders_of(tables) for entry in read_source(folder).entries]


def read_parts(tables: Iterable[str | Path]) -> set[tuple[str, str]]:
    """The (child, parent) CURIEs that these references (see `name_tables`) call part and whole."""
    told = [folder for folder in folders_of(tables) if kind_of(folder) == "go"]
    relations = (row for folder in told for row in _columns(folder, "relations", "child", "parent", "relation"))
    return {(curie(child), curie(parent)) for child, parent, relation in relations if relation == "part_of"}


def _columns(folder: Path, name: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(folder / f"{name}.parquet", columns=list(columns))
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"reference: {folder}: cannot be read ({str(error).splitlines()[0]})") from None
    return zip(*(table[column].to_pylist() for column in columns), strict=True)


def _reactome(folder: Path) -> Source:
    listed = _columns(folder, "pathways", "id", "name", "aliases", "depth", "is_disease")
    entries = [
        Entry(id_, clean(name), synonyms=tuple(aliases), depth=depth)
        for id_, name, aliases, depth, is_disease in listed
        if not is_disease
    ]
    return Source("reactome", folder, entries=entries, relations=list(_columns(folder, "relations", "child", "parent")))


def _go(folder: Path) -> Source:
    listed = list(_columns(folder, "terms", "id", "name", "synonyms", "general"))
    # If several pathways have the same term, the one with the term's name is the term: the last one stays.
    xrefs = sorted(_columns(folder, "xrefs", "method", "reactome_id", "go_id"), key=lambda x: (x[0] == "exact_name", x))
    return Source(
        "go",
        folder,
        entries=[Entry(id_, name, synonyms=tuple(synonyms)) for id_, name, synonyms, _ in listed],
        relations=list(_columns(folder, "relations", "child", "parent")),
        same={go: reactome for _, reactome, go in xrefs},
        general=frozenset(id_ for id_, _, _, general in listed if general),
    )


def read_symbols(source: Source) -> Iterator[tuple[str, str]]:
    """(UniProt accession, symbol) of every protein that a reference identifies by accession; GO uses symbols."""
    return _columns(source.folder, "proteins", "uniprot", "symbol") if source.kind == "reactome" else iter(())


def read_called(source: Source) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(symbol, its synonyms of one word) of every protein of a reference that lists them."""
    if source.kind == "reactome":
        for symbol, synonyms in _columns(source.folder, "proteins", "symbol", "synonyms"):
            yield symbol, tuple(name for name in synonyms.split("|") if name and " " not in name)


def read_members(source: Source) -> Iterator[tuple[str, str, bool]]:
    """(symbol, entry id, whether the protein only regulates it) of every annotation of a reference."""
    if source.kind == "go":
        yield from _columns(source.folder, "gene_terms", "symbol", "id", "regulates")
        return
    symbols: dict[str, list[str]] = {}
    for uniprot, symbol in read_symbols(source):
        symbols.setdefault(uniprot, []).append(symbol)
    for uniprot, id_ in _columns(source.folder, "protein_pathway", "uniprot", "pathway_id"):
        for symbol in symbols.get(uniprot, ()):
            yield symbol, id_, False


def naming_tables(reference: str) -> list[str]:
    """The reference tables for looking up names; a user's own reference may have only proteins."""
    return ["proteins", *(name for name in ("identifiers", "names") if Path(f"{reference}/{name}.parquet").exists())]
