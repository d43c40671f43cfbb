"""Write the gene sets of the pathways: as GMT, and as the tables and the background that clusterProfiler takes."""

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rootward import tables
from rootward.publish.exports import gmt
from rootward.publish.exports.export import write_all
from rootward.publish.exports.sets import EXPORTS, Sets
from rootward.publish.join import places
from rootward.workflow.job import Job

if TYPE_CHECKING:
    import pyarrow as pa

SIDES = ("protein_a", "protein_b")

log = logging.getLogger("rootward")


def export_sets(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, placements, interactions, proteins (paths) -> the configured formats of EXPORTS.

    Proteins that are not approved symbols of the reference are in no set.
    """
    rows = tables.rows(
        "reorganized", paths["reorganized"], columns=["pathway_id", "name", "parent_id", "level", "n_total"]
    )
    interactions = tables.read("interactions", paths["interactions"], columns=["interaction_id", *SIDES])
    placements = tables.read("placements", paths["placements"], columns=["interaction_id", "pathway_id"])
    approved = _approved(paths["proteins"])
    unknown = sorted({gene for side in SIDES for gene in interactions[side].unique().to_pylist()} - approved)
    if unknown:
        shown = ", ".join(unknown[:10]) + (", …" if len(unknown) > 10 else "")
        log.warning("%d proteins are not approved symbols and are in no set: %s", len(unknown), shown)
    direct = gmt.direct_sets(_members(interactions, placements), approved)
    write_all(EXPORTS, Sets(rows, direct), out=out)


def _members(interactions: "pa.Table", placements: "pa.Table") -> Iterator[tuple[str, str]]:
    """Each pathway with each protein of the interactions placed there."""
    import pyarrow as pa

    ids = interactions["interaction_id"].combine_chunks()
    proteins = interactions.take(places(placements["interaction_id"], ids, what="an interaction"))
    sides = [pa.table({"pathway": placements["pathway_id"], "protein": proteins[side]}) for side in SIDES]
    distinct = pa.concat_tables(sides).group_by(["pathway", "protein"]).aggregate([])
    return zip(distinct["pathway"].to_pylist(), distinct["protein"].to_pylist(), strict=True)


def _approved(proteins: str) -> set[str]:
    import pyarrow.parquet as pq

    return set(pq.read_table(proteins, columns=["symbol"])["symbol"].to_pylist())


if __name__ == "__main__":
    with Job(snakemake):
        export_sets(dict(snakemake.input.items()), dict(snakemake.output.items()))
