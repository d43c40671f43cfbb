"""Into how many shards to cut the interactions, and one job with many threads against many jobs.

    python benchmarks/shards.py [ROWS [ASKED]]        (default: 20000 2000)

For each number of shards the terms of synthetic rows are assigned: from nothing, then after rows were added, edited and
removed, a change on top of the other. Seconds are those of the command, offline, at ROWS rows; requests those that the
fake Gemini saw at ASKED rows. The steps after it know of no shards, so none is run. Then the rows of ASKED are assigned
against a fake that takes half a second per call, 15 calls in flight over all: in one job, in eight jobs one after
another, and in seven at once with two calls each. Last, what a level of the climb costs that has nothing to ask.
Bars: one job is not slower than many, and such a level costs at most half a second.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bars import Bars
from harness import KEY, ROOT, FakeGemini, scratch
from scale import write_rows

SHARDS = (1, 4, 8, 16, 64)
SHARES = (0.001, 0.01, 0.1)
LATENCY = 0.5  # seconds
Rows = list[str]


def assign(folder: Path, environment: dict[str, str], shards: int, *arguments: str, cores: int = 2) -> float:
    """Make the assigned tables of a folder; the seconds it took."""
    tables = [f"results/assigned/{shard}.parquet" for shard in range(shards)]
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--cores", str(cores), "--quiet", "all", *arguments]
    command += ["input=rows.tsv", f"shards={shards}", "models={flash: {rpm: null, tpm: null}}", "--", *tables]
    start = time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.monotonic() - start


def changes(rows: Rows, fresh: Rows) -> list[tuple[str, float, Callable[[Rows], Rows]]]:
    """What is done to the rows one after another: how it is called, its share of them, and a function that does it."""
    dice = random.Random(len(rows))

    def add(part: Rows) -> Callable[[Rows], Rows]:
        return lambda held: held + part

    def edit(count: int) -> Callable[[Rows], Rows]:
        chosen = set(dice.sample(range(len(rows)), count))
        return lambda held: [
            row.replace(" acts on ", " acts upon ") if n in chosen else row for n, row in enumerate(held)
        ]

    def remove(count: int) -> Callable[[Rows], Rows]:
        chosen = set(dice.sample(rows, count))
        return lambda held: [row for row in held if row not in chosen]

    sizes = [round(share * len(rows)) for share in SHARES]
    parts = [fresh[sum(sizes[:n]) : sum(sizes[: n + 1])] for n in range(len(sizes))]
    return [
        *(("added", share, add(part)) for share, part in zip(SHARES, parts, strict=True)),
        *(("edited", share, edit(size)) for share, size in zip(SHARES, sizes, strict=True)),
        *(("removed", share, remove(size)) for share, size in zip(SHARES, sizes, strict=True)),
    ]


def measure(count: int, shards: int, curator: str) -> list[tuple[str, float, int, float, int]]:
    """A row for the first run and for each change: what, its share, shards made, seconds, requests."""
    figures = []
    with FakeGemini() as fake, scratch() as folder:
        write_rows(folder / "rows.tsv", count + round(sum(SHARES) * count) + 1)
        head, *lines = (folder / "rows.tsv").read_text().splitlines(keepends=True)
        rows, fresh = lines[:count], lines[count:]
        asked = 0
        for what, share, done in [("first run", 1.0, list), *changes(rows, fresh)]:
            rows = done(rows)
            (folder / "rows.tsv").write_text(head + "".join(rows))
            start = time.time()
            seconds = assign(folder, os.environ | fake.environment(KEY), shards, "--config", f"curator={curator}")
            made = sum(path.stat().st_mtime > start for path in (folder / "results/assigned").glob("*.parquet"))
            requests, asked = fake.stats()["requests"] - asked, fake.stats()["requests"]
            figures.append((what, share, made, seconds, requests))
    return figures


def by_shards(rows: int, asked: int) -> None:
    """The table of the first question."""
    print(f"offline at {rows:,} rows: shards made, seconds; fake Gemini at {asked:,} rows: requests")
    for shards in SHARDS:
        pairs = zip(measure(rows, shards, curator="reactome"), measure(asked, shards, curator="gemini"), strict=True)
        for (what, share, made, seconds, _), (*_, requests) in pairs:
            print(
                f"{shards:4d} shards  {what:10s} {share:6.1%}  {made:3d} made {seconds:6.1f} s {requests:5d} requests"
            )
        sys.stdout.flush()


def by_jobs(rows: int, bars: Bars) -> None:
    """The seconds of the second question."""
    taken = []
    together = ["--resources", "llm_slots=15"]
    apart = [*together, "--set-resources", "assign_terms:llm_slots=2"]
    ideal = LATENCY * -(-rows // 20 // 15)
    print(f"{rows:,} rows, {LATENCY} s per call, 15 in flight (ideal {ideal:.1f} s):")
    for label, shards, given, cores in (
        ("one job", 1, together, 2),
        ("eight jobs in turn, 15 calls each", 8, together, 8),
        ("eight jobs, seven at once, two calls each", 8, apart, 8),
    ):
        with FakeGemini(latency=LATENCY) as fake, scratch() as folder:
            write_rows(folder / "rows.tsv", rows)
            environment = os.environ | fake.environment(KEY)
            seconds = assign(folder, environment, shards, *given, "--config", "curator=gemini", cores=cores)
            print(f"    {label:42s} {seconds:6.1f} s {fake.stats()['requests']:5d} requests", flush=True)
            taken.append(seconds)
    bars.most("one job / the best of many", taken[0] / min(taken[1:]), bar=1.0)


def by_levels(bars: Bars) -> None:
    """The seconds of the third question."""
    taken = {}
    for levels in (10, 30):
        with scratch() as folder:
            command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
            command += ["--cores", "2", "--quiet", "all", "--config", f"input={ROOT / 'config' / 'interactions.tsv'}"]
            start = time.monotonic()
            subprocess.run(
                [*command, f"climb={{max_levels: {levels}}}", "--", "results/hierarchy.parquet"],
                check=True,
                capture_output=True,
            )
            taken[levels] = time.monotonic() - start
    each = (taken[30] - taken[10]) / 20
    print(f"up to the hierarchy: 10 levels {taken[10]:.1f} s, 30 levels {taken[30]:.1f} s")
    bars.most("a level with nothing to ask", each, bar=0.5, unit="s")


def main(rows: int = 20_000, asked: int = 2_000) -> None:
    """Answer the three questions; exit code 1 when a bar is missed."""
    bars = Bars()
    by_shards(rows, asked)
    by_jobs(asked, bars)
    by_levels(bars)
    bars.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
