"""Runs of the example that are killed, or that find results of another time."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

SHARDS = ("--config", "shards=4")
PROVEN = "results/reorganized.parquet"  # all tables are made for it; what is published of them is not


def test_a_shuffled_input_killed_twice_and_ended_on_one_core_gives_the_same_bytes(example, workspace):
    path = workspace.folder / "config" / "interactions.tsv"
    header, *rows = path.read_text().splitlines(keepends=True)
    random.Random(5).shuffle(rows)
    path.write_text("".join([header, *rows]))
    for step in ("refined.parquet", "reorganized/1_merged.parquet"):
        process = workspace.start(PROVEN, *SHARDS)
        wait_for(workspace.folder / "results" / step, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    workspace.run(PROVEN, "--cores", "1", *SHARDS)
    assert not list((workspace.folder / "results").rglob("*.tmp"))
    same, other = example.hashes(), workspace.hashes()
    assert same.keys() == other.keys()
    differing = {name for name in same if same[name] != other[name]}
    assert differing <= {"interactions.parquet"}  # it says in which line a row stands
    tables = [
        pq.read_table(w.folder / "results" / "interactions.parquet").drop_columns("source")
        for w in (example, workspace)
    ]
    assert tables[0].equals(tables[1])


@pytest.mark.trial
def test_twenty_kills_leave_the_bytes_of_a_run_without_one(example, workspace):
    """At any moment: while steps compute, while the store keeps or puts back, while Snakemake starts or ends."""
    rng, killed = random.Random(20), 0
    while killed < 20:
        if rng.random() < 0.3:  # so that steps are put back as well
            shutil.rmtree(workspace.folder / "results", ignore_errors=True)
        process = workspace.start(*SHARDS)
        time.sleep(rng.uniform(0.5, 8))
        if process.poll() is None:
            killed += 1
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    workspace.run(*SHARDS)
    assert not [path for path in workspace.folder.rglob("*.tmp") if "cache" not in path.parts]
    for pattern in ("*.parquet", "*.tsv", "*.json", "*.txt", "*.html", "*.obo", "*.nwk", "*.gmt", "*.graphml"):
        same, other = (told(one.hashes(pattern)) for one in (example, workspace))
        assert same and same == other, pattern
    assert not workspace.planned(*SHARDS)


def told(hashes: dict[str, str]) -> dict[str, str]:
    """The results that say nothing about when or how fast they were made."""
    timed = ("benchmarks/", "ledger/", "made/", "logs/", "ro-crate")
    return {name: found for name, found in hashes.items() if not name.startswith(timed)}


def wait_for(path: Path, process) -> None:
    """Until a file is there."""
    deadline = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)


def test_rows_of_another_time_are_not_taken_for_those_of_now(example, tmp_path):
    """When .snakemake is lost, only a file's time says what is old."""
    folder = tmp_path / "copy"
    shutil.copytree(example.folder, folder)
    workspace = type(example)(folder)
    shutil.rmtree(folder / ".snakemake")
    row = "EX9999\tTP53\tMDM2\tunknown\tbinding\tTP53 binds MDM2 in the nucleus.\t1\n"
    with workspace.edit("config/interactions.tsv", row):
        workspace.run(PROVEN, *SHARDS)
        assert "EX9999" in pq.read_table(folder / "results" / "placements.parquet")["interaction_id"].to_pylist()
