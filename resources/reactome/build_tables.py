"""Build the four reference tables from the reduced Reactome and HGNC/UniProt tables in a folder.

    python resources/reactome/build_tables.py FOLDER

FOLDER holds pathways, relations, protein_pathway, proteins and compath_mappings (.parquet). Names that ComPath's
curators mapped as equal to a Reactome pathway become that pathway's aliases. See NOTICE for where each fact comes from.
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent


def write(table: pa.Table, name: str, key: list[str]) -> None:
    """Write one table beside this file, sorted, without metadata."""
    table = table.sort_by([(column, "ascending") for column in key]).replace_schema_metadata(None)
    pq.write_table(table, HERE / f"{name}.parquet", compression="zstd", compression_level=19)


def main(folder: Path) -> None:
    """Read the tables of `folder` and write the four reference tables."""
    pathways = pq.read_table(folder / "pathways.parquet")
    tops = {row["name"].casefold() for row in pathways.to_pylist() if row["depth"] == 0}
    aliases: dict[str, set[str]] = {}
    for row in pq.read_table(folder / "compath_mappings.parquet").to_pylist():
        # "Tyrosine Metabolism" is mapped as equal to Metabolism: a part is not the whole, whatever the table says.
        part = row["target_name"].casefold() in tops and row["source_name"].casefold() != row["target_name"].casefold()
        if row["relation"] == "exact" and row["target"] == "reactome" and not part:
            aliases.setdefault(row["target_id"], set()).add(" ".join(row["source_name"].split()))
    column = [sorted(aliases.get(id_, ())) for id_ in pathways["id"].to_pylist()]
    write(pathways.append_column("aliases", pa.array(column, pa.list_(pa.string()))), "pathways", ["id"])
    write(pq.read_table(folder / "relations.parquet"), "relations", ["child", "parent"])
    write(pq.read_table(folder / "protein_pathway.parquet"), "protein_pathway", ["uniprot", "pathway_id"])
    write(pq.read_table(folder / "proteins.parquet"), "proteins", ["uniprot", "symbol"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
