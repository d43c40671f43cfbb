"""What a sentence writes out about proteins is no pathway."""

import pytest
from rootward.knowledge.longforms import short_forms, without_long_forms

PROTEINS = short_forms(["BCL2", "HSC70", "CFTR", "TIA-1", "MARK1", "a name of words"])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the B-cell lymphoma 2 (BCL-2) family", "the   (BCL-2) family"),
        ("via the chaperone heat shock cognate of 70 kDa (Hsc70)", "via the chaperone   (Hsc70)"),
        (
            "splicing of cystic fibrosis transmembrane conductance regulator (CFTR) exons",
            "splicing of   (CFTR) exons",
        ),
        ("the unfolded protein response (UPR) starts", "the unfolded protein response (UPR) starts"),
        ("autophagy in neurons (CFTR)", "autophagy in neurons (CFTR)"),
        ("(BCL2)", "(BCL2)"),
        ("", ""),
    ],
)
def test_the_full_name_of_a_protein_is_taken_out_and_nothing_else(text, kept):
    assert without_long_forms(text, PROTEINS) == kept
