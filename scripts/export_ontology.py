"""Write the tree as an ontology, as Newick, and its mappings to other vocabularies."""

from collections.abc import Mapping
from typing import Any

from rootward import tables
from rootward.knowledge.sources import read_names
from rootward.publish.exports import newick, obo, sssom
from rootward.publish.written import written
from rootward.workflow.job import Job


def export_ontology(paths: Mapping[str, Any], out: Mapping[str, str]) -> None:
    """reorganized and the reference's pathways (paths) -> obo, newick, sssom, those of them that are asked for."""
    rows = tables.rows("reorganized", paths["reorganized"])
    if "obo" in out:
        written(out["obo"], obo.write(rows, out["obo"]), "terms")
    if "newick" in out:
        written(out["newick"], newick.write(rows, out["newick"]), "pathways")
    if "sssom" in out:
        written(out["sssom"], sssom.write(rows, _reference(paths["pathways"]), out["sssom"]), "mappings")


def _reference(names: list[str]) -> dict[str, dict]:
    return {entry.curie: {"name": entry.name, "aliases": entry.synonyms} for entry in read_names(names)}


if __name__ == "__main__":
    with Job(snakemake):
        given = {"reorganized": snakemake.input.reorganized, "pathways": list(snakemake.input.pathways)}
        export_ontology(given, dict(snakemake.output.items()))
