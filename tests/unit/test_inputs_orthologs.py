"""Mouse rows and a table of human orthologs."""

import pytest
from rootward.errors import UserError

MOUSE = (
    "protein_a\tprotein_b\ttaxon\teffect\n"
    "Mdm2\tTrp53\t10090\tinhibits\n"
    "Akt1\tP31750\t10090\tactivates\n"
    "Egfr\tCdc2a\t10090\tactivates\n"
    "MDM2\tTP53\t9606\tinhibits\n"
)
# Two mouse genes of one human gene (Egfr), and one of two (Cdc2a), say nothing.
PAIRS = "Mdm2 MDM2,Trp53 TP53,Akt1 AKT1,Egfr EGFR,Egfrb EGFR,Cdc2a CDK1,Cdc2a BAD,Grb2 NOBODY"
TABLE = "mouse\thuman\n" + PAIRS.replace(" ", "\t").replace(",", "\n") + "\n"


def test_mouse_rows_keep_their_names_and_are_mapped_one_to_one(read):
    read.file("o.tsv", TABLE)
    options = {"species": frozenset(["10090"]), "orthologs": str(read.folder / "o.tsv")}
    found = read(read.file("m.tsv", MOUSE), **options)
    human = {row["name"]: row["human"] for row in found.proteins if row["species"] == "10090"}
    assert human["Mdm2"] == "MDM2"
    assert human["Trp53"] == "TP53"
    assert human["Akt1"] == "AKT1"
    assert not {"EGFR", "CDK1", "BAD"} & set(human.values())
    pairs = {(row["protein_a"], row["protein_b"]) for row in found.interactions.to_pylist()}
    assert pairs == {("Mdm2", "Trp53"), ("Akt1", "P31750"), ("Egfr", "Cdc2a")}
    assert [row.reason for row in found.rejected] == ["protein_a is of species 9606, which is not kept"]


def test_no_mouse_protein_gets_a_human_accession(read):
    options = {"species": frozenset(["10090"]), "orthologs": read.file("o.tsv", TABLE)}
    for row in read.rows(read.file("m.tsv", MOUSE), **options):
        assert row["uniprot_a"] is None
        assert row["uniprot_b"] in (None, "P31750")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("mouse\thuman\nMdm2\tnobody\n", "no second column of human symbols"),
        ("Mdm2\tMDM2\t1\n", "has 3 columns, not two"),
        ("", "is empty"),
    ],
)
def test_a_table_of_no_orthologs_is_refused(read, table, said):
    options = {"species": frozenset(["10090"]), "orthologs": read.file("o.tsv", table)}
    with pytest.raises(UserError, match=said):
        read(read.file("m.tsv", MOUSE), **options)
