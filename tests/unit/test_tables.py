import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import SCRIPTS, assigned, interaction, leaf
from rootward import tables
from rootward.errors import UserError

LEAVES = [leaf("Mitophagy", 3), leaf("Apoptosis", 1), leaf("β-oxidation 🧬", 2)]


def test_what_is_written_is_read_in_key_order(tmp_path):
    path = tmp_path / "leaves.parquet"
    tables.write("leaves", LEAVES, path)
    assert tables.rows("leaves", path) == sorted(LEAVES, key=lambda row: row["pathway_id"])


def test_nested_columns_and_nulls_survive(tmp_path):
    row = interaction(
        "I1",
        evidence=[{"text": "MDM2 binds TP53", "pmid": "1"}, {"text": "", "pmid": "2"}],
        confidence=0.1 + 0.2,
        notes=["TP53: a note"],
        bucket=65_535,
    )
    tables.write("interactions", [row], tmp_path / "x.parquet")
    assert tables.rows("interactions", tmp_path / "x.parquet") == [row]


def test_some_columns_or_some_rows_can_be_read(tmp_path):
    import pyarrow.compute as pc

    tables.write("leaves", LEAVES, tmp_path / "x.parquet")
    assert tables.rows("leaves", tmp_path / "x.parquet", ["n_interactions"]) == [
        {"n_interactions": row["n_interactions"]} for row in sorted(LEAVES, key=lambda row: row["pathway_id"])
    ]
    many = tables.read("leaves", tmp_path / "x.parquet", ["name"], pc.field("n_interactions") > 2)
    assert many.to_pylist() == [{"name": "Mitophagy"}]


# --- the same content is the same bytes ---


def test_the_order_of_rows_does_not_show_in_the_bytes(tmp_path):
    for name, rows in (("a", LEAVES), ("b", LEAVES[::-1])):
        tables.write("leaves", rows, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rows_that_no_key_tells_apart_have_one_order_all_the_same(tmp_path):
    change = dict.fromkeys(tables.TABLES["changes"].columns) | {"phase": "p", "action": "merge", "pathway_id": "x"}
    rows = [change | {"reason": reason, "call_id": call} for reason, call in [("b", "1"), ("a", None), ("a", "2")]]
    for name, order in (("a", [0, 1, 2]), ("b", [2, 1, 0]), ("c", [1, 0, 2])):
        tables.write("changes", [rows[i] for i in order], tmp_path / name)
    assert len({(tmp_path / name).read_bytes() for name in "abc"}) == 1


def test_how_the_rows_came_does_not_show_in_the_bytes(tmp_path):
    rows = [interaction(f"I{n}", evidence=[{"text": f"t{n}", "pmid": ""}] * (n % 3)) for n in range(10)]
    whole = tables.from_rows("interactions", rows)
    tables.write("interactions", rows, tmp_path / "rows")
    tables.write("interactions", whole, tmp_path / "table")
    tables.write("interactions", pa.concat_tables([whole[7:], whole[:3], whole[3:7]]), tmp_path / "chunks")
    large = whole.set_column(1, "protein_a", whole["protein_a"].cast(pa.large_string()))
    tables.write("interactions", large, tmp_path / "other_types")
    assert len({file.read_bytes() for file in tmp_path.iterdir()}) == 1


def test_neither_path_nor_time_is_in_the_bytes(tmp_path, monkeypatch):
    tables.write("leaves", LEAVES, tmp_path / "a.parquet")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    tables.write("leaves", LEAVES, "deep/er/b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "deep/er/b.parquet").read_bytes()


# --- the contract ---


@pytest.mark.parametrize("name", tables.TABLES)
def test_every_table_can_be_written_empty_and_read_back(tmp_path, name):
    path = tmp_path / "x.parquet"
    tables.write(name, [], path)
    read = tables.read(name, path)
    assert read.num_rows == 0
    assert read.schema.remove_metadata() == tables.schema(name)
    assert tables.is_empty(path)


@pytest.mark.parametrize("name", tables.TABLES)
def test_every_table_has_a_key_of_its_own_columns_and_a_type_for_each(name):
    table = tables.TABLES[name]
    assert table.key
    assert set(table.key) <= table.columns.keys()
    assert set(table.nullable) <= table.columns.keys()
    assert tables.schema(name).names == list(table.columns)


@pytest.mark.parametrize(
    ("table", "rows", "complaint"),
    [
        ("leaves", [leaf("A"), leaf("B"), leaf("A", 9)], "is duplicated"),
        ("assigned", [assigned("I1", "A"), assigned("I1", "B")], r"assigned: key \['I1'\] is duplicated"),
        (
            "tree",
            [
                {
                    "pathway_id": "a",
                    "name": "A",
                    "origin": "root",
                    "aliases": [],
                    "rank": 0,
                    "method": "m",
                    "reasoning": "r",
                }
            ]
            * 2,
            "is duplicated",
        ),
        ("leaves", [leaf("A") | {"name": None}], "leaves.name: 1 nulls"),
        ("leaves", [{"pathway_id": "a", "name": "A"}], "leaves.n_interactions: 1 nulls"),
        ("leaves", [leaf("A") | {"n_interactions": "many"}], "many"),
        ("leaves", pa.table({"pathway_id": ["a"], "name": ["A"]}), "columns are"),
        ("leaves", pa.table({"name": ["A"], "pathway_id": ["a"], "n_interactions": [1]}), "columns are"),
        ("leaves", pa.table({"pathway_id": ["a"], "name": ["A"], "n_interactions": [1], "x": [1]}), "columns are"),
        ("interactions", [interaction("I1", bucket=65_536)], "65536"),
    ],
)
def test_rows_that_break_the_contract_are_refused(tmp_path, table, rows, complaint):
    with pytest.raises((ValueError, pa.ArrowException), match=complaint):
        tables.write(table, rows, tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_column_in_a_row_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cal_id"):
        tables.write("assigned", [assigned("I1", "A") | {"cal_id": "abc"}], tmp_path / "x.parquet")


def test_keys_that_differ_in_one_column_only_are_two(tmp_path):
    rows = [{"parent_id": p, "pathway_id": c, "name": c, "method": "m", "reasoning": ""} for p in "ab" for c in "xy"]
    tables.write("siblings", rows, tmp_path / "x.parquet")
    assert tables.read("siblings", tmp_path / "x.parquet").num_rows == 4


# --- whole or not at all ---


@pytest.mark.parametrize("failing", ["write_table", "replace"])
def test_a_write_that_fails_leaves_the_old_table_and_nothing_else(tmp_path, monkeypatch, failing):
    path = tmp_path / "leaves.parquet"
    tables.write("leaves", LEAVES, path)
    before = path.read_bytes()
    write_table = pq.write_table

    def half_a_table(table, where, **options):
        write_table(table, where, **options)
        raise OSError(28, "No space left on device")

    def no_move(*_):
        raise OSError(30, "Read-only file system")

    if failing == "write_table":
        monkeypatch.setattr(pq, "write_table", half_a_table)
    else:
        monkeypatch.setattr(os, "replace", no_move)
    with pytest.raises(OSError, match="device|system"):
        tables.write("leaves", LEAVES[:1], path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["leaves.parquet"]


def test_missing_folders_are_made(tmp_path):
    tables.write("leaves", LEAVES, tmp_path / "a" / "b" / "leaves.parquet")
    assert tables.read("leaves", tmp_path / "a" / "b" / "leaves.parquet").num_rows == 3


# --- labels ---


def test_labels_are_found_and_others_are_not(tmp_path):
    path = tmp_path / "x.parquet"
    tables.write("leaves", LEAVES, path, digest="a" * 127, shard="é 3")
    assert tables.label(path, "digest") == "a" * 127
    assert tables.label(path, "shard") == "é 3"
    assert tables.label(path, "table") == "leaves"
    assert tables.label(path, "missing") is None
    assert tables.label(path, "diges") is None
    assert not tables.is_empty(path)


def test_a_label_says_the_same_as_pyarrow_does(tmp_path):
    path = tmp_path / "x.parquet"
    tables.write("leaves", [leaf("rootward.digest\x18\x03bad")], path, digest="abc")
    assert pq.read_schema(path).metadata[b"rootward.digest"].decode() == tables.label(path, "digest") == "abc"


@pytest.mark.parametrize("length", [128, 300])
def test_a_label_too_long_to_be_read_back_is_refused(tmp_path, length):
    with pytest.raises(ValueError, match="digest"):
        tables.write("leaves", LEAVES, tmp_path / "x.parquet", digest="a" * length)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"PAR1",
        b"PAR1PAR1",
        b"\x00" * 64,
        b"rootward.empty\x18\x03yes\x14\x00\x00\x00PARX",
        b"x" * 4 + b"\xff\xff\xff\x7fPAR1",
    ],
)
def test_a_file_that_is_no_table_has_no_label(tmp_path, content):
    path = tmp_path / "x.parquet"
    if content is not None:
        path.write_bytes(content)
    assert tables.label(path, "empty") is None
    assert not tables.is_empty(path)


def test_a_foreign_parquet_file_has_no_label(tmp_path):
    pq.write_table(pa.table({"rootward.empty": ["yes"]}), tmp_path / "x.parquet")
    assert tables.label(tmp_path / "x.parquet", "empty") is None


def test_whether_a_table_is_empty_is_told_without_pyarrow(tmp_path):
    tables.write("parents", [], tmp_path / "empty.parquet")
    tables.write("leaves", LEAVES, tmp_path / "full.parquet", digest="abc")
    program = (
        "import sys; from rootward import tables; "
        "print(tables.is_empty('empty.parquet'), tables.is_empty('full.parquet'), "
        "tables.label('full.parquet', 'digest'), 'pyarrow' in sys.modules, 'numpy' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True
    )
    assert said.stderr == ""
    assert said.stdout.split() == ["True", "False", "abc", "False", "False"]


# --- what cannot be read ---


@pytest.mark.parametrize(
    ("content", "columns", "reason"),
    [
        (None, None, "not found"),
        (b"", None, "cannot be read as Parquet"),
        (b"no table at all", None, "cannot be read as Parquet"),
        ("truncated", None, "cannot be read as Parquet"),
        ("another table", None, "is not a interactions table (no column interaction_id)"),
        ("another table", ["interaction_id"], "interaction_id"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_in_one_line(tmp_path, content, columns, reason):
    path = tmp_path / "x.parquet"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        tables.write("leaves", LEAVES, path)
        if content == "truncated":
            path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError) as error:
        tables.read("interactions", path, columns)
    assert str(error.value).startswith(f"{path}: ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_a_foreign_table_is_called_one_also_when_only_some_columns_are_read(tmp_path):
    tables.write("leaves", LEAVES, tmp_path / "x.parquet")
    with pytest.raises(UserError, match="is not an? interactions table"):
        tables.read("interactions", tmp_path / "x.parquet", ["interaction_id"])


def test_a_filter_that_keeps_nothing_gives_no_rows(tmp_path):
    import pyarrow.compute as pc

    tables.write("leaves", LEAVES, tmp_path / "x.parquet")
    nothing = pc.field("name").isin(pa.array([], pa.string()))
    assert tables.read("leaves", tmp_path / "x.parquet", ["name"], nothing).num_rows == 0
