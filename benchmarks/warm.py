"""A run whose answers are all in the cache: requests, time against the offline run, and look-ups in a large cache.

    python benchmarks/warm.py [ROWS]        (default: the example; else as many rows as scale.py writes)

Bars: 0 requests; at most 1.3 x the time of the offline run (both from nothing but the cache); 100,000 cached answers
looked up in 10 s.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bars import Bars
from harness import KEY, ROOT, Clock, FakeGemini, parent_questions, scratch
from rootward.asking.cache import AnswerCache, Call
from scale import write_rows


def run(folder: Path, environment: dict, rows: Path, *config: str) -> float:
    """Seconds of a whole run on a table of interactions in a folder."""
    shutil.rmtree(folder / "results", ignore_errors=True)
    shutil.rmtree(folder / ".snakemake", ignore_errors=True)
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--cores", "2", "--quiet", "all", "--config", f"input={rows}", "cache={steps: null}", *config]
    start = time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.monotonic() - start


def main() -> None:
    """Print the three figures and their bars; exit code 1 when one is missed."""
    with FakeGemini() as fake, scratch() as folder:
        environment = os.environ | fake.environment(KEY)
        rows, gemini = ROOT / "config" / "interactions.tsv", ["curator=gemini", "models={flash: {rpm: null}}"]
        if len(sys.argv) > 1:
            rows, count = folder / "rows.tsv", int(sys.argv[1])
            write_rows(rows, count)
            gemini += ["questions={assign_term: {batch: 20}, place: {batch: 20}}"]
        # Without the step store, which would put everything back: what is measured is the answer cache.
        run(folder, environment, rows, *gemini)
        before = fake.stats()["requests"]
        warm = min(run(folder, environment, rows, *gemini) for _ in range(2))
        asked = fake.stats()["requests"] - before
        offline = min(run(folder, environment, rows) for _ in range(2))
    bars = Bars()
    bars.most("requests from the cache", asked, bar=0, note=f"the first run: {before}")
    bars.most("time / offline", warm / offline, bar=1.3, note=f"{warm:.1f} s, offline {offline:.1f} s")
    with scratch() as folder:
        cache = AnswerCache(folder / "answers.sqlite", "wal")
        keys = [f"{n:032x}" for n in range(100_000)]
        value = {"parent": "Autophagy", "reasoning": parent_questions(1)[0].item_id}
        call = Call("parent", "model", model_version=None, prompt="", reply="")
        cache.store(call, dict.fromkeys(keys, ("name", value)))
        with Clock() as clock:
            found = cache.get_many(keys)
        assert len(found) == len(keys)
    bars.most("100,000 answers looked up", clock.wall, bar=10.0, unit="s")
    bars.end()


if __name__ == "__main__":
    main()
