import pytest
from rootward import vocabulary
from rootward.vocabulary import EFFECTS, effect, mechanism


@pytest.mark.parametrize("word", EFFECTS)
def test_signors_words_stand_for_themselves_in_any_spelling(word):
    for spelled in (word, word.upper(), f' "{word}" ', word.replace(" ", "_"), word.replace(" ", "  ")):
        assert effect(spelled) == word


def test_no_synonym_stands_for_two_effects():
    words = [vocabulary._fold(word) for words in vocabulary._SYNONYMS.values() for word in words.split()]
    assert len(set(words)) == len(words)
    assert not set(words) & {word.casefold() for word in EFFECTS}
    assert vocabulary._SYNONYMS.keys() <= set(EFFECTS)


@pytest.mark.parametrize("word", ["", "  ", '""', "N/A", "none", "?"])
def test_an_empty_cell_is_an_unknown_effect(word):
    assert effect(word) == "unknown"


@pytest.mark.parametrize("word", ["surprises", "up-regulates!", "activates inhibits", "β"])
def test_a_word_nobody_knows_is_no_effect(word):
    assert effect(word) is None


def test_any_mechanism_is_taken_in_lower_case():
    assert mechanism('  "Post_Translational   modification" ') == "post translational modification"
    assert mechanism("") == ""
