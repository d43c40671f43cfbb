"""Write every interaction with its path as a table and as a workbook."""

import logging
from collections.abc import Mapping

from rootward import tables
from rootward.publish.exports import delimited, flat, workbook
from rootward.publish.written import written
from rootward.workflow.job import Job

log = logging.getLogger("rootward")


def export_interactions(paths: Mapping[str, str], out: Mapping[str, str]) -> None:
    """reorganized, interactions, placements (paths) -> tsv, xlsx, those of them that are asked for.

    The workbook ends where Excel's sheets end; the log and its second sheet say what then stands only in the TSV.
    """
    where = flat.pathways(tables.rows("reorganized", paths["reorganized"], ["pathway_id", "name", "path", "level"]))

    def rows():
        interactions = tables.stream("interactions", paths["interactions"], flat.INTERACTION_COLUMNS)
        placements = tables.stream("placements", paths["placements"], list(tables.TABLES["placements"].columns))
        return flat.rows(interactions, placements, where)

    if "tsv" in out:
        written(out["tsv"], delimited.write(flat.COLUMNS, rows(), out["tsv"]), "rows")
    if "xlsx" in out:
        book = workbook.write(flat.COLUMNS, rows(), out["xlsx"], workbook.MAX_ROWS)
        written(out["xlsx"], book.rows, "rows")
        for line in book.lines()[1:]:
            log.warning("%s: %s", out["xlsx"], line)


if __name__ == "__main__":
    with Job(snakemake):
        export_interactions(dict(snakemake.input.items()), dict(snakemake.output.items()))
