import pytest
from builders import REFERENCE
from rootward.knowledge.proteins import Protein, ProteinNames


@pytest.fixture(scope="module")
def proteins():
    return ProteinNames(REFERENCE)


TP53 = Protein("TP53", "P04637")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("TP53", TP53),
        ("tp53", TP53),
        (" TP53 ", TP53),
        ("p53", TP53),  # a synonym of one protein only
        ("P04637", TP53),
        ("p04637", TP53),
        ("P04637-2", TP53),  # an isoform is its protein
        ("P04637-PRO_0000185703", TP53),
        ("uniprotkb:P04637", TP53),
        ("UniProt:P04637", TP53),
        ("hgnc symbol:TP53", TP53),
        ("gene:TP53", TP53),
        ("HER2", Protein("ERBB2", "P04626")),
        ("VEGF", Protein("VEGFA", "P15692")),
    ],
)
def test_symbols_accessions_and_synonyms_lead_to_the_protein(proteins, name, found):
    assert proteins.find(name) == found


def test_a_symbol_is_never_taken_for_the_synonym_of_another_protein(proteins):
    # CAT is catalase; as a synonym it also stands for others.
    assert proteins.find("CAT") == Protein("CAT", "P04040")


@pytest.mark.parametrize(("name", "one_of_them"), [("p62", "SQSTM1"), ("p97", "VCP")])
def test_an_alias_of_several_proteins_stays_as_given_and_the_note_names_them(proteins, name, one_of_them):
    found = proteins.find(name)
    assert (found.symbol, found.uniprot) == (name, None)
    assert found.note.startswith("ambiguous alias of ")
    assert one_of_them in found.note.removeprefix("ambiguous alias of ").split(", ")


@pytest.mark.parametrize("name", ["NOTAPROTEIN", "amyloid beta", "代谢", "TP53/MDM2", "-1"])
def test_an_unknown_name_stays_as_given_with_a_note(proteins, name):
    assert proteins.find(name) == Protein(name, None, "not in the symbol table")


def test_an_unknown_accession_is_kept_as_accession(proteins):
    assert proteins.find("Q9ZZZ9") == Protein("Q9ZZZ9", "Q9ZZZ9", "unknown accession")


def test_a_symbol_of_several_accessions_names_them_and_takes_none(proteins):
    assert proteins.find("CDKN2A") == Protein("CDKN2A", None, "symbol of accessions P42771, Q8N726")


def test_an_accession_decides_where_the_symbol_could_not(proteins):
    assert proteins.find("P42771") == Protein("CDKN2A", "P42771")


def test_an_accession_of_several_symbols_is_not_guessed(proteins):
    shared = next(accession for accession, symbols in proteins._by_accession.items() if len(symbols) > 1)
    found = proteins.find(shared)
    assert (found.symbol, found.uniprot) == (shared, shared)
    assert found.note == f"accession of {', '.join(sorted(proteins._by_accession[shared]))}"


def test_finding_twice_finds_the_same(proteins):
    assert proteins.find("p62") is proteins.find("p62")


def test_a_synonym_of_the_shape_of_an_accession_is_found(proteins):
    (symbol,) = proteins._alias["h2afb1"]
    assert proteins.find("H2AFB1").symbol == symbol


def test_white_space_behind_a_prefix_does_not_count(proteins):
    assert proteins.find("uniprotkb: P04637") == TP53
