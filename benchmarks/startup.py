"""What it costs to start the jobs of the example, and what importing only what a step uses saves.

    python benchmarks/startup.py

The example is run offline from nothing, as it stands and with pandas and pyarrow imported at the start of every job, as
a script that imports its tools at its top would. A level of the climb that has nothing to ask is a job that does
nothing but start. Bar: the whole example takes at most 25 s on two cores.
"""

import csv
import os
import subprocess
import sys
from pathlib import Path

from bars import Bars
from harness import ROOT, Clock, scratch

EAGER = "import sys\nif sys.orig_argv[-1].endswith('.py'):\n    import pandas, pyarrow.parquet\n"


def run(folder: Path, eager: bool) -> tuple[float, float, int, float]:
    """Seconds, CPU seconds, jobs, and the mean seconds of a job that has nothing to do."""
    (folder / "sitecustomize.py").write_text(EAGER if eager else "")
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder / "run")]
    command += ["--cores", "2", "--quiet", "all", "--config", f"input={ROOT / 'config' / 'interactions.tsv'}"]
    before = os.times()
    with Clock() as clock:
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(folder)}, check=True, capture_output=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    files = list((folder / "run" / "results" / "benchmarks").glob("*.tsv"))
    idle = []
    for path in files:
        log = path.parents[1] / "logs" / f"{path.stem}.log"
        if path.stem.startswith("climb_L") and "asked nothing" in log.read_text():
            idle.append(float(next(csv.DictReader(path.open(), delimiter="\t"))["s"]))
    return clock.wall, cpu, len(files), sum(idle) / len(idle)


def main() -> None:
    """Print both runs, the better of two each, and the difference per job; exit code 1 when the bar is missed."""
    taken = {}
    for eager in (True, False, True, False):
        with scratch() as folder:
            (folder / "run").mkdir()
            figures = run(folder, eager)
        taken[eager] = min(taken.get(eager, figures), figures)
    for eager, label in ((True, "pandas and pyarrow in every job"), (False, "as it stands")):
        wall, cpu, jobs, idle = taken[eager]
        print(f"{label:32s} {wall:5.1f} s, {cpu:5.1f} s CPU, {jobs} jobs; a job that does nothing {idle:.2f} s")
    (wall, cpu, jobs, _), (_, more, *_) = taken[False], taken[True]
    print(f"saved per job {(more - cpu) / jobs:.2f} s CPU")
    bars = Bars()
    bars.most("the whole example", wall, bar=25.0, unit="s")
    bars.end()


if __name__ == "__main__":
    main()
