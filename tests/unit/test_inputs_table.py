"""Plain tables, fuzzed: whatever is done to them, every row is read or said."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons, shared
from rootward.errors import UserError

HEADER = ["interaction_id", "protein_a", "protein_b", "effect", "statement", "pmid"]
ROWS = [
    ["E1", "MDM2", "TP53", "inhibits", "A statement with a, comma; and more.", "1"],
    ["", "AKT1", "BAD", "activates", "", "2|3"],
    ["", "EGFR", "GRB2", "binds", 'with "quotes" inside', ""],
]


def text(delimiter: str) -> str:
    return "".join(delimiter.join(cells) + "\n" for cells in [HEADER, *ROWS])


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    delimiter = rng.choice("\t|")
    fuzz.survives(damaged(text(delimiter), rng, delimiter), rng.choice(["table", "auto"]))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='AB,"\n\r\t x\x00', max_size=80))
def test_any_cells_are_read_or_refused(fuzz, cells):
    fuzz.survives("protein_a,protein_b,effect\n" + cells, "auto")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(fuzz, data):
    fuzz.survives(data, "auto")


@pytest.mark.parametrize("closed", [False, True])
def test_a_quote_that_is_never_closed_costs_its_own_line(read, closed):
    rows = ["a,b,effect,statement", 'MDM2,TP53,inhibits,"open', "AKT1,BAD,activates,x", "EGFR,GRB2,binds,y"]
    rows[0] = "protein_a,protein_b,effect,statement"
    rows += ['SOS1,GRB2,binds,"closed"'] if closed else []
    found = read(read.file("a.csv", "\n".join(rows) + "\n"))
    assert found.n_rows == len(rows) - 1
    assert {"AKT1", "EGFR"} <= set(found.interactions["protein_a"].to_pylist())


def test_rows_of_the_wrong_length_and_bytes(read):
    data = b"protein_a\tprotein_b\nMDM2\tTP53\nA\tB\tC\nM\xff\tB\n\n"
    assert reasons(read(read.file("a.tsv", data))) == {"3 cells where the header has 2": 1, "not UTF-8 text": 1}


def test_columns_that_are_not_read_are_named_once(read):
    path = read.file("a.tsv", "protein_a\tprotein_b\tlab\tP value\n" + "MDM2\tTP53\tA\t1\n" * 3)
    other = read.file("b.json", '[{"protein_a": "AKT1", "protein_b": "BAD", "batch": 3}]')
    whole = read.file("c.tsv", "protein_a\tprotein_b\nMDM2\tTP53\n")
    said = [f"{path}: columns not read: lab, P value", f"{other}: columns not read: batch"]
    assert read(path, other, whole).said == said


def test_articles_that_pubmed_does_not_number_are_kept_as_what_they_are(read):
    cells = [
        "PMC1234567",
        "12345678; https://doi.org/10.1093/nar/gkac883",
        "(doi:10.1016/S0092-8674(00)80001-2).|pmc7654321",
        "2",
        "a book",
    ]
    names = ["MDM2\tTP53", "AKT1\tBAD", "EGFR\tGRB2", "SOS1\tGRB2", "CDK1\tTP53"]
    rows = [f"{pair}\t{cell}\n" for pair, cell in zip(names, cells, strict=True)]
    found = read(read.file("a.tsv", "protein_a\tprotein_b\tpmid\n" + "".join(rows)))
    got = {
        row["protein_a"]: (row["xrefs"], [e["pmid"] for e in row["evidence"]]) for row in found.interactions.to_pylist()
    }
    assert got["MDM2"][0] == ["PMC1234567"]
    assert got["AKT1"] == (["doi:10.1093/nar/gkac883"], ["12345678"])
    assert got["EGFR"][0] == ["PMC7654321", "doi:10.1016/S0092-8674(00)80001-2"]
    assert (got["SOS1"], got["CDK1"][0]) == (([], ["2"]), [])
    assert found.said == ["pmid: 1 cells hold no PubMed id and were left out, such as 'a book'"]


def test_real_file(read):
    found = read(shared("example_proteostasis.tsv"))
    assert (found.n_rows, found.interactions.num_rows, found.rejected) == (301, 301, [])


def test_rows_wider_than_a_header_are_no_edges(read):
    with pytest.raises(UserError, match="no column protein_a"):
        read(read.file("a.csv", "SUID,interaction\n1,pp,TP53 (pp) MDM2\n2,pp,AKT1 (pp) BAD\n"))
