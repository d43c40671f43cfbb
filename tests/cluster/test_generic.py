"""The profile for any scheduler, with a shell script for a scheduler."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import REPOSITORY

SCHEDULER = REPOSITORY / "tests" / "cluster" / "scheduler"
PROFILE = REPOSITORY / "profiles" / "cluster-generic"
TARGET = "results/placements.parquet"

pytestmark = pytest.mark.cluster


def run(folder: Path, *arguments: str) -> str:
    """Run the first rows of the example; the hash of the placements."""
    folder.mkdir()
    lines = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "rows.tsv").write_text("".join(lines[:20]), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "-s", str(REPOSITORY / "Snakefile"), "--directory", str(folder)]
    command += [TARGET, *arguments, "--config", "input=rows.tsv", "climb={max_levels: 3}"]
    environment = os.environ | {"SCHEDULER": str(folder.parent / "jobs")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return hashlib.sha256((folder / TARGET).read_bytes()).hexdigest()


def test_a_shell_script_as_scheduler(tmp_path):
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    there = run(
        tmp_path / "there",
        *("--workflow-profile", str(PROFILE), "--seconds-between-status-checks", "1"),
        *("--cluster-generic-submit-cmd", f"{SCHEDULER} submit"),
        *("--cluster-generic-status-cmd", f"{SCHEDULER} status"),
        *("--cluster-generic-cancel-cmd", f"{SCHEDULER} cancel"),
    )
    # read, assign, and the groups leaves, climb and reorganize
    assert len(list(jobs.glob("*.script"))) == 5
    assert {path.read_text().strip() for path in jobs.glob("*.end")} == {"0"}
    assert there == run(tmp_path / "here", "--cores", "2")


def test_a_job_that_fails_is_tried_again_and_said(tmp_path):
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    with pytest.raises(AssertionError, match="read_interactions"):
        run(
            tmp_path / "there",
            *("--workflow-profile", str(PROFILE), "--seconds-between-status-checks", "1", "--retries", "1"),
            *("--cluster-generic-submit-cmd", "sh -c 'echo no such queue >&2; exit 1'"),
        )
