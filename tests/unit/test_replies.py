"""Reading replies: what is one complete value is taken, nothing is repaired, and items are judged one by one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rootward.curators.questions import ask_about
from rootward.curators.replies import REFUSALS, RawReply, read, strict_json

VALUE = {"parent": "Autophagy", "reasoning": "part of it"}
WHOLE = json.dumps(VALUE)
ROWS = '{"items": [{"id": "a", "score": 0.93}, {"id": "two", "score": 0.5}], "note": "x", "done": true}'

TAKEN = {
    "as it is": (WHOLE, VALUE),
    "white space around": (f"\n\t {WHOLE} \r\n", VALUE),
    "byte order mark": (f"\ufeff{WHOLE}", VALUE),
    "fence": (f"```json\n{WHOLE}\n```", VALUE),
    "fence without a language": (f"```\n{WHOLE}\n```", VALUE),
    "fence in capitals, mark before": (f"\ufeff```JSON\n{WHOLE}\n```\n", VALUE),
    "prose around": (f"Here it is:\n\n{WHOLE}\n\nLet me know.", VALUE),
    "fence with prose before": (f"Here it is:\n```json\n{WHOLE}\n```", VALUE),
    "fence with prose after": (f"```json\n{WHOLE}\n```\nHope it helps.", VALUE),
    "fence of another language": (f"```python\n{WHOLE}\n```", VALUE),
    "fence on one line": (f"```{WHOLE}```", VALUE),
    "raw newline in a string": ('{"a": "one\ntwo"}', {"a": "one\ntwo"}),
    "escapes": ('{"a": "\\u03b2 \\"core\\" \\\\ \\n"}', {"a": 'β "core" \\ \n'}),
    "fence inside a string": ('{"a": "```json\\n{}\\n```"}', {"a": "```json\n{}\n```"}),
    "an empty object": ("{}", {}),
}

REFUSED = {
    "empty": "",
    "white space": " \n",
    "prose": "I cannot answer that.",
    "unclosed fence": f"```json\n{WHOLE}",
    "braces in the prose": f"With {{x in A}} we get: {WHOLE}",
    "two objects": f"{WHOLE}\n{WHOLE}",
    "two fences": f"```json\n{WHOLE}\n```\nor\n```json\n{WHOLE}\n```",
    "two fences and prose": f"```json\n{WHOLE}\n```\nor\n```json\n{WHOLE}\n```\nas you like",
    "half an object in a fence, and prose": f"```json\n{WHOLE[:-1]}\n```\nHope it helps.",
    "draft, then corrected": f"Draft: {WHOLE}\nBetter: {WHOLE}",
    "single quotes": "{'parent': 'A'}",
    "trailing comma": '{"parent": "A",}',
    "bare keys": '{parent: "A"}',
    "comment": '{"parent": "A" // sure\n}',
    "Python's constants": '{"a": None, "b": True}',
    "NaN": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a number beyond all bounds": '{"a": 1e999}',
    "a negative number beyond all bounds": '{"a": -1e999}',
    "a number of 5000 digits": '{"a": 1' + "0" * 5000 + "}",
    "duplicate keys": '{"parent": "A", "parent": "B"}',
    "duplicate keys further down": '{"rows": [{"a": 1, "a": 1}]}',
    "duplicate keys in prose": 'Here: {"parent": "A", "parent": "B"}',
    "bad escape": '{"a": "C:\\path"}',
    "inner quotes": '{"a": "the "core" unit"}',
    "missing comma": '{"a": 1 "b": 2}',
    "missing colon": '{"a" 1}',
    "missing bracket in the middle": '{"items": [{"id": 1}, "note": "x"}',
    "thousands": '{"a": 1,234}',
    "hexadecimal": '{"a": 0x1F}',
    "leading zeros": '{"a": 007}',
    "dots in a list": '{"items": [{"id": 1}, ...]}',
    "smart quotes": "{“a”: “b”}",
}


@pytest.mark.parametrize(("text", "value"), TAKEN.values(), ids=TAKEN)
def test_one_complete_value_is_taken(text, value):
    assert strict_json(text) == value


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_one_complete_value_is_refused(text):
    with pytest.raises(ValueError):
        strict_json(text)


def test_more_than_one_object_is_called_so_that_the_model_can_be_told():
    with pytest.raises(ValueError, match="holds 2 JSON objects instead of one"):
        strict_json(f"Draft: {WHOLE}\nBetter: {WHOLE}")


@given(end=st.integers(0, len(ROWS) - 1), fence=st.sampled_from(["", "```json\n", "Here it is:\n"]))
def test_a_text_cut_anywhere_is_refused(end, fence):
    with pytest.raises(ValueError):
        strict_json(fence + ROWS[:end])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@given(json_values)
def test_every_value_comes_back_as_it_was(value):
    assert strict_json(json.dumps({"value": value})) == {"value": value}


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000], ids=["lists", "objects"])
def test_a_reply_nested_without_end_is_refused(text):
    assert read([parent()], RawReply(text, "STOP")).problems.keys() == {0}


def test_a_list_that_breaks_off_after_its_first_row_is_refused():
    with pytest.raises(ValueError):
        strict_json(f"[{WHOLE},")


# --- what makes a reply count ---


def parent(child: str = "mTOR signaling", excluded: tuple[str, ...] = ()):
    return ask_about("parent", {"child": child, "excluded": list(excluded)}, roots=["Autophagy", "Metabolism"])


def merges(*ids: str):
    return [ask_about("merge", {"pair_id": id_, "a": f"{id_} one", "b": f"{id_} two"}) for id_ in ids]


def decision(id_: str, **other) -> dict:
    return {"pair_id": id_, "same": False, "canonical": None, "reasoning": "they differ"} | other


def judged(questions, content, finish_reason: str = "STOP"):
    text = content if isinstance(content, str) else json.dumps(content)
    return read(questions, RawReply(text, finish_reason))


ACCEPTED = {"same": False, "canonical": None, "reasoning": "they differ"}

REASONS = ("MAX_TOKENS", "OTHER", "MALFORMED_RESPONSE", "FINISH_REASON_UNSPECIFIED", "NO_CANDIDATE", "SOMETHING_NEW")


@pytest.mark.parametrize("reason", [*REASONS, *sorted(REFUSALS)])
def test_only_a_model_that_finished_by_itself_has_answered(reason):
    reading = judged([parent()], VALUE, reason)
    assert reading.values == {}
    assert reason in reading.problems[0]
    assert reading.refused == (reason in REFUSALS)


def test_content_that_is_refused_counts_for_every_question_of_the_call():
    reading = judged(merges("p", "q"), "", "SAFETY")
    assert reading.refused
    assert reading.problems.keys() == {0, 1}


def test_a_single_question_is_answered_flat():
    assert judged([parent()], VALUE).values == {0: VALUE}


@pytest.mark.parametrize(
    "content",
    [
        {"parents": [{"child": "mTOR signaling", **VALUE}]},
        {"child": "mTOR signaling", **VALUE},
        [VALUE],
        "null",
        '"Autophagy"',
    ],
)
def test_a_single_question_answered_in_another_form_is_not_answered(content):
    reading = judged([parent()], content)
    assert reading.values == {}
    assert reading.problems.keys() == {0}
    assert not reading.refused


def test_several_questions_are_answered_in_a_list_in_any_order():
    questions = [parent("a"), parent("b"), parent("c")]
    rows = [{"child": id_, "parent": f"above {id_}", "reasoning": "so"} for id_ in "cab"]
    values = judged(questions, {"parents": rows}).values
    assert [values[at]["parent"] for at in range(3)] == ["above a", "above b", "above c"]


def test_a_kind_without_a_flat_form_takes_a_list_for_one_question_too():
    assert judged(merges("p"), {"decisions": [decision("p")]}).values == {0: ACCEPTED}
    assert judged(merges("p"), ACCEPTED).values == {}


def test_a_row_that_is_missing_leaves_the_others_valid():
    reading = judged(merges("p", "q", "r"), {"decisions": [decision("r"), decision("p")]})
    assert reading.values == {0: ACCEPTED, 2: ACCEPTED}
    assert reading.problems == {1: "is missing in the reply"}


WRONG_IDS = {
    "invented": [decision("p"), decision("q"), decision("r")],
    "changed": [decision("p"), decision("q0")],
    "twice": [decision("p"), decision("q"), decision("p")],
    "no text": [decision("p"), decision(7)],
    "in other case": [decision("P"), decision("q")],
    "without one": [decision("p"), ACCEPTED],
    "no object": [decision("p"), "q"],
}


@pytest.mark.parametrize("rows", WRONG_IDS.values(), ids=WRONG_IDS)
def test_a_reply_with_ids_that_were_not_asked_is_trusted_in_nothing(rows):
    reading = judged(merges("p", "q"), {"decisions": rows})
    assert reading.values == {}
    assert reading.problems.keys() == {0, 1}


@pytest.mark.parametrize(
    "content",
    [
        {"decisions": [decision("p"), decision("q")], "note": "x"},
        {"verdicts": [decision("p"), decision("q")]},
        {"decisions": {"p": decision("p")}},
        {"decisions": None},
        [decision("p"), decision("q")],
        {},
    ],
)
def test_a_list_that_is_not_where_it_should_be_is_not_looked_for(content):
    assert judged(merges("p", "q"), content).problems.keys() == {0, 1}


WRONG_ROWS = {
    "missing field": {"pair_id": "q", "same": False, "canonical": None},
    "field of its own": decision("q", note="my best estimate"),
    "text for a truth value": decision("q", same="false"),
    "number for a truth value": decision("q", same=0),
    "list for a text": decision("q", reasoning=["so"]),
    "same without a name": decision("q", same=True),
    "a name without same": decision("q", canonical="q one"),
    "an empty name": decision("q", same=True, canonical=" \u200b "),
    "a name without end": decision("q", same=True, canonical="x" * 201),
}


@pytest.mark.parametrize("row", WRONG_ROWS.values(), ids=WRONG_ROWS)
def test_a_row_is_judged_for_itself(row):
    reading = judged(merges("p", "q"), {"decisions": [decision("p"), row]})
    assert reading.values == {0: ACCEPTED}
    assert reading.problems.keys() == {1}
    assert reading.problems[1]


@pytest.mark.parametrize("confidence", [-0.1, 1.1, "0.5", None, True])
def test_a_confidence_is_a_number_between_0_and_1(confidence):
    item = dict.fromkeys(("interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement"), "x")
    row = {"interaction_id": "x", "pathway": "Autophagy", "confidence": confidence, "reasoning": "so"}
    assert judged([ask_about("assign_term", item, roots=["R"])], {"assignments": [row]}).problems.keys() == {0}


def test_an_answer_that_was_not_on_offer_is_none():
    question = ask_about("choose_root", {"pathway": "x"}, roots=["Autophagy", "Metabolism"])
    assert judged([question], {"root": "autophagy", "reasoning": "so"}).values[0]["root"] == "autophagy"
    assert "none of those offered" in judged([question], {"root": "Mitosis", "reasoning": "so"}).problems[0]
    assert "excluded" in judged([parent(excluded=("autophagy",))], VALUE).problems[0]


def test_names_and_reasons_are_cleaned_of_what_cannot_be_seen():
    reading = judged([parent()], {"parent": " Auto\u200bphagy\n", "reasoning": "so\u202e\0 it is"})
    assert reading.values[0]["parent"] == "Autophagy"
    assert not set("\u202e\0") & set(reading.values[0]["reasoning"])


def test_half_a_surrogate_pair_never_reaches_an_answer():
    reading = judged([parent()], '{"parent": "\\ud83d", "reasoning": "so"}')
    assert reading.values == {}
    reading = judged([parent()], '{"parent": "Autophagy", "reasoning": "so \\ud83d"}')
    assert all("\ud83d" not in value["reasoning"] for value in reading.values.values())
