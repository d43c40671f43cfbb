"""Whole runs of the workflow, each in a folder of its own."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from loaded import LoadedSnakemake
from prepared import Prepared

SNAKEMAKE = LoadedSnakemake()
ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "rules", "scripts", "config", "profiles", "resources", "envs", "report")
NOT_PASSED_ON = frozenset(["GEMINI_API_KEY", "GOOGLE_API_KEY"])


def passed_on() -> dict[str, str]:
    """The environment that runs get."""
    return {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}


class Workspace:
    """A copy of the workflow in which Snakemake can be run."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.said: subprocess.CompletedProcess | None = None  # what the first run of a shared one said

    @classmethod
    def copied_to(cls, folder: Path) -> "Workspace":
        """A fresh copy of everything the workflow consists of, compiled modules included."""
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, folder / part)
            elif source.exists():
                shutil.copy2(source, folder / part)
        return cls(folder)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]

    def run(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
        """Run Snakemake; with `check`, a failure shows what it said."""
        done = SNAKEMAKE.run(["--cores", "2", *arguments], cwd=self.folder, env=passed_on() | environment)
        assert not check or done.returncode == 0, done.stderr[-4000:]
        return done

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start Snakemake in a session of its own."""
        return subprocess.Popen(
            self.command(*arguments, "--quiet", "all"),
            cwd=self.folder,
            env=passed_on(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def planned(self, *arguments: str) -> dict[str, int]:
        """What a dry-run would do: rule -> number of jobs; empty when there is nothing to be done."""
        said = self.run("--dry-run", *arguments)
        text = said.stdout + said.stderr
        if "Nothing to be done" in text:
            return {}
        table = re.search(r"^Job stats:\n.*?\n-+.*?\n(.*?)^total", text, re.S | re.M)
        return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", table[1], re.M) if rule != "all"}

    def hashes(self, pattern: str = "*.parquet") -> dict[str, str]:
        """Content hash of every result of that name pattern."""
        results = self.folder / "results"
        return {
            path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(results.rglob(pattern))
            if path.is_file()
        }

    def edit(self, path: str, content: str) -> "Edited":
        """Append to a file for the time of a block."""
        return Edited(self.folder / path, content)


class Edited:
    """A file with something appended, put back (content and time) when the block ends."""

    def __init__(self, path: Path, content: str):
        self._path, self._content = path, content

    def __enter__(self) -> None:
        self._before, self._stat = self._path.read_bytes(), self._path.stat()
        self._path.write_bytes(self._before + self._content.encode())

    def __exit__(self, *_: object) -> None:
        self._path.write_bytes(self._before)
        os.utime(self._path, ns=(self._stat.st_atime_ns, self._stat.st_mtime_ns))


@pytest.fixture(scope="session", autouse=True)
def _snakemake_ends() -> Iterator[None]:
    yield
    SNAKEMAKE.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Prepared:
    """What is made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    return Prepared((base.parent if hasattr(request.config, "workerinput") else base) / "prepared")


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Workspace:
    """The workflow, run once on its example. Tests leave it as they found it."""

    def run(folder: Path) -> subprocess.CompletedProcess:
        prepared.references_into(folder / "cache")
        return Workspace.copied_to(folder).run("--config", "shards=4")

    workspace = Workspace(tmp_path_factory.mktemp("example") / "run")
    workspace.said = prepared.copied("example", workspace.folder, make=run)
    return workspace


@pytest.fixture
def workspace(tmp_path: Path, prepared: Prepared) -> Workspace:
    """The workflow, never run."""
    prepared.references_into(tmp_path / "cache")
    return Workspace.copied_to(tmp_path)
