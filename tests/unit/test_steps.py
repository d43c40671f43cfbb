"""The table of steps: it fits the scripts, and each step reads only what one before it makes."""

import inspect
from types import SimpleNamespace

import pytest
from builders import REPOSITORY, load_script
from rootward.curators.questions import KINDS
from rootward.workflow.config import Config
from rootward.workflow.steps import STEPS, Made, asks_a_model, forced_steps, setting

CONFIG = Config().model_dump(mode="json")


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_a_function_of_its_name_whose_arguments_the_table_names(name):
    step = STEPS[name]
    named = [*step.from_outside, *step.reads, *step.writes, *step.settings, *step.tuning, *step.fixed]
    parameters = inspect.signature(getattr(load_script(name), name)).parameters
    assert sorted(parameters) == sorted([*named, *(["ask"] if step.asks else [])])
    assert all(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters.values())


def test_what_a_step_reads_is_made_by_a_step_before_it():
    made: set[str] = set()
    for name, step in STEPS.items():
        for read in step.reads.values():
            assert read.name in made or "{phase}" in read.name or read.below, (name, read)
        made |= set(step.writes.values())
    assert set(Made("reorganized/{phase}.changes.parquet").names(CONFIG, None)) <= made


def test_settings_are_keys_of_the_configuration_and_questions_have_a_prompt():
    for step in STEPS.values():
        for key in (*step.settings.values(), *step.tuning.values()):
            setting(CONFIG, key)
        for question in step.asks:
            assert question in KINDS
            assert (REPOSITORY / "config" / "prompts" / f"{question}.md").exists()


def test_several_files_are_named_where_there_are_several():
    below = STEPS["climb"].reads["levels"]
    assert below.names(CONFIG, 3) == ["parents_L1.parquet", "parents_L2.parquet"]
    assert len(STEPS["join_levels"].reads["levels"].names(CONFIG, None)) == CONFIG["climb"]["max_levels"]
    assert STEPS["collect_leaves"].reads["assigned"].names(CONFIG | {"shards": 2}, None) == [
        "assigned/0.parquet",
        "assigned/1.parquet",
    ]
    assert STEPS["verify_tree"].reads["evidence"].names(CONFIG, None) == []


def test_only_the_reference_costs_nothing():
    assert not asks_a_model({"curator": "reactome"})
    assert asks_a_model({"curator": "gemini"})


def test_forcing_all_computes_what_is_in_no_table_here_too():
    def forced(*rules, forceall=False):
        settings = {"forceall": forceall, "forcerun": rules, "forcetargets": False, "targets": ["all"]}
        return forced_steps(SimpleNamespace(**settings))

    assert forced(forceall=True) is None
    assert forced() == set()
    assert forced("draw_figures", "results/parents_L2.parquet") == {"draw_figures", "climb"}
