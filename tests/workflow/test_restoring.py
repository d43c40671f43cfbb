"""What was computed once is put back: after A, B and A again, from other files with the same rows, after damage."""

import gzip
import json
import os
import random
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import Workspace
from prepared import Prepared

QUICK = ("shards=2", "climb={max_levels: 3}", "exports={formats: [gmt]}")
TARGETS = ("results/reorganized.parquet", "results/exports/pathways.gmt", "results/tree.txt")
SHOWS_ROWS = {"read_interactions"}  # and no other of these targets: who shows in which line a row stands is made anew


class Kept(Workspace):
    """A copy of the workflow with 40 rows, whose runs are quick."""

    def go(self, *config: str, check: bool = True, flags: tuple[str, ...] = ()) -> set[str]:
        """Run; the steps that computed something in this run."""
        before = {path: path.stat().st_mtime_ns for path in self.notes()}
        self.run(*TARGETS, *flags, "--config", *QUICK, *config, check=check)
        ran = [path for path in self.notes() if before.get(path) != path.stat().st_mtime_ns]
        return {path.stem for path in ran if not json.loads(path.read_text())["is_restored"]}

    def foreseen(self) -> tuple[list[str], int]:
        """The steps that a dry-run says will be put back, and how many steps it names."""
        said = self.run("--dry-run", *TARGETS, "--config", *QUICK).stdout
        steps = re.findall(r"^(\w+(?: L?\d+)?) {2,}(restored: )?\w", said.split("Job stats")[0], re.M)
        return [name for name, restored in steps if restored], len(steps)

    def notes(self) -> list[Path]:
        return sorted((self.folder / "results" / "made").glob("*.json"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Kept:
    """Run once. The tests leave it as they found it, but for what the store holds more."""
    workspace = Kept.copied_to(tmp_path_factory.mktemp("kept"))
    prepared.references_into(workspace.folder / "cache")
    path = workspace.folder / "config" / "interactions.tsv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:41]))
    assert "merge_duplicates" in workspace.go()
    return workspace


def test_a_setting_changed_and_changed_back_restores_everything(kept):
    before = kept.hashes("*")
    assert kept.go("deepen={max_depth: 1}") >= {"deepen_branches"}
    restored, count = kept.foreseen()
    assert len(restored) == count > 3 and "deepen_branches" in restored
    assert kept.go() == set()
    after = kept.hashes("*")
    made = {name for name in before if name.endswith((".parquet", ".gmt", ".txt")) or name.startswith("ledger/")}
    assert {name for name in made if before[name] != after[name]} == set()


def test_the_same_rows_from_elsewhere_shuffled_and_gzipped_compute_nothing_but_the_reading(kept):
    header, *rows = (kept.folder / "config" / "interactions.tsv").read_text().splitlines(keepends=True)
    random.Random(1).shuffle(rows)
    (kept.folder / "other.tsv.gz").write_bytes(gzip.compress("".join([header, *rows]).encode()))
    assert kept.go("input=other.tsv.gz") == SHOWS_ROWS
    assert kept.go() == set()


@pytest.mark.trial
def test_a_row_that_leads_to_no_new_pathway_leaves_the_climb_alone_and_an_older_file_is_noticed(kept):
    """The file that is put back is older than the results, so that Snakemake alone would take them for those of now."""
    row = "EX9999\tTP53\tMDM2\tunknown\tbinding\tTP53 binds MDM2 in the nucleus.\t1\n"
    before = kept.hashes("*.parquet")
    with kept.edit("config/interactions.tsv", row):
        computed = kept.go()
    assert {"assign_terms_0", "assign_terms_1", "collect_leaves"} <= computed
    assert not {"climb_L1", "climb_L2", "join_levels"} & computed
    assert kept.hashes("*.parquet") != before
    assert kept.go() == set()
    assert kept.hashes("*.parquet") == before


def test_what_was_damaged_is_made_right_and_said(kept):
    before = kept.hashes("*.parquet")
    results = kept.folder / "results"
    placements = pq.read_table(results / "placements.parquet")
    pq.write_table(placements.slice(5), results / "placements.parquet")
    text = results / "tree.txt"
    stat = text.stat()
    text.write_text("x" * stat.st_size)
    os.utime(text, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    said = kept.run("--dry-run", *TARGETS, "--config", *QUICK)
    for name in ("placements.parquet", "tree.txt"):
        assert f"results/{name}: was changed after it was made; it is made again" in said.stderr
    assert kept.go() == set()
    assert kept.hashes("*.parquet") == before
    assert not text.read_text().startswith("xx")


def test_a_lost_snakemake_folder_and_lost_results_cost_no_work(kept):
    before = kept.hashes("*.parquet")
    shutil.rmtree(kept.folder / ".snakemake")
    shutil.rmtree(kept.folder / "results")
    assert kept.go() == set()
    assert kept.hashes("*.parquet") == before


def test_what_is_forced_is_computed(kept):
    assert kept.go(flags=("--forcerun", "collect_leaves")) == {"collect_leaves"}


@pytest.mark.trial
def test_a_damaged_store_is_no_harm(kept):
    for path in (kept.folder / "cache" / "steps" / "objects").iterdir():
        path.write_bytes(b"")
    before = kept.hashes("*.parquet")
    shutil.rmtree(kept.folder / "results")
    assert "merge_duplicates" in kept.go()
    assert kept.hashes("*.parquet") == before
