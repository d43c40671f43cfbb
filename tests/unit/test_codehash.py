"""The hash of code: what changes it, and what does not."""

import shutil
from functools import cache

import pytest
from builders import SCRIPTS
from rootward.workflow import codehash
from rootward.workflow.codehash import TRANSPORT, Code


def code(folder, *files: str, memo=None) -> str:
    return Code(folder, memo).of(*files)


@pytest.fixture(scope="module", autouse=True)
def _parsed_once():
    """As by the memo of a run: a hundred files, most of them the same in every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codehash, "_parsed", cache(codehash._parsed))
        yield


@pytest.fixture
def scripts(tmp_path):
    """A copy of scripts/ that may be edited."""
    return shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))


def edited(path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\nEDITED = True\n", encoding="utf-8")


def test_code_is_twelve_hex_digits_and_does_not_depend_on_where_it_lies(scripts):
    digest = code(scripts, "climb.py")
    assert len(digest) == 12
    assert int(digest, 16) >= 0
    assert digest == code(SCRIPTS, "climb.py")


@pytest.mark.parametrize(
    ("script", "module"),
    [
        ("climb.py", "climb.py"),
        ("climb.py", "rootward/tree/climb.py"),  # imported inside a function
        ("climb.py", "rootward/knowledge/names.py"),  # imported by what is imported
        ("climb.py", "rootward/tables.py"),
        ("merge_duplicates.py", "rootward/tree/nodes.py"),
        ("read_interactions.py", "rootward/inputs/parquet.py"),
        ("read_interactions.py", "rootward/knowledge/vocabulary.py"),
        ("export_tree.py", "rootward/publish/text.py"),
    ],
)
def test_an_edit_of_what_a_script_imports_changes_its_code(scripts, script, module):
    before = code(scripts, script)
    edited(scripts / module)
    assert code(scripts, script) != before


@pytest.mark.parametrize(
    ("script", "module"),
    [
        ("climb.py", "rootward/tree/merge.py"),
        ("climb.py", "join_levels.py"),
        ("read_interactions.py", "rootward/tree/climb.py"),
        ("export_tree.py", "rootward/inputs/table.py"),
    ],
)
def test_an_edit_of_anything_else_does_not(scripts, script, module):
    before = code(scripts, script)
    edited(scripts / module)
    assert code(scripts, script) == before


def test_an_edit_of_how_questions_travel_changes_no_code(scripts):
    rules = sorted(path.name for path in scripts.glob("*.py"))
    before = [code(scripts, rule) for rule in rules]
    for module in TRANSPORT:
        path = scripts / "rootward" / f"{module.replace('.', '/')}.py"
        if path.exists():
            edited(path)
    assert [code(scripts, rule) for rule in rules] == before


def test_the_curator_is_part_of_the_code_when_it_is_named(scripts):
    files = ("climb.py", "rootward/curators/offline.py")
    before = code(scripts, *files)
    assert before != code(scripts, "climb.py")
    edited(scripts / "rootward" / "knowledge" / "reference.py")
    assert code(scripts, *files) != before


def test_every_rule_script_has_a_code_of_its_own():
    rules = sorted(path.name for path in SCRIPTS.glob("*.py"))
    assert len({code(SCRIPTS, rule) for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "# a comment\n"),
        ('"""One climb."""\n', '"""Another docstring."""\n'),
        ("def f(a, b):\n    return a + b\n", "def f(\n    a,\n    b,\n):\n    'sums'\n    return (a + b)  # up\n"),
        ("class A:\n    x = 1\n", "class A:\n    'Says x.'\n\n    x = 1\n"),
    ],
)
def test_a_comment_a_docstring_and_another_layout_change_nothing(tmp_path, before, after):
    found = []
    for text in (before, after):
        (tmp_path / "x.py").write_text(text, encoding="utf-8")
        found.append(code(tmp_path, "x.py"))
    assert found[0] == found[1]


@pytest.mark.parametrize(("before", "after"), [("x = 1\n", "x = 2\n"), ("f('a')\n", "f('b')\n"), ("a\nb\n", "b\na\n")])
def test_what_does_something_changes_it(tmp_path, before, after):
    found = []
    for text in (before, after):
        (tmp_path / "x.py").write_text(text, encoding="utf-8")
        found.append(code(tmp_path, "x.py"))
    assert found[0] != found[1]


def test_another_version_of_a_library_changes_the_code_that_uses_it(monkeypatch):
    before = [code(SCRIPTS, name) for name in ("collect_leaves.py", "cache_stats.py")]
    other = codehash.versions_here() | {"pyarrow": "999.0"}
    monkeypatch.setattr(codehash, "versions_here", lambda: other)
    after = [code(SCRIPTS, name) for name in ("collect_leaves.py", "cache_stats.py")]
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)


def test_the_libraries_are_found_under_their_versions():
    import numpy
    import pyarrow

    found = codehash.versions_here()
    assert (found["pyarrow"], found["numpy"]) == (pyarrow.__version__, numpy.__version__)


@pytest.mark.parametrize("damage", [None, "", "{", "[1]", '{"x": 3}'])
def test_what_was_parsed_is_remembered_and_a_damaged_memo_costs_nothing_else(scripts, tmp_path, damage, monkeypatch):
    memo = tmp_path / "memo.json"
    first = code(scripts, "climb.py", memo=memo)
    if damage is not None:
        memo.write_text(damage, encoding="utf-8")
    else:
        monkeypatch.setattr(codehash, "_parsed", lambda content: pytest.fail("parsed again"))
    assert code(scripts, "climb.py", memo=memo) == first
