"""Write every interaction with its path as a table and as a workbook."""

from collections.abc import Mapping

from rootward import tables
from rootward.publish.exports import flat
from rootward.publish.exports.export import write_all
from rootward.publish.exports.interactions import EXPORTS
from rootward.workflow.job import Job


def export_interactions(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, interactions, placements (paths) -> those of EXPORTS that are asked for."""
    where = flat.pathways(tables.rows("reorganized", paths["reorganized"], ["pathway_id", "name", "path", "level"]))

    def rows():
        interactions = tables.stream("interactions", paths["interactions"], flat.INTERACTION_COLUMNS)
        placements = tables.stream("placements", paths["placements"], list(tables.TABLES["placements"].columns))
        return flat.rows(interactions, placements, where)

    write_all(EXPORTS, rows, out)


if __name__ == "__main__":
    with Job(snakemake):
        export_interactions(dict(snakemake.input.items()), dict(snakemake.output.items()))
