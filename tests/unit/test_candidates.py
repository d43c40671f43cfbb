"""What a model is shown of the references before it names a pathway: context, and only for what is really asked."""

import pytest
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.curators.candidates import Candidates
from rootward.curators.offline import ReactomeCurator
from rootward.curators.questions import ask_about
from test_engine import Model, parents, well


def interaction(a, b, statement="", **more):
    item = {"interaction_id": f"{a}-{b}", "protein_a": a, "protein_b": b, "effect": "", "mechanism": "", **more}
    return ask_about("assign_term", item | {"statement": statement}, roots=["Autophagy"])


AUTOPHAGY = interaction("SQSTM1", "MAP1LC3B", "SQSTM1 binds MAP1LC3B in selective autophagy")
NOBODY = interaction("NOTAPROTEIN", "NOTHER")


@pytest.fixture(scope="module")
def offline(references):
    return ReactomeCurator(references, (), pairs=lambda: (), threshold=0.5)


def test_the_likeliest_pathways_are_shown_with_their_parents(offline):
    shown = Candidates(lambda: offline, 10)({"1": AUTOPHAGY, "2": NOBODY})
    candidates = shown["1"].item["candidates"]
    assert len(candidates) == 10
    assert {"pathway": "Selective autophagy", "parent": "Macroautophagy"} in candidates[:3]
    assert shown["2"].item["candidates"] == []


def test_an_answer_is_kept_under_the_same_key_with_and_without_them(offline):
    shown = Candidates(lambda: offline, 3)({"1": AUTOPHAGY})["1"]
    assert len(shown.item["candidates"]) == 3
    assert shown.key("m") == AUTOPHAGY.key("m")


def test_nobody_is_weighed_where_nothing_is_to_be_shown():
    def offline():
        raise AssertionError("the references were read")

    parent = ask_about("parent", {"child": "Mitophagy", "excluded": []}, roots=[])
    assert Candidates(offline, 10)({"1": parent}) == {"1": parent}
    assert Candidates(offline, 0)({"1": AUTOPHAGY}) == {"1": AUTOPHAGY}
    assert Candidates(offline, 10)({}) == {}


def test_only_what_is_not_in_the_cache_is_put_in_context(tmp_path):
    seen = []

    def in_context(questions):
        seen.append([question.item_id for question in questions.values()])
        return dict(questions)

    for asked in (parents("x"), parents("x", "y"), parents("y")):
        cache = AnswerCache(tmp_path / "a.sqlite", "wal")
        engine = Engine(Model(well), cache, Ledger(), slots=1, attempts=1, in_context=in_context)
        engine.answer(asked)
    assert seen == [["x"], ["y"], []]
