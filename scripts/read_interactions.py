"""Read the user's files into one table of interactions; set the rows that cannot be used aside."""

import logging
from pathlib import Path

from rootward import tables
from rootward.inputs.collect import read_inputs
from rootward.job import Job

log = logging.getLogger("rootward")


def read_interactions(
    files: list[str], input_format: str, reference: str | Path, interactions: str, rejected: str
) -> None:
    """files -> interactions (one row per interaction) and rejected (one row per row set aside, with file:line and
    reason).
    """
    collected = read_inputs(files, input_format, reference)
    tables.write("interactions", collected.interactions, interactions)
    tables.write("rejected", [rejection._asdict() for rejection in collected.rejected], rejected)
    log.info(
        "%d rows read, %d interactions, %d rows rejected",
        collected.n_rows,
        collected.interactions.num_rows,
        len(collected.rejected),
    )


if __name__ == "__main__":
    with Job(snakemake):
        read_interactions(
            list(snakemake.input.files),
            snakemake.params.input_format,
            Path(snakemake.input.reference[0]).parent,
            snakemake.output.interactions,
            snakemake.output.rejected,
        )
