"""The spelling of a pathway while the tree grows: one for each, whatever order names come in."""

import pytest
from rootward.tree.spelling import Spelling

CURATED = ["Transcriptional Regulation by TP53", "DNA Repair"]


@pytest.mark.parametrize("name", [CURATED[0].lower(), CURATED[0].upper(), CURATED[0]])
def test_a_name_in_use_is_written_as_it_is_in_use(name):
    assert Spelling(["DNA Repair"], CURATED).fold(name) == CURATED[0]


def test_an_earlier_group_says_how_a_name_is_written_and_the_order_within_a_group_nothing():
    for group in (["dna repair", "DNA repair"], ["DNA repair", "dna repair"]):
        assert Spelling(group, CURATED).fold("Dna Repair") == "DNA repair"
    assert Spelling(CURATED, ["dna repair"]).fold("dna repair") == "DNA Repair"


def test_a_name_that_nobody_uses_stays_as_it_is():
    assert Spelling(CURATED).fold("Mitophagy") == "Mitophagy"
