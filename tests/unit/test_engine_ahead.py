"""The engine ahead of its questions, and on answers that were there before."""

import json

import pytest
from asking_model import Model, failures, parents, spoiling
from rootward.asking.cache import Call
from rootward.asking.engine import Engine
from rootward.curators.base import Answer
from rootward.curators.questions import Question, ask_about
from rootward.curators.replies import RawReply

pytestmark = pytest.mark.usefixtures("no_pauses")


# --- looking ahead ---


def above(question: Question, answer: Answer) -> list[Question]:
    """The next questions of a climb that ends five levels up."""
    name = answer.value["parent"]
    return parents(name) if name.count("above") < 5 else []


def climb(engine: Engine, names: list[str], follow) -> list[list[str]]:
    """The names of each level."""
    levels = [names]
    while levels[-1][0].count("above") < 5:
        levels.append([answer.value["parent"] for answer in engine.answer(parents(*levels[-1]), follow_up=follow)])
    return levels


def test_looking_ahead_gives_the_same_levels_and_leaves_later_ones_nothing_to_ask(start, tmp_path):
    names, ahead, plain = [f"x{n}" for n in range(12)], Model(), Model(asked_of="apart")
    levels = climb(start(ahead), names, above)
    assert levels == climb(start(plain), names, None)
    assert sorted(ahead.asked) == sorted(plain.asked)
    assert len(set(ahead.asked)) == len(ahead.asked) == 60
    first = Model(asked_of="once more")
    start(first).answer(parents(*names), follow_up=above)
    later = Model(asked_of="once more")
    climb(start(later), names, None)
    assert (len(first.calls), later.calls) == (60, [])


def test_looking_ahead_goes_on_where_the_answers_known_end(start):
    start(Model()).answer(parents("x"))
    model = Model()
    start(model).answer(parents("x", "y"), follow_up=above)
    assert sorted(model.asked) == sorted(["y", *("above " * n + name for name in "xy" for n in range(1, 5))])


def test_what_failed_ahead_is_no_failure_of_this_level(start):
    model = Model(spoiling("above x", lambda: RawReply("", "SAFETY")))
    answers = start(model).answer(parents("x", "y"), follow_up=above)
    assert failures(parents("x", "y"), answers) == {}


# --- answers of an earlier pipeline ---


def test_earlier_answers_are_taken_over_and_kept(start, tmp_path):
    old = tmp_path / "old.json"
    content = {"parent:mtor signaling": "Signal Transduction", "siblings:autophagy": ["A", "B", "C"]}
    old.write_text(json.dumps(content), encoding="utf-8")
    model = Model()
    engine = start(model, old=str(old))
    siblings = [ask_about("siblings", {"parent": "Autophagy", "children": []}, limit=2)]
    assert engine.answer(parents("mTOR signaling"))[0].value["parent"] == "Signal Transduction"
    assert [s["name"] for s in engine.answer(siblings)[0].value["siblings"]] == ["A", "B"]
    assert start(model).answer(parents("mTOR signaling"))[0].value["parent"] == "Signal Transduction"
    assert model.calls == []
    assert engine.cache.call_of(engine.answer(siblings)[0].call_id)["model"] == "imported"


def test_an_earlier_answer_that_is_none_is_asked_anew(start, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"parent:x": "\u200b", "parent:y": "Z" * 300}), encoding="utf-8")
    model = Model()
    start(model, old=str(old)).answer(parents("x", "y"))
    assert sorted(model.asked) == ["x", "y"]


def test_a_forgotten_answer_is_not_taken_over_again(start, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"parent:x": "P", "parent:y": "Q", "parent:z": "R"}), encoding="utf-8")
    model = Model()
    engine = start(model, old=str(old))
    engine.answer(parents("x", "y"))
    engine.cache.forget(question="parent", label="X")
    engine = start(model, old=str(old))
    found = [answer.value["parent"] for answer in engine.answer(parents("x", "y", "z"))]
    assert (model.asked, found) == (["x"], ["above x", "Q", "R"])
    engine.cache.forget(question="parent")
    start(model, old=str(old)).answer(parents("x", "z"))
    assert sorted(model.asked) == ["x", "x", "z"]


def test_what_is_stored_and_is_no_answer_any_more_is_asked_again(start):
    model = Model()
    engine = start(model)
    answers = engine.answer(parents("x", "y"))
    key = engine.key(parents("x")[0])
    engine.cache.store(Call("parent", "flash", None, "", ""), {key: ("x", {"parent": "X"})})  # its reasoning is gone
    assert start(model).answer(parents("x", "y")) == answers
    assert sorted(model.asked) == ["x", "x", "y"]
