import json
from datetime import date

import pytest
import yaml
from builders import REPOSITORY
from rootward.errors import UserError
from rootward.workflow import config_files
from rootward.workflow.config import Config
from rootward.workflow.config_check import load

DEFAULT = Config().model_dump(mode="json")


def refused(given: dict, **where) -> str:
    with pytest.raises(UserError) as error:
        load(given, **where)
    line = str(error.value)
    assert "\n" not in line
    return line


# --- the defaults and the files made from them ---


@pytest.mark.parametrize("file", ["config.default.yaml", "config.schema.json", "README.md"])
def test_the_generated_files_are_in_step_with_the_model(file):
    path = REPOSITORY / "config" / file
    wanted = config_files.generated(path.parent)[path]
    assert path.read_text(encoding="utf-8") == wanted, f"config/{file} is not in step with config.py: run `make config`"


def test_the_default_file_says_exactly_the_defaults():
    assert load(yaml.safe_load(config_files.default_yaml())) == DEFAULT


def test_the_shipped_overlay_is_valid_and_nothing_given_is_the_default():
    assert load(yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text(encoding="utf-8"))) == DEFAULT
    assert load({}) == DEFAULT


def test_the_schema_knows_every_key_and_forbids_others():
    import jsonschema

    schema = json.loads(config_files.schema_json())
    jsonschema.validate(DEFAULT, schema)
    for bad in ({"curater": "reactome"}, {"models": {"flash": {"idd": "x"}}}, {"curator": "openapi"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)


def test_every_key_has_a_description():
    undescribed = [key for key, _, description in config_files._walk(Config()) if not description]
    assert [key for key in undescribed if not key.endswith(".price")] == []


# --- overlays ---


def test_one_key_of_a_model_keeps_its_other_defaults():
    loaded = load({"models": {"flash": {"price": {"output": 9}}, "pro": {"id": "other"}}})["models"]
    flash, pro = DEFAULT["models"]["flash"], DEFAULT["models"]["pro"]
    assert loaded["flash"] == flash | {"price": flash["price"] | {"output": 9.0}}
    assert loaded["pro"] == pro | {"id": "other"}


def test_one_key_of_a_section_keeps_its_other_defaults():
    loaded = load({"questions": {"assign_term": {"batch": 5}}, "siblings": {"limit": 0}})
    assert loaded["questions"]["assign_term"] == DEFAULT["questions"]["assign_term"] | {"batch": 5}
    assert loaded["questions"]["merge"] == DEFAULT["questions"]["merge"]
    assert loaded["siblings"] == {"limit": 0, "keep": "all"}


@pytest.mark.parametrize("given", ["a.tsv", ["a.tsv", "b.parquet"]])
def test_the_input_is_a_file_or_a_list_of_files(given):
    assert load({"input": given})["input"] == given


def test_a_number_in_text_from_the_command_line_is_a_number():
    assert load({"shards": "8", "merge": {"threshold": "0.5"}})["shards"] == 8


def test_null_is_taken_where_a_limit_may_be_unknown():
    assert load({"models": {"flash": {"rpm": None}}})["models"]["flash"]["rpm"] is None


# --- mistakes ---


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"curater": "x"}, "curater: unknown key; did you mean curator?"),
        ({"merge": {"treshold": 1}}, "merge.treshold: unknown key; did you mean merge.threshold?"),
        ({"models": {"flsh": {}}}, "models.flsh.id: Field required; did you mean models.flash?"),
        ({"models": {"flash": {"rpn": 1}}}, "models.flash.rpn: unknown key; did you mean models.flash.rpm?"),
        (
            {"models": {"pro": {"price": {"inputs": 1}}}},
            "models.pro.price.inputs: unknown key; did you mean models.pro.price.input?",
        ),
        ({"questions": {"parents": {}}}, "questions.parents: unknown key; did you mean questions.parent?"),
        ({"climb": {"zzz": 1}}, "climb.zzz: unknown key; known keys here: max_levels"),
        ({"curator": "recatome"}, "curator: should be 'reactome', 'gemini' or 'openai' (got 'recatome'); did you mean"),
        (
            {"questions": {"merge": {"model": "flesh"}}},
            "questions.merge.model: should be 'flash' or 'pro' (got 'flesh'); did you mean flash?",
        ),
        (
            {"siblings": {"keep": "al"}},
            "siblings.keep: should be 'all' or 'with_interactions' (got 'al'); did you mean all?",
        ),
        ({"shards": "many"}, "shards: should be a whole number (got 'many')"),
        ({"shards": 0}, "shards: should be greater than or equal to 1 (got 0)"),
        ({"shards": 2.5}, "shards: should be a whole number (got 2.5)"),
        ({"merge": {"threshold": 1.5}}, "merge.threshold: should be less than or equal to 1 (got 1.5)"),
        ({"merge": {"threshold": float("nan")}}, "merge.threshold: should be"),
        ({"climb": None}, "climb: should be a section of keys"),
        ({"climb": [1]}, "climb: should be a section of keys"),
        ({"models": {"flash": "gemini"}}, "models.flash: should be a section of keys"),
        ({"models": {"flash": {"id": ""}}}, "models.flash.id: is empty (got '')"),
        ({"input": []}, "input: lists no file"),
        ({"input": ["a.tsv", " "]}, "input: lists no file"),
        ({"input": 3}, "input: should be text (got 3), in quotes"),
        ({"species": []}, "species: is empty"),
        ({"species": ["human"]}, "species.0: should be a whole number"),
        ({1: "x"}, "1: Keys should be strings"),
        ({"roots": ""}, "roots: is empty"),
        ({"fallback_root": date(2026, 11, 27)}, "fallback_root: should be text (got 2026-11-27), in quotes"),
        ({"climb": {"check": "maybe"}}, "climb.check: should be true or false (got 'maybe')"),
        ({"merge": {"threshold": "high"}}, "merge.threshold: should be a number (got 'high')"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_key_and_the_nearest_right_thing(given, line):
    assert refused(given).startswith(f"config/config.yaml: {line}")


def test_an_unknown_key_is_told_before_a_wrong_value():
    assert "curater" in refused({"shards": 0, "curater": "x"})


def test_a_long_value_is_cut():
    assert len(refused({"shards": "x" * 5000})) < 250


@pytest.mark.parametrize(
    ("given", "file", "blamed"),
    [
        ({"shards": 0}, {"shards": 0}, "my.yaml"),
        ({"shards": 0}, {}, "--config/--configfile"),
        ({"merge": {"threshold": 2}}, {"merge": {"threshold": 2}}, "my.yaml"),
        ({"merge": {"threshold": 2}}, {"merge": {}}, "--config/--configfile"),
        ({"curater": 1}, {"curater": 1}, "my.yaml"),
        ({"curater": 1}, {"curator": "reactome"}, "--config/--configfile"),
        ({"input": ["a", 3]}, {"input": ["a", 3]}, "my.yaml"),
        ({"species": [0]}, {"species": [0]}, "my.yaml"),
        ({"species": [0]}, {"species": [9606]}, "--config/--configfile"),
        ({"shards": 0}, None, "my.yaml"),
    ],
)
def test_a_mistake_is_blamed_on_where_it_stands(given, file, blamed):
    assert refused(given, source="my.yaml", source_keys=file).startswith(f"{blamed}: ")


def test_a_value_of_the_command_line_is_not_blamed_on_the_file_that_it_overlays():
    assert refused({"shards": 0}, source="my.yaml", source_keys={"shards": 4}).startswith("--config/--configfile: ")


@pytest.mark.parametrize("key", ["str", "list[str]", "a[b]"])
def test_an_unknown_key_that_looks_like_a_type_is_told_like_any_other(key):
    assert f"{key}: unknown key" in refused({key: 1})


def test_a_wrong_word_where_null_is_allowed_gets_a_hint_too():
    assert refused({"models": {"flash": {"thinking": "hihg"}}}).endswith("; did you mean high?")


def test_the_fallback_root_has_a_name():
    refused({"fallback_root": "  "})


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (
            {"id": "gemini-2.5-flash"},
            "models.flash.thinking: gemini-2.5-flash does not accept thinking level 'low'; set null",
        ),
        (
            {"thinking": "minimal"},
            "gemini-3.8-flash does not accept thinking level 'minimal'; use low, medium, high or null",
        ),
    ],
)
def test_a_thinking_level_that_the_model_is_known_not_to_take_is_refused(model, said):
    assert said in refused({"models": {"flash": model}})


@pytest.mark.parametrize(
    "model", [{"id": "gemini-2.5-flash", "thinking": None}, {"id": "a-model-of-tomorrow", "thinking": "minimal"}]
)
def test_levels_that_are_taken_or_not_known_pass(model):
    assert load({"models": {"flash": model}})["models"]["flash"]["thinking"] == model["thinking"]
