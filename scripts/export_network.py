"""Write pathways, interactions and placements as networks."""

from collections.abc import Mapping
from functools import partial

from rootward import tables
from rootward.publish.exports import graph
from rootward.publish.exports.export import write_all
from rootward.publish.exports.network import EXPORTS
from rootward.workflow.job import Job


def export_network(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, interactions, placements (paths) -> the configured formats of EXPORTS."""
    network = graph.build(
        tables.rows("reorganized", paths["reorganized"]),
        partial(tables.batches, "interactions", paths["interactions"]),
        placements=partial(
            tables.batches, "placements", paths["placements"], list(tables.TABLES["placements"].columns)
        ),
    )
    write_all(EXPORTS, network, out=out)


if __name__ == "__main__":
    with Job(snakemake):
        export_network(dict(snakemake.input.items()), dict(snakemake.output.items()))
