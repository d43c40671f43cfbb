import pytest
from builders import grown
from rootward.knowledge import forms
from rootward.tree.merge import CROWD, candidate_pairs


def candidates(*names):
    forest = grown({"R": None} | dict.fromkeys(names, "R"))
    return {frozenset((forest[a].name, forest[b].name)) for a, b in candidate_pairs(forest, 0.85)}


ERAD = "Endoplasmic Reticulum-Associated Degradation"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ERAD", f"{ERAD} (ERAD)"),
        ("ERAD", ERAD),
        ("ERAD pathway", ERAD),
        (ERAD, f"{ERAD} (ERAD)"),
        ("Unfolded Protein Response", "UPR signaling"),
        ("Autophagy-Lysosome", "Autophagy-Lysosomal Pathway"),
        ("Apoptosis", "Apoptotic process"),
        ("Ubiquitin-proteasome system", "Ubiquitin Proteasome System (UPS)"),
    ],
)
def test_two_ways_to_write_one_pathway_are_asked_about(one, other):
    assert frozenset((one, other)) in candidates(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cell migration", "Cell migration in neurons"),
        ("CMA", "Mitophagy"),
        ("Positive regulation of autophagy", "Negative regulation of autophagy"),
        ("Protein import", "Protein export"),
        ("Cell Cycle", "CC"),  # two words make no acronym
    ],
)
def test_what_only_resembles_it_is_not(one, other):
    assert frozenset((one, other)) not in candidates(one, other)


def test_a_pathway_and_a_root_that_share_a_form_are_asked_about():
    forest = grown({"Autophagy": None, "Autophagic process": "Autophagy"})
    assert len(candidate_pairs(forest, 0.85)) == 1


def test_an_acronym_that_many_names_may_stand_behind_says_nothing():
    names = [f"Central {word} activation" for word in ("Mast", "Muscle", "Mucosal", "Myeloid", "Meiotic", "Motor")]
    assert len(names) > CROWD
    assert not {pair for pair in candidates("CMA", *names) if "CMA" in pair}


def test_the_parts_of_a_name():
    assert forms.spellings("Unfolded Protein Response (UPR)") == [
        "Unfolded Protein Response (UPR)",
        "Unfolded Protein Response",
        "UPR",
    ]
    assert forms.abbreviation("mTORC1 signaling") == "MTORC1"
    assert forms.abbreviation("Apoptosis") is None
    assert forms.initials(ERAD) == "ERAD"
    assert forms.initials("Cell cycle") is None
