"""BioGRID tab3: physical rows only, what an experimental system shows, species, accessions."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons, shared
from rootward.errors import UserError

COLUMNS = [
    "#BioGRID Interaction ID",
    "Entrez Gene Interactor A",
    "Entrez Gene Interactor B",
    "Official Symbol Interactor A",
    "Official Symbol Interactor B",
    "Experimental System",
    "Experimental System Type",
    "Publication Source",
    "Organism ID Interactor A",
    "Organism ID Interactor B",
    "Score",
    "Modification",
    "Qualifications",
    "SWISS-PROT Accessions Interactor A",
    "SWISS-PROT Accessions Interactor B",
]
BASE = {
    "#BioGRID Interaction ID": "101",
    "Official Symbol Interactor A": "MDM2",
    "Official Symbol Interactor B": "TP53",
    "Experimental System": "Two-hybrid",
    "Experimental System Type": "physical",
    "Publication Source": "PUBMED:12345",
    "Organism ID Interactor A": "9606",
    "Organism ID Interactor B": "9606",
    "Score": "-6.6",
    "SWISS-PROT Accessions Interactor A": "Q00987|Q99999",
    "SWISS-PROT Accessions Interactor B": "P04637",
}


def tab3(*rows: dict) -> str:
    """A file of rows, each given by what differs."""
    lines = ["\t".join(COLUMNS), *("\t".join((BASE | row).get(c, "-") for c in COLUMNS) for row in rows)]
    return "".join(line + "\n" for line in lines)


def test_a_physical_row(read):
    (found,) = read.rows(read.file("a.txt", tab3({})))
    assert (found["protein_a"], found["uniprot_a"], found["protein_b"]) == ("MDM2", "Q00987", "TP53")
    assert (found["effect"], found["mechanism"]) == ("form complex", "direct interaction")
    assert found["evidence"] == [{"text": "", "pmid": "12345"}]
    assert (found["confidence"], found["xrefs"]) == (None, ["biogrid:101"])


@pytest.mark.parametrize(
    ("system", "modification", "effect", "mechanism"),
    [
        ("Affinity Capture-MS", "-", "form complex", "physical association"),
        ("Co-fractionation", "-", "form complex", "association"),
        ("Co-localization", "-", "unknown", "colocalization"),
        ("Proximity Label-MS", "-", "unknown", "proximity"),
        ("Biochemical Activity", "Phosphorylation", "unknown", "phosphorylation"),
        ("A system of tomorrow", "-", "unknown", "a system of tomorrow"),
    ],
)
def test_experimental_systems(read, system, modification, effect, mechanism):
    (found,) = read.rows(read.file("a.txt", tab3({"Experimental System": system, "Modification": modification})))
    assert (found["effect"], found["mechanism"]) == (effect, mechanism)


def test_what_is_set_aside(read):
    rows = [
        {},
        {"Experimental System": "Negative Genetic", "Experimental System Type": "genetic"},
        {"Organism ID Interactor B": "10090"},
        {"Experimental System": "Protein-RNA"},
    ]
    path = read.file("a.txt", tab3(*rows) + "1\t2\n")
    found = read(path)
    assert found.n_rows == 5
    assert reasons(found) == {
        "genetic interaction (genetic: drop)": 1,
        "protein_b is of species 10090, which is not kept": 1,
        "protein_b is 'rna', no protein (entities.others: drop)": 1,
        "protein_a is empty": 1,
    }
    assert sum("genetic" in reason for reason in reasons(read(path, genetic=True))) == 0


def test_both_directions_are_one(read):
    swapped = {"SWISS-PROT Accessions Interactor A": "P04637", "SWISS-PROT Accessions Interactor B": "Q00987"}
    (found,) = read.rows(read.file("a.txt", tab3({}, swapped)))
    assert found["n_rows"] == 2


def test_no_header(read):
    with pytest.raises(UserError, match=r"a\.txt:1: no column official_symbol_interactor_a"):
        read(read.file("a.txt", "a\tb\n"), input_format="biogrid")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    rows = [{}, {"Experimental System Type": "genetic"}, {"Qualifications": 'a "quoted" word'}]
    text = damaged(tab3(*rows), rng)
    found = fuzz.survives(text, "biogrid")
    if found and "\r" not in text:
        assert found.n_rows == sum(bool(line.strip()) for line in text.split("\n")) - 1


def test_real_file(read):
    found = read(shared("biogrid/indra_biogrid_test.tab3.txt"))
    assert found.n_rows == 50
    kinds = reasons(found)
    assert kinds["genetic interaction (genetic: drop)"] == 26
    assert sum(number for reason, number in kinds.items() if "of species" in reason) == 7
    assert sum(kinds.values()) == 34
