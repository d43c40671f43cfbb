"""Schemas as the strictest server takes them, and as they leave a small model no choice but what was asked."""

import json

import pytest
from fake_openai.schemas import complaint
from rootward.curators.openai.schemas import detailed, narrowed, strict
from rootward.curators.questions import KINDS, ask_about


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2])
def test_every_schema_is_one_that_strict_mode_takes(kind, count):
    schema = KINDS[kind].schema(count)
    assert complaint(schema) is not None or KINDS[kind].is_flat(count)
    assert complaint(strict(schema, None)) is None
    assert '"maxLength": 300' in json.dumps(strict(schema, 300))


def test_a_small_model_has_only_what_was_asked_to_choose_from():
    row = {"protein_a": "TP53", "protein_b": "MDM2", "effect": "unknown", "mechanism": None, "statement": None}
    questions = [ask_about("assign_term", row | {"interaction_id": f"R{n}"}, roots=["Autophagy"]) for n in range(2)]
    schema = strict(KINDS["assign_term"].schema(2), 300)
    before = json.dumps(schema)
    whole = narrowed(schema, questions, is_again=False)
    listed = whole["properties"]["assignments"]
    assert (listed["minItems"], listed["maxItems"]) == (2, 2)
    assert listed["items"]["properties"]["interaction_id"]["enum"] == ["R0", "R1"]
    assert next(iter(listed["items"]["properties"])) == "interaction_id"
    confidence = listed["items"]["properties"]["confidence"]
    assert (min(confidence["enum"]), max(confidence["enum"])) == (0, 1)
    assert complaint(whole) is None
    each = detailed(whole, questions)["properties"]["assignments"]
    assert [entry["properties"]["interaction_id"]["enum"] for entry in each["prefixItems"]] == [["R0"], ["R1"]]
    assert "items" not in each and (each["minItems"], each["maxItems"]) == (2, 2)
    assert "$" not in before and json.dumps(schema) == before  # the one that others share is as it was


def test_a_small_model_can_name_no_other_root_and_list_no_more_siblings():
    root = ask_about("choose_root", {"pathway": "Mitophagy"}, roots=["Autophagy", "Metabolism"])
    one = narrowed(strict(root.kind.schema(1), 300), [root], is_again=False)
    assert one["properties"]["root"]["enum"] == ["Autophagy", "Metabolism"]
    two = narrowed(strict(root.kind.schema(2), 300), [root, root], is_again=False)["properties"]["roots"]["items"]
    assert two["properties"]["root"]["enum"] == ["Autophagy", "Metabolism"]
    siblings = ask_about("siblings", {"parent": "Autophagy", "children": []}, limit=3)
    one = narrowed(strict(siblings.kind.schema(1), 300), [siblings], is_again=False)
    assert one["properties"]["siblings"]["maxItems"] == 3
    assert detailed(one, [siblings]) == one


def test_a_small_model_places_each_interaction_on_its_own_path():
    row = {"protein_a": "TP53", "protein_b": "MDM2", "effect": "unknown", "mechanism": None, "statement": None}
    paths = {"R0": ["Autophagy", "Mitophagy"], "R1": ["Metabolism"]}
    asked = [
        ask_about("place", row | {"interaction_id": id_, "path": path, "children": []}) for id_, path in paths.items()
    ]
    whole = narrowed(strict(asked[0].kind.schema(2), 300), asked, is_again=False)
    each = detailed(whole, asked)["properties"]["placements"]["prefixItems"]
    assert [entry["properties"]["pathway"]["enum"] for entry in each] == list(paths.values())


def test_a_small_model_that_inserts_a_level_names_it_and_one_that_does_not_names_none():
    level = ask_about("intermediate", {"child": "Mitophagy", "root": "Autophagy", "siblings": []})
    choices = detailed(narrowed(strict(level.kind.schema(1), 300), [level], is_again=False), [level])["anyOf"]
    said = [(one["properties"]["insert"]["enum"], one["properties"]["name"]["type"]) for one in choices]
    assert said == [([True], "string"), ([False], "null")]
    assert all(complaint(one) is None for one in choices)
    assert level.kind.problem(level, {"insert": True, "name": None}) == level.kind.problem(
        level, {"insert": False, "name": "Autophagy"}
    )


def test_a_small_model_whose_parent_was_rejected_has_those_shown_to_choose_from_and_never_the_child():
    item = {"child": "Autophagy", "excluded": ["Mitophagy"], "known": ["Cell death", "autophagy", "Mitophagy"]}
    parent = ask_about("parent", item, roots=["Metabolism", "Autophagy pathway"])
    schema = strict(parent.kind.schema(1), 300)
    assert "enum" not in narrowed(schema, [parent], is_again=False)["properties"]["parent"]
    offered = narrowed(schema, [parent], is_again=True)["properties"]["parent"]["enum"]
    assert offered == ["Metabolism", "Autophagy pathway", "Cell death"]
    assert all(parent.kind.problem(parent, {"parent": name}) is None for name in offered)


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_model_can_leave_no_name_empty_and_write_none_without_end(kind):
    def texts(part, name=""):
        if isinstance(part, dict):
            if part.get("type") == "string" and "enum" not in part:
                yield name, part
            for at, inner in part.items():
                yield from texts(inner, name if at == "anyOf" else at)
        elif isinstance(part, list):
            for inner in part:
                yield from texts(inner, name)

    found = list(texts(strict(KINDS[kind].schema(2), 300)))
    assert found and all(part["maxLength"] <= 300 for _, part in found)
    assert all(part["minLength"] == 1 for name, part in found if name != "reasoning")
