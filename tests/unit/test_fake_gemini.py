"""The fake Gemini server, asked through the real SDK: what it answers, how it fails, what it counts."""

import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google import genai
from google.genai import errors, types

sys.path.insert(0, str(Path(__file__).parents[1]))

from fake_gemini import FAULTS, Config, FakeGemini, chance, loose, pick, variants_of

MODEL = "gemini-3.6-flash"
ROOTS = ["Metabolism", "Signal Transduction"]
JSON_OUTPUT = {"response_mime_type": "application/json"}

# A miniature Reactome: id, name, is_disease. are 200 small branches, for counting noise.
PATHWAYS = [
    ("R-01", "Signal Transduction", False),
    ("R-02", "Metabolism", False),
    ("R-03", "Disease", True),
    ("R-11", "Signaling by EGFR", False),
    ("R-12", "Signaling by WNT", False),
    ("R-13", "EGFR in cancer", True),
    ("R-21", "GRB2 events", False),
    ("R-22", "Regulation of EGFR uptake", False),
    ("R-23", "WNT secretion", False),
    *((f"R-{n}", f"Branch {n}", False) for n in range(40, 240)),
    *((f"R-{n}-1", f"Twig {n}", False) for n in range(40, 240)),
]
RELATIONS = [
    ("R-11", "R-01"),
    ("R-12", "R-01"),
    ("R-13", "R-03"),
    ("R-21", "R-11"),
    ("R-22", "R-11"),
    ("R-22", "R-12"),
    ("R-22", "R-03"),
    ("R-23", "R-12"),
    *((f"R-{n}", "R-02") for n in range(40, 240)),
    *((f"R-{n}-1", f"R-{n}") for n in range(40, 240)),
]
PROTEIN_PATHWAY = [("P1", "R-21"), ("P1", "R-13"), ("P2", "R-21"), ("P2", "R-22"), ("P3", "R-23")]
PROTEINS = [("P1", "EGFR"), ("P2", "GRB2"), ("P3", "WNT1"), ("P4", "TARDBP")]


def write_reference(directory: Path) -> Path:
    tables = {
        "pathways": (("id", "name", "is_disease"), PATHWAYS),
        "relations": (("child", "parent"), RELATIONS),
        "protein_pathway": (("uniprot", "pathway_id"), PROTEIN_PATHWAY),
        "proteins": (("uniprot", "symbol"), PROTEINS),
    }
    for name, (columns, rows) in tables.items():
        table = pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
        pq.write_table(table, directory / f"{name}.parquet")
    return directory


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return write_reference(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def server(reference, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "requests.jsonl"
    with FakeGemini(reference=reference, log=log, retry_delay=0.05, batch_seconds=0.1) as fake:
        fake.log = log
        yield fake


@pytest.fixture(scope="module")
def client(server):
    return new_client(server)


@pytest.fixture
def fake(server):
    server.reset()
    return server


def new_client(server, **options):
    options = types.HttpOptions(**{"base_url": server.url, "api_version": "v1beta"} | options)
    return genai.Client(api_key="test", http_options=options)


def prompt(question, **inputs):
    block = json.dumps({"question": question, "inputs": inputs})
    return f"Answer the question in the last block.\n\n```json\n{block}\n```\n"


def ask(client, question, inputs, **config):
    """The whole response."""
    return client.models.generate_content(model=MODEL, contents=prompt(question, **inputs), config=JSON_OUTPUT | config)


def answer(client, question, **inputs):
    """The parsed answer."""
    return json.loads(ask(client, question, inputs).text)


def parents_of(client, children, **more):
    """Answers of one grouped question, by child."""
    items = [{"child": child} for child in children]
    rows = answer(client, "parent", items=items, roots=ROOTS, **more)["parents"]
    return {row["child"]: row["parent"] for row in rows}


def interaction(id_, a="EGFR", b="GRB2", **more):
    texts = {"effect": "up-regulates", "mechanism": "binding", "statement": f"{a} binds {b}."}
    return {"interaction_id": id_, "protein_a": a, "protein_b": b, **texts, **more}


PARENT = {"child": "GRB2 events", "roots": ROOTS}
TWO_TERMS = {"interactions": [interaction("i1"), interaction("i2", "WNT1", "TARDBP")], "roots": ROOTS}


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


# --- faults ---


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("429", 429, "RESOURCE_EXHAUSTED"),
        ("429_bare", 429, "RESOURCE_EXHAUSTED"),
        ("429_per_day", 429, "RESOURCE_EXHAUSTED"),
        ("429_billing", 429, "RESOURCE_EXHAUSTED"),
        ("403_billing", 403, "PERMISSION_DENIED"),
        ("500", 500, "INTERNAL"),
        ("502", 502, "Bad Gateway"),
        ("503", 503, "UNAVAILABLE"),
    ],
)
def test_http_errors(fake, client, fault, code, status):
    fake.configure(first_n={fault: 1})
    with pytest.raises(errors.APIError) as caught:
        ask(client, "parent", PARENT)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert isinstance(caught.value, errors.ClientError if code < 500 else errors.ServerError)
    assert ask(client, "parent", PARENT).text
    stats = fake.stats()
    assert stats["by_status"] == {str(code): 1, "200": 1}
    assert stats["faults"] == {fault: 1}
    assert len(stats["times_429"]) == (code == 429)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop", httpx2.RemoteProtocolError),
        ("drop_half", httpx2.RemoteProtocolError),
        ("half_body", json.JSONDecodeError),
    ],
)
def test_broken_connections(fake, client, fault, error):
    fake.configure(first_n={fault: 1})
    with pytest.raises(error):
        ask(client, "parent", PARENT)
    assert ask(client, "parent", PARENT).text
    assert fake.stats()["answered_ok"] == 1


def test_hang_ends_when_the_client_gives_up(fake):
    fake.configure(first_n={"hang": 1})
    impatient = new_client(fake, timeout=200)
    with pytest.raises(httpx2.ReadTimeout):
        ask(impatient, "parent", PARENT)
    time.sleep(0.05)
    stats = fake.stats()
    assert (stats["abandoned"], stats["in_flight"], stats["answered_ok"]) == (1, 0, 0)
    assert ask(impatient, "parent", PARENT).text


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("max_tokens", "MAX_TOKENS"), ("safety", "SAFETY"), ("recitation", "RECITATION")],
)
def test_withheld_answers(fake, client, fault, reason):
    fake.configure(sticky={fault: 1.0})
    response = ask(client, "parent", PARENT)
    assert response.text is None
    assert response.candidates[0].finish_reason.name == reason
    assert response.candidates[0].content.parts is None


def test_answers_without_candidates(fake, client):
    fake.configure(sticky={"blocked": ["GRB2 events"], "no_candidates": ["WNT secretion"]})
    blocked = ask(client, "parent", PARENT)
    assert blocked.candidates is None
    assert blocked.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT
    none = ask(client, "parent", PARENT | {"child": "WNT secretion"})
    assert (none.candidates, none.prompt_feedback) == (None, None)


def spoiled(fake, client, fault, question="assign_term", inputs=TWO_TERMS):
    fake.reset(sticky={fault: 1.0})
    response = ask(client, question, inputs)
    assert response.candidates[0].finish_reason == types.FinishReason.STOP
    assert fake.stats()["answered_ok"] == 0
    return response.text


def test_broken_text(fake, client):
    good = ask(client, "assign_term", TWO_TERMS).text
    cut = spoiled(fake, client, "truncated")
    assert good.startswith(cut)
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut)
    assert spoiled(fake, client, "fenced") == f"```json\n{good}\n```"
    prose = spoiled(fake, client, "prose")
    assert good in prose
    assert prose != good
    pairs = json.loads(spoiled(fake, client, "duplicate_keys"), object_pairs_hook=list)
    assert [name for name, _ in pairs] == ["assignments", "assignments"]
    assert ":NaN" in spoiled(fake, client, "nan")
    assert ":NaN" in spoiled(fake, client, "nan", "parent", PARENT)
    assert not spoiled(fake, client, "empty_text")


def test_broken_schema(fake, client):
    good = answer(client, "parent", **PARENT)
    assert json.loads(spoiled(fake, client, "missing_field", "parent", PARENT)) == {"parent": good["parent"]}
    assert json.loads(spoiled(fake, client, "extra_field", "parent", PARENT)).keys() - good == {"note"}
    assert isinstance(json.loads(spoiled(fake, client, "wrong_type", "parent", PARENT))["reasoning"], list)
    assert json.loads(spoiled(fake, client, "wrong_schema")) != answer(client, "assign_term", **TWO_TERMS)
    # Where there are no ids, a wrong id is a missing field.
    assert json.loads(spoiled(fake, client, "id_dropped", "parent", PARENT)).keys() == {"parent"}


def test_broken_ids(fake, client):
    def ids(fault):
        rows = json.loads(spoiled(fake, client, fault))["assignments"]
        return [row["interaction_id"] for row in rows]

    assert len(set(ids("id_changed")) & {"i1", "i2"}) == 1
    assert ids("id_dropped") in (["i1"], ["i2"])
    assert ids("id_invented")[2].endswith("-extra")
    assert ids("id_twice")[2] in ("i1", "i2")
    assert ids("wrong_ids") != ["i1", "i2"]


def test_faults_are_drawn_anew_at_each_attempt_and_agree_between_runs(fake, client):
    def attempts():
        fake.reset(faults={"fenced": 0.3, "safety": 0.3})
        responses = [ask(client, "parent", PARENT) for _ in range(60)]
        return [response.text and response.text[0] for response in responses]

    first = attempts()
    assert all(8 < first.count(kind) < 36 for kind in (None, "`", "{"))
    assert attempts() == first


def test_sticky_faults_strike_their_items_in_every_batch(fake, client):
    fake.configure(sticky={"id_dropped": ["i2"]})
    for _ in range(3):
        rows = answer(client, "assign_term", **TWO_TERMS)["assignments"]
        assert [row["interaction_id"] for row in rows] == ["i1"]
    alone = {"interactions": TWO_TERMS["interactions"][:1], "roots": ROOTS}
    assert len(answer(client, "assign_term", **alone)["assignments"]) == 1
    assert fake.stats()["answered_ok"] == 1


def test_first_faults_strike_distinct_requests_once(fake, client):
    fake.configure(first_n={"503": 2, "fenced": 1})
    codes = []
    for child in ["A", "A", "B", "C", "C", "D"]:
        try:
            codes.append(ask(client, "parent", {"child": child, "roots": ROOTS}).text[0])
        except errors.ServerError as error:
            codes.append(error.code)
    assert codes == [503, "{", 503, "`", "{", "{"]


# --- keys and limits ---


def test_keys(fake, client):
    fake.configure(keys=["another"])
    with pytest.raises(errors.ClientError) as caught:
        ask(client, "parent", PARENT)
    info = caught.value.details["error"]["details"][0]
    assert (caught.value.code, info["reason"]) == (400, "API_KEY_INVALID")
    assert httpx2.post(f"{fake.url}/v1beta/models/{MODEL}:generateContent").status_code == 403
    assert fake.stats()["by_status"] == {"400": 1, "403": 1}


def details_of(error):
    return {detail["@type"].rpartition(".")[2]: detail for detail in error.details["error"]["details"]}


def test_rolling_limit(fake, client):
    fake.configure(limit={"requests": 3, "seconds": 0.6})
    for _ in range(3):
        ask(client, "parent", PARENT)
    with pytest.raises(errors.ClientError) as caught:
        ask(client, "parent", PARENT)
    details = details_of(caught.value)
    violation = details["QuotaFailure"]["violations"][0]
    delay = float(details["RetryInfo"]["retryDelay"].removesuffix("s"))
    assert details.keys() == {"Help", "QuotaFailure", "RetryInfo"}
    assert violation["quotaId"] == "GenerateRequestsPerMinutePerProjectPerModel"
    assert violation["quotaMetric"].endswith("/generate_requests_per_model")
    assert (violation["quotaDimensions"]["model"], violation["quotaValue"]) == (MODEL, "3")
    assert 0 < delay <= 0.6
    assert "Retry-After" not in caught.value.response.headers
    time.sleep(delay)
    assert ask(client, "parent", PARENT).text


def test_limits_per_minute_and_per_day(fake, client):
    tokens = len(prompt("parent", **PARENT)) // 4
    for config, quota, value in [
        ({"rpm": 1}, "GenerateRequestsPerMinutePerProjectPerModel", "1"),
        ({"tpm": tokens + 1}, "GenerateContentPaidTierInputTokensPerModelPerMinute", str(tokens + 1)),
        ({"per_day": 1}, "GenerateRequestsPerDayPerProjectPerModel", "1"),
    ]:
        fake.reset(**config, retry_after=True)
        ask(client, "parent", PARENT)
        with pytest.raises(errors.ClientError) as caught:
            ask(client, "parent", PARENT)
        details = details_of(caught.value)
        violation = details["QuotaFailure"]["violations"][0]
        assert (violation["quotaId"], violation["quotaValue"]) == (quota, value)
        delay = float(details["RetryInfo"]["retryDelay"].removesuffix("s"))
        assert delay == 0.05 if "per_day" in config else 50 < delay <= 60
        assert int(caught.value.response.headers["Retry-After"]) >= delay


# --- search ---


def test_search_with_json_output(fake, client):
    search = {"tools": [{"google_search": {}}]}
    grounded = ask(client, "parent", PARENT, **search)
    assert json.loads(grounded.text)["parent"] == "Signaling by EGFR"
    assert grounded.candidates[0].grounding_metadata.grounding_chunks
    fake.configure(grounding="dropped")
    assert ask(client, "parent", PARENT, **search).candidates[0].grounding_metadata is None
    fake.configure(grounding="rejected")
    with pytest.raises(errors.ClientError, match="mime type: 'application/json' is unsupported"):
        ask(client, "parent", PARENT, **search)
    prose = ask(client, "parent", PARENT, response_mime_type=None, **search)
    assert "Signaling by EGFR" in prose.text
    assert not prose.text.startswith("{")
    assert prose.candidates[0].grounding_metadata


# --- accounting ---


def test_items_and_requests_answered_twice_are_counted(fake, client):
    ask(client, "assign_term", TWO_TERMS)
    one = {"interactions": TWO_TERMS["interactions"][:1], "roots": ROOTS}
    ask(client, "assign_term", one)
    assert [fake.stats()[name] for name in ("duplicates", "duplicate_requests")] == [1, 0]
    ask(client, "assign_term", one)
    stats = fake.stats(items=True)
    assert [stats[name] for name in ("duplicates", "duplicate_requests")] == [1, 1]
    assert stats["questions"]["assign_term"] == {"requests": 3, "items": 4, "answered": 4}
    assert [(row["item"], row["repeated"]) for row in stats["answered_items"]] == [
        ("i1", True),
        ("i2", False),
    ]
    assert stats["tokens"]["total"] > 0


def test_context_and_passing_numbers_are_no_part_of_an_item_but_a_seed_is(fake, client):
    answer(client, "siblings", parent="Metabolism", limit=2, children=[])
    answer(client, "siblings", parent="Metabolism", limit=2, children=["Branch 40"])
    answer(client, "merge", pairs=[{"pair_id": "p1", "a": "A", "b": "B"}])
    answer(client, "merge", pairs=[{"pair_id": "p2", "a": "A", "b": "B"}])
    assert fake.stats()["duplicates"] == 2
    ask(client, "parent", PARENT, seed=1)
    ask(client, "parent", PARENT, seed=2)
    assert fake.stats()["duplicates"] == 2


def test_latency_and_requests_in_flight(fake, client):
    fake.configure(latency=0.1)
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(client, "parent", PARENT | {"child": f"C{n}"}), range(8)))
    assert time.monotonic() - started >= 0.1
    stats = fake.stats()
    assert (stats["peak_in_flight"], stats["in_flight"]) == (8, 0)
    assert stats["last"] - stats["first"] >= 0.1


def test_spread_latency(fake, client):
    fake.configure(latency_lognormal={"median": 0.01, "sigma": 0.3}, stragglers={"fraction": 0.5, "factor": 8})
    seconds = []
    for n in range(12):
        started = time.monotonic()
        ask(client, "parent", PARENT | {"child": f"C{n}"})
        seconds.append(time.monotonic() - started)
    assert min(seconds) < 0.03
    assert max(seconds) > 0.05


def test_the_log_has_a_line_per_request(fake, client):
    before = len(fake.log.read_text().splitlines())
    ask(client, "assign_term", TWO_TERMS)
    fake.configure(sticky={"503": 1.0})
    with pytest.raises(errors.ServerError):
        ask(client, "parent", PARENT)
    good, bad = map(json.loads, fake.log.read_text().splitlines()[before:])
    assert (good["status"], good["question"], good["items"]) == (200, "assign_term", ["i1", "i2"])
    assert (bad["status"], bad["items"], bad["fault"]) == (503, ["GRB2 events"], "503")


def test_configure_changes_and_reset_restores(fake, client):
    fake.configure(model_versions={MODEL: "other"})
    assert ask(client, "parent", PARENT).model_version == "other"
    fake.reset()
    assert fake.stats()["requests"] == 0
    assert ask(client, "parent", PARENT).model_version == MODEL


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"latencies": 1}, "unknown config: latencies"),
        ({"faults": {"418": 0.1}}, "unknown 418"),
        ({"faults": {"429": 0.6, "503": 0.6}}, "together at most 1"),
        ({"variants": 2}, "fractions"),
        ({"limit": {"requests": 3}}, "needs exactly requests and seconds"),
        ({"batch_first_n": {"truncated": 1}}, "unknown truncated"),
    ],
)
def test_wrong_config_is_refused(fake, config, message):
    with pytest.raises(ValueError, match=message):
        FakeGemini(**config)
    with pytest.raises(ValueError, match=message):
        fake.configure(**config)


def test_every_fault_is_accepted_by_name():
    Config().updated({"first_n": dict.fromkeys(FAULTS, 1)})


# --- batch jobs ---


def rows_of(*children):
    return [
        types.InlinedRequest(
            contents=prompt("parent", child=child, roots=ROOTS),
            metadata={"child": child},
            config=types.GenerateContentConfig(**JSON_OUTPUT),
        )
        for child in children
    ]


def finished(client, name):
    deadline = time.monotonic() + 5
    while not (job := client.batches.get(name=name)).done:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


def test_batch_job_from_creation_to_results(fake, client):
    job = client.batches.create(model=MODEL, src=rows_of("GRB2 events", "Twig 40"), config={"display_name": "mine"})
    assert (job.state, job.done) == (types.JobState.JOB_STATE_PENDING, False)
    assert [(found.name, found.display_name) for found in client.batches.list()] == [(job.name, "mine")]
    job = finished(client, job.name)
    rows = job.dest.inlined_responses
    assert job.state == types.JobState.JOB_STATE_SUCCEEDED
    assert [row.metadata["child"] for row in rows] == ["GRB2 events", "Twig 40"]
    assert [json.loads(row.response.text)["parent"] for row in rows] == ["Signaling by EGFR", "Branch 40"]
    stats = fake.stats()
    assert (stats["items_answered"], stats["requests"], stats["batch"]["rows"]) == (2, 0, 2)
    ask(client, "parent", PARENT)
    assert fake.stats()["duplicates"] == 1


def test_batch_rows_may_hold_errors_or_broken_answers(fake, client):
    fake.configure(batch_row_error=0.5, sticky={"truncated": ["Twig 40"]})
    children = [f"Twig {n}" for n in range(40, 80)]
    job = client.batches.create(model=MODEL, src=rows_of(*children))
    rows = finished(client, job.name).dest.inlined_responses
    failed = [row for row in rows if row.error]
    assert 8 < len(failed) < 32
    assert all(row.error.code == 503 and row.response is None for row in failed)
    assert fake.stats()["batch"] == {"jobs": 1, "rows": 40, "row_errors": len(failed)}
    # A row that failed may succeed in the next job, save for what is sticky.
    again = client.batches.create(model=MODEL, src=rows_of(*(row.metadata["child"] for row in failed)))
    assert any(row.response for row in finished(client, again.name).dest.inlined_responses)


def test_batch_job_through_files(fake, client, tmp_path):
    request = {"contents": [{"parts": [{"text": prompt("parent", **PARENT)}]}]}
    source = tmp_path / "requests.jsonl"
    source.write_text(json.dumps({"key": "k1", "request": request}) + "\n")
    uploaded = client.files.upload(file=source, config={"mime_type": "application/jsonl"})
    job = client.batches.create(model=MODEL, src=uploaded.name)
    job = finished(client, job.name)
    row = json.loads(client.files.download(file=job.dest.file_name))
    assert row["key"] == "k1"
    assert "Signaling by EGFR" in row["response"]["candidates"][0]["content"]["parts"][0]["text"]
    client.files.delete(name=uploaded.name)
    with pytest.raises(errors.ClientError, match="404"):
        client.files.get(name=uploaded.name)


def test_batch_job_cancelled_deleted_failed_and_listed_by_page(fake, client):
    fake.configure(batch_seconds=60)
    names = [client.batches.create(model=MODEL, src=rows_of("A")).name for _ in range(3)]
    client.batches.cancel(name=names[0])
    assert client.batches.get(name=names[0]).state == types.JobState.JOB_STATE_CANCELLED
    client.batches.delete(name=names[1])
    assert [job.name for job in client.batches.list(config={"page_size": 1})] == [names[2], names[0]]
    with pytest.raises(errors.ClientError, match="404"):
        client.batches.get(name=names[1])
    fake.configure(batch_seconds=0, batch_outcome="FAILED")
    job = finished(client, client.batches.create(model=MODEL, src=rows_of("A")).name)
    assert job.state == types.JobState.JOB_STATE_FAILED


def test_a_batch_job_whose_creation_got_lost_can_be_found_again(fake, client):
    fake.configure(batch_first_n={"503": 1, "drop": 1})
    create = {"model": MODEL, "src": rows_of("A"), "config": {"display_name": "mine"}}
    with pytest.raises(errors.ServerError):
        client.batches.create(**create)
    assert not list(client.batches.list())
    with pytest.raises(httpx2.RemoteProtocolError):
        client.batches.create(**create)
    (job,) = client.batches.list()
    assert finished(client, job.name).display_name == "mine"


# --- the process ---


def test_requests_sent_ahead_are_answered_in_order(fake):
    host, port = fake.url.removeprefix("http://").split(":")
    request = b"GET /v1beta/models/%b HTTP/1.1\r\nHost: x\r\nX-Goog-Api-Key: k\r\n%b\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request % (b"a", b"") + request % (b"b", b"Connection: close\r\n"))
        received = connection.makefile("rb").read()
    assert received.index(b"models/a") < received.index(b"models/b")


def test_environment_leads_a_client_to_the_server(fake, monkeypatch):
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    for name, value in fake.environment("test").items():
        monkeypatch.setenv(name, value)
    client = genai.Client()
    assert ask(client, "parent", PARENT).text


def test_the_server_ends_with_the_process_that_started_it(reference):
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from fake_gemini import FakeGemini\n"
        "print(FakeGemini(reference=sys.argv[2]).start().url, flush=True); os._exit(1)"
    )
    folder = Path(__file__).parents[1]
    command = [sys.executable, "-c", program, str(folder), str(reference)]
    url = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    host, port = url.removeprefix("http://").split(":")
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port))).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    pytest.fail("the server is still there")


def test_a_wrong_reference_is_said_in_one_line(tmp_path, capfd):
    with pytest.raises(RuntimeError, match="did not start"):
        FakeGemini(reference=tmp_path).start()
    assert f"no pathways.parquet in {tmp_path}" in capfd.readouterr().err
