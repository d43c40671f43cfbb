"""Show what the answer cache contains and what a run from it saves."""

import sys

from rootward.asking.cache import AnswerCache
from rootward.workflow.job import Job

COLUMNS = ("question", "model", "answers", "calls", "MB", "input tokens", "output tokens", "US$ saved")


def cache_stats(path: str, journal_mode: str) -> list[str]:
    """A table in text: per question and model the answers, calls, size, tokens and the dollars they cost once."""
    rows = [
        (
            row["question"],
            row["model"],
            f"{row['answers']:,}",
            f"{row['calls']:,}",
            f"{row['bytes'] / 1e6:.1f}",
            f"{row['input_tokens']:,}",
            f"{row['output_tokens']:,}",
            f"{row['dollars']:.2f}",
        )
        for row in AnswerCache(path, journal_mode).statistics()
    ]
    if not rows:
        return [f"{path}: no answers"]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(w) if n < 2 else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in (COLUMNS, *rows)
    ]


if __name__ == "__main__":
    with Job(snakemake):
        lines = cache_stats(snakemake.config["cache"]["answers"], snakemake.config["cache"]["journal_mode"])
        print("\n".join(lines), file=sys.stderr)
