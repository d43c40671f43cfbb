"""Tables as JSON: records and lines."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons
from rootward.errors import UserError

RECORDS = [
    {"source": "Q00987", "target": "P04637", "source_genesymbol": "MDM2", "target_genesymbol": "TP53"}
    | {"is_directed": True, "is_stimulation": False, "is_inhibition": True, "pmid": [12345678, 2345678]},
    {"source": "P31749", "target": "Q92934", "source_genesymbol": "AKT1", "target_genesymbol": "BAD"}
    | {"is_directed": True, "is_stimulation": True, "is_inhibition": False, "pmid": None, "more": {"a": [1]}},
]
FORMS = {
    "array": json.dumps(RECORDS),
    "indented array": json.dumps(RECORDS, indent=2),
    "lines": "".join(json.dumps(record) + "\n" for record in RECORDS),
}


@pytest.mark.parametrize("form", FORMS)
def test_records_are_read_with_signs_and_articles(read, form):
    first, second = read.rows(read.file("a.json", FORMS[form]))
    assert (first["protein_a"], first["protein_b"], first["effect"]) == ("AKT1", "BAD", "up-regulates")
    assert (second["protein_a"], second["protein_b"], second["effect"]) == ("MDM2", "TP53", "down-regulates")
    assert sorted(piece["pmid"] for piece in second["evidence"]) == ["12345678", "2345678"]


def test_the_line_is_the_one_a_record_begins_on(read):
    text = FORMS["lines"] + '7\n{"source": "nan"}\n'
    found = read(read.file("a.jsonl", text))
    assert [row.source.rpartition(":")[2] for row in found.rejected] == ["3", "4"]
    assert reasons(found)["not a JSON object"] == 1


def test_a_key_that_only_later_records_have_is_read(read):
    text = (
        '{"protein_a": "MDM2", "protein_b": "TP53"}\n{"protein_a": "AKT1", "protein_b": "BAD", "effect": "activates"}'
    )
    assert [row["effect"] for row in read.rows(read.file("a.jsonl", text))] == ["up-regulates", "unknown"]


def test_records_without_proteins_are_refused(read):
    with pytest.raises(
        UserError, match=r"a\.json: JSON without two proteins .* no column protein_a in the header \(x, y\)"
    ):
        read(read.file("a.json", '[{"x": 1, "y": 2}]'), input_format="records")


def test_keys_are_named_in_the_configuration(read):
    path = read.file("a.json", '[{"x": "MDM2", "y": "TP53"}]')
    told = {"protein_a": "x", "protein_b": "y"}
    assert len(read.rows(path, input_format="records", columns=told)) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(list(FORMS)))
def test_damaged_files_lose_no_row(fuzz, seed, form):
    fuzz.survives(damaged(FORMS[form], random.Random(seed), ","), "auto")
    fuzz.survives(damaged(FORMS[form], random.Random(seed), ","), "records")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"CXVersion": "2.0", "hasFragments": false}, {"nodes": [{"id": 0}]}]', "is a network without edges"),
        ('[{"numberVerification": [{"longNumber": 281474976710655}]}]', "is a network without edges"),
        (
            '{"elements": {"nodes": [], "edges": []}}',
            "contains no rows",
        ),
    ],
)
def test_a_network_without_edges_says_so(read, text, said):
    with pytest.raises(UserError, match=said):
        read(read.file("a.cx2", text))
