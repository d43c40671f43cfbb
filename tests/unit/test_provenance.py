import json
import os
import shutil

import pytest
from builders import SCRIPTS
from rootward.inputs import collect
from rootward.workflow import provenance
from rootward.workflow.provenance import TRANSPORT, code, content_hash, shard_digests

HEADER = "interaction_id\tprotein_a\tprotein_b\tstatement\tconfidence\n"
ROWS = [f"I{n}\tTP53\tMDM2\tTP53 binds MDM2, {n} times.\t\n" for n in range(40)]


# --- code ---


@pytest.fixture
def scripts(tmp_path):
    """A copy of scripts/ that may be edited."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    provenance._imported.cache_clear()
    yield tmp_path / "scripts"
    provenance._imported.cache_clear()


def edited(path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    provenance._imported.cache_clear()  # it holds for one parsing of the workflow


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


def test_a_content_hash_changes_with_every_byte_and_value(tmp_path):
    files = [str(tmp_path / name) for name in "ab"]
    for n, file in enumerate(files):
        (tmp_path / file).write_text(f"content {n}")
    hashes = [
        content_hash(files, [1, "x"]),
        content_hash(files, [1, "y"]),
        content_hash(files[:1], [1, "x"]),
        content_hash(files[::-1], [1, "x"]),
        content_hash(files, []),
    ]
    assert len(set(hashes)) == len(hashes)
    assert content_hash(files, [1, "x"]) == hashes[0]


# --- shard digests ---


@pytest.fixture
def digests(tmp_path, small_reference):
    """The shard digests of rows, remembered in one memo."""

    def of(rows=None, shards=4, memo=True):
        path = tmp_path / "x.tsv"
        if rows is not None:
            path.write_text(HEADER + "".join(rows), encoding="utf-8")
        where = tmp_path / ("memo.json" if memo else os.urandom(4).hex())
        return shard_digests([str(path)], {"input_format": "auto"}, str(small_reference), shards, where)

    return of


@pytest.fixture
def readings(monkeypatch):
    """How often the input was read."""
    counted = []

    def counting(*args):
        counted.append(args)
        return read(*args)

    read = collect.read_inputs
    monkeypatch.setattr(collect, "read_inputs", counting)
    return counted


def differences(one: list, other: list) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def test_the_second_call_does_not_read_the_input(digests, readings):
    first = digests(ROWS)
    assert digests() == first
    assert len(readings) == 1


@pytest.mark.parametrize("memo", [b"", b"{", b"\xff", b'{"of": 1}', b"[" * 100_000])
def test_a_damaged_memo_costs_a_reading_and_nothing_else(digests, readings, tmp_path, memo):
    first = digests(ROWS)
    (tmp_path / "memo.json").write_bytes(memo)
    assert digests() == first
    assert len(readings) == 2
    assert digests() == first
    assert len(readings) == 2


@pytest.mark.parametrize("memo", ["null", "[1]", '"x"'])
def test_a_memo_of_other_json_costs_a_reading_and_nothing_else(digests, tmp_path, memo):
    first = digests(ROWS)
    (tmp_path / "memo.json").write_text(memo)
    assert digests() == first


@pytest.mark.parametrize("wrong", [None, [], ["x"], [1, 2, 3, 4], "four"])
def test_a_memo_without_a_digest_for_each_shard_is_not_believed(digests, tmp_path, wrong):
    first = digests(ROWS)
    memo = json.loads((tmp_path / "memo.json").read_text())
    (tmp_path / "memo.json").write_text(json.dumps(memo | {"digests": wrong}))
    assert digests() == first


def test_a_memo_that_cannot_be_written_costs_nothing_but_a_reading(digests, tmp_path, readings):
    (tmp_path / "memo.json").mkdir()
    assert digests(ROWS) == digests()
    assert len(readings) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["memo.json", "x.tsv"]


def test_a_touch_reads_again_and_finds_the_same(digests, readings, tmp_path):
    first = digests(ROWS)
    os.utime(tmp_path / "x.tsv", ns=(1, 1))
    assert digests() == first
    assert len(readings) == 2


def test_another_number_of_shards_is_another_question(digests, readings):
    assert len(digests(ROWS, shards=4)) == 4
    assert len(digests(shards=7)) == 7
    assert len(set(digests(shards=7))) == 7
    assert len(readings) == 2


@pytest.mark.parametrize(
    "row",
    [
        "NEW\tTP53\tMDM2\tone more\t\n",
        "NEW\tnobody\tp62\tneither is known\t\n",  # the first nulls among the accessions
        "NEW\tTP53\tMDM2\tthe first confidence\t0.5\n",
        "NEW\tTP53\tMDM2\t" + "long " * 500 + "\t\n",
    ],
)
def test_a_row_added_anywhere_changes_its_shard_only(digests, row):
    before = digests(ROWS)
    assert differences(before, digests([*ROWS, row])) == 1
    assert digests([*ROWS, row]) == digests([row, *ROWS]) == digests([*ROWS[:20], row, *ROWS[20:]])


@pytest.mark.parametrize(
    "change",
    [
        ("TP53 binds MDM2, 7 times.", "TP53 binds MDM2."),
        ("I7\tTP53\tMDM2", "I7\tEGFR\tMDM2"),
        ("7 times.\t", "7 times.\t0.5"),
    ],
)
def test_a_row_changed_or_taken_away_changes_its_shard_only(digests, change):
    before = digests(ROWS)
    assert differences(before, digests([row.replace(*change) if "I7\t" in row else row for row in ROWS])) == 1
    assert differences(before, digests([row for row in ROWS if "I7\t" not in row])) == 1


def test_what_says_the_same_changes_no_shard(digests):
    before = digests(ROWS)
    assert digests(ROWS[::-1]) == before
    assert digests(["\n", *ROWS, "\n\n"]) == before
    assert digests([row.replace("TP53\tMDM2", "p53\tHDM2") for row in ROWS]) == before
    assert digests([*ROWS, "BAD\t\tMDM2\tis rejected\t\n"]) == before


def test_input_that_cannot_be_used_is_told_and_not_remembered(digests, tmp_path):
    from rootward.errors import UserError

    with pytest.raises(UserError, match="x.tsv: not found"):
        digests()
    with pytest.raises(UserError, match="contains no rows"):
        digests([])
    assert not (tmp_path / "memo.json").exists()
