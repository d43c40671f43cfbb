"""Build the explorer page from the verified tree."""

from collections.abc import Sequence

from rootward import tables
from rootward.asking.cache import AnswerCache
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from rootward.workflow.job import Job


def build_explorer(
    *, paths: dict[str, str], limits: Limits, page: str, cache: AnswerCache | None, assigned: Sequence[str] = ()
) -> None:
    """reorganized, placements, interactions, changes, proteins and, if there is one, evidence (paths) -> explorer.html.

    assigned: the files of that table, for the alternatives that were considered. cache: the answer cache, which knows
    which model answered a call; without it the page names no models.
    """
    models = _models(paths["reorganized"], cache) if cache else {}
    explorer.write(blocks(paths, limits, assigned=assigned, models=models), page)


def _models(reorganized: str, cache: AnswerCache) -> dict[str, str]:
    """call_id -> the model that answered, for the calls behind the tree's edges."""
    calls = tables.read("reorganized", reorganized, columns=["call_id"])["call_id"].drop_null().to_pylist()
    try:
        return cache.models_of(calls)
    finally:
        cache.close()


if __name__ == "__main__":
    with Job(snakemake) as job:
        build_explorer(
            paths={name: path for name, path in snakemake.input.items() if path and name != "assigned"},
            assigned=snakemake.input.assigned,
            limits=Limits(snakemake.params.per_pathway, snakemake.params.interactions),
            page=snakemake.output.page,
            cache=job.cache if job.asks_a_model else None,
        )
