"""How the workflow grows with its input: wall time, CPU, memory and files of every step, offline; and what a second
computing of the same costs.

    python benchmarks/scale.py [ROWS ...]        (default: 1000 10000 100000; a million rows take five to ten minutes)

Synthetic rows over real proteins: the pairs are drawn (seeded) half from shared pathways and half at random, with a
statement each. Every size runs the whole workflow in a folder of its own, after two dry-runs; then the results are
deleted and it runs once more, which puts everything back from the step store. The last lines compare the growth of
time with n log n. Bars, on two quiet cores: see TARGETS; a dry-run in 10 s and 300 MB; the second run in 0.6 of the
first one's time.
"""

import csv
import itertools
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from rootward.knowledge.reference import Reference  # noqa: E402

TARGETS = {  # rows -> seconds, MB of the largest process
    100_000: (30.0, 400.0),
    1_000_000: (200.0, 1200.0),
    10_000_000: (2400.0, 4096.0),
}
EFFECTS = ("up-regulates activity", "down-regulates activity", "unknown", "form complex")
MECHANISMS = ("phosphorylation", "ubiquitination", "binding", "transcriptional regulation", "deacetylation")


def write_rows(path: Path, count: int) -> None:
    """A table of `count` different interactions."""
    rng = random.Random(count)
    reference = Reference(ROOT / "resources" / "reactome")
    symbols = reference.members.symbols
    members: dict[str, list[str]] = {}
    for symbol in symbols:
        for id_ in sorted(reference.members.pathways_of(symbol)):
            members.setdefault(id_, []).append(symbol)
    ids = sorted(members)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement", "pmid"])
        for n in range(count):
            id_ = rng.choice(ids)
            a = rng.choice(members[id_])
            b = rng.choice(members[id_] if n % 2 else symbols)
            mechanism = rng.choice(MECHANISMS)
            statement = f"{a} acts on {b} by {mechanism} in {reference.pathways[id_].name} (observation {n})."
            writer.writerow([f"S{n:07d}", a, b, rng.choice(EFFECTS), mechanism, statement, 10_000_000 + n])


class Figures(NamedTuple):
    """What a command took: wall and CPU seconds (children included), and the MB of its largest process so far."""

    wall: float
    cpu: float
    memory: float


class Step(NamedTuple):
    """What Snakemake measured of a job: seconds, CPU seconds, MB."""

    name: str
    wall: float
    cpu: float
    memory: float


def measured(command: list[str]) -> Figures:
    """Run a command to a good end."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            said.seek(0)
            sys.exit(said.read()[-3000:])
    return Figures(time.monotonic() - start, used.ru_utime + used.ru_stime, memory=used.ru_maxrss / 1024)


def steps_of(results: Path) -> list[Step]:
    """The jobs of a run, the slowest first."""
    steps = []
    for path in sorted((results / "benchmarks").glob("*.tsv")):
        with path.open() as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        steps.append(Step(path.stem, *(_number(row[name]) for name in ("s", "cpu_time", "max_rss"))))
    return sorted(steps, key=lambda step: -step.wall)


def _number(cell: str) -> float:
    # A job that ends before Snakemake looked at it has no figure.
    return float(cell) if cell not in ("-", "NA", "") else 0.0


def run(rows: int, folder: Path, shards: int, bars: Bars) -> Figures:
    """Run the workflow on `rows` rows in a folder and print its figures and their bars."""
    write_rows(folder / "rows.tsv", rows)
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--cores", str(os.cpu_count()), "--quiet", "all", "--config", "input=rows.tsv", f"shards={shards}"]
    first, second = (measured([*command, "--dry-run"]) for _ in range(2))
    whole = measured(command)
    files = sum(1 for path in (folder / "results").rglob("*") if path.is_file())
    print(
        f"{rows:,} rows, {shards} shards: {whole.wall:.1f} s, {whole.cpu:.1f} s CPU, {files} files, "
        f"largest process {whole.memory:.0f} MB; dry-run {first.wall:.1f} s "
        f"({first.memory:.0f} MB), once more {second.wall:.1f} s"
    )
    print(f"    {'step':24s} {'wall s':>8s} {'CPU s':>8s} {'MB':>8s}")
    for step in steps_of(folder / "results"):
        if step.wall >= max(1.0, 0.01 * whole.wall):
            print(f"    {step.name:24s} {step.wall:8.1f} {step.cpu:8.1f} {step.memory:8.0f}")
    shutil.rmtree(folder / "results")
    again = measured(command)
    if rows in TARGETS:
        seconds, megabytes = TARGETS[rows]
        bars.most(f"{rows:,} rows", whole.wall, bar=seconds, unit="s")
        bars.most(f"{rows:,} rows: largest process", whole.memory, bar=megabytes, unit="MB")
    bars.most(f"{rows:,} rows: a dry-run", max(first.wall, second.wall), bar=10.0, unit="s")
    bars.most(f"{rows:,} rows: Snakemake's own process", max(first.memory, second.memory), bar=300.0, unit="MB")
    bars.most(f"{rows:,} rows: put back / computed", again.wall / whole.wall, bar=0.6, note=f"{again.cpu:.1f} s CPU")
    return whole


def shards(rows: int) -> int:
    """As config/README.md advises: from 20,000 rows on one per core, and more where a job would hold too much."""
    return 1 if rows < 20_000 else max(os.cpu_count() or 1, rows // 125_000)


def main(sizes: list[int]) -> None:
    """Run all sizes, and say how time grew from one to the next; exit code 1 when a bar is missed."""
    figures, bars = [], Bars()
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures.append(run(rows, Path(folder), shards=shards(rows), bars=bars))
    for (small, before), (large, after) in itertools.pairwise(zip(sizes, figures, strict=True)):
        n_log_n = large * math.log(large) / (small * math.log(small))
        print(
            f"{small:,} -> {large:,} rows: n log n x{n_log_n:.1f}, wall x{after.wall / before.wall:.1f}, "
            f"CPU x{after.cpu / before.cpu:.1f}"
        )
    bars.end()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000])
