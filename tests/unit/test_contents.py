"""What files hold, as noted beside the results: what is read again, and what is found damaged."""

import os

import pytest
from builders import interaction, write
from rootward.workflow import contents
from rootward.workflow.contents import Content, Contents, Made, file_hash, note, table_parts

READERS = {"reader": ("interaction_id", "statement"), "sharded": ("interaction_id", "protein_a", "bucket")}


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """A result with its note, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.txt").write_text("12345", encoding="utf-8")
    note(tmp_path / "made" / "step.json", Made("key", False, {"x.txt": Content.of("x.txt", parts={"reader": "part"})}))
    return tmp_path


def test_the_hash_of_a_result_is_taken_from_its_note(noted, monkeypatch):
    whole = file_hash("x.txt")
    known = Contents(noted / "made")
    monkeypatch.setattr(contents, "file_hash", lambda path: pytest.fail("read"))
    assert known.of("x.txt", "another") == whole
    assert known.of("x.txt", "reader") == "part"


def test_what_was_written_since_is_read(noted):
    (noted / "x.txt").write_text("123456", encoding="utf-8")
    assert Contents(noted / "made").of("x.txt", "reader") == file_hash("x.txt")


def test_what_is_whole_is_not_read_and_what_was_touched_is_read_once(noted, monkeypatch):
    os.utime("x.txt", ns=(1, 1))
    assert Contents(noted / "made").check() == ([], {})
    monkeypatch.setattr(contents, "file_hash", lambda path: pytest.fail("read"))
    assert Contents(noted / "made").check() == ([], {})


@pytest.mark.parametrize("content", ["1234", "12346", ""])
def test_what_was_cut_or_edited_is_found_even_with_its_old_time(noted, content):
    stat = os.stat("x.txt")
    (noted / "x.txt").write_text(content, encoding="utf-8")
    os.utime("x.txt", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert Contents(noted / "made").check() == (["x.txt"], {})


def test_results_of_an_input_that_was_exchanged_for_an_older_one_are_outdated(noted):
    (noted / "in.txt").write_text("1", encoding="utf-8")
    made = Made("key", False, {"x.txt": Content.of("x.txt")}, {"in.txt": Content.of("in.txt")})
    note(noted / "made" / "step.json", made)
    assert Contents(noted / "made").check() == ([], {})
    (noted / "in.txt").write_text("2", encoding="utf-8")
    os.utime("in.txt", ns=(1, 1))
    assert Contents(noted / "made").check() == ([], {"x.txt": ["in.txt"]})


def test_what_is_gone_is_no_damage(noted):
    (noted / "x.txt").unlink()
    assert Contents(noted / "made").check() == ([], {})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', '{"key": "", "is_restored": true, "files": {"x": {}}}'])
def test_a_note_that_is_none_says_nothing(noted, text):
    (noted / "made" / "step.json").write_text(text, encoding="utf-8")
    known = Contents(noted / "made")
    assert known.check() == ([], {})
    assert known.of("x.txt", "reader") == file_hash("x.txt")


def parts(folder, rows, shards=1):
    return table_parts(write(folder, "interactions", rows), READERS, shards)


def test_a_part_changes_with_the_columns_it_is_of_and_with_no_other(tmp_path):
    rows = [interaction("I1", statement="a"), interaction("I2", statement="b")]
    before = parts(tmp_path, rows)
    assert parts(tmp_path, [row | {"source": "other.tsv:9"} for row in rows[::-1]]) == before
    edited = parts(tmp_path, [rows[0] | {"statement": "c"}, rows[1]])
    assert (edited["sharded"], edited["sharded/0"]) == (before["sharded"], before["sharded/0"])
    assert edited["reader"] != before["reader"]


def test_a_row_more_changes_its_shard_alone(tmp_path):
    rows = [interaction(f"I{n}", bucket=n) for n in range(8)]
    before, after = parts(tmp_path, rows, 4), parts(tmp_path, [*rows, interaction("I9", bucket=9)], 4)
    assert {name for name in before if before[name] != after[name]} == {"reader", "sharded", "sharded/1"}
