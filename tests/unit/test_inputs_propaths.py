"""ProPaths snapshots: one interaction per function, directions, quotes and PubMed ids, damage."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons
from rootward.errors import UserError

FUNCTION = {
    "function": "p53 degradation",
    "pathway": "Ubiquitin-proteasome system",
    "pmids": ["11", "22"],
    "evidence": [{"pmid": "11", "relevant_quote": "Mdm2 ubiquitinates p53.", "year": 2001}],
}
INTERACTOR = {
    "primary": "MDM2",
    "arrow": "inhibits",
    "direction": "primary_to_main",
    "intent": "ubiquitination",
    "confidence": 0.9,
    "functions": [FUNCTION, {"function": "cell cycle exit", "pathway": "", "pmids": [33], "evidence": []}],
}


def snapshot(*interactors, main="TP53", **more) -> str:
    content = {"snapshot_json": {"main": main, "interactors": list(interactors)}, "ctx_json": {"interactors": [{}]}}
    return json.dumps(content | more, indent=1)


def test_one_interaction_per_function(read):
    found = read.rows(read.file("a.json", snapshot(INTERACTOR)))
    assert [(f["protein_a"], f["protein_b"], f["effect"]) for f in found] == [("MDM2", "TP53", "down-regulates")] * 2
    by_statement = {f["statement"]: f for f in found}
    first = by_statement["p53 degradation (pathway: Ubiquitin-proteasome system)"]
    assert first["evidence"] == [{"text": "Mdm2 ubiquitinates p53.", "pmid": "11"}, {"text": "", "pmid": "22"}]
    assert (first["mechanism"], first["confidence"]) == ("ubiquitination", 0.9)
    assert by_statement["cell cycle exit"]["evidence"] == [{"text": "", "pmid": "33"}]
    lines = snapshot(INTERACTOR).split("\n")
    at = int(first["source"].rpartition(":")[2])
    assert lines[at - 1].strip() == "{" and "p53 degradation" in lines[at]


@pytest.mark.parametrize(
    ("direction", "pair"),
    [("primary_to_main", ("MDM2", "TP53")), ("main_to_primary", ("TP53", "MDM2")), ("bidirectional", ("MDM2", "TP53"))],
)
def test_directions(read, direction, pair):
    found = read.rows(read.file("a.json", snapshot(INTERACTOR | {"direction": direction})))
    assert {(f["protein_a"], f["protein_b"]) for f in found} == {pair}


def test_the_same_function_from_both_proteins_is_one(read):
    binds = {"arrow": "binds", "direction": "bidirectional", "functions": [FUNCTION]}
    one = read.file("one.json", snapshot({"primary": "MDM2"} | binds))
    other = read.file("other.json", snapshot({"primary": "TP53"} | binds, main="MDM2"))
    (found,) = read.rows(one, other)
    assert found["n_rows"] == 2 and found["effect"] == "form complex"


def test_a_bare_document_and_an_interactor_without_functions(read):
    interactor = {"primary": "MDM2", "arrow": "binds", "pmids": ["5"]}
    text = json.dumps({"main": "TP53", "interactors": [interactor]})
    (found,) = read.rows(read.file("a.json.gz", text))
    assert found["effect"] == "form complex" and found["evidence"] == [{"text": "", "pmid": "5"}]


def test_what_is_set_aside(read):
    strange = [{"primary": "", "arrow": "binds"}, "no object", INTERACTOR | {"functions": ["no object", FUNCTION]}]
    found = read(read.file("a.json", snapshot(*strange, {"primary": "BAD", "arrow": "levitates"})))
    assert reasons(found) == {
        "not an interactor: not a JSON object": 1,
        "not a function: not a JSON object": 1,
        "protein_b is empty": 1,
    }
    assert ["unknown effect 'levitates'"] in found.interactions["notes"].to_pylist()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"snapshot_json": {"main": "TP53"}}', "not a ProPaths snapshot: snapshot_json needs main and interactors"),
        ('{"snapshot_json": [1]}', "not a ProPaths snapshot"),
        ('{"snapshot_json": {"main": "TP53", "interactors": []}}', "contains no rows"),
        (snapshot(INTERACTOR)[:200], "not valid JSON"),
    ],
)
def test_no_snapshot(read, text, said):
    with pytest.raises(UserError, match=said):
        read(read.file("a.json", text))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    fuzz.survives(damaged(snapshot(INTERACTOR), rng, ","), "propaths")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["primary", "arrow", "direction", "functions", "pmids", "evidence", "intent"]), JSON
    ),
    st.dictionaries(st.sampled_from(["function", "pathway", "pmids", "evidence", "confidence"]), JSON),
)
def test_any_values_in_any_place(fuzz, interactor, function):
    text = snapshot(INTERACTOR, interactor, INTERACTOR | {"functions": [function]})
    assert fuzz.survives(text, "propaths").n_rows >= 4
