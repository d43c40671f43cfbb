"""Write the tree as an ontology, as Newick, and its mappings to other vocabularies."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rootward import tables
from rootward.knowledge.sources import read_names, read_parts
from rootward.publish.exports.export import write_all
from rootward.publish.exports.ontology import EXPORTS, Pathways
from rootward.workflow.job import Job
from rootward.workflow.releases import read_ids


def export_ontology(paths: Mapping[str, Any], out: Mapping[str, str]) -> None:
    """reorganized, ids and the reference's pathways (paths) -> the configured formats of EXPORTS."""
    rows = tables.rows("reorganized", paths["reorganized"])
    write_all(
        EXPORTS,
        Pathways(
            rows,
            read_ids(paths["ids"]),
            reference=partial(_reference, paths["pathways"]),
            part_of=read_parts(paths["pathways"]),
        ),
        out=out,
    )


def _reference(names: list[str]) -> dict[str, tables.Row]:
    return {entry.curie: {"name": entry.name, "aliases": entry.synonyms} for entry in read_names(names)}


if __name__ == "__main__":
    with Job(snakemake):
        read = snakemake.input
        given = {"reorganized": read.reorganized, "ids": read.ids, "pathways": list(read.pathways)}
        export_ontology(given, dict(snakemake.output.items()))
