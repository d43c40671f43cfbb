"""Read the user's files into one table of interactions, and set aside the rows that cannot be used."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rootward import tables
from rootward.inputs.options import Options
from rootward.knowledge.sources import symbols_folder
from rootward.publish.terminal import counted
from rootward.workflow.job import Job

log = logging.getLogger("rootward")


def read_interactions(
    *,
    files: list[str],
    reading: Mapping[str, Any],
    reference: str | Path | Sequence[str],
    interactions: str,
    rejected: str,
    proteins: str,
) -> None:
    """files -> interactions (one row per interaction), rejected (one row per row set aside, with file:line and reason)
    and proteins (one row per name). reading: see `Options.of`.
    """
    from rootward.inputs.collect import read_inputs

    collected = read_inputs(files, Options.of(reading), reference=symbols_folder(reference))
    tables.write("interactions", collected.interactions, path=interactions)
    tables.write("rejected", [rejection._asdict() for rejection in collected.rejected], path=rejected)
    tables.write("proteins", collected.proteins, path=proteins)
    n_rejected = sum(collected.by_reason.values())
    log.info(
        "%d rows read: %d of them make %d interactions, %d rejected",
        collected.n_rows,
        collected.n_rows - n_rejected,
        collected.interactions.num_rows,
        n_rejected,
    )
    n_merged = collected.n_rows - n_rejected - collected.interactions.num_rows
    for number, of in ((n_merged, "duplicates merged"), (n_rejected, "rows rejected")):
        if number:
            log.info("%s", counted(number, of), extra={"made": counted(number, of)})
    for line in collected.said:
        log.warning("%s", line)
    for reason, number in collected.by_reason.items():
        log.info("rejected %d: %s", number, reason)


if __name__ == "__main__":
    Job(snakemake).run(read_interactions)
