"""Write pathways, interactions and placements as networks."""

from collections.abc import Mapping
from functools import partial

from rootward import tables
from rootward.publish.exports import cx2, graph, graphml
from rootward.publish.written import written
from rootward.workflow.job import Job

WRITERS = {"graphml": graphml.write, "cx2": cx2.write}


def export_network(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, interactions, placements (paths) -> graphml, cx2, those of them that are asked for."""
    network = graph.build(
        tables.rows("reorganized", paths["reorganized"]),
        partial(tables.stream, "interactions", paths["interactions"]),
        partial(tables.stream, "placements", paths["placements"], list(tables.TABLES["placements"].columns)),
    )
    for name, path in out.items():
        written(path, WRITERS[name](network, path), "nodes and edges")


if __name__ == "__main__":
    with Job(snakemake):
        export_network(dict(snakemake.input.items()), dict(snakemake.output.items()))
