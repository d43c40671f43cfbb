"""The pathways that are named after a protein: "Regulation of TP53 Activity", "PTEN Regulation", "MTOR signalling".

Where an interaction's statement names no process, it most likely belongs to what is named after one of its proteins.
Pathways whose names say more ("SIRT1 negatively regulates rRNA expression") are not among them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rootward.knowledge import vocabulary
from rootward.knowledge.acronyms import JOINING
from rootward.knowledge.names import tokens
from rootward.knowledge.stems import stem

_NUMBERED = re.compile(r"([a-z]{3,})\d+[a-z]?")
# What a name may say about the protein, besides the words that say nothing on their own.
_ABOUT = frozenset(
    stem(word)
    for said in ("transcription mrna stability nuclear cytosolic inactivation factor", *vocabulary.MODIFICATIONS)
    for word in said.split()
)


def family(token: str) -> str | None:
    """The name of a numbered protein's family ("foxo3": foxo), if it has at least three letters."""
    numbered = _NUMBERED.fullmatch(token)
    return numbered[1] if numbered else None


def words_for(protein: str, called: Iterable[str]) -> frozenset[str]:
    """The words that stand for a protein in names: its symbol, its other names and its family."""
    listed = [tokens(name) for name in (protein, *called)]
    single = {words[0] for words in listed if len(words) == 1}
    own = family(protein.casefold())
    return frozenset(single | {own} if own else single)


class Eponyms:
    """The pathways that are named after proteins.

    names: pathway -> its name and synonyms; called: the `tokens` that name proteins; generic: the stems that name
    nothing on their own.
    """

    def __init__(self, names: Mapping[int, Iterable[str]], called: frozenset[str], generic: frozenset[str]):
        proteins = called | {name for token in called if (name := family(token))}
        self._by_word: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for number, spelled in names.items():
            for name in spelled:
                left = frozenset(word for word in tokens(name) if not _says_nothing(word, generic))
                if left <= proteins:
                    for word in left:
                        self._by_word[word].append((number, left))

    def by_name(self, proteins: Mapping[str, Iterable[str]]) -> dict[str, frozenset[int]]:
        """Word for any of these proteins (symbol -> its other names) -> the pathways that are named after it."""
        found: dict[str, frozenset[int]] = {}
        for protein, called in proteins.items():
            words = words_for(protein, called)
            if not words.isdisjoint(self._by_word):
                after = frozenset(self.after(words))
                found |= {word: found.get(word, frozenset()) | after for word in words} if after else {}
        return found

    def after(self, words: frozenset[str]) -> list[int]:
        """The pathways that are named after the protein with these `words_for` it, and after no other."""
        named = (one for word in words for one in self._by_word.get(word, ()))
        return sorted({number for number, proteins in named if proteins <= words})


def _says_nothing(word: str, generic: frozenset[str]) -> bool:
    return word in JOINING or stem(word) in generic or stem(word) in _ABOUT
