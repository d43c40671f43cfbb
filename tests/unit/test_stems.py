"""Words without their endings."""

import pytest
from rootward.knowledge.stems import LEAST, stem


@pytest.mark.parametrize(
    "forms",
    [
        "ubiquitination ubiquitinates ubiquitinated ubiquitin",
        "phosphorylation phosphorylates phosphorylated phosphorylating",
        "apoptosis apoptotic",
        "mitochondrion mitochondria mitochondrial",
        "nucleus nuclei nuclear",
        "cilium cilia ciliary",
        "lysosome lysosomes lysosomal",
        "endocytosis endocytic endocytosed",
        "glycolysis glycolytic",
        "angiogenesis angiogenic",
        "localization localisation localizes localized",
        "inflammation inflammatory",
        "secretion secreted secretory",
        "oxidation oxidative",
        "hypoxia hypoxic",
        "synthesis synthesizes",
        "signal signals signaling signalling",
        "cytoskeleton cytoskeletal",
        "vesicle vesicular",
        "fusion fused",
    ],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem(word) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    "words",
    ["acetylation deacetylation", "organization organ", "pathogenesis pathogen", "biogenesis biogenic", "signal sign"],
)
def test_other_words_keep_other_stems(words):
    assert len({stem(word) for word in words.split()}) == 2


@pytest.mark.parametrize("word", ["p53", "il6", "er", "gene", "mtorc1", "foxo3a"])
def test_what_is_short_or_has_a_digit_stays(word):
    assert stem(word) == word


@pytest.mark.parametrize("word", ["rates", "lysis", "genesis", "cytosis", "ionic", "ization"])
def test_what_is_left_has_letters_enough(word):
    assert len(stem(word)) >= LEAST or stem(word) == word
