"""What a changed input or setting asks anew.

    python benchmarks/incremental.py [ROWS]

5,000 synthetic interactions over real proteins are run against the fake Gemini, then 50 more are added, then settings
are changed that are no part of a question. Bars: the added rows make at most 3 % of the first run's requests; the
settings none.
"""

import os
import subprocess
import sys
from pathlib import Path

from bars import Bars
from harness import KEY, ROOT, FakeGemini, scratch
from scale import write_rows


def run(folder: Path, environment: dict, *config: str) -> None:
    """A whole run in a folder."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--cores", "2", "--quiet", "all", "--config", "input=rows.tsv", "curator=gemini", "shards=4", *config]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def main(rows: int = 5000) -> None:
    """Print the requests of each run; exit code 1 when a bar is missed."""
    bars = Bars()
    with FakeGemini() as fake, scratch() as folder:
        environment = os.environ | fake.environment(KEY)
        unlimited = "models={flash: {rpm: null, tpm: null}}"
        write_rows(folder / "rows.tsv", rows + rows // 100)
        lines = (folder / "rows.tsv").read_text().splitlines(keepends=True)
        (folder / "rows.tsv").write_text("".join(lines[: rows + 1]))
        asked = [0]

        def step(label: str, most: float | None, *config: str) -> None:
            run(folder, environment, *config)
            asked.append(fake.stats()["requests"])
            requests = asked[-1] - asked[-2]
            if most is None:
                print(f"  {label:40s} {requests:9,d} requests")
            else:
                bars.most(
                    f"{label}: % of its requests", 100 * requests / asked[1], bar=most, note=f"{requests} requests"
                )

        step(f"{rows:,} rows", None, unlimited)
        (folder / "rows.tsv").write_text("".join(lines))
        step(f"{rows // 100:,} rows more", 3.0, unlimited)
        step("other concurrency", 0.0, "models={flash: {rpm: null, tpm: null, concurrency: 7}}")
        step("other batch sizes", 0.0, unlimited, "questions={assign_term: {batch: 9}, merge: {batch: 5}}")
        step("fewer exports", 0.0, unlimited, "exports={formats: [gmt]}")
        bars.most("items answered twice by the server", fake.stats()["duplicates"], bar=0)
    bars.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
