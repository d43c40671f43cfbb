import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rootward.knowledge.names import clean, content_words, gist, normalise, pathway_id, tokens
from rootward.knowledge.nearest import NameIndex

# --- identity ---


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Signaling by EGFR", "signaling BY egfr"),
        ("TGF-beta signaling", "TGF\u2013beta signaling"),  # en dash
        ("TGF-beta signaling", "TGF\u2011beta signaling"),  # non-breaking hyphen
        ("TGF-beta signaling", "TGF\u2212beta signaling"),  # minus sign
        ("TGF-beta signaling", "TGF beta signaling"),
        ("TGF-beta signaling", "TGF_beta--signaling"),
        ("Cell cycle", "  Cell \t\u00a0 cycle\n"),
        ("Cell cycle", "Cell\u200b cycle"),
        ("ﬁbrosis", "fibrosis"),  # a ligature
        ("Caspase ８", "caspase 8"),  # a full-width digit
        ("Mu\u0308ller glia", "Müller glia"),
        ("Straße", "STRASSE"),
        ("\u202ecell cycle", "cell cycle"),
    ],
)
def test_what_carries_no_meaning_does_not_make_another_pathway(name, same):
    assert normalise(name) == normalise(same)
    assert pathway_id(name) == pathway_id(same)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Signaling by EGFR", "EGFR signaling"),
        ("Caspase 8", "Caspase 9"),
        ("α-synuclein", "β-synuclein"),
        ("Cell cycle", "Cell cycles"),
        ("Interleukin-2", "IL-2"),
        ("NF-kB", "NFkB"),
    ],
)
def test_everything_else_makes_another_pathway(name, other):
    assert pathway_id(name) != pathway_id(other)


@pytest.mark.parametrize("name", ["mito\u00adphagy", "mitophagy\U000e0041", "mito\u2063phagy", "mitophagy\u061c"])
def test_what_cannot_be_seen_does_not_make_another_pathway(name):
    assert pathway_id(name) == pathway_id("mitophagy")


@given(st.text(max_size=60))
def test_normalising_a_name_twice_changes_nothing_more(name):
    assert normalise(normalise(name)) == normalise(name)


@given(st.text(max_size=60))
def test_how_a_name_is_shown_does_not_change_what_it_is(name):
    assert clean(clean(name)) == clean(name)
    assert pathway_id(clean(name)) == pathway_id(name)


def test_an_id_is_rw_and_twelve_hex_digits_and_never_changes():
    assert pathway_id("Mitophagy") == "RW:78776390a8b4"
    assert all(re.fullmatch(r"RW:[0-9a-f]{12}", pathway_id(name)) for name in ("Mitophagy", "", "\ud800", "代谢"))


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("  Cell \t cycle\r\n", "Cell cycle"),
        ("Cell\u0000 cycle\u0007", "Cell cycle"),
        ("\u202eCell cycle\u202c", "Cell cycle"),
        ("Cell\u200b cycle\ufeff", "Cell cycle"),
        ("Mu\u0308ller", "Müller"),
        ("TGF\u2013β", "TGF\u2013β"),  # what can be seen stays
        ("\u200b\u200d ", ""),
    ],
)
def test_a_name_is_shown_without_what_cannot_be_seen(given_name, shown):
    assert clean(given_name) == shown


# --- gist ---


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("TGF-b signaling", "TGF-beta signaling"),
        ("TGFB signaling", "TGF-β signalling pathway"),
        ("IL-2 signaling", "Interleukin-2 signaling"),
        ("IL2 signaling", "Interleukin 2 signaling pathway"),
        ("Signalling by EGFR", "EGFR signaling pathway"),
        ("NF-kB signaling", "NF-kappaB signalling"),
        ("NF-κB signaling", "NFkB signaling"),
        ("Toll-like receptor cascade", "Toll-like receptors cascades"),
        ("Cholesterol biosynthesis", "Cholesterol synthesis"),
        ("Fatty acid catabolism", "Fatty acid degradation"),
        ("Citrate cycle", "Citric cycle"),
        ("Tumour suppression", "Tumor suppression"),
        ("B cell receptor signaling", "B-cell receptor (BCR) signaling"),
        ("Caspase-8 activation", "Caspase8 activation"),
        ("Non-homologous end joining", "Nonhomologous end-joining"),
    ],
)
def test_spellings_of_one_name_have_one_gist(name, variant):
    assert gist(name) == gist(variant)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Activation of caspases", "Inhibition of caspases"),
        ("Cholesterol synthesis", "Cholesterol degradation"),
        ("Positive regulation of autophagy", "Negative regulation of autophagy"),
        ("Interleukin-1 signaling", "Interleukin-12 signaling"),
        ("Interleukin-1 signaling", "Interleukin-2 signaling"),
        ("Caspase-8 activation", "Caspase-9 activation"),
        ("Interferon alpha signaling", "Interferon beta signaling"),
        ("Interferon α signaling", "Interferon β signaling"),
        ("Meiosis I", "Meiosis II"),
        ("MHC class I", "MHC class II"),
        ("TP53-dependent apoptosis", "TP53-independent apoptosis"),
        ("Coding RNA", "Non-coding RNA"),
        ("ER to Golgi transport", "Golgi to ER transport"),
        ("G1/S transition", "G2/M transition"),
        ("Heme synthesis", "Heme"),
        ("RAF activation", "RAS activation"),
    ],
)
def test_words_that_tell_pathways_apart_are_never_folded(name, other):
    assert gist(name) != gist(other)
    assert pathway_id(name) != pathway_id(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("PKC θ signaling", "PKC ζ signaling"),
        ("μ opioid receptor", "opioid receptor"),
        ("Vitamin A metabolism", "Vitamin metabolism"),
        ("Protein kinase A signaling", "Protein kinase signaling"),
        ("代谢 1", "信号 1"),
    ],
)
def test_single_letters_and_other_scripts_are_never_folded(name, other):
    assert gist(name) != gist(other)


def test_a_gist_is_never_empty_for_a_name_of_habitual_words_or_of_other_scripts():
    assert gist("The signaling pathway") == "the signaling pathway"
    assert gist("代谢") == "代谢"
    assert gist("🧬") == "🧬"


def test_tokens_keep_the_order_of_words():
    assert tokens("Signalling by IL-2 and TGF-β") == ["signalling", "by", "il", "2", "and", "tgfbeta"]
    assert content_words("Signalling by IL-2 and TGF-β") == ["il", "2", "tgfbeta"]


@given(st.text(max_size=60))
def test_names_of_one_identity_by_case_and_space_have_one_gist(name):
    assert gist(f"  {name}\t") == gist(name)


# --- nearness ---

NAMES = [
    "Interleukin-1 signaling",
    "Interleukin-2 signaling",
    "Interleukin-12 signaling",
    "Signaling by EGFR",
    "Mitophagy",
    "Macroautophagy",
    "Cholesterol biosynthesis",
]


@pytest.fixture(scope="module")
def index():
    return NameIndex(NAMES)


def test_the_nearest_name_to_a_variant_is_the_name_itself(index):
    variants = ["IL-1 signalling pathway", "EGFR signaling", "cholesterol synthesis"]
    nearest = [hits[0] for hits in index.nearest(variants, k=5)]
    assert [NAMES[position] for position, _ in nearest] == [
        "Interleukin-1 signaling",
        "Signaling by EGFR",
        "Cholesterol biosynthesis",
    ]
    assert all(score == pytest.approx(1.0) for _, score in nearest)


def test_hits_are_best_first_and_between_zero_and_one(index):
    (hits,) = index.nearest(["autophagy"], k=len(NAMES))
    scores = [score for _, score in hits]
    assert NAMES[hits[0][0]] == "Macroautophagy"
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_a_threshold_drops_what_is_below_it_and_keeps_what_equals_it(index):
    (everything,) = index.nearest(["Interleukin-1 signaling"], k=len(NAMES))
    second = everything[1][1]
    assert index.nearest(["Interleukin-1 signaling"], len(NAMES), second) == [
        [hit for hit in everything if hit[1] >= second]
    ]
    (above,) = index.nearest(["Interleukin-1 signaling"], len(NAMES), second + 1e-6)
    assert [NAMES[position] for position, _ in above] == ["Interleukin-1 signaling"]


def test_at_most_k_hits_come_back(index):
    assert [len(hits) for hits in index.nearest(["interleukin"], k=2)] == [2]


def test_ties_are_broken_by_position_even_when_many_names_tie():
    same = NameIndex(["EGFR signaling", "Signaling by EGFR", "EGFR signalling pathway"] * 20)
    (hits,) = same.nearest(["EGFR"], k=7)
    assert [position for position, _ in hits] == list(range(7))


@pytest.mark.parametrize("query", ["", " \t", "\u200b", "???", "zzzzqqqq"])
def test_a_query_that_shares_nothing_finds_nothing(index, query):
    assert index.nearest([query], k=5) == [[]]


def test_names_in_any_script_find_themselves():
    names = ["代谢", "信号转导", "🧬 repair", "β-катенин", ""]
    found = NameIndex(names).nearest(names, k=1)
    assert [[position for position, _ in hits] for hits in found] == [[0], [1], [2], [3], []]


def test_an_index_of_no_names_finds_nothing():
    assert NameIndex([]).nearest(["Mitophagy", ""], k=5) == [[], []]
    assert NameIndex(NAMES).nearest([], k=5) == []


def test_an_index_is_deterministic_and_does_not_depend_on_the_other_queries(index):
    queries = [f"pathway {n} of interleukin {n}" for n in range(600)]  # more than one block
    together = index.nearest(queries, k=5)
    assert NameIndex(NAMES).nearest(queries, k=5) == together
    assert [index.nearest([query], k=5)[0] for query in queries[508:516]] == together[508:516]


def _all_pairs(names, k, threshold):
    """`NameIndex.near_pairs` by comparing every name with every other."""
    every = NameIndex(names).nearest(names, len(names) or 1, threshold)
    nearest = [[j for j, _ in hits if j != i][:k] for i, hits in enumerate(every)]
    return sorted({(min(i, j), max(i, j)) for i, others in enumerate(nearest) for j in others})


@given(st.lists(st.text(alphabet="abc 1β", max_size=12), max_size=12), st.integers(1, 4), st.floats(0, 1))
def test_near_pairs_are_those_of_comparing_all_with_all(names, k, threshold):
    assert NameIndex(names).near_pairs(k, threshold) == _all_pairs(names, k, threshold)


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.85, 0.95])
def test_near_pairs_of_many_names_of_few_words_are_all_found(threshold):
    dice = random.Random(5)
    words = sorted({word for name in NAMES for word in name.split()})
    words += [f"{dice.choice(words)}{letter}{other}" for letter in "abcdefgh" for other in "ijklmnop"]
    names = [" ".join(dice.choices(words, k=dice.randint(1, 6))) for _ in range(900)]  # more than one block
    found = NameIndex(names).near_pairs(10, threshold)
    assert len(found) > 50
    assert found == _all_pairs(names, 10, threshold)


@given(st.lists(st.text(alphabet="abc 1β", max_size=12), max_size=12), st.floats(0, 1))
def test_the_order_of_names_changes_positions_and_nothing_else(names, threshold):
    names = list(dict.fromkeys(names))
    backwards = names[::-1]
    forward = NameIndex(names).nearest(names, len(names) or 1, threshold)
    reverse = NameIndex(backwards).nearest(names, len(names) or 1, threshold)
    for one, other in zip(forward, reverse, strict=True):
        assert {names[i]: score for i, score in one} == {backwards[i]: score for i, score in other}
