"""Write every interaction with its path: as a table, a workbook, SQL, and joined to the records of ProPaths."""

from collections.abc import Mapping

from rootward import tables
from rootward.publish.exports import flat
from rootward.publish.exports.export import write_all
from rootward.publish.exports.interactions import EXPORTS, Placed
from rootward.workflow.job import Job


def export_interactions(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, interactions, placements (paths) -> the configured formats of EXPORTS."""
    pathways = tables.rows("reorganized", paths["reorganized"])
    where = flat.pathways(pathways)

    def batches():
        interactions = tables.batches("interactions", paths["interactions"], columns=flat.INTERACTION_COLUMNS)
        placements = tables.batches(
            "placements", paths["placements"], columns=list(tables.TABLES["placements"].columns)
        )
        return flat.batches(interactions, placements, where=where)

    write_all(EXPORTS, Placed(pathways, batches), out=out)


if __name__ == "__main__":
    with Job(snakemake):
        export_interactions(dict(snakemake.input.items()), dict(snakemake.output.items()))
