"""The user's config.yaml: read strictly, and refused in one line where Snakemake would misread it, or break."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rootward.errors import UserError
from rootward.workflow import user_config
from rootward.workflow.config_check import load
from rootward.workflow.user_config import input_files

TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=5)
KEYS = st.dictionaries(TEXT, st.none() | st.booleans() | st.integers() | TEXT, max_size=4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def refused(step, *args) -> str:
    with pytest.raises(UserError) as error:
        step(*args)
    line = str(error.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"shards: 2\ncurator: reactome\nshards: 3\n", 3, "shards: set twice, first in line 1; keep one"),
        (b"climb: {votes: 1,\n  votes: 2}\n", 2, "votes: set twice, first in line 1; keep one"),
        (b"shards: 2\n'shards': 3\n", 2, "shards: set twice, first in line 1; keep one"),
        (b"a: 1\nname: caf\xe9\n", 2, "not UTF-8 (byte 0xe9); save it as UTF-8"),
        ("shards: 2\n".encode("utf-16"), 1, "not UTF-8 (byte 0xff); save it as UTF-8"),
        (b"climb: &c\n  again: *c\n", 1, "an anchor that contains itself"),
        (b"input: &i [a.tsv, *i]\n", 1, "an anchor that contains itself"),
        (b"input: a: b\n", 1, "not valid YAML: mapping values are not allowed here"),
        (b"climb:\n\tvotes: 2\n", 2, "not valid YAML: found character '\\t' that cannot start any token"),
        (b"name: a\0b\n", None, "not valid YAML: special characters are not allowed"),
        (b"name: !!python/name:os.system\n", 1, "not valid YAML: could not determine a constructor"),
        (b"? [a, b]\n: {[c]: d}\n", 1, "not valid YAML: found unhashable key"),
        (b"- a\n- b\n", None, "contains no keys; write lines like `key: value`"),
        (b"reactome\n", None, "contains no keys; write lines like `key: value`"),
        (b"a: " + b"[" * 5000, None, "nested too deeply"),
    ],
)
def test_what_would_be_misread_is_refused_with_its_line(file, content, line, told):
    file.write_bytes(content)
    said = refused(user_config.read, file)
    assert said.startswith(f"{file}:{line}: {told}" if line else f"{file}: {told}")


def test_what_cannot_be_opened_is_told(tmp_path):
    assert refused(user_config.read, tmp_path) == f"{tmp_path}: Is a directory"


@given(st.dictionaries(TEXT, KEYS | st.lists(KEYS, max_size=2), max_size=4))
def test_what_is_no_mistake_is_read_as_yaml_reads_it(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("config") / "config.yaml"
    for text in (yaml.safe_dump(content), json.dumps(content, ensure_ascii=False)):
        file.write_text(text, encoding="utf-8")
        assert user_config.read(file) == content


def test_anchors_used_twice_are_no_mistake(file):
    file.write_text("models:\n  flash: &m {id: x}\n  pro: *m\nother: {<<: *m, rpm: 1}\n")
    assert user_config.read(file)["other"] == {"id": "x", "rpm": 1}


@pytest.mark.parametrize("empty", ["", "\n", "# nothing yet\n", "---\n", "\ufeff"])
def test_an_empty_file_leaves_all_defaults(file, empty):
    file.write_text(empty, encoding="utf-8")
    assert user_config.config_file(file, Path("shipped"), Path("defaults")) == Path("defaults")


def test_the_users_file_goes_before_the_shipped_one(file):
    assert user_config.config_file(file, Path("shipped"), Path("defaults")) == Path("shipped")
    file.write_text("shards: 2\n")
    assert user_config.config_file(file, Path("shipped"), Path("defaults")) == file


# --- paths and numbers in it ---


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DATA", "data of mine")
    monkeypatch.delenv("UNSET", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_home_and_variables_are_put_into_every_path(home):
    loaded = load(
        {
            "input": ["~/a.tsv", "$DATA/b.tsv", "${DATA}/c.tsv", "plain.tsv"],
            "roots": "$HOME/roots.tsv",
            "prompts": "~/prompts",
            "reference": "~/reference",
            "cache": {"answers": "~/cache/answers.sqlite", "old": "$DATA/old.json"},
            "string": {"names": "~/names.gz"},
            "evaluate": {"gold": "~/gold.tsv"},
        }
    )
    assert loaded["input"] == [f"{home}/a.tsv", "data of mine/b.tsv", "data of mine/c.tsv", "plain.tsv"]
    files = {"answers": f"{home}/cache/answers.sqlite", "old": "data of mine/old.json"}
    assert loaded["cache"] == loaded["cache"] | files
    paths = [
        loaded["roots"],
        loaded["prompts"],
        loaded["reference"],
        loaded["string"]["names"],
        loaded["evaluate"]["gold"],
    ]
    assert [Path(path).parent for path in paths] == [home] * 5


def test_a_file_with_a_dollar_in_its_name_is_that_file(home):
    (home / "a$b.tsv").write_text("")
    assert load({"input": "a$b.tsv"})["input"] == "a$b.tsv"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"input": "$UNSET/a.tsv"}, "input: names a variable that is not set (got '$UNSET/a.tsv')"),
        ({"input": ["a.tsv", "~nobody.here/a.tsv"]}, "input: names the home directory of an unknown user"),
        ({"input": "a{b}.tsv"}, "input: has braces, which mark wildcards in Snakemake; use another name"),
        ({"input": ["a.tsv", "{b.tsv"]}, "input: has braces"),
        ({"roots": "{x}.tsv"}, "roots: has braces"),
        ({"cache": {"answers": "a}b"}}, "cache.answers: has braces"),
        ({"fallback_root": "Not {yet} known"}, "fallback_root: has braces"),
        ({"models": {"flash": {"timeout": 0.0001}}}, "models.flash.timeout: should be greater than or equal to 0.1"),
        ({"models": {"flash": {"timeout": float("inf")}}}, "models.flash.timeout: should be a finite number (got inf)"),
        ({"models": {"flash": {"timeout": 1e12}}}, "models.flash.timeout: should be less than or equal to 86400"),
        (
            {"models": {"flash": {"price": {"input": float("nan")}}}},
            "models.flash.price.input: should be a finite number",
        ),
        ({"batch": {"poll": float("inf")}}, "batch.poll: should be a finite number"),
        ({"merge": {"threshold": float("nan")}}, "merge.threshold: should be a finite number"),
    ],
)
def test_a_value_that_nothing_could_be_done_with_is_refused(home, content, told):
    assert refused(load, content).startswith(f"config/config.yaml: {told}")


def test_a_pattern_stands_for_the_files_that_match_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.json", "a.json", "c.tsv", "d[1].tsv"):
        Path(name).touch()
    assert input_files("*.json") == ["a.json", "b.json"]
    assert input_files(["b.json", "*.json", "d[1].tsv", "none.tsv"]) == ["b.json", "a.json", "d[1].tsv", "none.tsv"]
    with pytest.raises(UserError, match=r"^\*\.csv: no file matches$"):
        input_files("*.csv")
    Path("e{x}.json").touch()
    with pytest.raises(UserError, match=r"^input: e\{x\}.json: has braces"):
        input_files("*.json")


def test_a_new_folder_is_told_what_it_lacks(home, tmp_path):
    shipped = tmp_path / "shipped"
    (shipped / "config").mkdir(parents=True)
    (shipped / "config/interactions.tsv").write_text("")
    user = Path("config/config.yaml")
    said = refused(user_config.some_input, "config/interactions.tsv", user, shipped)
    assert said == (
        f"{home}: holds no config/config.yaml, and no config/interactions.tsv either; say what to read: "
        f"--config input=FILE (the example: input={shipped}/config/interactions.tsv)"
    )
    user_config.some_input("mine.tsv", user, shipped)  # told where it is read
    user_config.some_input([str(shipped / "config/interactions.tsv")], user, shipped)
