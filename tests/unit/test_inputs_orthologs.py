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
        ("Mdm2\tMDM2\t1\n", "has 3 columns, and its header names no two columns like"),
        ("", "is empty"),
    ],
)
def test_a_table_of_no_orthologs_is_refused(read, table, said):
    options = {"species": frozenset(["10090"]), "orthologs": read.file("o.tsv", table)}
    with pytest.raises(UserError, match=said):
        read(read.file("m.tsv", MOUSE), **options)


@pytest.mark.parametrize(
    "table",
    [
        "Mouse gene name\tGene ID\tHuman gene name\nMdm2\tE1\tMDM2\nTrp53\tE2\tTP53\nEgfr\tE3\t\n",
        "human_entrez_gene,human_symbol,mouse_symbol\n4193,MDM2,Mdm2\n7157,TP53,Trp53\n",
        "# Alliance\nGene1Symbol\tGene1SpeciesTaxonID\tGene2Symbol\tGene2SpeciesTaxonID\n"
        "Mdm2\tNCBITaxon:10090\tMDM2\tNCBITaxon:9606\nTP53\tNCBITaxon:9606\tTrp53\tNCBITaxon:10090\n"
        "Tp53\tNCBITaxon:10116\tTP53\tNCBITaxon:9606\n",  # the rat's own does not make the mouse's doubtful
    ],
    ids=["biomart", "hcop", "alliance"],
)
def test_tables_as_their_sources_write_them(read, table):
    path = read.file("o.tsv.gz", table)
    rows = read.file("i.tsv", "gene_a\tgene_b\torganism\nTrp53\tMdm2\tmouse\n")
    (row,) = read(rows, species=frozenset(["10090"]), orthologs=path).interactions.to_pylist()
    assert (row["protein_a"], row["human_a"], row["human_b"]) == ("Trp53", "TP53", "MDM2")
