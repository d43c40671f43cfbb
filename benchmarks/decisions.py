"""What 200 decisions of a person cost: CPU seconds of a whole offline run of the example with them beside one without.

    python benchmarks/decisions.py

The decisions are drawn (seeded) from what the first run made: 100 interactions placed where another one stands, 50
pathways that are not under their present parent, 50 pairs of pathways that are different. Runs alternate, each from
nothing; the median of three counts. Bars: 1.10, and at least 90 of the 100 interactions stand where they were placed.
"""

import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import median

import pyarrow.parquet as pq
from bars import Bars
from harness import ROOT, scratch
from rootward.knowledge.decisions import COLUMNS

RUNS = 3
SEED = 17


def run(folder: Path, decisions: Path) -> float:
    """CPU seconds of a run in a new folder."""
    folder.mkdir(parents=True)
    given = [f"input={ROOT / 'config' / 'interactions.tsv'}", f"decisions={decisions}"]
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
    before = os.times()
    subprocess.run([*command, "--cores", "2", "--quiet", "all", "--config", *given], check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def placements(results: Path) -> list[dict]:
    """Where the interactions of a finished run stand."""
    return pq.read_table(results / "placements.parquet").to_pylist()


def drawn(results: Path) -> list[list[str]]:
    """200 lines of decisions.tsv about a finished run."""
    rng = random.Random(SEED)
    tree = pq.read_table(results / "reorganized.parquet").to_pylist()
    placed = placements(results)
    names = {row["pathway_id"]: row["name"] for row in tree}
    place = [
        ["place", row["interaction_id"], names[other["pathway_id"]]]
        for row, other in zip(rng.sample(placed, 100), rng.sample(placed, 100), strict=True)
    ]
    below = [row for row in tree if row["parent_id"]]
    apart = [["not_parent", row["name"], names[row["parent_id"]]] for row in rng.sample(below, 50)]
    pairs = rng.sample(sorted(names.values()), 100)
    differ = [["different", one, other] for one, other in zip(pairs[::2], pairs[1::2], strict=True)]
    return [[*line, "benchmark", "nobody", "2026-11-26"] for line in (*place, *apart, *differ)]


def write(path: Path, lines: list[list[str]]) -> None:
    """A decisions file."""
    path.write_text("".join("\t".join(cells) + "\n" for cells in [COLUMNS, *lines]))


def main() -> None:
    """Print the CPU seconds of both; exit code 1 when the bar is missed."""
    with scratch() as folder:
        none, many = folder / "none.tsv", folder / "many.tsv"
        write(none, [])
        run(folder / "first", none)
        lines = drawn(folder / "first" / "results")
        write(many, lines)
        taken: dict[Path, list[float]] = {none: [], many: []}
        for n in range(RUNS):
            for decisions, seconds in taken.items():
                seconds.append(run(folder / f"{decisions.stem}{n}", decisions))
        curated = sum(row["method"] == "curated" for row in placements(folder / "many0" / "results"))
        without, with_them = median(taken[none]), median(taken[many])
    print(f"without {without:.1f} s CPU, with {len(lines)} decisions {with_them:.1f} s CPU")
    bars = Bars()
    bars.least("interactions placed by a decision", curated, bar=90)
    bars.most("with 200 decisions / without", with_them / without, bar=1.10)
    bars.end()


if __name__ == "__main__":
    main()
