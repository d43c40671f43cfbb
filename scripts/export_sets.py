"""Write the gene sets of the pathways: as GMT, and as the tables and the background that clusterProfiler takes."""

import logging
from collections.abc import Mapping

from rootward import tables
from rootward.publish.exports import gmt
from rootward.publish.exports.export import write_all
from rootward.publish.exports.sets import EXPORTS, Sets
from rootward.workflow.job import Job

log = logging.getLogger("rootward")


def export_sets(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, placements, interactions, proteins (paths) -> the configured formats of EXPORTS.

    Proteins that are not approved symbols of the reference are in no set.
    """
    rows = tables.rows(
        "reorganized", paths["reorganized"], columns=["pathway_id", "name", "parent_id", "level", "n_total"]
    )
    columns = ["interaction_id", "protein_a", "protein_b"]
    genes = {id_: (a, b) for id_, a, b in _columns("interactions", paths["interactions"], columns=columns)}
    placements = _columns("placements", paths["placements"], columns=["interaction_id", "pathway_id"])
    approved = _approved(paths["proteins"])
    unknown = sorted({gene for pair in genes.values() for gene in pair} - approved)
    if unknown:
        shown = ", ".join(unknown[:10]) + (", …" if len(unknown) > 10 else "")
        log.warning("%d proteins are not approved symbols and are in no set: %s", len(unknown), shown)
    direct = gmt.direct_sets(placements, genes, approved=approved)
    write_all(EXPORTS, Sets(rows, direct), out=out)


def _columns(name: str, path: str, columns: list[str]):
    table = tables.read(name, path, columns=columns)
    return zip(*(table[column].to_pylist() for column in columns), strict=True)


def _approved(proteins: str) -> set[str]:
    import pyarrow.parquet as pq

    return set(pq.read_table(proteins, columns=["symbol"])["symbol"].to_pylist())


if __name__ == "__main__":
    with Job(snakemake):
        export_sets(dict(snakemake.input.items()), dict(snakemake.output.items()))
