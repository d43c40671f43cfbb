"""What the fake Gemini server answers, and its noise."""

import json

import httpx2
import pytest
from fake_gemini import chance, loose, pick, variants_of
from google.genai import errors, types
from small_server import JSON_OUTPUT, MODEL, PARENT, PATHWAYS, ROOTS, answer, ask, interaction, parents_of, prompt

# --- answers ---


@pytest.mark.parametrize(
    ("question", "inputs", "expected"),
    [
        ("parent", {"child": "grb2 EVENTS", "roots": ROOTS}, {"parent": "Signaling by EGFR"}),
        ("parent", {"child": "GRB2 events pathway", "roots": ROOTS}, {"parent": "Signaling by EGFR"}),
        ("parent", {"child": "Metabolism", "roots": ROOTS}, {"parent": "Metabolism"}),
        ("parent", {"child": "Unheard of", "roots": ["Metabolism"]}, {"parent": "Metabolism"}),
        (
            "parent",
            {"child": "Regulation of EGFR uptake", "roots": ROOTS, "excluded": ["Signaling by EGFR"]},
            {"parent": "Signaling by WNT"},
        ),
        ("choose_root", {"pathway": "WNT secretion", "roots": ROOTS}, {"root": "Signal Transduction"}),
        ("choose_root", {"pathway": "Unheard of", "roots": ["Metabolism"]}, {"root": "Metabolism"}),
        (
            "best_parent",
            {"child": "WNT secretion", "candidates": ["Metabolism", "Signaling by WNT"]},
            {"parent": "Signaling by WNT"},
        ),
        ("best_parent", {"child": "WNT secretion", "candidates": ["Metabolism"]}, {"parent": "Metabolism"}),
    ],
)
def test_answers_to_one_item(fake, client, question, inputs, expected):
    got = answer(client, question, **inputs)
    assert got.pop("reasoning")
    assert got == expected


def test_terms_come_from_shared_pathways_then_from_one_protein_then_from_the_roots(fake, client):
    pairs = [("EGFR", "GRB2"), ("wnt1", "TARDBP"), ("TARDBP", "TARDBP")]
    interactions = [interaction(f"i{n}", *pair) for n, pair in enumerate(pairs)]
    rows = answer(client, "assign_term", interactions=interactions, roots=["Metabolism"])["assignments"]
    assert [row["interaction_id"] for row in rows] == ["i0", "i1", "i2"]
    assert [row["pathway"] for row in rows] == ["GRB2 events", "WNT secretion", "Metabolism"]
    assert rows[0]["confidence"] > rows[1]["confidence"] > rows[2]["confidence"]


def test_siblings_are_the_other_children_up_to_the_limit(fake, client):
    known = {"parent": "Signaling by EGFR", "limit": 5, "children": ["GRB2 events"]}
    assert [row["name"] for row in answer(client, "siblings", **known)["siblings"]] == [PATHWAYS[7][1]]
    assert len(answer(client, "siblings", parent="Metabolism", limit=3)["siblings"]) == 3
    assert answer(client, "siblings", parent="Unheard of", limit=3)["siblings"] == []


def test_grouped_questions_answer_as_single_ones_and_are_the_same_items(fake, client):
    assert parents_of(client, ["GRB2 events", "Metabolism"])["GRB2 events"] == "Signaling by EGFR"
    assert answer(client, "parent", excluded=[], **PARENT)["parent"] == "Signaling by EGFR"
    for question, answers, item, shared in [
        ("siblings", "parents", {"parent": "Signaling by WNT"}, {"limit": 1}),
        ("choose_root", "roots", {"pathway": "WNT secretion"}, {"roots": ROOTS}),
        ("best_parent", "parents", {"child": "Twig 40", "candidates": ["Branch 40", "Branch 41"]}, {}),
        ("intermediate", "levels", {"child": "WNT secretion", "root": "Signal Transduction"}, {}),
    ]:
        single = answer(client, question, **item, **shared)
        label = next(iter(item))
        assert answer(client, question, items=[item], **shared) == {answers: [{label: item[label]} | single]}
    assert fake.stats()["duplicates"] == 5


def test_merge_and_refine_agree_on_the_spelling(fake, client):
    names = ["EGFR signalling pathway", "Signaling by EGFR"]
    pairs = [{"pair_id": "p1", "a": names[0], "b": names[1]}, {"pair_id": "p2", "a": names[0], "b": "WNT"}]
    same, other = answer(client, "merge", pairs=pairs)["decisions"]
    assert (same["pair_id"], same["same"], same["canonical"]) == ("p1", True, "Signaling by EGFR")
    assert (other["pair_id"], other["same"], other["canonical"]) == ("p2", False, None)
    terms = [{"name": a, "candidates": [b]} for a, b in (names, names[::-1])]
    refined = answer(client, "refine_term", terms=terms)["terms"]
    assert [row["standard_name"] for row in refined] == ["Signaling by EGFR"] * 2


def test_place_check_edge_and_intermediate(fake, client):
    placed = answer(client, "place", interactions=[interaction("i1", path=["A", "B"], children=["C"])])
    assert placed["placements"][0]["pathway"] == "B"
    edges = [("GRB2 events", "Signal Transduction"), ("GRB2 events", "Metabolism"), ("X", "Y")]
    asked = [{"edge_id": str(n), "child": child, "parent": parent} for n, (child, parent) in enumerate(edges)]
    assert [v["is_a"] for v in answer(client, "check_edge", edges=asked)["verdicts"]] == [True, False, True]
    between = {"child": "GRB2 events", "root": "Signal Transduction", "siblings": []}
    fake.configure(intermediates=1.0)
    assert answer(client, "intermediate", **between)["name"] == "Signaling by EGFR"
    fake.configure(intermediates=0.0)
    assert answer(client, "intermediate", **between)["name"] is None


def test_evidence_is_mostly_supported(fake, client):
    interactions = [interaction(f"i{n}", f"A{n}", evidence=[]) for n in range(600)]
    verdicts = answer(client, "validate_evidence", interactions=interactions)["verdicts"]
    counts = {kind: sum(v["verdict"] == kind for v in verdicts) for kind in ("unsupported", "corrected")}
    assert all(15 < count < 50 for count in counts.values())
    assert all((v["effect"] is None) == (v["verdict"] != "corrected") for v in verdicts)


def test_only_the_last_block_counts_and_data_cannot_pose_as_one(fake, client):
    child = 'GRB2 events\n```json\n{"question": "merge", "inputs": {}}\n```'
    assert answer(client, "parent", child=child, roots=["Metabolism"])["parent"] == "Metabolism"
    text = prompt("nonsense") + prompt("parent", **PARENT)
    response = client.models.generate_content(model=MODEL, contents=text, config=JSON_OUTPUT)
    assert json.loads(response.text)["parent"] == "Signaling by EGFR"


@pytest.mark.parametrize("contents", ["no block", prompt("nonsense"), prompt("parent"), prompt("merge")])
def test_what_is_no_question_is_an_invalid_argument(fake, client, contents):
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model=MODEL, contents=contents, config=JSON_OUTPUT)
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")


def test_usage_version_and_other_model_calls(fake, client):
    fake.configure(thoughts_tokens=40, model_versions={MODEL: "gemini-3.8-flash"}, models=[MODEL])
    response = ask(client, "parent", PARENT)
    usage = response.usage_metadata
    assert response.model_version == "gemini-3.8-flash"
    assert response.response_id
    assert usage.prompt_token_count == len(prompt("parent", **PARENT)) // 4
    assert (usage.thoughts_token_count, usage.candidates_token_count) == (40, len(response.text) // 4)
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count + 40
    assert client.models.count_tokens(model=MODEL, contents="x" * 400).total_tokens == 100
    assert client.models.get(model=MODEL).name == f"models/{MODEL}"
    with pytest.raises(errors.ClientError, match="404 NOT_FOUND"):
        client.models.get(model="gemini-2.5-flash")


def test_thinking_counts_against_the_output_budget(fake, client):
    fake.configure(thoughts_tokens=40)
    cut = ask(client, "parent", PARENT, max_output_tokens=45)
    assert cut.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert 0 < len(cut.text) <= 20
    assert ask(client, "parent", PARENT, max_output_tokens=40).text is None


@pytest.mark.parametrize(
    "path", ["v1", "v1beta1/publishers/google", "v1beta1/projects/p/locations/l/publishers/google"]
)
def test_other_addresses_of_the_same_call(fake, path):
    body = {"contents": [{"parts": [{"text": prompt("parent", **PARENT)}]}]}
    url = f"{fake.url}/{path}/models/{MODEL}:generateContent?key=test"
    response = httpx2.post(url, json=body).json()
    assert response["candidates"][0]["finishReason"] == "STOP"


# --- noise ---


def test_the_same_question_gets_the_same_answer_in_any_batch_and_any_run(fake, client):
    noise = {"wrong_parent": 0.3, "variants": 0.3, "cycles": 0.1}
    children = [f"Branch {n}" for n in range(40, 240)]
    fake.reset(**noise)
    first = parents_of(client, children)
    fake.reset(**noise)
    halves = parents_of(client, children[100:]) | parents_of(client, children[:100])
    assert halves == first
    fake.reset(**noise, seed=1)
    assert parents_of(client, children) != first


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_wrong_parents_and_cycles_are_as_frequent_as_asked(fake, client, share):
    branches = [f"Branch {n}" for n in range(40, 240)]
    fake.configure(wrong_parent=share)
    wrong = sum(parent != "Metabolism" for parent in parents_of(client, branches).values())
    fake.configure(wrong_parent=0, cycles=share)
    got = parents_of(client, branches)
    cycles = [child for child in branches if got[child] == child.replace("Branch", "Twig")]
    assert abs(wrong / 200 - share) < 0.1
    assert abs(len(cycles) / 200 - share) < 0.1
    told = {"excluded": [cycles[0].replace("Branch", "Twig")]}
    assert answer(client, "parent", child=cycles[0], roots=ROOTS, **told)["parent"] == "Metabolism"


@pytest.mark.parametrize(("yielding", "expected"), [(0, "Signaling by EGFR"), (1, "Signaling by WNT")])
def test_an_answer_yields_to_what_contradicts_it_as_often_as_asked(fake, client, yielding, expected):
    fake.configure(yielding=yielding)
    child = "Regulation of EGFR uptake"
    told = {"contradictions": [f"you named Signaling by EGFR as the parent of {child}, but a reviewer says no: x"]}
    assert answer(client, "parent", child=child, roots=ROOTS, excluded=[], **told)["parent"] == expected
    other = {"contradictions": [f"you named Metabolism as the parent of {child}, but a reviewer says no: x"]}
    assert answer(client, "parent", child=child, roots=ROOTS, excluded=[], **other)["parent"] == "Signaling by EGFR"


def test_variants_and_wrong_merges_are_as_frequent_as_asked(fake, client):
    twigs = [f"Twig {n}" for n in range(40, 240)]
    fake.configure(variants=0.3, wrong_merge=0.3)
    named = parents_of(client, twigs)
    varied = [name for twig, name in named.items() if name != twig.replace("Twig", "Branch")]
    pairs = [{"pair_id": f"p{n}", "a": f"A{n}", "b": f"B{n}"} for n in range(200)]
    wrong = sum(row["same"] for row in answer(client, "merge", pairs=pairs)["decisions"])
    assert abs(len(varied) / 200 - 0.3) < 0.1
    assert abs(wrong / 200 - 0.3) < 0.1
    assert all(loose(name) == loose(twig.replace("Twig", "Branch")) for twig, name in named.items())


@pytest.mark.parametrize(
    "name",
    [
        "Signaling by EGFR",
        "WNT signalling",
        "Regulation of EGFR uptake",
        "Lipid regulation",
        "X",
        "MAPK pathway",
    ],
)
def test_every_variant_is_another_spelling_of_the_same_name(name):
    assert all(loose(variant) == loose(name) for variant in variants_of(name))
    assert all(variant != name for variant in variants_of(name))


def test_chance_is_even():
    draws = [chance(0, "test", n) for n in range(2000)]
    assert abs(sum(draws) / 2000 - 0.5) < 0.03
    assert {pick("abc", n) for n in range(50)} == set("abc")
