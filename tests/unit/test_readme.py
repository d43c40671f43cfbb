"""The README is true to the code."""

import re
import subprocess
import sys
from pathlib import Path

from rootward.workflow.config_check import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PUBLISHING = re.compile(r"export_\w+|build_explorer|draw_figures|evaluate_tree|summarize_run|describe_run")


def test_the_rule_graph_is_the_workflows():
    drawn = subprocess.run(
        [sys.executable, "-m", "snakemake", "--rulegraph", "mermaid-js"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rules = dict(re.findall(r"^\s*(id\d+)\[(\w+)\]", drawn, re.M))
    edges = {(rules[a], rules[b]) for a, b in re.findall(r"^\s*(id\d+) --> (id\d+)", drawn, re.M)}
    shown = {(a, b) for a, b in edges if b != "all" and (a == "verify_tree" or not PUBLISHING.fullmatch(b))}
    block = re.search(r"```mermaid\nflowchart TB\n(.*?)```", README, re.S)[1]
    assert set(re.findall(r"(\w+) --> (\w+)", block)) == shown


def test_every_file_it_speaks_of_exists():
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    named = re.findall(r"`((?:config|benchmarks|resources|profiles)/[\w./-]+)`", README)
    assert linked and named
    missing = [path for path in {*linked, *named} if not (ROOT / path).exists()]
    assert not missing


def test_its_example_configuration_is_valid():
    import yaml

    block = re.search(r"```yaml\n(.*?)```", README, re.S)[1]
    loaded = load(yaml.safe_load(block))
    assert loaded["mode"] == "batch"


def test_every_rule_it_tells_to_run_exists():
    commands = re.findall(r"snakemake (plan|probe|cache_stats|forget|explain|compare)\b", README)
    rules = set(re.findall(r"^rule (\w+):", (ROOT / "rules" / "commands.smk").read_text(), re.M))
    assert set(commands) <= rules and commands
