"""Schemas as the strictest server takes them, and as they leave a small model no choice but what was asked."""

import json

import pytest
from fake_openai.schemas import complaint
from rootward.curators.openai.schemas import narrowed, strict
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
    listed = narrowed(schema, questions)["properties"]["assignments"]
    assert (listed["minItems"], listed["maxItems"]) == (2, 2)
    assert listed["items"]["properties"]["interaction_id"]["enum"] == ["R0", "R1"]
    assert "$" not in before and json.dumps(schema) == before  # the one that others share is as it was


def test_a_small_model_can_name_no_other_root_and_list_no_more_siblings():
    root = ask_about("choose_root", {"pathway": "Mitophagy"}, roots=["Autophagy", "Metabolism"])
    one = narrowed(strict(root.kind.schema(1), 300), [root])
    assert one["properties"]["root"]["enum"] == ["Autophagy", "Metabolism"]
    two = narrowed(strict(root.kind.schema(2), 300), [root, root])["properties"]["roots"]["items"]
    assert two["properties"]["root"]["enum"] == ["Autophagy", "Metabolism"]
    siblings = ask_about("siblings", {"parent": "Autophagy", "children": []}, limit=3)
    one = narrowed(strict(siblings.kind.schema(1), 300), [siblings])
    assert one["properties"]["siblings"]["maxItems"] == 3
