"""Command: find out what the configured endpoints can do, and store it for later runs."""

import sys
from collections.abc import Iterable

from rootward.curators.base import Lost, Throttled
from rootward.errors import UserError
from rootward.workflow.job import Job


def probe(job: Job, prompts: Iterable[str]) -> list[str]:
    """What each configured endpoint can do, as lines. Raises UserError if one does not answer."""
    try:
        return job.model(prompts).probe()
    except (Lost, Throttled) as error:
        raise UserError(f"the endpoint does not answer now ({error}); try again later") from None


if __name__ == "__main__":
    with Job(snakemake) as job:
        curator = snakemake.config["curator"]
        lines = probe(job, snakemake.params.prompts) if job.asks_a_model else [f"curator: {curator} asks no endpoint"]
        print("\n".join(lines), file=sys.stderr)
