"""The step store: what goes in comes back whole or not at all, whatever happens in between."""

import multiprocessing
import os
import signal
import time

import pytest
from rootward.workflow import store as stores
from rootward.workflow.contents import file_hash
from rootward.workflow.store import Kept, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "steps", 1e9)


def result(folder, **contents: str) -> dict[str, str]:
    """Files of the given contents: output -> path."""
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return {name: str(folder / name) for name in contents}


def keep(store, key, outputs, step="climb"):
    store.keep(step, key, outputs, Kept({name: file_hash(path) for name, path in outputs.items()}))


def elsewhere(tmp_path, *names):
    return {name: str(tmp_path / "again" / name) for name in names}


def read(outputs):
    return {name: open(path, encoding="utf-8").read() for name, path in outputs.items()}


def test_what_was_kept_comes_back_under_its_key_and_no_other(store, tmp_path):
    keep(store, "k1", result(tmp_path / "out", a="1", b="2"))
    again = elsewhere(tmp_path, "a", "b")
    assert store.put_back("climb", "k2", again) is None
    assert store.put_back("other", "k1", again) is None
    assert store.put_back("climb", "k1", again) is not None
    assert read(again) == {"a": "1", "b": "2"}


def test_an_output_more_than_was_kept_is_a_miss_and_one_less_is_not(store, tmp_path):
    keep(store, "k1", result(tmp_path / "out", a="1", b="2"))
    assert store.put_back("climb", "k1", elsewhere(tmp_path, "a", "c")) is None
    assert store.put_back("climb", "k1", elsewhere(tmp_path, "a")) is not None


def test_an_edit_of_a_result_does_not_reach_the_store(store, tmp_path):
    outputs = result(tmp_path / "out", a="1")
    keep(store, "k1", outputs)
    (tmp_path / "out" / "a").write_text("edited")
    again = elsewhere(tmp_path, "a")
    assert store.put_back("climb", "k1", again)
    (tmp_path / "again" / "a").write_text("edited too")
    assert store.put_back("climb", "k1", again)
    assert read(again) == {"a": "1"}


@pytest.mark.parametrize("damage", ["edit", "cut", "gone", "no key"])
def test_what_is_damaged_in_the_store_is_a_miss_and_is_let_go(store, tmp_path, damage):
    outputs = result(tmp_path / "out", a="123")
    keep(store, "k1", outputs)
    (kept,) = (tmp_path / "steps" / "objects").iterdir()
    (key,) = (tmp_path / "steps" / "keys").iterdir()
    {
        "edit": lambda: kept.write_text("124"),
        "cut": lambda: kept.write_text(""),
        "gone": kept.unlink,
        "no key": lambda: key.write_text("{"),
    }[damage]()
    again = elsewhere(tmp_path, "a")
    assert store.put_back("climb", "k1", again) is None
    assert not (tmp_path / "again" / "a").exists()
    keep(store, "k1", outputs)
    assert store.put_back("climb", "k1", again)
    assert read(again) == {"a": "123"}


def test_it_is_bounded_and_what_was_unused_for_longest_goes_first(tmp_path):
    store = Store(tmp_path / "steps", 25)
    for n in range(4):
        keep(store, f"k{n}", result(tmp_path / "out", a=str(n) * 10))
        os.utime(tmp_path / "steps" / "keys" / f"climb-k{n}.json", ns=(0, n * 10**9))
        if n == 1:
            assert store.put_back("climb", "k0", elsewhere(tmp_path, "a"))  # used just now
    held = [n for n in range(4) if store.put_back("climb", f"k{n}", elsewhere(tmp_path, "a"))]
    assert held == [0, 3]
    assert sum(path.stat().st_size for path in (tmp_path / "steps" / "objects").iterdir()) <= 25


def test_what_is_larger_than_the_store_is_not_kept(tmp_path):
    store = Store(tmp_path / "steps", 5)
    keep(store, "k1", result(tmp_path / "out", a="123456"))
    assert store.put_back("climb", "k1", elsewhere(tmp_path, "a")) is None


def test_a_store_that_cannot_be_written_to_costs_nothing_else(tmp_path):
    (tmp_path / "steps").write_text("a file")
    store = Store(tmp_path / "steps", 1e9)
    keep(store, "k1", result(tmp_path / "out", a="1"))
    assert store.put_back("climb", "k1", elsewhere(tmp_path, "a")) is None


def test_what_is_forced_is_let_go(store, tmp_path):
    for step in ("climb", "join_levels"):
        keep(store, "k1", result(tmp_path / "out", a=step), step)
    store.drop({"climb"})
    assert store.find("climb", "k1") is None
    assert store.find("join_levels", "k1") is not None
    store.drop(None)
    assert store.find("join_levels", "k1") is None


def _keep_and_put_back(folder, number):
    store = Store(folder / "steps", 2000)
    while True:
        for n in range(20):
            outputs = result(folder / f"out{number}", a=f"{n}" * 200, b=f"{number}{n}" * 50)
            keep(store, f"k{number}-{n}", outputs)
            store.put_back("climb", f"k{number}-{n}", {name: f"{path}.again" for name, path in outputs.items()})


def test_processes_that_are_killed_at_any_moment_leave_a_store_that_gives_what_was_kept(tmp_path):
    context = multiprocessing.get_context("fork")
    for _ in range(5):
        workers = [context.Process(target=_keep_and_put_back, args=(tmp_path, number)) for number in range(2)]
        for worker in workers:
            worker.start()
        time.sleep(0.1)
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
    store, found = Store(tmp_path / "steps", 2000), 0
    for number in range(2):
        for n in range(20):
            again = elsewhere(tmp_path, "a", "b")
            if store.put_back("climb", f"k{number}-{n}", again):
                found += 1
                assert read(again) == {"a": f"{n}" * 200, "b": f"{number}{n}" * 50}
    assert found


def test_a_file_system_without_reflinks_gets_copies(store, tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "CLONE", -1)
    keep(store, "k1", result(tmp_path / "out", a="1"))
    assert store.put_back("climb", "k1", elsewhere(tmp_path, "a"))
    assert (tmp_path / "again" / "a").stat().st_nlink == 1
