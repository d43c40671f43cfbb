"""INDRA Statements: pairs of a Complex, statements about one agent, several pieces of evidence, grounding, damage."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons, shared
from rootward.errors import UserError


def agent(name: str, **refs: str) -> dict:
    return {"name": name, "db_refs": refs or {"HGNC": "1", "UP": {"TP53": "P04637", "MDM2": "Q00987"}.get(name, "")}}


def evidence(text: str | None = None, pmid: str | None = None, species: str | None = None) -> dict:
    piece = {"source_api": "reader", "text": text, "pmid": pmid, "text_refs": {}, "annotations": {"agents": {}}}
    if species:
        piece["context"] = {"type": "bio", "species": {"name": None, "db_refs": {"TAXONOMY": species}}}
    return piece


def statement(kind: str, *pieces: dict, **agents) -> dict:
    return {"type": kind, **agents, "belief": 0.8, "evidence": list(pieces), "id": "u-1", "matches_hash": "-42"}


INHIBITION = statement(
    "Inhibition",
    evidence("Mdm2 inhibits p53.", "11"),
    evidence("A longer sentence: Mdm2 inhibits p53.", "22"),
    evidence(None, "33"),
    evidence(),
    subj=agent("MDM2"),
    obj=agent("TP53"),
    obj_activity="activity",
)
COMPLEX = statement("Complex", evidence("A complex.", "44"), members=[agent("EGFR"), agent("GRB2"), agent("SOS1")])
ACTIVE_FORM = statement("ActiveForm", agent=agent("TP53"), activity="activity", is_active=True)


def test_several_pieces_of_evidence(read):
    (found,) = read.rows(read.file("a.json", json.dumps([INHIBITION], indent=1)))
    assert (found["protein_a"], found["protein_b"]) == ("MDM2", "TP53")
    assert (found["effect"], found["mechanism"], found["confidence"]) == ("down-regulates activity", "", 0.8)
    assert found["statement"] == "A longer sentence: Mdm2 inhibits p53."
    assert found["evidence"] == [
        {"text": "Mdm2 inhibits p53.", "pmid": "11"},
        {"text": "A longer sentence: Mdm2 inhibits p53.", "pmid": "22"},
        {"text": "", "pmid": "33"},
    ]
    assert found["xrefs"] == ["indra:-42"] and found["n_rows"] == 1


def test_members_become_pairs(read):
    found = read.rows(read.file("a.json", json.dumps([COMPLEX])))
    assert [(f["protein_a"], f["protein_b"]) for f in found] == [("EGFR", "GRB2"), ("EGFR", "SOS1"), ("GRB2", "SOS1")]
    assert {f["effect"] for f in found} == {"form complex"}
    assert all(f["evidence"] == [{"text": "A complex.", "pmid": "44"}] for f in found)


@pytest.mark.parametrize(
    ("kind", "agents", "effect", "mechanism"),
    [
        ("Activation", ("subj", "obj"), "up-regulates activity", ""),
        ("IncreaseAmount", ("subj", "obj"), "up-regulates quantity", ""),
        ("DecreaseAmount", ("subj", "obj"), "down-regulates quantity", ""),
        ("Phosphorylation", ("enz", "sub"), "unknown", "phosphorylation"),
        ("Deubiquitination", ("enz", "sub"), "unknown", "deubiquitination"),
        ("Gef", ("gef", "ras"), "up-regulates activity", "guanine nucleotide exchange factor"),
        ("Gap", ("gap", "ras"), "down-regulates activity", "gtpase-activating protein"),
    ],
)
def test_types(read, kind, agents, effect, mechanism):
    text = json.dumps([statement(kind, **{agents[0]: agent("MDM2"), agents[1]: agent("TP53")})])
    (found,) = read.rows(read.file("a.json", text))
    assert (found["protein_a"], found["protein_b"]) == ("MDM2", "TP53")
    assert (found["effect"], found["mechanism"]) == (effect, mechanism)


def test_what_is_set_aside(read):
    rows = [
        INHIBITION,
        ACTIVE_FORM,
        statement("Phosphorylation", enz=None, sub=agent("TP53")),
        statement("Complex", members=[agent("TP53")]),
        statement("Autophosphorylation", enz=agent("EGFR")),
        statement("Activation", subj=agent("AKT", FPLX="AKT", TEXT="Akt"), obj=agent("BAD")),
        statement("Inhibition", subj=agent("nutlin", CHEBI="CHEBI:1"), obj=agent("MDM2")),
        statement("Activation", subj=agent("TP53"), obj=agent("apoptosis", GO="GO:0006915")),
        statement("Activation", subj=agent("Trp53", MGI="98834"), obj=agent("BAD")),
        statement("Inhibition", evidence("x", "1", "10090"), subj=agent("MDM2"), obj=agent("TP53")),
        statement("Influence", subj={"concept": {}}, obj={"concept": {}}),
        {"no": "type"},
        "no statement",
    ]
    found = read(read.file("a.json", json.dumps(rows)))
    assert found.n_rows == len(rows)
    assert reasons(found) == {
        "ActiveForm with fewer than two agents": 1,
        "Phosphorylation with fewer than two agents": 1,
        "Complex with fewer than two agents": 1,
        "Autophosphorylation with fewer than two agents": 1,
        "Influence with fewer than two agents": 1,
        "protein_a is a family, no protein (entities.families: drop)": 1,
        "protein_a is a chemical, no protein (entities.chemicals: drop)": 1,
        "protein_b is 'GO', no protein (entities.others: drop)": 1,
        "protein_a is of species 10090, which is not kept": 2,
        "not an INDRA statement: it has no type": 1,
        "not an INDRA statement": 1,
    }


def test_one_species_of_several_is_enough(read):
    pieces = evidence("in mice", "1", "10090"), evidence("in men", "2", "9606")
    rows = [statement("Inhibition", *pieces, subj=agent("MDM2"), obj=agent("TP53"))]
    (found,) = read.rows(read.file("a.json", json.dumps(rows)))
    assert len(found["evidence"]) == 2


def test_ungrounded_agents_go_by_their_names(read):
    rows = [statement("Activation", subj={"name": "ERBB1", "db_refs": {"TEXT": "erbb1"}}, obj={"name": "AKT1"})]
    (found,) = read.rows(read.file("a.json", json.dumps(rows)))
    assert (found["protein_a"], found["protein_b"]) == ("EGFR", "AKT1")


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_lines_and_streams(read, name):
    lines = "".join(json.dumps(row) + "\n" for row in (INHIBITION, COMPLEX, ACTIVE_FORM))
    assert read(read.file(name, lines)).n_rows == 5
    indented = json.dumps([INHIBITION, COMPLEX, ACTIVE_FORM], indent=2)
    found = read(read.file(name, indented))
    assert found.n_rows == 5
    line = indented[: indented.index('"type": "ActiveForm"')].count("\n")
    assert found.rejected[0].source.endswith(f"{name}:{line}")


def test_more_than_is_kept_in_sight(read):
    """Statements that do not fit between two reads, and a statement longer than a read."""
    many = [
        statement("Activation", evidence("x" * 3000, str(i)), subj=agent("MDM2"), obj=agent("TP53")) for i in range(900)
    ]
    many.insert(500, statement("Inhibition", evidence("y" * 2_500_000, "9"), subj=agent("MDM2"), obj=agent("TP53")))
    found = read(read.file("a.json", json.dumps(many)))
    assert found.n_rows == 901
    assert sorted(map(len, found.interactions["evidence"].to_pylist())) == [1, 900]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"type": "Complex", "members": [', "not valid JSON"),
        ('[{"type": "Activation", "belief": 1},\n', "a:2: the file ends before its list is closed"),
        ('[{"type": "Activation", "belief": 1}]\n{}', "a:2: there is text after the end of the list"),
        ('[{"type": "Activation", "belief": 1},\n{"type": "Comp', "a:2: not valid JSON .*is the file cut off"),
        ('[{"type": "Activation", "belief": ' + "[" * 100_000, "nested too deeply|not valid JSON"),
        ('[{"type": "Activation", "belief": ' + "1" * 5000 + "}]", "not valid JSON"),
        ("[]", "JSON"),
    ],
)
def test_damage_is_said_in_one_line(read, text, said):
    with pytest.raises(UserError, match=said):
        read(read.file("a", text))


def test_half_a_surrogate_pair(read):
    text = json.dumps([INHIBITION]).replace("Mdm2 inhibits p53.", "Mdm2 \\ud800 p53.")
    assert len(read.rows(read.file("a.json", text))) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    text = json.dumps([INHIBITION, COMPLEX, ACTIVE_FORM], indent=rng.choice([None, 1]))
    fuzz.survives(damaged(text, rng, ","), "indra")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["type", "subj", "obj", "enz", "sub", "members", "evidence", "belief", "obj_from", "obj_to", "matches_hash"]
        ),
        JSON
        | st.fixed_dictionaries({"name": JSON}, optional={"db_refs": JSON})
        | st.lists(st.fixed_dictionaries({"name": st.text()}, optional={"text": JSON, "context": JSON, "pmid": JSON})),
    )
)
def test_any_values_in_any_place(fuzz, content):
    found = fuzz.survives(json.dumps([INHIBITION, content]), "indra")
    assert found.n_rows >= 2


@pytest.mark.parametrize(
    ("name", "rows", "rejected"),
    [
        ("readers_10.indra.json", 10, {"family": 3}),
        ("signor_200.indra.json", 200, {"ActiveForm": 10, "species": 21, "family": 6, "chemical": 4, "'SIGNOR'": 1}),
    ],
)
def test_real_files(read, name, rows, rejected):
    found = read(shared(f"indra/{name}"))
    assert found.n_rows == rows
    assert sum(rejected.values()) == len(found.rejected)
    for words, number in rejected.items():
        assert sum(words in row.reason for row in found.rejected) == number
