"""What a user sees of a run of the example."""

import re

STEP = re.compile(r"^(\w+(?: L?\d+)?) +(?:\d+\.\d s|restored)  (.+)$")


def test_a_run_is_told_in_a_line_per_step(example):
    lines = (example.said.stderr + example.said.stdout).splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120
    steps = [found for line in lines if (found := STEP.match(line))]
    names = [found[1] for found in steps]
    assert len(names) == len(set(names)) == 34
    assert {"read_interactions", "assign_terms 3", "climb L10", "export_sets"} <= set(names)
    made = {found[1]: found[2] for found in steps}
    assert re.fullmatch(r"\d+ pathways, \d+ looked up", made["climb L1"])
    assert made["build_explorer"] == "results/explorer.html"
    assert any(re.match(r"34 steps in \d+:\d\d$", line) for line in lines)
    # All lines are accounted for: nothing of Snakemake's comes between.
    first, last = lines.index(steps[0].string), lines.index(steps[-1].string)
    assert [line for line in lines[first : last + 1] if not STEP.match(line) and not line.startswith("… ")] == []


def test_snakemakes_own_text_is_in_its_log(example):
    logs = sorted((example.folder / ".snakemake" / "log").glob("*.log"))
    text = logs[0].read_text()
    assert "rule climb:" in text and "wildcards: level=10" in text and "Select jobs to execute" in text


def test_snakemakes_own_text_is_shown_on_demand(example):
    said = example.run("--config", "shards=4", "screen=snakemake", "--forcerun", "export_tree").stderr
    assert "rule export_tree:" in said and "output: results/tree.txt, results/tree.json" in said
    assert "steps to do" not in said
