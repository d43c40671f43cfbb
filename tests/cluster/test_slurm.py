"""Runs through a real SLURM, with the shipped profile, against the fake Gemini: `make test-cluster`.

Each is compared byte for byte with a run of the same rows on this machine.
"""

import hashlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from builders import REPOSITORY
from fake_gemini import FakeGemini
from local_slurm import LocalSlurm

PROFILE = REPOSITORY / "profiles" / "slurm"
ON_NODES = "# config: [asks_on=nodes]"
# What a site of one node without accounts adds; and looks at jobs sooner than a real cluster would like.
SITE = ["--slurm-no-account", "--slurm-init-seconds-before-status-checks", "3"]
ASKING = {
    *("assign_terms", "refine_terms", "climb", "join_levels", "discover_siblings"),
    *("merge_duplicates", "enforce_tree", "deepen_branches", "place_interactions"),
}
# Results that do not say how long something took or from where it was run.
COMPARED = ("*.parquet", "exports/*", "tree.txt", "tree.json", "verification.json")

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(LocalSlurm.missing() is not None, reason=LocalSlurm.missing() or ""),
]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    with LocalSlurm(tmp_path_factory.mktemp("slurm")) as running:
        yield running


class Run:
    """A folder with the example's rows in which the workflow asks a fake."""

    def __init__(self, folder: Path, fake: FakeGemini, slurm: LocalSlurm | None = None, shards: int = 1):
        self.folder, self.fake, self.slurm, self.shards = folder, fake, slurm, shards
        (folder / "config").mkdir(parents=True)
        shutil.copy(REPOSITORY / "config" / "interactions.tsv", folder / "config")
        settings = {
            "curator": "gemini",
            "shards": shards,
            "models": {"flash": {"rpm": None, "tpm": None}},
            "questions": {"assign_term": {"batch": 2}},
        }
        (folder / "config" / "config.yaml").write_text(yaml.safe_dump(settings))

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start Snakemake: on SLURM when there is one."""
        where = [*SITE, *arguments] if self.slurm else ["--cores", "2", *arguments]
        command = [sys.executable, "-m", "snakemake", "-s", str(REPOSITORY / "Snakefile")]
        environment = self.fake.environment() | (self.slurm.environment if self.slurm else {})
        self.said = self.folder / "said.txt"
        with self.said.open("w") as said:
            return subprocess.Popen(
                [*command, "--directory", str(self.folder), *where], env=environment, stdout=said, stderr=said
            )

    def go(self, *arguments: str) -> None:
        """Run to a good end."""
        assert self.start(*arguments).wait(900) == 0, self.said.read_text()[-3000:]

    def results(self) -> dict[str, str]:
        """Content hash of each compared result."""
        results = self.folder / "results"
        files = [path for pattern in COMPARED for path in results.rglob(pattern)]
        return {p.relative_to(results).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    def submissions(self) -> list[str]:
        """What was handed to SLURM, by the folders of its logs: rule_<name> and group_<name>_…"""
        return sorted(re.findall(r"submitted with SLURM jobid \d+ \(log: \S+/results/logs/slurm/(\S+?)/", self.log()))

    def log(self) -> str:
        """What Snakemake wrote itself; the screen says less."""
        return "".join(path.read_text() for path in sorted((self.folder / ".snakemake" / "log").glob("*.log")))

    def journal(self) -> str:
        """The journal mode the answer cache was left in."""
        with sqlite3.connect(self.folder / "cache" / "answers.sqlite") as cache:
            return cache.execute("PRAGMA journal_mode").fetchone()[0]


def profile_on_nodes(folder: Path) -> Path:
    """The shipped profile with the mark taken off its one line."""
    text = (PROFILE / "profile.v9+.yaml").read_text(encoding="utf-8")
    assert text.count(ON_NODES) == 1
    folder.mkdir()
    (folder / "profile.v9+.yaml").write_text(text.replace(ON_NODES, ON_NODES.removeprefix("# ")), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The example on this machine, in one shard and in eight: what SLURM has to come to."""
    runs = {}
    with FakeGemini() as fake:
        for shards in (1, 8):
            runs[shards] = Run(tmp_path_factory.mktemp(f"here{shards}") / "run", fake, shards=shards)
            runs[shards].go("--quiet", "all")
    return {shards: run.results() for shards, run in runs.items()}


def test_the_shipped_profile_asks_on_the_submit_host_and_comes_to_the_same_bytes(slurm, here, tmp_path):
    with FakeGemini(latency=0.05) as fake:
        run = Run(tmp_path / "run", fake, slurm)
        run.go("--workflow-profile", str(PROFILE))
        assert run.results() == here[1]
        assert fake.stats()["duplicates"] == 0
    submitted = run.submissions()
    assert len(submitted) == 4, submitted
    assert [name.split("_")[1] for name in submitted] == ["leaves", "publish", "reorganize", "read"], submitted
    assert set(re.findall(r"^localrule (\w+):", run.log(), re.M)) == ASKING | {"all"}
    assert run.journal() == "wal"


def test_eight_shards_on_the_nodes_keep_to_one_rate_and_a_cancelled_job_asks_nothing_twice(slurm, here, tmp_path):
    """Jobs are cancelled at random moments, as an impatient colleague or a full queue would."""
    moments, cancelled = random.Random(6), []
    with FakeGemini(latency=0.6) as fake:
        run = Run(tmp_path / "run", fake, slurm, shards=8)
        profile = profile_on_nodes(tmp_path / "profile")
        few = ["--set-resources", "assign_terms:llm_slots=1", "--retries", "5"]
        process = run.start("--workflow-profile", str(profile), *few)
        peak_of_shards, peak = 0, 0
        while process.poll() is None:
            time.sleep(0.5)
            state = fake.stats()
            peak = max(peak, state["peak_in_flight"])
            if "refine_term" not in state["questions"]:
                peak_of_shards = peak
            if state["in_flight"] and len(cancelled) < 3 and moments.random() < 0.08:
                running = slurm.run("squeue", "-h", "-t", "R", "-o", "%i").split()
                if running:
                    cancelled.append(moments.choice(running))
                    slurm.run("scancel", cancelled[-1])
        assert process.returncode == 0, run.said.read_text()[-3000:]
        stats = fake.stats()
        assert run.results() == here[8]
    assert cancelled
    assert stats["duplicates"] == 0
    assert stats["abandoned"] == 0
    assert 5 <= peak_of_shards <= 8  # one slot each
    assert peak <= 15  # the profile's limit, over all jobs
    submitted = run.submissions()
    assert len(submitted) - len(cancelled) <= 5 + 8, submitted
    assert run.journal() == "delete"
    # What SLURM caught of the job that was cancelled, and what each step said itself.
    text = run.log()
    for number in cancelled:
        log = re.search(rf"submitted with SLURM jobid {number} \(log: (\S+)\)", text)[1]
        assert Path(log).is_file()
        assert text.count(log) >= 2, f"{log} is not named where the job failed"
    assert len(list((run.folder / "results" / "logs").glob("*.log"))) >= 8 + 20
