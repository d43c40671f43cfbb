import subprocess
import sys

import pytest
from builders import SCRIPTS

RELEASE = """
import sys
from pathlib import Path
from rootward.workflow.locks import release_stale_locks
release_stale_locks(Path(sys.argv[1]))
print("done", flush=True)
sys.stdin.read()
"""


class Run:
    """A process that releases stale locks, as parsing the workflow does, and lives until told to end."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-c", RELEASE, folder],
            env={"PYTHONPATH": str(SCRIPTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "done\n"

    def end(self):
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    return tmp_path / ".snakemake"


def lock(folder) -> None:
    for name in ("0.input.lock", "0.output.lock"):
        (folder / "locks" / name).write_text("results/x\n")


def locks(folder) -> list[str]:
    return sorted(path.name for path in (folder / "locks").iterdir())


def test_a_lock_nobody_living_holds_is_removed(folder):
    lock(folder)
    Run(folder).end()
    assert locks(folder) == []


def test_the_locks_of_a_killed_run_are_removed_by_the_next(folder):
    killed = Run(folder)
    lock(folder)
    killed.kill()
    Run(folder).end()
    assert locks(folder) == []


def test_while_another_run_lives_nothing_is_removed(folder):
    living = Run(folder)
    lock(folder)
    Run(folder).end()
    assert locks(folder) == ["0.input.lock", "0.output.lock"]
    living.end()


def test_a_second_run_counts_as_living_when_the_first_has_ended(folder):
    first = Run(folder)
    second = Run(folder)
    first.end()
    lock(folder)
    Run(folder).end()
    assert locks(folder) == ["0.input.lock", "0.output.lock"]
    second.kill()
    Run(folder).end()
    assert locks(folder) == []


def test_a_folder_without_locks_or_none_at_all_is_no_problem(folder, tmp_path):
    (folder / "locks").rmdir()
    Run(folder).end()
    Run(tmp_path / "nowhere").end()
    assert not (tmp_path / "nowhere").exists()
