"""ProPaths: one interaction per function, directions, keys, mediators, quotes and PubMed ids, damage."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons
from rootward.errors import UserError
from rootward.inputs import propaths
from rootward.knowledge.names import clean

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


# --- the graph that the site serves, and the files of its cache ---

EDGE = {
    "_db_id": 7,
    "primary": "MDM2",
    "source": "MDM2",
    "target": "TP53",
    "type": "direct",
    "interaction_type": "direct",
    "direction": "primary_to_main",
    "arrow": "inhibits",
    "functions": [FUNCTION, {"function": "cell cycle exit", "pathway": {"name": "Cell cycle"}, "pmids": ["33"]}],
}
INDIRECT = {
    "primary": "AKT1",
    "source": "MDM2",  # drawn from its mediator
    "target": "AKT1",
    "interaction_type": "indirect",
    "upstream_interactor": "MDM2",
    "mediator_chain": ["EGFR", "MDM2"],
    "direction": "main_to_primary",
    "arrow": "activates",
    "functions": [{"function": "survival signaling", "pathway": "PI3K signaling"}],
}
LINK = {"source": "GRB2", "target": "SOS1", "type": "shared", "direction": "a_to_b", "arrow": "binds", "functions": []}


def graph(*interactions, **more) -> str:
    names = sorted({edge[end] for edge in interactions for end in ("source", "target")})
    content = {"main": "TP53", "proteins": names, "interactions": list(interactions), "pathways": []} | more
    return json.dumps({"snapshot_json": content, "ctx_json": {}, "_schema_version": 4}, indent=1)


def test_a_graph_keeps_directions_keys_and_mediators(read):
    found = {row["statement"]: row for row in read.rows(read.file("a.json", graph(EDGE, INDIRECT, LINK)))}
    direct = found["p53 degradation (pathway: Ubiquitin-proteasome system)"]
    assert (direct["protein_a"], direct["protein_b"], direct["effect"]) == ("MDM2", "TP53", "down-regulates")
    assert (direct["xrefs"], direct["mediators"]) == (["propaths:TP53/MDM2/0"], None)
    assert found["cell cycle exit (pathway: Cell cycle)"]["xrefs"] == ["propaths:TP53/MDM2/1"]
    indirect = found["survival signaling (pathway: PI3K signaling; via EGFR, MDM2)"]
    assert (indirect["protein_a"], indirect["protein_b"]) == ("TP53", "AKT1")
    assert (indirect["mediators"], indirect["xrefs"]) == (["EGFR", "MDM2"], ["propaths:TP53/AKT1/0"])
    assert found[""]["protein_a"] == "GRB2" and found[""]["xrefs"] == []
    assert len(found) == 4


def test_a_bare_graph_is_one_too(read):
    content = {"proteins": ["MDM2", "TP53"], "interactions": [EDGE], "pathways": [{"name": "Cell cycle"}]}
    found = read.rows(read.file("a.json", json.dumps(content)))
    assert {x for row in found for x in row["xrefs"]} == {"propaths:MDM2/TP53/0", "propaths:MDM2/TP53/1"}


def test_both_files_of_a_pair_are_one_interaction_with_both_keys(read):
    one = {"protein_a": "TP53", "protein_b": "MDM2"} | INTERACTOR
    other = one | {"protein_a": "MDM2", "protein_b": "TP53", "primary": "TP53", "direction": "main_to_primary"}
    found = read.rows(read.file("MDM2.json", json.dumps(one)), read.file("TP53.json", json.dumps(other)))
    assert [row["n_rows"] for row in found] == [2, 2]
    assert {tuple(row["xrefs"]) for row in found} == {
        (f"propaths:MDM2/TP53/{index}", f"propaths:TP53/MDM2/{index}") for index in (0, 1)
    }


def test_the_same_function_directly_and_through_a_mediator_is_two(read):
    direct = INDIRECT | {"interaction_type": "direct", "source": "TP53", "mediator_chain": []}
    found = read.rows(read.file("a.json", graph(direct, INDIRECT)))
    assert sorted(row["mediators"] or [] for row in found) == [[], ["EGFR", "MDM2"]]


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 99))
def test_a_key_is_read_back(main, interactor, index):
    names = tuple(map(clean, (main, interactor)))
    assert propaths.parts(propaths.key(main, interactor, index)) == (*names, index)
    assert propaths.parts("intact:EBI-1") is None


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
        ('{"snapshot_json": {"main": "TP53"}}', "not a ProPaths document: it needs main and interactors, interactions"),
        ('{"snapshot_json": [1]}', "not a ProPaths document"),
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
    fuzz.survives(damaged(rng.choice([snapshot(INTERACTOR), graph(EDGE, INDIRECT, LINK)]), rng, ","), "propaths")


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
