"""What a user sees of a run of the example."""

import re

STEP = re.compile(r"^(\w+(?: L?\d+)?) +(?:\d+\.\d s|restored)  (.+)$")
SHARDS = ("--config", "shards=4")


def test_a_run_is_told_in_a_line_per_step(example):
    lines = (example.said.stderr + example.said.stdout).splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120
    steps = [found for line in lines if (found := STEP.match(line))]
    names = [found[1] for found in steps]
    assert len(names) == len(set(names)) == 35
    assert {"read_interactions", "assign_terms 3", "climb L10", "export_sets"} <= set(names)
    made = {found[1]: found[2] for found in steps}
    assert re.fullmatch(r"\d+ pathways, \d+ looked up", made["climb L1"])
    assert made["build_explorer"] == "results/explorer.html"
    assert any(re.match(r"35 steps in \d+:\d\d$", line) for line in lines)
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


def test_a_dry_run_says_in_words_why_each_job_runs(example):
    with example.edit("scripts/rootward/tree/strict.py", "CHANGED = 1\n"):
        said = example.run("--dry-run", *SHARDS, "climb={votes: 3}").stdout
    why = dict(re.findall(r"^(\w+(?: L\d+)?)  +(.+)$", said.split("Job stats:")[0], re.M))
    assert why["climb L1"] == "setting climb.votes changed"
    assert why["climb L3"] == "setting climb.votes changed; new input from climb L1 to L2"
    assert why["enforce_tree"] == "code of enforce_tree changed; new input from merge_duplicates"
    assert why["export_tree"] == "new input from verify_tree"
    assert list(why)[:3] == ["climb L1", "climb L2", "climb L3"]
    assert all(len(line) <= 120 for line in said.splitlines())


def test_a_dry_run_names_the_changed_input(example):
    row = "EX9999\tTP53\tMDM2\tunknown\tbinding\tTP53 binds MDM2.\t1\n"
    with example.edit("config/interactions.tsv", row):
        said = example.run("--dry-run", *SHARDS).stdout
    assert re.search(r"^read_interactions +input config/interactions.tsv changed$", said, re.M)


def test_a_dry_run_names_the_damaged_result(example):
    with example.edit("results/tree.txt", "x"):
        said = example.run("--dry-run", *SHARDS).stdout
    assert re.search(r"^export_tree +restored: results/tree.txt was changed after it was made$", said, re.M)


def test_an_error_is_said_once_and_in_one_line(example):
    said = example.run("explain", "--config", "name=Aggrephag", check=False).stderr
    assert len(re.findall(r"^explain: .*Aggrephag", said, re.M)) == 1
    assert "rule explain" not in said and "RuleException" not in said
