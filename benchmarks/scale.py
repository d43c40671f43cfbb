"""How the workflow grows with its input: wall time, CPU, memory, files and the slowest steps, offline.

    python benchmarks/scale.py [ROWS ...]        (default: 1000 10000 100000)

Synthetic rows over real proteins: the pairs are drawn (seeded) half from shared pathways and half at random, with a
statement each. Every size runs the whole workflow in a folder of its own; the last line compares the growth of time
with the growth of rows.
"""

import csv
import itertools
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from rootward.reference import Reference  # noqa: E402

EFFECTS = ("up-regulates activity", "down-regulates activity", "unknown", "form complex")
MECHANISMS = ("phosphorylation", "ubiquitination", "binding", "transcriptional regulation", "deacetylation")


def write_rows(path: Path, count: int) -> None:
    """A table of `count` different interactions."""
    rng = random.Random(count)
    reference = Reference(ROOT / "resources" / "reactome")
    symbols = reference.symbols
    members: dict[str, list[str]] = {}
    for symbol in symbols:
        for id_ in sorted(reference.pathways_of(symbol)):
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


def run(rows: int, folder: Path, shards: int) -> dict:
    """Run the workflow on `rows` rows in a folder; the figures."""
    write_rows(folder / "rows.tsv", rows)
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--cores", str(os.cpu_count()), "--quiet", "all", "--config", "input=rows.tsv", f"shards={shards}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    steps = []
    for path in sorted((folder / "results" / "benchmarks").glob("*.tsv")):
        with path.open() as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        steps.append((float(row["s"]), float(row["max_rss"]) if row["max_rss"] not in ("-", "NA") else 0.0, path.stem))
    files = sum(1 for path in (folder / "results").rglob("*") if path.is_file())
    return {
        "rows": rows,
        "wall": wall,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "rss": max(step[1] for step in steps),
        "parse_rss": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "files": files,
        "steps": sorted(steps, reverse=True),
    }


def main(sizes: list[int]) -> None:
    """Run all sizes and print a table."""
    print("      rows   wall s    CPU s   MB, largest process   files   slowest steps")
    figures = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            figure = run(rows, Path(folder), shards=1 if rows <= 100_000 else 8)
        figures.append(figure)
        slowest = ", ".join(f"{name} {seconds:.0f} s" for seconds, _, name in figure["steps"][:4])
        memory = max(figure["rss"], figure["parse_rss"])
        print(
            f"{rows:10,d} {figure['wall']:8.1f} {figure['cpu']:8.1f} {memory:12.0f} {figure['files']:16d}   {slowest}"
        )
    for small, large in itertools.pairwise(figures):
        growth = large["wall"] / small["wall"]
        print(
            f"{small['rows']:,d} -> {large['rows']:,d} rows (x{large['rows'] / small['rows']:.0f}): time x{growth:.1f}"
        )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000])
