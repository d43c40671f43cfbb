"""Build the explorer page from the proven tree."""

from rootward.job import Job
from rootward.publish import explorer
from rootward.publish.explorer_data import Limits, blocks


def build_explorer(paths: dict[str, str], limits: Limits, page: str) -> None:
    """reorganized, placements, interactions, changes and, when there is one, evidence (paths) -> explorer.html."""
    explorer.write(blocks(paths, limits), page)


if __name__ == "__main__":
    with Job(snakemake):
        build_explorer(
            {name: path for name, path in snakemake.input.items() if path},
            Limits(snakemake.params.per_pathway, snakemake.params.interactions),
            snakemake.output.page,
        )
