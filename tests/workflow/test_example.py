"""The example, run as a user runs it."""

import json
import re
import shutil

import pyarrow.parquet as pq
import pytest

SHARDS = ("--config", "shards=4")
PROVEN = "results/reorganized.parquet"  # all tables are made for it; what is published of them is not
AFTER_LEAVES = {
    "climb": 10,
    "join_levels": 1,
    "discover_siblings": 1,
    "merge_duplicates": 1,
    "enforce_tree": 1,
    "deepen_branches": 1,
    "place_interactions": 1,
    "prune_orphans": 1,
    "verify_tree": 1,
}


def asking(planned: dict[str, int]) -> dict[str, int]:
    """The planned jobs up to the proven tree, without those that only publish it."""
    known = {*AFTER_LEAVES, "read_interactions", "assign_terms", "refine_terms", "collect_leaves"}
    return {rule: count for rule, count in planned.items() if rule in known}


def test_the_tree_is_proven_and_every_interaction_placed(example):
    results = example.folder / "results"
    verification = json.loads((results / "verification.json").read_text())
    assert len(verification) >= 11
    assert all(check["holds"] for check in verification.values())
    interactions = pq.read_table(results / "interactions.parquet")["interaction_id"].to_pylist()
    placed = pq.read_table(results / "placements.parquet")["interaction_id"].to_pylist()
    assert 200 <= len(interactions) <= 300
    assert sorted(placed) == sorted(interactions)


def test_the_tree_reads_well_in_a_terminal(example):
    lines = (example.folder / "results" / "tree.txt").read_text().splitlines()
    assert max(map(len, lines)) <= 80
    summary = json.loads((example.folder / "results" / "run_summary.json").read_text())
    assert lines[0].startswith(f"{summary['tree']['pathways']} pathways under {summary['tree']['roots']} roots")
    nested = json.loads((example.folder / "results" / "tree.json").read_text())
    assert len(nested) == summary["tree"]["roots"]
    assert sum(root["n_total"] for root in nested) == summary["interactions"]["placed"]


def test_a_second_run_has_nothing_to_do_wherever_the_project_was_copied_to(example):
    assert "Nothing to be done" in example.run(*SHARDS).stderr


def test_a_touch_of_every_file_reruns_nothing(example):
    for path in example.folder.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            path.touch()
    assert example.planned(*SHARDS) == {}


def test_an_added_row_reruns_every_shard_offline_where_it_is_context_to_all(example):
    row = "EX9999\tTP53\tMDM2\tunknown\tbinding\tTP53 binds MDM2 in the nucleus.\t1\n"
    with example.edit("config/interactions.tsv", row):
        planned = example.planned(*SHARDS)
    assert (
        asking(planned)
        == {"read_interactions": 1, "assign_terms": 4, "refine_terms": 1, "collect_leaves": 1} | AFTER_LEAVES
    )
    assert example.planned(*SHARDS) == {}


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        (
            "config/prompts/siblings.md",
            "\n",
            {k: v for k, v in AFTER_LEAVES.items() if k not in ("climb", "join_levels")},
        ),
        (
            "scripts/rootward/tree/prune.py",
            "EDITED = True\n",
            {"place_interactions": 1, "prune_orphans": 1, "verify_tree": 1},
        ),
        ("scripts/climb.py", "EDITED = True\n", AFTER_LEAVES),
        ("scripts/climb.py", "# a comment\n", {}),
        ("scripts/rootward/asking/ask.py", "TRAVELS = True\n", {}),
        ("scripts/rootward/publish/text.py", "EDITED = True\n", {}),
    ],
)
def test_an_edit_reruns_the_steps_that_use_the_file(example, path, content, expected):
    with example.edit(path, content):
        assert asking(example.planned(*SHARDS)) == expected


def test_an_edit_of_what_shows_the_tree_reruns_only_that(example):
    with example.edit("scripts/rootward/publish/text.py", "EDITED = True\n"):
        assert example.planned(*SHARDS) == {"export_tree": 1, "describe_run": 1}


def test_a_changed_setting_reruns_the_steps_it_decides(example):
    expected = {"deepen_branches", "place_interactions", "prune_orphans", "verify_tree"}
    assert set(asking(example.planned(*SHARDS, "deepen={max_depth: 9}"))) == expected
    assert example.planned(*SHARDS, "models={flash: {concurrency: 3}}", "questions={merge: {batch: 7}}") == {}


def test_a_user_may_bring_one_prompt_of_several(example):
    mine = example.folder / "mine"
    mine.mkdir()
    shutil.copy(example.folder / "config" / "prompts" / "check_edge.md", mine)
    said = example.run("--dry-run", *SHARDS, "prompts=mine", "curator=gemini", "screen=snakemake").stdout
    shutil.rmtree(mine)
    inputs = [line for line in said.splitlines() if line.strip().startswith("input: ") and "check_edge.md" in line]
    assert inputs
    assert all("mine/check_edge.md" in line for line in inputs)
    assert any("config/prompts/parent.md" in line for line in inputs)


def test_a_plan_for_the_model_needs_no_key_and_no_network(example):
    said = example.run("plan", "--config", "curator=gemini", "questions={validate_evidence: {enabled: true}}").stderr
    asked = {
        line.split()[0]: int(line.split()[1]) for line in said.splitlines() if re.match(r"[a-z_]+ +[\d,]+ +0", line)
    }
    rows = pq.read_metadata(example.folder / "results" / "interactions.parquet").num_rows
    assert asked["validate_evidence"] == asked["assign_term"] == rows
    assert {"refine_term", "parent", "siblings", "merge", "intermediate", "place"} <= asked.keys()


def test_a_pathway_is_explained_and_two_runs_are_compared_from_the_command_line(example):
    assert "Aggrephagy < Selective autophagy" in example.run("explain", "--config", "name=Aggrephagy").stderr
    told = example.run("compare", "--config", "before=results", "after=results").stderr
    assert re.search(r"^ +[1-9]\d*  pathways before$", told, re.M)
    assert re.search(r"^ +0  moved$", told, re.M)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("climb={max_level: 3}",), "climb.max_level: unknown key; did you mean climb.max_levels?"),
        (("input=config/interaction.tsv",), "config/interaction.tsv: not found; did you mean config/interactions.tsv?"),
        (("input=config",), "config: is a directory; input takes files"),
        (("roots=config/root.tsv",), "roots: config/root.tsv: not found; did you mean config/roots.tsv?"),
        (("reference=reactom",), "reference: reactom: not found; did you mean reactome?"),
        (("prompts=nowhere",), "prompts: nowhere: not found"),
    ],
)
def test_what_the_user_must_mend_is_said_in_one_line_while_parsing(example, arguments, line):
    done = example.run("--dry-run", "--config", *arguments, check=False)
    assert done.returncode == 1
    said = [text for text in done.stderr.splitlines() if not text.startswith("Using workflow specific profile")]
    assert len(said) == 1
    assert said[0].endswith(line)


def test_a_mistake_in_the_users_file_is_blamed_on_it(example):
    with example.edit("config/config.yaml", "climb: {max_level: 3}\n"):
        done = example.run("--dry-run", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "config/config.yaml: climb.max_level: unknown key; did you mean climb.max_levels?"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("shards: 2\nshards: 3\n", ": shards: set twice, first in line "),
        ("again: &a {b: *a}\n", ": an anchor that contains itself"),
        ("fallback_root: 'not {yet} known'\n", ": fallback_root: has braces, which mark wildcards in Snakemake"),
    ],
)
def test_what_snakemake_would_misread_is_said_in_one_line(example, content, told):
    with example.edit("config/config.yaml", content):
        done = example.run("--dry-run", check=False)
    assert done.returncode == 1
    (said,) = [text for text in done.stderr.splitlines() if not text.startswith("Using workflow specific profile")]
    assert told in said


@pytest.mark.parametrize(
    ("arguments", "slots"), [((), 40), (("--resources", "llm_slots=7"), 7), (("--resources", "mem_mb=5"), 40)]
)
def test_the_configured_concurrency_is_used_unless_the_command_line_says_otherwise(example, arguments, slots):
    models = "models={flash: {concurrency: 40}}"
    done = example.run("--dry-run", "--forceall", *arguments, "--config", "screen=snakemake", "curator=gemini", models)
    assert set(re.findall(r"llm_slots=(\d+)$", done.stdout + done.stderr, re.M)) == {str(slots)}


def test_an_empty_folder_is_told_what_it_lacks(example, tmp_path):
    done = example.run("--dry-run", "--directory", str(tmp_path), check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"{tmp_path}: holds no config/config.yaml, and no config/inter")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text("# all as it is\n")
    (tmp_path / "config" / "interactions.tsv").write_bytes((example.folder / "config/interactions.tsv").read_bytes())
    example.run("--dry-run", "--directory", str(tmp_path))
