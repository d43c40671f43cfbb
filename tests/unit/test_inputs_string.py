"""STRING: web export, bulk files and API, both directions folded, the lowest score, symbols of Ensembl ids."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged, reasons, shared
from rootward.errors import UserError

WEB = "#node1\tnode2\tnode1_string_id\tnode2_string_id\thomology\tcombined_score\n"
WEB_ROWS = [
    "MDM2\tTP53\t9606.ENSP1\t9606.ENSP2\t0\t0.999\n",
    "TP53\tMDM2\t9606.ENSP2\t9606.ENSP1\t0\t0.998\n",
    "AKT1\tTP53\t9606.ENSP3\t9606.ENSP2\t0\t0.699\n",
    "Akt1\tTrp53\t10090.ENSMUSP3\t10090.ENSMUSP2\t0\t0.9\n",
    "AKT1\tEGFR\t9606.ENSP3\t9606.ENSP4\t0\thigh\n",
]
BULK = (
    "protein1 protein2 combined_score\n9606.ENSP1 9606.ENSP2 999\n9606.ENSP2 9606.ENSP1 999\n"
    "9606.ENSP1 9606.ENSP3 699\n"
)
INFO = "#string_protein_id\tpreferred_name\tprotein_size\tannotation\n9606.ENSP1\tMDM2\t1\tx\n9606.ENSP2\tTP53\t1\tx\n"


def test_web_export(read):
    found = read(read.file("a.tsv", WEB + "".join(WEB_ROWS)))
    (row,) = found.interactions.to_pylist()
    assert (row["protein_a"], row["protein_b"], row["n_rows"]) == ("MDM2", "TP53", 2)
    assert (row["effect"], row["mechanism"], row["evidence"]) == ("unknown", "functional association", [])
    assert (row["statement"], row["confidence"]) == ("", 0.999)
    assert reasons(found) == {
        "score below 0.7 (string.min_score)": 1,
        "protein_a is of species 10090, which is not kept": 1,
        "score 'high' is no number": 1,
    }


def test_bulk_links(read):
    path, info = read.file("9606.protein.links.txt.gz", BULK), read.file("info.txt.gz", INFO)
    (row,) = read.rows(path)
    assert (row["protein_a"], row["protein_b"], row["confidence"]) == ("ENSP1", "ENSP2", 0.999)
    (row,) = read.rows(path, string_names=info)
    assert (row["protein_a"], row["protein_b"]) == ("MDM2", "TP53")
    assert len(read.rows(path, string_names=info, min_score=0.6)) == 2
    with pytest.raises(UserError, match=r"string\.names: .*:1: is not a protein\.info file"):
        read(path, string_names=path)


def test_api(read):
    header = "stringId_A\tstringId_B\tpreferredName_A\tpreferredName_B\tncbiTaxonId\tscore\n"
    (row,) = read.rows(read.file("a.tsv", header + "9606.ENSP1\t9606.ENSP2\tTP53\tMDM2\t9606\t0.95\n"))
    assert (row["protein_a"], row["protein_b"], row["confidence"]) == ("MDM2", "TP53", 0.95)


def test_a_table_of_ones_own_is_no_string(read):
    text = "protein1\tprotein2\teffect\tcombined_score\nMDM2\tTP53\tinhibits\t0.1\n"
    (row,) = read.rows(read.file("a.tsv", text))
    assert row["effect"] == "down-regulates"


def test_scores_out_of_range_and_no_header(read):
    found = read(read.file("a.txt", BULK + "9606.ENSP1 9606.ENSP2 5000\n"))
    assert "score '5000' is not between 0 and 1 (or 1000)" in reasons(found)
    with pytest.raises(UserError, match=r"a\.txt:1: not a STRING header"):
        read(read.file("a.txt", "x y z\n"), input_format="string")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_files_lose_no_row(fuzz, seed):
    rng = random.Random(seed)
    text = rng.choice([WEB + "".join(WEB_ROWS), BULK])
    text = damaged(text, rng, " " if text == BULK else "\t")
    found = fuzz.survives(text, "string")
    if found and "\r" not in text and "\t" in text.lstrip().split("\n")[0]:
        assert found.n_rows == sum(bool(line.strip()) for line in text.split("\n")) - 1


def test_real_file(read):
    found = read(shared("string/alzheimer_string_interactions.tsv"))
    assert (found.n_rows, found.interactions.num_rows, found.rejected) == (240, 120, [])
    found = read(shared("string/alzheimer_string_interactions.tsv"), min_score=0.9)
    assert found.n_rows == 240 and reasons(found).keys() == {"score below 0.9 (string.min_score)"}
