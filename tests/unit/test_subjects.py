"""Questions about interactions that are created when they are asked."""

import pyarrow as pa
import pytest
from rootward.asking.subjects import COLUMNS, Subjects

ROWS = [
    dict.fromkeys(COLUMNS) | {"interaction_id": f"I{n}", "protein_a": f"A{n}", "protein_b": "B", "human_b": human}
    for n, human in enumerate([None, "HUMAN", None, None])
]
TABLE = pa.Table.from_pylist(ROWS)
MORE = [{"path": [f"P{n}"], "children": []} for n in range(len(ROWS))]


@pytest.fixture
def subjects() -> Subjects:
    return Subjects("place", TABLE, more=MORE)


def test_each_row_has_what_is_said_of_it_alone(subjects):
    assert [(one.item_id, one.item["path"]) for one in subjects] == [(f"I{n}", [f"P{n}"]) for n in range(4)]
    assert [one.item["protein_b"] for one in subjects] == ["B", "HUMAN", "B", "B"]
    assert not any("human_b" in one.item for one in subjects)


@pytest.mark.parametrize("part", [slice(1, 3), slice(None, None, 2), slice(2, 99), slice(-1, None), slice(3, 1)])
def test_a_part_has_the_same_questions(subjects, part):
    assert subjects[part] == list(subjects)[part]


@pytest.mark.parametrize("at", [0, 3, -1, -4])
def test_one_question_is_the_one_of_the_list(subjects, at):
    assert subjects[at] == list(subjects)[at]


def test_a_place_beyond_the_end_is_refused(subjects):
    with pytest.raises(IndexError):
        subjects[4]


def test_without_more_the_row_is_all():
    (first, *_) = Subjects("assign_term", TABLE, roots=["R"])
    assert first.item["interaction_id"] == "I0" and "path" not in first.item and first.shared == {"roots": ["R"]}
