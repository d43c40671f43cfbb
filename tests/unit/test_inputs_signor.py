"""SIGNOR's exports: with tabs and with semicolons, families and chemicals, mouse rows, stray quotes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons, shared
from rootward.errors import UserError

COLUMNS = [
    "ENTITYA",
    "TYPEA",
    "IDA",
    "DATABASEA",
    "ENTITYB",
    "TYPEB",
    "IDB",
    "DATABASEB",
    "EFFECT",
    "MECHANISM",
    "RESIDUE",
    "SEQUENCE",
    "TAX_ID",
    "PMID",
    "SENTENCE",
    "SCORE",
    "SIGNOR_ID",
]
BASE = {
    "ENTITYA": "MDM2",
    "TYPEA": "protein",
    "IDA": "Q00987",
    "DATABASEA": "UNIPROT",
    "ENTITYB": "TP53",
    "TYPEB": "protein",
    "IDB": "P04637",
    "DATABASEB": "UNIPROT",
    "EFFECT": "down-regulates quantity by destabilization",
    "MECHANISM": "ubiquitination",
    "TAX_ID": "9606",
    "PMID": "12345",
    "SENTENCE": "Mdm2 ubiquitinates p53.",
    "SCORE": "0.7",
    "SIGNOR_ID": "SIGNOR-1",
}


def export(rows: list[dict], delimiter: str = "\t", end: str = "\n", columns: list[str] = COLUMNS) -> str:
    """An export of rows, each given by what differs; quoted as SIGNOR quotes when the delimiter is no tab."""

    def cell(text: str) -> str:
        quoted = delimiter != "\t" and (delimiter in text or '"' in text or " " in text)
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [delimiter.join(columns)]
    lines += [delimiter.join(cell((BASE | row).get(c, "")) for c in columns) for row in rows]
    return "".join(line + end for line in lines)


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.gz"])
def test_exports(read, delimiter, end, name):
    (found,) = read.rows(read.file(name, export([{}], delimiter, end)))
    assert (found["protein_a"], found["protein_b"]) == ("MDM2", "TP53")
    assert found["effect"] == "down-regulates quantity by destabilization"
    assert found["mechanism"] == "ubiquitination"
    assert found["statement"] == "Mdm2 ubiquitinates p53."
    assert found["evidence"] == [{"text": "Mdm2 ubiquitinates p53.", "pmid": "12345"}]
    assert (found["confidence"], found["xrefs"]) == (0.7, ["SIGNOR-1"])
    assert found["source"].endswith(f"{name}:2")


def test_columns_in_any_order_and_few(read):
    columns = ["EFFECT", "ENTITYB", "ENTITYA"]
    (found,) = read.rows(read.file("a.tsv", export([{"EFFECT": "activate"}], columns=columns)))
    assert (found["protein_a"], found["protein_b"], found["effect"]) == ("MDM2", "TP53", "up-regulates")


def test_entities_that_are_no_proteins(read):
    rows = [
        {"TYPEA": "chemical", "ENTITYA": "nutlin", "DATABASEA": "PUBCHEM", "IDA": "CID:1"},
        {"TYPEA": "proteinfamily", "ENTITYA": "ERK_f", "DATABASEA": "SIGNOR", "IDA": "SIGNOR-PF1"},
        {"TYPEA": "protein family", "ENTITYA": "ERK_f", "DATABASEA": "", "IDA": ""},
        {"TYPEB": "complex", "ENTITYB": "mTORC1", "DATABASEB": "SIGNOR", "IDB": "SIGNOR-C1"},
        {"TYPEB": "phenotype", "ENTITYB": "Apoptosis", "DATABASEB": "SIGNOR", "IDB": "SIGNOR-PH2"},
        {"TYPEB": "fusion protein", "ENTITYB": "BCR-ABL", "DATABASEB": "SIGNOR", "IDB": "SIGNOR-FP1"},
        {"TYPEA": "smallmolecule", "ENTITYA": "TP53", "DATABASEA": "ChEBI", "IDA": "CHEBI:1", "EFFECT": "inhibit"},
        {"EFFECT": "inhibit", "ENTITYA": "TP53", "IDA": "P04637"},
    ]
    path = read.file("a.tsv", export(rows))
    assert reasons(read(path)) == {
        "protein_a is a chemical, no protein (entities.chemicals: drop)": 2,
        "protein_a is a family, no protein (entities.families: drop)": 2,
        "protein_b is a complex, no protein (entities.complexes: drop)": 1,
        "protein_b is 'phenotype', no protein (entities.others: drop)": 1,
    }
    kept = read(path, kinds=frozenset(["protein", "chemical", "family", "complex", "other"]))
    assert not kept.rejected
    notes = {note for notes in kept.interactions["notes"].to_pylist() for note in notes}
    assert {"nutlin: chemical", "ERK_f: family", "mTORC1: complex", "Apoptosis: other"} <= notes
    # A chemical of a protein's name is not that protein.
    assert kept.interactions["protein_a"].to_pylist().count("TP53") == 2


def test_a_symbol_wins_over_an_accession_that_the_reference_does_not_know(read):
    rows = [{"IDA": "Q99999"}, {"IDA": "Q99999", "ENTITYA": "levitin"}, {"ENTITYA": "levitin", "EFFECT": "binds"}]
    found = read.rows(read.file("a.tsv", export(rows)))
    assert [(row["protein_a"], row["uniprot_a"]) for row in found][:2] == [("MDM2", "Q00987"), ("MDM2", "Q00987")]
    assert found[2]["protein_a"] == "Q99999"
    orthologs = read.file("o.tsv", "Mdm2\tMDM2\n")
    path = read.file("m.tsv", export([{"IDA": "P23804", "TAX_ID": "10090"}]))
    (mouse,) = read.rows(path, species=frozenset(["10090"]), orthologs=orthologs)
    assert (mouse["protein_a"], mouse["uniprot_a"]) == ("P23804", "P23804")


def test_species_pmids_and_effects(read):
    rows = [
        {"TAX_ID": "10090"},
        {"TAX_ID": "-1"},
        {"PMID": "Other"},
        {"PMID": "#PMID: 1, 22"},
        {"PMID": "#"},
        {"EFFECT": "levitates"},
        {"EFFECT": "up-regulate"},
    ]
    found = read(read.file("a.tsv", export(rows)))
    assert reasons(found) == {
        "protein_a is of species 10090, which is not kept": 1,
    }
    notes = {note for row in found.interactions.to_pylist() for note in row["notes"]}
    assert notes == {"unknown effect 'levitates'", "unknown effect 'up-regulate'; did you mean up-regulates?"}
    (evidence,) = (row["evidence"] for row in found.interactions.to_pylist() if row["effect"] != "unknown")
    assert [piece["pmid"] for piece in evidence] == ["", "1", "12345", "22"]


def test_a_stray_quote_costs_its_own_line_only(read):
    lines = export([{}, {"ENTITYA": "AKT1", "IDA": "P31749"}, {"ENTITYA": "EGFR", "IDA": "P00533"}], ";").splitlines()
    lines[1] = lines[1].replace('"Mdm2 ubiquitinates p53."', '"Mdm2 ubiquitinates p53.')
    assert len(read.rows(read.file("a.csv", "\n".join(lines) + "\n"))) >= 2
    # In the TSV a quote means nothing.
    text = export([{"SENTENCE": "\"5' end of p53"}, {"ENTITYA": "AKT1", "IDA": "P31749"}])
    assert len(read.rows(read.file("a.tsv", text))) == 2


def test_cells_may_hold_line_breaks(read):
    text = export([{"SENTENCE": "one;\ntwo lines"}, {"ENTITYA": "AKT1", "IDA": "P31749"}], ";")
    rows = read.rows(read.file("a.csv", text))
    assert [row["statement"] for row in rows] == ["Mdm2 ubiquitinates p53.", "one; two lines"]
    assert [row["source"].rpartition(":")[2] for row in rows] == ["4", "2"]


def test_no_signor_header(read):
    with pytest.raises(UserError, match=r"a\.tsv:1: no column entityb in the header"):
        read(read.file("a.tsv", "ENTITYA\tENTITY_B\tEFFECT\nA\tB\tx\n"), input_format="signor")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    delimiter = rng.choice("\t;,")
    fuzz.survives(damaged(export([{"SENTENCE": 'a "b"; c'}] * 5, delimiter), rng, delimiter), "signor")


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet='AB;\t,"\n\r x', max_size=80))
def test_any_cells_are_read_or_refused(fuzz, text):
    fuzz.survives("ENTITYA;ENTITYB;EFFECT\n" + text, "signor")


@pytest.mark.parametrize(
    ("name", "rows", "rejected"),
    [
        ("indra_signor_test_data.csv", 20, {"species": 8, "chemical": 1}),
        ("cascade_2.0.signor.tsv", 367, {"family": 151, "complex": 26, "'gene'": 21, "'output'": 3}),
    ],
)
def test_real_files(read, name, rows, rejected):
    found = read(shared(f"signor/{name}"))
    assert found.n_rows == rows
    assert sum(rejected.values()) == len(found.rejected)
    for words, number in rejected.items():
        assert sum(words in row.reason for row in found.rejected) == number
