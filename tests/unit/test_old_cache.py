"""The answers of an earlier pipeline, in every form they come in."""

import json

import pytest
from rootward.asking.old_cache import old_answers


def test_the_earlier_pipelines_answers_are_read_in_every_form(tmp_path):
    file = tmp_path / "pathway_hierarchy_cache.json"
    content = {
        "parent:mtor signaling": "Signal Transduction",
        "parent:autophagy": {"parent": "Cellular process", "reasoning": "part of it"},
        "siblings:apoptosis": ["Necroptosis", "Pyroptosis"],
        "siblings:dna repair": [{"name": "Replication", "why": "x"}, "Recombination"],
        "siblings:metabolism": {"siblings": ["Transport"], "reasoning": "near"},
    }
    useless = {
        "parent:a": "",
        "parent:b": None,
        "parent:c": 7,
        "parent:d": ["A"],
        "parent:e": {"name": "A"},
        "siblings:f": "A",
        "other:g": "A",
        "no colon": "A",
    }
    file.write_text(json.dumps(content | useless), encoding="utf-8")
    assert {(kind, name): value for kind, name, value in old_answers(file)} == {
        ("parent", "mtor signaling"): {"parent": "Signal Transduction", "reasoning": ""},
        ("parent", "autophagy"): {"parent": "Cellular process", "reasoning": "part of it"},
        ("siblings", "apoptosis"): {
            "siblings": [{"name": "Necroptosis", "reasoning": ""}, {"name": "Pyroptosis", "reasoning": ""}]
        },
        ("siblings", "dna repair"): {
            "siblings": [{"name": "Replication", "reasoning": ""}, {"name": "Recombination", "reasoning": ""}]
        },
        ("siblings", "metabolism"): {"siblings": [{"name": "Transport", "reasoning": "near"}]},
    }


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '"text"', "null", "\ufffd\0"])
def test_an_earlier_cache_that_is_none_holds_nothing(tmp_path, content):
    file = tmp_path / "old.json"
    file.write_text(content, encoding="utf-8")
    assert list(old_answers(file)) == []
    assert list(old_answers(tmp_path / "missing.json")) == []


def test_an_earlier_answer_without_a_reasoning_has_an_empty_one(tmp_path):
    file = tmp_path / "old.json"
    file.write_text('{"parent:a": {"parent": "B", "reasoning": null}}', encoding="utf-8")
    assert [value for _, _, value in old_answers(file)] == [{"parent": "B", "reasoning": ""}]
