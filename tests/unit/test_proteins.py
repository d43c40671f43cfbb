import pytest
from builders import REFERENCE
from rootward.knowledge.proteins import NoProtein, Protein, ProteinNames


@pytest.fixture(scope="module")
def proteins():
    return ProteinNames(REFERENCE)


@pytest.mark.parametrize(
    ("name", "symbol", "uniprot", "how"),
    [
        ("TP53", "TP53", "P04637", "symbol"),
        ("tp53", "TP53", "P04637", "symbol"),
        (" TP53 ", "TP53", "P04637", "symbol"),
        ("ＴＰ５３", "TP53", "P04637", "symbol"),  # full-width
        ("p53", "TP53", "P04637", "alias"),  # an alias of one protein only
        ("P04637", "TP53", "P04637", "accession"),
        ("p04637", "TP53", "P04637", "accession"),
        ("P04637-2", "TP53", "P04637", "accession"),  # an isoform is its protein
        ("P04637-PRO_0000185703", "TP53", "P04637", "accession"),
        ("uniprotkb:P04637", "TP53", "P04637", "accession"),
        ("UniProt:P04637", "TP53", "P04637", "accession"),
        ("uniprotkb: P04637", "TP53", "P04637", "accession"),
        ("sp|P04637|P53_HUMAN", "TP53", "P04637", "accession"),
        ("hgnc symbol:TP53", "TP53", "P04637", "symbol"),
        ("gene:TP53", "TP53", "P04637", "symbol"),
        ("hgnc:TP53", "TP53", "P04637", "symbol"),
        ("HGNC:11998", "TP53", "P04637", "hgnc"),
        ("entrez:7157", "TP53", "P04637", "entrez"),
        ("hsa:7157", "TP53", "P04637", "entrez"),
        ("ENSG00000141510.12", "TP53", "P04637", "ensembl"),
        ("P53_HUMAN", "TP53", "P04637", "entry"),
        ("TP53_HUMAN", "TP53", "P04637", "entry"),
        ("FAS_HUMAN", "FASN", "P49327", "entry"),  # UniProt's names are no symbols: FAS itself is TNR6_HUMAN
        ("THRB_HUMAN", "F2", "P00734", "entry"),
        ("P01892", "HLA-A", "P04439", "secondary"),
        ("tumor protein p53", "TP53", "P04637", "name"),
        ("beta-actin", "ACTB", "P60709", "name"),
        ("HER2", "ERBB2", "P04626", "alias"),
        ("SEPT5", "SEPTIN5", "Q99719", "previous"),
        ("KARS", "KARS1", "Q15046", "previous"),  # and no family, though KARs is one
        ("H2AFB1", "H2AB1", "P0C5Y9", "previous"),  # of the shape of an accession
        ("TNF-α", "TNF", "P01375", "alias"),
        ("TNF–α", "TNF", "P01375", "alias"),
        ("β-catenin", "CTNNB1", "P35222", "alias"),
        ("DNA-PK", "PRKDC", "P78527", "spelling"),
        ("TP53/p53", "TP53", "P04637", "alias"),  # two names of one protein
        ("CAT", "CAT", "P04040", "symbol"),  # and never one of those it is an alias of
        ("Fos", "FOS", "P01100", "symbol"),  # as a symbol is written for mice; FamPlex reads the family
    ],
)
def test_what_leads_to_one_protein(proteins, name, symbol, uniprot, how):
    assert proteins.find(name) == Protein(symbol, uniprot, None, how)


MISSING = "NA na NaN NULL None nil n/a #N/A <NA> NaT - -- ? . * unknown N.A. (none) #VALUE!"


@pytest.mark.parametrize("name", [*MISSING.split(), "not available", " ", "—"])
def test_words_for_missing_are_no_names_though_some_are_aliases(proteins, name):
    found = proteins.find(name)
    assert (found.kind, found.how) == ("unnamed", "missing")


@pytest.mark.parametrize("name", ["225", "7157", "1.0", "-1", "1e5", "2.31E+13", "14.1", "12,5", "95%"])
def test_numbers_are_no_names_though_some_are_aliases(proteins, name):
    assert proteins.find(name).how == "number"


@pytest.mark.parametrize(
    ("name", "were"),
    [
        ("5-Sep", ["SEPT5, now SEPTIN5"]),
        ("Sep-05", ["SEPT5, now SEPTIN5"]),
        ("1-Mar", ["MARCH1, now MARCHF1", "MARC1, now MTARC1"]),
        ("2-MAR-2024", ["MARCH2, now MARCHF2", "MARC2, now MTARC2"]),
        ("1-Dec", ["DEC1, now DELEC1"]),
        ("4-Oct", ["OCT4, now POU5F1"]),
        ("2024-09-05", ["SEPT5, now SEPTIN5"]),
        ("2024-09-05 00:00:00", ["SEPT5, now SEPTIN5"]),
        ("9/5/2024", ["SEPT5, now SEPTIN5"]),
        ("31-Jan", []),
    ],
)
def test_dates_are_named_as_such_with_the_symbols_they_were(proteins, name, were):
    found = proteins.find(name)
    assert (found.kind, found.how) == ("unnamed", "date")
    assert "a date that a spreadsheet made of a gene symbol" in found.reason
    assert all(symbol in found.reason for symbol in were)


@pytest.mark.parametrize("name", ["TRUE", "False", "yes"])
def test_logical_values_are_no_names(proteins, name):
    assert proteins.find(name).how == "logical"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("PKC", "family", "PRKCA"),
        ("Rac", "family", "RAC1"),
        ("RAC", "family", "RAC1"),
        ("HDAC", "family", "HDAC1"),
        ("PI3K", "complex", "PIK3CA"),
        ("AKT", "family", "AKT1"),
        ("ERK1/2", "family", "MAPK3"),
        ("TGF-β", "family", "TGFB1"),
        ("NF-κB", "complex", "RELA"),
        ("HSP 70", "family", "HSPA1A"),
        ("PSMA", "family", "PSMA1"),  # no family of FamPlex's, but the stem of several symbols
        ("LPS", "chemical", "CHEBI:16412"),
        ("cAMP", "chemical", "PUBCHEM"),  # and not CAMP, which is cathelicidin
        ("DMSO", "chemical", "DMSO"),
        ("CHEBI:15422", "chemical", "CHEBI"),
        ("FPLX:ERK", "family", "ERK"),
        ("SIGNOR-C12", "complex", "SIGNOR-C12"),
        ("COMPLEX:P01100_P05412", "complex", "P05412"),
        ("IFNGR1_IFNGR2", "complex", "IFNGR2"),
        ("MIR21", "other", "micro"),
        ("hsa-miR-21-5p", "other", "micro"),
        ("let-7a", "other", "micro"),
        ("MALAT1", "other", "RNA, long non-coding"),
    ],
)
def test_families_complexes_reagents_and_rnas_are_what_they_are(proteins, name, kind, said):
    found = proteins.find(name)
    assert isinstance(found, NoProtein)
    assert found.kind == kind
    assert said in found.reason


@pytest.mark.parametrize(
    "name", ["CALM1;CALM2", "TP53, MDM2", "TP53/MDM2", "CALM1 ; CALM2; CALM3", "P01100|P05412", "FOS-JUN", "BCR::ABL1"]
)
def test_a_cell_of_several_proteins_is_none(proteins, name):
    found = proteins.find(name)
    assert (found.kind, found.how) == ("unnamed", "several")
    assert found.reason.startswith(f"names several proteins ('{name}: ")


@pytest.mark.parametrize(
    "name", ["TP53_MOUSE", "ENSMUSG00000059552", "10090.ENSMUSP00000104298", "mmu:22059", "MGI:98834", "sgd:S000006195"]
)
def test_identifiers_of_other_species_are_known_as_such(proteins, name):
    assert proteins.find(name).kind == "foreign"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("ENSP00000269305", "an identifier of an Ensembl protein or transcript, which the reference does not have"),
        (
            "9606.ENSP00000269305",
            "an identifier of an Ensembl protein or transcript, which the reference does not have",
        ),
        ("NP_000537.3", "a RefSeq identifier, which the reference does not have"),
        ("entrez:99999999", "entrez identifier of no protein of the reference"),
        ("ZZZZZ_HUMAN", "an entry name that the reference does not have"),
    ],
)
def test_an_identifier_that_leads_nowhere_says_what_it_is(proteins, name, note):
    assert proteins.find(name) == Protein(name, None, note, "unknown")


@pytest.mark.parametrize(
    ("name", "one_of_them"), [("p62", "SQSTM1"), ("p97", "VCP"), ("MCP", "CD46"), ("MDC", "CCL22"), ("T", "TBXT")]
)
def test_an_alias_of_several_proteins_stays_as_given_and_the_note_names_them(proteins, name, one_of_them):
    found = proteins.find(name)
    assert (found.symbol, found.uniprot, found.how) == (name, None, "ambiguous")
    assert one_of_them in found.note


def test_a_previous_symbol_with_a_number_counts_above_an_alias_and_the_note_says_so(proteins):
    assert proteins.find("CDC2") == Protein(
        "CDK1", "P06493", "previous symbol of CDK1, also an alias of POLD1", "previous"
    )


def test_a_demerged_accession_names_the_entries_it_went_into(proteins):
    note = "secondary accession of P0DP23, P0DP24, P0DP25 (CALM1, CALM2, CALM3)"
    assert proteins.find("P62158") == Protein("P62158", None, note, "ambiguous")


@pytest.mark.parametrize("name", ["NOTAPROTEIN", "B cells", "代谢", "p38α", "gene:gene:gene:x"])
def test_an_unknown_name_stays_as_given_with_a_note(proteins, name):
    found = proteins.find(name)
    assert (found.uniprot, found.note, found.how) == (None, "not in the symbol table", "unknown")


def test_a_symbol_by_itself_is_found_in_every_spelling_of_it_alone(proteins):
    """No alias stands before a symbol, and no family or reagent is called as one is."""
    for symbol in proteins._tables.accessions:
        assert proteins.find(symbol).symbol == symbol


def test_an_unknown_accession_is_kept_as_accession(proteins):
    assert proteins.find("Q9ZZZ9") == Protein(
        "Q9ZZZ9", "Q9ZZZ9", "unknown accession: unreviewed, obsolete or of another species", "unknown"
    )


def test_a_symbol_of_several_accessions_names_them_and_takes_none(proteins):
    assert proteins.find("CDKN2A") == Protein("CDKN2A", None, "symbol of accessions P42771, Q8N726")


def test_an_accession_decides_where_the_symbol_could_not(proteins):
    assert proteins.find("P42771") == Protein("CDKN2A", "P42771", None, "accession")


def test_an_accession_of_several_symbols_is_not_guessed(proteins):
    found = proteins.find("P62805")
    assert (found.symbol, found.uniprot) == ("P62805", "P62805")
    assert found.note.startswith("accession of H4C1, H4C11, ")


def test_finding_twice_finds_the_same(proteins):
    assert proteins.find("p62") is proteins.find("p62")


def test_a_reference_of_proteins_alone_will_do(small_reference):
    proteins = ProteinNames(small_reference)
    assert proteins.find("HDM2").symbol == "MDM2"
    assert proteins.find("NA").how == "missing"
    assert proteins.find("HGNC:11998").how == "unknown"
