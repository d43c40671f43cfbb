"""Names that must stay apart, and names that are one pathway."""

import pytest
from builders import said
from rootward.knowledge.names import differ_in_meaning, pathway_id, same_words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Activation of BAD", "Inhibition of BAD"),
        ("NOTCH1 activation", "NOTCH1 inactivation"),
        ("Synthesis of ketone bodies", "Degradation of ketone bodies"),
        ("Heme biosynthesis", "Heme catabolism"),
        ("FGFR1 signaling", "FGFR2 signaling"),
        ("Signaling by ERBB2", "Signaling by ERBB4"),
        ("Complex I biogenesis", "Complex II biogenesis"),
        ("Type I interferon signaling", "Type II interferon signaling"),
        ("IL-1 signaling", "IL-2 signaling"),
        ("TNF alpha signaling", "TNF beta signaling"),
        ("TGF-α signaling", "TGF-β signaling"),
        ("Vitamin A metabolism", "Vitamin D metabolism"),
        ("Positive regulation of apoptosis", "Negative regulation of apoptosis"),
        ("Up-regulation of p53 targets", "Down-regulation of p53 targets"),
        ("Upregulation of p53 targets", "Downregulation of p53 targets"),
        ("Pro-apoptotic BCL-2 proteins", "Anti-apoptotic BCL-2 proteins"),
        ("Protein import into nucleus", "Protein export into nucleus"),
        ("Canonical WNT signaling", "Non-canonical WNT signaling"),
        ("Intrinsic pathway for apoptosis", "Extrinsic pathway for apoptosis"),
        ("Phosphorylation of PER", "Dephosphorylation of PER"),
        ("Anterograde transport", "Retrograde transport"),
        ("Mitotic prophase", "Meiotic prophase"),
    ],
)
def test_names_that_differ_by_a_word_that_matters_are_never_asked_about_nor_merged(a, b):
    from builders import grown
    from rootward.tree.merge import candidate_pairs, merge

    assert differ_in_meaning(a, b)
    assert differ_in_meaning(b, a)
    forest = grown({"R": None, a: "R", b: "R", "Another name": "R"})
    assert candidate_pairs(forest, 0.2) == []
    pairs = [(pathway_id(a), pathway_id(b))]
    assert merge(forest, pairs, [said(same=True, canonical=a)])[0].keys() == forest.keys()
    through = [(pathway_id(a), pathway_id("Another name")), (pathway_id("Another name"), pathway_id(b))]
    merged, _, _ = merge(forest, through, [said(same=True, canonical=a), said(same=True, canonical=b)])
    assert {pathway_id(a), pathway_id(b)} <= merged.keys()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("EGFR signaling", "EGFR signalling pathway"),
        ("Regulation of TP53", "TP53 regulation"),
        ("IL-17 signaling", "Interleukin-17 signaling pathway"),
        ("TGF-beta signaling", "TGFβ signaling"),
        ("Apoptosis", "The apoptosis pathway"),
    ],
)
def test_variants_of_a_name_have_one_key_and_are_no_different_pathways(a, b):
    assert same_words(a) == same_words(b)
    assert not differ_in_meaning(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ER to Golgi transport", "Golgi to ER transport"),
        (
            "Erythrocytes take up oxygen and release carbon dioxide",
            "Erythrocytes take up carbon dioxide and release oxygen",
        ),
        ("FGFR1 signaling", "FGFR2 signaling"),
        ("Mitophagy", "Lipophagy"),
    ],
)
def test_what_is_said_in_another_order_or_other_words_has_another_key(a, b):
    assert same_words(a) != same_words(b)
