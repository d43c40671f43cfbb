"""The answer cache: what was stored is there, for threads and for processes, after a kill and after damage."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from builders import SCRIPTS
from caching import key, made_call, numbers_in, store
from rootward.asking import sql
from rootward.asking.cache import AnswerCache
from rootward.errors import UserError

ASKING = Path(sql.__file__).parent

# Stores numbered answers one by one and says each number as soon as `store` has returned.
WRITER = """
import sys
from rootward.asking.cache import AnswerCache, Call
cache, first, count = AnswerCache(sys.argv[1], "wal"), int(sys.argv[2]), int(sys.argv[3])
for n in range(first, first + count):
    cache.store(Call("parent", "m", "m", "prompt " * 50, "reply"), {f"{n:016x}" * 2: (str(n), {"parent": str(n)})})
    print(n, flush=True)
"""


def writer(path, first: int, count: int) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SCRIPTS)})


@pytest.fixture
def mounted(tmp_path):
    """Mounts a small file system on a folder, with the options given; root may write to any other folder."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    mounts = []

    def mount(options: str):
        action = ["mount", "-o", f"remount,{options}"] if mounts else ["mount", "-t", "tmpfs", "-o", options, "tmpfs"]
        if os.geteuid() != 0 or subprocess.run([*action, str(folder)], capture_output=True).returncode != 0:
            pytest.skip("only root can mount a small or read-only file system")
        mounts.append(options)
        return folder

    yield mount
    if mounts:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


# --- stored and found ---


def test_an_answer_is_found_under_its_key_and_no_other(cache):
    cache.store(made_call(), {key(1): ("mTOR", {"parent": "Signal Transduction", "reasoning": "β → γ, „so“"})})
    assert cache.get_many([key(1), key(2)]) == {key(1): {"parent": "Signal Transduction", "reasoning": "β → γ, „so“"}}


def test_looking_up_creates_no_file(cache, path):
    assert cache.get_many([key(1)]) == {}
    assert cache.statistics() == []
    assert cache.call_of(key(1)[:16]) is None
    assert cache.forget(question="parent") == {}
    assert not path.parent.exists()


def test_the_later_answer_to_a_question_counts(cache):
    store(cache, 1)
    cache.store(made_call(model="pro"), {key(1): ("item 1", {"parent": "another"})})
    assert cache.get_many([key(1)]) == {key(1): {"parent": "another"}}
    assert cache.models_of([key(1)[:16]]) == {key(1)[:16]: "pro"}


@pytest.mark.parametrize("mode", ["wal", "delete", "truncate", "persist"])
def test_every_journal_mode_keeps_answers_and_is_the_one_in_use(path, mode):
    cache = AnswerCache(path, mode)
    store(cache, 1)
    assert numbers_in(AnswerCache(path, mode), 1) == [1]
    cache.close()
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone()[0] == ("wal" if mode == "wal" else "delete")


def test_more_answers_are_looked_up_than_fit_into_a_query(cache):
    for start in range(0, 5000, 1000):
        store(cache, *range(start, start + 1000))
    assert len(cache.get_many(key(n) for n in range(6000))) == 5000


# --- several at once ---


def test_threads_share_a_cache(cache):
    def work(thread: int) -> int:
        for n in range(thread * 100, thread * 100 + 100):
            store(cache, n)
        return len(numbers_in(cache, *range(thread * 100, thread * 100 + 100)))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [100] * 8
    assert sum(row["calls"] for row in cache.statistics()) == 800


def test_calls_that_waited_for_the_file_are_written_along_each_with_its_answers(cache, path, monkeypatch):
    monkeypatch.setattr(sql, "VALUES_AT_ONCE", 40)  # three calls or ten answers in a statement
    store(cache, 0)
    with sqlite3.connect(path, isolation_level=None) as other, ThreadPoolExecutor(8) as pool:
        other.execute("BEGIN IMMEDIATE")  # the first waits for the file, the others for the first
        numbers = [range(n, n + n % 5 + 1) for n in range(10, 90, 10)]
        stored = [pool.submit(store, cache, *some, call=made_call(prompt=f"call {some[0]}")) for some in numbers]
        wait(stored, timeout=0.5)
        other.execute("COMMIT")
    other.close()
    assert [future.exception() for future in stored] == [None] * 8
    for some in numbers:
        assert numbers_in(cache, *some) == list(some)
        assert {cache.call_of(key(n)[:16])["prompt"] for n in some} == {f"call {some[0]}"}


def test_no_answer_is_lost_whenever_another_thread_takes_its_turn(cache):
    """At every step of one `store`, another thread comes with an answer of its own."""
    others = []

    def step(frame, event: str, _):
        if Path(frame.f_code.co_filename).parent == ASKING:
            others.append(threading.Thread(target=store, args=(cache, 1 + len(others))))
            others[-1].start()
            others[-1].join(0.01)
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        store(cache, 0)
    finally:
        sys.settrace(before)
    for other in others:
        other.join()
    assert len(others) > 20
    assert numbers_in(cache, *range(len(others) + 1)) == list(range(len(others) + 1))


def test_an_answer_is_on_disk_when_store_returns(cache, path):
    """Threads that wait for the file are written along by another thread; they must not return before."""
    missing = []

    def work(thread: int) -> None:
        reader = AnswerCache(path, "wal")
        for n in range(thread * 20, thread * 20 + 20):
            store(cache, n)
            missing.extend({n} - set(numbers_in(reader, n)))
        reader.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert missing == []


def test_two_processes_write_at_once(cache, path):
    writers = [writer(path, first, 150) for first in (0, 1000)]
    for process in writers:
        process.communicate(timeout=60)
    assert [process.returncode for process in writers] == [0, 0]
    wanted = [key(n) for first in (0, 1000) for n in range(first, first + 150)]
    assert cache.get_many(wanted).keys() == set(wanted)


def test_who_creates_the_file_waits_for_another_who_does_so_too(cache, path):
    """Switching a new file to WAL is the one thing for which SQLite does not wait by itself."""
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        stored = pool.submit(store, cache, 1)
        wait([stored], timeout=1)  # less when it gives up
        other.execute("COMMIT")
        other.close()
        stored.result(timeout=10)
    assert numbers_in(cache, 1) == [1]


def test_a_process_killed_while_writing_loses_nothing_it_was_told_is_kept(cache, path):
    process = writer(path, 0, 100_000)
    told = [int(process.stdout.readline()) for _ in range(60)]
    process.kill()
    told += map(int, process.communicate()[0].split())
    assert process.returncode == -signal.SIGKILL
    assert cache.get_many(map(key, told)).keys() == set(map(key, told))
    assert cache.call_of(key(told[-1])[:16])["prompt"] == "prompt " * 50
    store(cache, 10**6)
    assert numbers_in(cache, 10**6) == [10**6]


# --- disks that take nothing ---


def fill(cache: AnswerCache, stored: list[int]) -> None:
    """Store bulky answers until there is no room; `stored` tells which were kept."""
    for n in range(1000):
        store(cache, n, call=made_call(reply=os.urandom(3000).hex()))
        stored.append(n)


def test_a_read_only_folder_can_be_read_and_is_refused_before_anything_is_paid(mounted):
    folder = mounted("size=1m")
    full = AnswerCache(folder / "answers.sqlite", "wal")
    store(full, 1)
    full.close()
    mounted("ro")
    cache = AnswerCache(folder / "answers.sqlite", "wal")
    assert numbers_in(cache, 1) == [1]
    assert cache.call_of(key(1)[:16])["prompt"] == "p"
    with pytest.raises(UserError, match="cannot be written"):
        cache.require_writable()
    with pytest.raises(UserError, match="cannot be opened for writing"):
        store(cache, 2)
    cache.close()


def test_a_read_only_folder_without_a_cache_is_refused_in_one_line(mounted):
    mounted("size=1m")
    cache = AnswerCache(mounted("ro") / "answers.sqlite", "wal")
    assert cache.get_many([key(1)]) == {}
    with pytest.raises(UserError, match="cannot be opened for writing"):
        cache.require_writable()


def test_a_full_disk_keeps_what_is_stored_and_goes_on_when_there_is_room(mounted):
    cache = AnswerCache(mounted("size=400k") / "answers.sqlite", "wal")
    stored = []
    with pytest.raises(UserError, match="no space left"):
        fill(cache, stored)
    assert stored
    assert numbers_in(cache, *stored) == stored
    mounted("size=4m")
    store(cache, 10**6)
    assert numbers_in(cache, *stored, 10**6) == [*stored, 10**6]
    cache.close()


def test_a_full_database_says_that_there_is_no_space(cache, monkeypatch):
    connect = sqlite3.connect

    def small(*args, **kwargs):
        connection = connect(*args, **kwargs)
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    monkeypatch.setattr(sql.sqlite3, "connect", small)
    with pytest.raises(UserError, match="no space left"):
        fill(cache, [])


def test_a_file_in_the_place_of_the_folder_is_said_in_one_line(cache, path):
    path.parent.write_text("a file")
    with pytest.raises(UserError, match=r"answers\.sqlite"):
        cache.require_writable()


# --- where an answer comes from, and what there is ---


def test_a_call_id_leads_to_the_call(cache):
    call = made_call("merge", "pro", model_version="pro-2", prompt="naïve\ud83d", reply='{"a": 1}', input_tokens=7)
    cache.store(call, {"ab" * 16: ("a|b", {"same": False})})
    found = cache.call_of("ab" * 8)
    assert {name: found[name] for name in ("question", "model", "model_version", "reply", "input_tokens")} == {
        "question": "merge",
        "model": "pro",
        "model_version": "pro-2",
        "reply": '{"a": 1}',
        "input_tokens": 7,
    }
    assert cache.call_of("cd" * 8) is None


@pytest.mark.parametrize("text", ["", "short", "long " * 5000, "half a pair: \ud83d", "NUL: \0 and more"])
def test_a_call_is_shown_as_it_was(cache, text):
    cache.store(made_call(reply=text), {key(1): ("x", {})})
    assert cache.call_of(key(1)[:16])["reply"] == text


def test_long_texts_take_little_room(cache):
    cache.store(made_call(prompt="long " * 5000), {key(1): ("x", {})})
    assert cache.statistics()[0]["bytes"] < 1000


def test_the_call_id_of_a_reference_answer_leads_to_no_call(cache):
    store(cache, 1)
    assert cache.call_of("reactome:R-HSA-109581") is None


def test_models_of_knows_only_what_is_stored(cache):
    store(cache, 1)
    assert cache.models_of([key(1)[:16], key(2)[:16]]) == {key(1)[:16]: "flash"}


def test_statistics_count_per_question_and_model(cache):
    cache.store(
        made_call(input_tokens=10, output_tokens=5, dollars=0.5),
        {key(1): ("a", {"x": 1}), key(2): ("b", {"x": 2})},
    )
    cache.store(made_call(input_tokens=1, output_tokens=2, dollars=0.25), {key(3): ("c", {"x": 3})})
    cache.store(made_call("merge", "pro"), {key(4): ("d", {"x": 4})})
    merge, parent = cache.statistics()
    assert parent["bytes"] > 3 * len('{"x": 1}')
    counted = ("question", "model", "calls", "answers", "input_tokens", "output_tokens", "dollars")
    assert [parent[name] for name in counted] == ["parent", "flash", 2, 3, 11, 7, 0.75]
    assert [merge[name] for name in counted] == ["merge", "pro", 1, 1, 0, 0, 0.0]


# --- forgetting on purpose ---


@pytest.fixture
def filled(cache, path):
    """Answers 1 (parent, flash, old), 2 (parent, pro) and 3 (merge, pro)."""
    store(cache, 1)
    store(cache, 2, call=made_call("parent", "pro"))
    store(cache, 3, call=made_call("merge", "pro"))
    with sqlite3.connect(path) as plain:
        plain.execute("UPDATE calls SET made = '2020-05-05T12:00:00+00:00' WHERE id = 1")
    plain.close()
    return cache


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        ({"question": "parent"}, [3]),
        ({"label": "ITEM 2"}, [1, 3]),
        ({"model": "pro"}, [1]),
        ({"before": "2020-05-06"}, [2, 3]),
        ({"before": "2020-05-05"}, [1, 2, 3]),
        ({"question": "parent", "model": "pro"}, [1, 3]),
        ({"question": "parent", "label": "item 3"}, [1, 2, 3]),
        ({}, [1, 2, 3]),
    ],
)
def test_forgetting_drops_what_meets_all_conditions_and_nothing_else(filled, conditions, left):
    assert filled.forget(**conditions).total() == 3 - len(left)
    assert numbers_in(filled, 1, 2, 3) == left


def test_a_call_is_forgotten_with_its_last_answer(cache, path):
    cache.store(made_call(), {key(1): ("a", {}), key(2): ("b", {})})
    cache.forget(label="a")
    assert cache.call_of(key(2)[:16]) is not None
    cache.forget(label="b")
    cache.close()
    with sqlite3.connect(path) as plain:
        assert plain.execute("SELECT count(*) FROM calls").fetchone() == (0,)
    plain.close()


def test_forgetting_a_name_knows_the_case_of_greek_letters(cache):
    cache.store(made_call(), {key(1): ("TGF-β signaling", {})})
    assert cache.forget(label="tgf-Β Signaling") == {"parent": 1}
