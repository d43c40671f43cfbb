"""Write the tree as an ontology, as Newick, and its mappings to other vocabularies."""

from collections.abc import Mapping

from rootward import tables
from rootward.publish.exports import newick, obo, sssom
from rootward.publish.written import written
from rootward.workflow.job import Job


def export_ontology(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized and the reference's pathways (paths) -> obo, newick, sssom, those of them that are asked for."""
    rows = tables.rows("reorganized", paths["reorganized"])
    if "obo" in out:
        written(out["obo"], obo.write(rows, out["obo"]), "terms")
    if "newick" in out:
        written(out["newick"], newick.write(rows, out["newick"]), "pathways")
    if "sssom" in out:
        written(out["sssom"], sssom.write(rows, _reference(paths["pathways"]), out["sssom"]), "mappings")


def _reference(pathways: str) -> dict[str, dict]:
    import pyarrow.parquet as pq

    listed = pq.read_table(pathways, columns=["id", "name", "aliases"]).to_pylist()
    return {f"reactome:{row['id']}": row for row in listed}


if __name__ == "__main__":
    with Job(snakemake):
        export_ontology(dict(snakemake.input.items()), dict(snakemake.output.items()))
