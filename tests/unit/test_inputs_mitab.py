"""PSI-MITAB: the grammar, the four widths, negative rows, directions, and whatever else a file may hold."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons, shared
from rootward.inputs.mitab import Field, fields, looks_like
from rootward.inputs.start import Start

HEADER = "#ID(s) interactor A\tID(s) interactor B\tAlt. ID(s) interactor A\tAlt. ID(s) interactor B"
HUMAN = "taxid:9606(human)|taxid:9606(Homo sapiens)"
BASE = {
    0: "uniprotkb:P04637",
    1: "uniprotkb:Q00987",
    2: "intact:EBI-1",
    3: "intact:EBI-2",
    4: 'uniprotkb:TP53(gene name)|uniprotkb:"Tumour | suppressor"(gene name synonym)',
    5: "psi-mi:mdm2_human(display_long)",
    6: 'psi-mi:"MI:0018"(two hybrid)',
    7: "Doe et al. (2001)",
    8: "pubmed:12345|imex:IM-99|doi:10.1/678",
    9: HUMAN,
    10: HUMAN,
    11: 'psi-mi:"MI:0915"(physical association)',
    12: 'psi-mi:"MI:0469"(IntAct)',
    13: "intact:EBI-77|imex:IM-99-1",
    14: "author score:high|intact-miscore:0.56",
}
PROTEIN, ROLE = 'psi-mi:"MI:0326"(protein)', 'psi-mi:"MI:0499"(unspecified role)'


def row(width: int = 15, cells: dict[int, str] | None = None) -> str:
    """A row with some cells replaced."""
    wide = {16: ROLE, 17: ROLE, 20: PROTEIN, 21: PROTEIN} if width > 15 else {}
    all_cells = BASE | wide | (cells or {})
    return "\t".join(all_cells.get(i, "-") for i in range(width)) + "\n"


@pytest.mark.parametrize(
    ("cell", "parsed"),
    [
        ("-", []),
        ("uniprotkb:P04637", [Field("uniprotkb", "P04637", "")]),
        ('psi-mi:"MI:0914"(association)', [Field("psi-mi", "MI:0914", "association")]),
        ("psi-mi:MI:0914(association)", [Field("psi-mi", "MI:0914", "association")]),
        ('"a:b":"c|d"("e (f)")|g:h', [Field("a:b", "c|d", "e (f)"), Field("g", "h", "")]),
        (r'x:y("a \"nice\" protein")', [Field("x", "y", 'a "nice" protein')]),
        ('taxid:4932("Baker\'s yeast (x)")', [Field("taxid", "4932", "Baker's yeast (x)")]),
        ("no grammar here", [Field("", "no grammar here", "")]),
        ('open:"never closed|x:y', [Field("", 'open:"never closed', ""), Field("x", "y", "")]),
        ("go:name (with) words(gene name)", [Field("go", "name (with) words", "gene name")]),
    ],
)
def test_grammar(cell, parsed):
    assert fields(cell) == parsed


@given(st.text(alphabet='ab:|()"\\- ', max_size=30))
def test_grammar_reads_anything(cell):
    assert all(isinstance(field, Field) for field in fields(cell))


@pytest.mark.parametrize("width", [15, 36, 42, 46])
@pytest.mark.parametrize("before", ["", "\n", "header"])
def test_all_widths_with_and_without_header(read, width, before):
    header = HEADER + "\tx" * (width - 4) + "\n" if before == "header" else before
    (found,) = read.rows(read.file("a.txt", header + row(width)))
    assert (found["protein_a"], found["protein_b"]) == ("MDM2", "TP53")
    assert (found["effect"], found["mechanism"]) == ("form complex", "physical association")
    assert found["evidence"] == [{"text": "", "pmid": "12345"}]
    assert found["confidence"] == 0.56
    assert found["xrefs"] == ["intact:EBI-77"]
    assert found["source"].endswith(f"a.txt:{2 if before else 1}")


def test_widths_may_follow_each_other(read):
    found = read(read.file("a.txt", row(15) + row(46) + row(20)))
    assert found.n_rows == 3
    assert reasons(found) == {"20 cells, where PSI-MITAB has 15, 36, 42 or 46": 1}


def test_negative_rows_are_dropped_and_counted(read):
    text = row(36) + row(36, {35: "true"}) + row(42, {35: "TRUE"}) + row(42, {35: "false"})
    found = read(read.file("a.txt", text))
    assert reasons(found) == {"negative interaction": 2}
    assert found.interactions["n_rows"].to_pylist() == [2]


def test_quotes_never_join_rows(read):
    text = row(15, {4: 'uniprotkb:"opened'}) + row(15, {0: "uniprotkb:P00533"}) + row(15, {0: "uniprotkb:P31749"})
    assert len(read.rows(read.file("a.txt", text))) == 3


def test_isoforms_are_their_protein_and_both_orders_are_one(read):
    swapped = {0: "uniprotkb:Q00987-2", 1: "uniprotkb:P04637-PRO_0000000001", 8: "pubmed:777"}
    (found,) = read.rows(read.file("a.txt", row() + row(15, swapped)))
    assert [piece["pmid"] for piece in found["evidence"]] == ["12345", "777"]
    assert (found["uniprot_a"], found["uniprot_b"]) == ("Q00987", "P04637")


@pytest.mark.parametrize(
    ("identifier", "alternative", "alias", "name"),
    [
        ("intact:EBI-9|uniprotkb:P31749", "-", "-", "AKT1"),
        ("entrez gene/locuslink:207", "biogrid:1|uniprot/swiss-prot:P31749", "-", "AKT1"),
        ("entrez gene/locuslink:207", "biogrid:1|entrez gene/locuslink:AKT1", "-", "AKT1"),
        ("refseq:NP_1", "-", "psi-mi:xx(display_long)|uniprotkb:AKT1(gene name)", "AKT1"),
        ("intact:EBI-9", "-", "-", "intact:EBI-9"),
    ],
)
def test_interactors_without_accession(read, identifier, alternative, alias, name):
    (found,) = read.rows(read.file("a.txt", row(15, {0: identifier, 2: alternative, 4: alias})))
    assert name in (found["protein_a"], found["protein_b"])


def test_species(read):
    rows = [
        row(15, {9: "taxid:10090(mouse)"}),
        row(15, {9: f"taxid:4932(yeast)|{HUMAN}"}),
        row(15, {9: "taxid:-1(in vitro)"}),
        row(15, {9: "-"}),
        row(15, {10: 'taxid:9031("Gallus gallus (Chicken)")'}),
    ]
    found = read(read.file("a.txt", "".join(rows)))
    assert reasons(found) == {
        "protein_a is of species 10090, which is not kept": 1,
        "protein_b is of species 9031, which is not kept": 1,
    }
    assert read(read.folder / "a.txt", species=frozenset(["9606", "10090", "9031"])).by_reason == {}


def test_types_and_kinds(read):
    text = (
        row(15, {11: 'psi-mi:"MI:0217"(phosphorylation reaction)'})
        + row(15, {11: 'psi-mi:"MI:0407"(direct interaction)|psi-mi:"MI:0914"(association)'})
        + row(15, {11: "-"})
    )
    found = read.rows(read.file("a.txt", text))
    assert [(f["effect"], f["mechanism"]) for f in found] == [
        ("form complex", "association; direct interaction"),
        ("unknown", "phosphorylation"),
    ]
    text = (
        row()
        + row(36, {0: 'chebi:"CHEBI:1"', 4: "psi-mi:aspirin(display_short)", 20: 'psi-mi:"MI:0328"(small molecule)'})
        + row(15, {1: "complex portal:CPX-1"})
        + row(36, {21: 'psi-mi:"MI:0250"(gene)'})
        + row(36, {1: "-"})
    )
    found = read(read.file("b.txt", text))
    assert reasons(found) == {
        "protein_a is a chemical, no protein (entities.chemicals: drop)": 1,
        "protein_b is a complex, no protein (entities.complexes: drop)": 1,
        "protein_b is 'gene', no protein (entities.others: drop)": 1,
        "one interactor only": 1,
    }
    kept = read(read.folder / "b.txt", kinds=frozenset(["protein", "chemical", "complex", "other"]))
    assert kept.by_reason == {"one interactor only": 1}
    assert ["aspirin: chemical"] in kept.interactions["notes"].to_pylist()


def test_genetic_interactions(read):
    path = read.file("a.txt", row() + row(15, {11: 'psi-mi:"MI:0794"(synthetic genetic interaction)'}))
    assert reasons(read(path)) == {"genetic interaction (genetic: drop)": 1}
    assert read(path, genetic=True).by_reason == {}


def test_direction_by_roles_and_causal_statements(read):
    enzyme, target = 'psi-mi:"MI:0501"(enzyme)', 'psi-mi:"MI:0502"(enzyme target)'
    phosphorylation = {11: 'psi-mi:"MI:0217"(phosphorylation reaction)'}
    (found,) = read.rows(read.file("a.txt", row(36, {16: target, 17: enzyme} | phosphorylation)))
    assert (found["protein_a"], found["protein_b"], found["effect"]) == ("MDM2", "TP53", "unknown")
    causal = {44: 'psi-mi:"MI:2247"(transcriptional regulation)', 45: 'psi-mi:"MI:2240"(down regulates)'}
    (found,) = read.rows(read.file("b.txt", row(46, causal)))
    assert (found["protein_a"], found["protein_b"], found["effect"]) == ("TP53", "MDM2", "down-regulates")
    assert found["mechanism"] == "transcriptional regulation"


def test_detection_is_strict():
    def is_mitab(line: str) -> bool:
        return looks_like(Start(line.encode()))

    assert is_mitab(row(15)) and is_mitab(row(42)) and is_mitab(HEADER + "\tx" * 11)
    assert not is_mitab(row(15, {9: "human"}))
    assert not is_mitab(row(15, {0: "TP53"}))
    assert not is_mitab("a\tb\tc")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    text = HEADER + "\tx" * 11 + "\n" + "".join(row(rng.choice([15, 36, 42, 46])) for _ in range(6))
    text = damaged(text, rng)
    found = fuzz.survives(text, rng.choice(["mitab", "auto"]))
    if found and "\r" not in text:
        lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
        assert found.n_rows in (len(lines), len(lines) - 1)  # a header that lost its # is no row either


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_anything_is_read_or_refused(fuzz, data):
    fuzz.survives(data, "mitab")


@pytest.mark.parametrize(
    ("name", "rows", "counts"),
    [
        ("psicquic_sample.mitab25.txt", 4, {"of species": 2}),
        ("psicquic_sample.mitab26.txt", 4, {"negative": 1, "of species": 2}),
        ("psicquic_sample.mitab27.txt", 4, {"negative": 2, "of species": 1}),
        ("psicquic_sample.mitab28.txt", 4, {"negative": 2, "of species": 1}),
        ("psicquic_negative.mitab27.txt", 4, {"negative": 2, "of species": 1}),
        ("jami_10075675.mitab.txt", 3, {}),
        ("jami_10075675_blank_line.mitab.txt", 3, {}),
        ("brca2.mitab25.txt", 14, {"of species": 3}),
    ],
)
def test_real_files(read, name, rows, counts):
    found = read(shared(f"mitab/{name}"))
    assert found.n_rows == rows
    assert sum(counts.values()) == len(found.rejected)
    for words, number in counts.items():
        assert sum(words in row.reason for row in found.rejected) == number
