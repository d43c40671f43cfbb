"""Another workflow uses Rootward as a module: twice, each time with a configuration and a prefix of its own."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from builders import REPOSITORY
from conftest import SNAKEMAKE, passed_on

SNAKEFILE = """
configfile: "config.yaml"

module one:
    snakefile: "{snakefile}"
    config: config["one"]
    prefix: "first"

use rule * from one as one_*

module other:
    snakefile: "{snakefile}"
    config: config["other"]
    prefix: "second/deeper"

use rule * from other as other_*

rule compare:
    default_target: True
    input:
        "first/results/placements.parquet",
        "second/deeper/results/placements.parquet",
        "first/results/tree.txt",
    output:
        "compared.txt",
    shell:
        "wc -c {{input}} > {{output}}"
"""
CONFIG = """
one: {input: data/rows.tsv, shards: 2, climb: {max_levels: 2}}
other: {input: [data/other.tsv], roots: data/roots.tsv, climb: {max_levels: 3}}
"""


@pytest.fixture(scope="module")
def parent(tmp_path_factory, prepared) -> Path:
    """The other workflow, run once."""
    folder = tmp_path_factory.mktemp("parent")
    prepared.references_into(folder / "cache")
    lines = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "data").mkdir()
    (folder / "data" / "rows.tsv").write_text("".join(lines[:20]), encoding="utf-8")
    (folder / "data" / "other.tsv").write_text("".join([lines[0], *lines[40:50]]), encoding="utf-8")
    (folder / "data" / "roots.tsv").write_text((REPOSITORY / "config" / "roots.ten.tsv").read_text(encoding="utf-8"))
    text = SNAKEFILE.format(snakefile=REPOSITORY / "Snakefile")
    (folder / "Snakefile").write_text(text, encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    snakemake(folder)
    return folder


def snakemake(folder: Path, *arguments: str) -> str:
    done = SNAKEMAKE.run(["--cores", "2", *arguments], cwd=folder, env=passed_on())
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def test_a_workflow_uses_rootward_twice(parent):
    assert (parent / "compared.txt").exists()
    for prefix, at_least in (("first", 15), ("second/deeper", 8)):
        results = parent / prefix / "results"
        placed, rows = (pq.read_table(results / f"{name}.parquet").num_rows for name in ("placements", "interactions"))
        assert placed == rows >= at_least
    assert {path.name for path in parent.iterdir() if path.name != ".snakemake"} == {
        *("Snakefile", "config.yaml", "data", "compared.txt", "first", "second", "cache")
    }
    assert not (parent / "second" / "deeper" / "results" / "tree.txt").exists()


def test_each_use_has_its_own_configuration(parent):
    assert (parent / "first" / "results" / "assigned" / "1.parquet").exists()
    assert not (parent / "second" / "deeper" / "results" / "assigned" / "1.parquet").exists()
    assert not (parent / "first" / "results" / "parents_L3.parquet").exists()
    assert (parent / "second" / "deeper" / "results" / "parents_L3.parquet").exists()


def test_a_second_run_has_nothing_to_do(parent):
    triggers = ["--rerun-triggers", "mtime", "params", "input", "software-env"]
    assert "Nothing to be done" in snakemake(parent, *triggers)


def test_the_results_are_those_of_rootward_alone(parent, tmp_path):
    """By what every step depends on: alone, Rootward finds all steps in the store that the module kept them in."""
    target = "results/placements.parquet"
    where = ["-s", str(REPOSITORY / "Snakefile"), "--directory", str(tmp_path), target]
    config = [
        f"input={parent}/data/rows.tsv",
        "shards=2",
        "climb={max_levels: 2}",
        f"cache={{steps: {parent}/cache/steps}}",
    ]
    snakemake(tmp_path, *where, "--config", *config)
    alone, used = (
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / target, parent / "first" / target)
    )
    assert alone == used
    notes = [json.loads(path.read_text()) for path in (tmp_path / "results" / "made").glob("*.json")]
    assert len(notes) > 12 and [note for note in notes if not note["is_restored"]] == []


def test_a_module_that_is_no_clone_is_refused_in_a_line(tmp_path):
    """As Snakemake fetches it from GitHub: the files that rules name, without the package."""
    (tmp_path / "rules").mkdir()
    for name in ("Snakefile", "rules/settings.smk"):
        (tmp_path / name).write_text((REPOSITORY / name).read_text(encoding="utf-8"), encoding="utf-8")
    done = SNAKEMAKE.run(["-n"], cwd=tmp_path, env=passed_on())
    assert done.returncode != 0
    assert "Rootward runs from a clone" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.trial
def test_a_project_of_snakedeploy_runs_with_its_own_configuration_once_it_names_the_clone(tmp_path):
    """What config/README.md says: one line is to mend. Installs snakedeploy, so it needs a network."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    tools = tmp_path / "venv" / "bin"
    subprocess.run([tools / "pip", "install", "-q", "snakedeploy==0.17.1"], check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", REPOSITORY, tmp_path / "rootward"], check=True)
    deploy = [tools / "snakedeploy", "deploy-workflow", tmp_path / "rootward", tmp_path / "project", "--tag", "main"]
    subprocess.run(deploy, check=True, env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"})
    project = tmp_path / "project"
    (project / "config" / "config.yaml").write_text("shards: 3\n", encoding="utf-8")
    text = (project / "workflow" / "Snakefile").read_text(encoding="utf-8")
    assert text.count('"Snakefile"') == 1, text
    text = text.replace('"Snakefile"', f'"{tmp_path}/rootward/Snakefile"')
    (project / "workflow" / "Snakefile").write_text(text, encoding="utf-8")
    listed = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n"], cwd=project, check=True, capture_output=True, text=True
    )
    jobs = dict(line.split() for line in listed.stdout.splitlines() if len(line.split()) == 2)
    assert jobs["assign_terms"] == "3" and {"read_interactions", "verify_tree", "summarize_run"} <= set(jobs)
