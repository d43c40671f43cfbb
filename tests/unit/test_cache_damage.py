"""A damaged answer cache: what is whole is kept, the rest is said and asked again, and nothing is answered wrongly."""

import json
import os
import random
import re
import shutil
import sqlite3

import pytest
from caching import key, made_call, numbers_in, store
from rootward.asking.cache import AnswerCache
from rootward.asking.job_book import BatchJob
from rootward.asking.old_cache import made_at
from rootward.asking.schema import APPLICATION, VERSION
from rootward.errors import UserError


def damage(path, marker: bytes) -> None:
    """Overwrite the page that holds the marker."""
    content = bytearray(path.read_bytes())
    start = content.index(marker) // 4096 * 4096
    content[start : start + 4096] = b"\xff" * 4096
    path.write_bytes(content)


def test_a_damaged_file_is_set_aside_and_salvaged(cache, path, heard, capsys):
    for start in range(0, 2000, 20):
        store(cache, *range(start, start + 20))
    cache.close()
    damage(path, b"item 1010{")
    assert cache.get_many([key(1010)]) == {}
    saved = numbers_in(cache, *range(2000))
    assert saved[:5] == [0, 1, 2, 3, 4]
    assert saved[-5:] == [1995, 1996, 1997, 1998, 1999]
    assert 1010 not in saved
    assert len(saved) > 1800
    aside = list(path.parent.glob("answers.sqlite.damaged-*"))
    assert len(aside) == 1
    assert f"{len(saved)} answers were saved" in heard.text
    assert aside[0].name in heard.text
    assert heard.messages[0] in capsys.readouterr().err  # on the screen, too
    store(cache, 1010)
    assert numbers_in(cache, 1010) == [1010]


def test_open_jobs_are_saved_from_a_damaged_file(cache, path):
    job = BatchJob("rootward-parent-1", "parent", [[key(1)]], ["prompt"], "batches/1")
    cache.jobs.note(job)
    for start in range(0, 2000, 20):
        store(cache, *range(start, start + 20))
    cache.close()
    damage(path, b"item 1010{")
    cache.get_many([key(1010)])
    assert list(path.parent.glob("*.damaged-*"))
    assert cache.jobs.open("parent") == [job]


def test_a_file_that_another_process_has_set_aside_is_not_set_aside_again(cache, path):
    for start in range(0, 2000, 20):
        store(cache, *range(start, start + 20))
    cache.close()
    other = AnswerCache(path, "wal")
    numbers_in(other, 1)
    damage(path, b"item 1010{")
    cache.get_many([key(1010)])
    store(cache, 5000)
    assert other.get_many([key(1010)]) == {}
    store(cache, 5001)
    assert numbers_in(other, 5000, 5001) == [5000, 5001]
    assert len([aside for aside in path.parent.glob("*.damaged-*") if not aside.name.endswith(("-wal", "-shm"))]) == 1
    other.close()


def test_an_answer_whose_call_is_lost_is_kept_and_says_so(cache, path):
    for n in range(500):
        store(cache, n, call=made_call(prompt=f"{n} " + os.urandom(100).hex()))
    cache.close()
    with sqlite3.connect(path) as plain:
        packed = plain.execute("SELECT prompt FROM calls WHERE id = 250").fetchone()[0]
    plain.close()
    damage(path, packed.encode())
    assert cache.call_of(key(249)[:16])["model"] == "lost"
    assert numbers_in(cache, *range(500)) == list(range(500))
    prompts = [cache.call_of(key(n)[:16])["prompt"] for n in range(500)]
    assert 400 < sum(prompt.startswith(f"{n} ") for n, prompt in enumerate(prompts)) < 500


@pytest.mark.parametrize("content", [b"this is no database, " * 300, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_set_aside(cache, path, heard, content):
    path.parent.mkdir()
    for damaged in (content, content + b"again"):  # within one second
        path.write_bytes(damaged)
        assert cache.get_many([key(1)]) == {}
        cache.close()
    assert "0 answers were saved" in heard.text
    assert {aside.read_bytes() for aside in path.parent.glob("*.damaged-*")} == {content, content + b"again"}
    store(cache, 1)
    assert numbers_in(cache, 1) == [1]


def test_an_empty_file_is_an_empty_cache(cache, path, heard):
    path.parent.mkdir()
    path.touch()
    store(cache, 1)
    assert numbers_in(cache, 1) == [1]
    assert heard.text == ""


@pytest.mark.parametrize("value", ["'{\"parent\": '", "CAST(x'7b22ff' AS TEXT)"])
def test_an_answer_that_cannot_be_read_any_more_is_as_good_as_missing(cache, path, value):
    store(cache, 1, 2)
    cache.close()
    with sqlite3.connect(path) as plain:
        plain.execute(f"UPDATE items SET value = {value} WHERE label = 'item 1'")
    plain.close()
    assert cache.get_many([key(1), key(2)]) == {key(2): {"parent": "P2"}}


def test_an_answer_that_cannot_be_written_does_not_keep_others_from_being_stored(cache):
    with pytest.raises(UnicodeEncodeError):
        cache.store(made_call(), {key(1): ("name", {"parent": "half a pair: \ud83d"})})
    store(cache, 2)
    assert numbers_in(cache, 2) == [2]


# --- every bit, and every tail ---


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A cache of 400 answers in 130 calls, some of them longer than a page, closed."""
    path = tmp_path_factory.mktemp("original") / "answers.sqlite"
    cache = AnswerCache(path, "wal")
    draw = random.Random(1)
    for start in range(0, 400, 3):
        text = "".join(draw.choices("abcdefgh ", k=draw.choice([50, 500, 9000])))
        call = made_call(question=draw.choice(["parent", "merge"]), prompt=text, reply=text[::-1])
        store(cache, *range(start, min(400, start + 3)), call=call)
    cache.jobs.note(BatchJob("rootward-parent-1", "parent", [[key(1)]], ["prompt"], "batches/1"))
    cache.close()
    return path


def damaged_copy(original, folder, damage) -> AnswerCache:
    path = folder / "answers.sqlite"
    for old in folder.glob("answers.sqlite*"):
        old.unlink()
    content = bytearray(original.read_bytes())
    path.write_bytes(damage(content))
    return AnswerCache(path, "wal")


def right_answers(cache: AnswerCache) -> int:
    """The answers that are still there; none of them may be a wrong one."""
    found = cache.get_many(map(key, range(400)))
    assert all(value == {"parent": f"P{int(name[:16], 16)}"} for name, value in found.items())
    return len(found)


def flipped(bit: int):
    def flip(content: bytearray) -> bytearray:
        content[bit // 8] ^= 1 << bit % 8
        return content

    return flip


def flip_everywhere(original, folder, bits) -> None:
    for bit in bits:
        cache = damaged_copy(original, folder, flipped(bit))
        assert right_answers(cache) >= 380, f"bit {bit}"
        store(cache, 5000)
        assert right_answers(cache) >= 380, f"bit {bit}"
        assert numbers_in(cache, 5000) == [5000]
        cache.close()


def test_a_flipped_bit_loses_few_answers_and_changes_none(original, tmp_path):
    size = original.stat().st_size * 8
    flip_everywhere(original, tmp_path, random.Random(2).sample(range(size), 60))


def test_a_flipped_bit_of_the_head_or_the_schema_does_so_neither(original, tmp_path):
    flip_everywhere(original, tmp_path, random.Random(3).sample(range(4096 * 8), 60))


@pytest.mark.trial
def test_no_bit_at_all_is_worth_more_than_a_few_answers(original, tmp_path):
    size = original.stat().st_size * 8
    flip_everywhere(original, tmp_path, [*range(800), *random.Random(4).sample(range(size), 4000)])


@pytest.mark.parametrize("bytes_cut", [1, 4096, 10_000])
def test_a_cut_tail_loses_what_stood_on_it(original, tmp_path, bytes_cut):
    cache = damaged_copy(original, tmp_path, lambda content: content[:-bytes_cut])
    assert right_answers(cache) >= 320
    assert cache.jobs.open("parent") or bytes_cut > 1
    cache.close()


def test_a_zeroed_page_loses_what_stood_on_it(original, tmp_path):
    def zeroed(content: bytearray) -> bytearray:
        content[4096 * 3 : 4096 * 4] = bytes(4096)
        return content

    assert right_answers(damaged_copy(original, tmp_path, zeroed)) >= 320


def test_a_flipped_bit_of_a_value_is_said(original, tmp_path, capsys):
    at = original.read_bytes().index(b'{"parent": "P77"}') + 14
    cache = damaged_copy(original, tmp_path, flipped(at * 8))
    assert right_answers(cache) == 399
    assert re.search(r"399 answers were saved, at least 1 lost \(1 (parent|merge)\)", capsys.readouterr().err)
    store(cache, 77)
    assert right_answers(cache) == 400
    cache.close()


def test_what_stands_in_the_journal_only_is_saved_as_well(cache, path):
    store(cache, *range(200))
    copy = path.with_name("copy.sqlite")
    shutil.copy(path, copy)  # as a kill leaves it: the answers are in the journal
    shutil.copy(f"{path}-wal", f"{copy}-wal")
    content = bytearray(copy.read_bytes())
    content[:16] = b"no head any more"
    copy.write_bytes(content)
    assert numbers_in(AnswerCache(copy, "wal"), *range(200)) == list(range(200))


def test_what_was_forgotten_is_not_saved(cache, path):
    store(cache, *range(300))
    store(cache, *range(300, 2000), call=made_call(question="merge"))
    cache.forget(question="merge")
    cache.close()
    content = bytearray(path.read_bytes())
    content[:16] = b"no head any more"
    path.write_bytes(content)
    assert numbers_in(cache, *range(2000)) == list(range(300))
    assert cache.is_forgotten("merge", "x", "imported", "2020-01-01")


# --- versions ---

FIRST_VERSION = """
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, made TEXT NOT NULL, question TEXT NOT NULL, model TEXT NOT NULL, model_version TEXT,
    prompt BLOB NOT NULL, reply BLOB NOT NULL, input_tokens INTEGER, cached_tokens INTEGER, output_tokens INTEGER,
    seconds REAL, dollars REAL);
CREATE TABLE items (
    key BLOB PRIMARY KEY, call INTEGER NOT NULL, label TEXT NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (
    display_name TEXT PRIMARY KEY, question TEXT NOT NULL, name TEXT, content BLOB NOT NULL);
INSERT INTO calls VALUES (7, '2026-11-24T00:00:00+00:00', 'parent', 'flash', NULL, 'p', 'r', 1, 0, 2, 0.0, 0.5);
INSERT INTO jobs VALUES ('rootward-parent-1', 'parent', 'batches/1', '[[["k"]], ["prompt"]]');
"""


@pytest.fixture
def first_version(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as old:
        old.executescript(FIRST_VERSION)
        rows = [(bytes.fromhex(key(n)), 7, f"item {n}", json.dumps({"parent": f"P{n}"})) for n in range(300)]
        old.executemany("INSERT INTO items VALUES (?,?,?,?)", rows)
    old.close()
    return path


def test_a_file_of_the_first_version_is_brought_up_to_date(cache, first_version):
    assert numbers_in(cache, *range(300)) == list(range(300))
    assert cache.call_of(key(1)[:16])["dollars"] == 0.5
    assert [job.name for job in cache.jobs.open("parent")] == ["batches/1"]
    store(cache, 500)
    cache.close()
    assert numbers_in(AnswerCache(first_version, "wal"), 1, 500) == [1, 500]


def test_a_damaged_file_of_the_first_version_is_salvaged(cache, first_version):
    content = bytearray(first_version.read_bytes())
    content[:16] = b"no head any more"
    first_version.write_bytes(content)
    assert numbers_in(cache, *range(300)) == list(range(300))
    assert [job.name for job in cache.jobs.open("parent")] == ["batches/1"]


def test_a_newer_version_is_refused_in_one_line_and_left_as_it_is(cache, path):
    store(cache, 1)
    cache.close()
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version={VERSION + 1}")
        newer.execute(f"PRAGMA application_id={APPLICATION + VERSION + 1}")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(UserError, match=f"newer Rootward.*{VERSION + 1}"):
        cache.get_many([key(1)])
    assert path.read_bytes() == before


def test_what_was_forgotten_is_told_by_all_that_was_said(cache, tmp_path):
    store(cache, 1)
    cache.forget(question="parent", label="Mitophagy", before="2026-01-01")
    assert cache.is_forgotten("parent", "MITOPHAGY", "imported", "2025-12-31T00:00:00+00:00")
    assert not cache.is_forgotten("parent", "mitophagy", "imported", "2026-01-02T00:00:00+00:00")
    assert not cache.is_forgotten("siblings", "mitophagy", "imported", "2025-12-31T00:00:00+00:00")
    old = tmp_path / "old.json"
    old.write_text("{}")
    assert made_at(old) > "2026"
