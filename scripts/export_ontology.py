"""Write the tree as an ontology, as Newick, and its mappings to other vocabularies."""

from collections.abc import Mapping
from functools import partial

from rootward import tables
from rootward.publish.exports.export import write_all
from rootward.publish.exports.ontology import EXPORTS, Pathways
from rootward.workflow.job import Job


def export_ontology(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized and the reference's pathways (paths) -> those of EXPORTS that are asked for."""
    rows = tables.rows("reorganized", paths["reorganized"])
    write_all(EXPORTS, Pathways(rows, partial(_reference, paths["pathways"])), out)


def _reference(pathways: str) -> dict[str, tables.Row]:
    import pyarrow.parquet as pq

    listed = pq.read_table(pathways, columns=["id", "name", "aliases"]).to_pylist()
    return {f"reactome:{row['id']}": row for row in listed}


if __name__ == "__main__":
    with Job(snakemake):
        export_ontology(dict(snakemake.input.items()), dict(snakemake.output.items()))
