"""The acronyms and abbreviations that the names in the references show, and what they stand for."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from rootward.knowledge.names import tokens
from rootward.knowledge.stems import stem

INITIALED = 0.9  # how likely the initials of a name stand for it
JOINING = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "the", "to", "via", "with"]
)
BRACKET = re.compile(r"^(.*?)\s*\(([^()]{2,12})\)\s*$")
_NUMERAL = re.compile(r"[IVX]+")


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words)


def abbreviations(names: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Abbreviations of several words, as shown by the synonyms of a pathway: "ER stress" beside "endoplasmic reticulum
    stress". At least two pathways must show this meaning, and four times as many as any other.
    """
    seen: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for spelled in names.values():
        lists = {tuple(tokens(name)) for name in spelled}
        shown = {pair for one in lists for other in lists for pair in _difference(one, other)}
        for short, long in shown:
            seen[short][long] += 1
    found = {}
    for short, longs in seen.items():
        (long, count), *others = longs.most_common(2)
        if count >= 2 and (not others or others[0][1] * 4 <= count):
            found[short] = long
    return found


def _difference(one: tuple[str, ...], other: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The one word of `one` that stands for several words of `other` by their initials, if the names are otherwise
    equal.
    """
    longer = len(other) - len(one)
    if longer < 1:
        return
    for at, word in enumerate(one):
        long = other[at : at + longer + 1]
        same = one[:at] == other[:at] and one[at + 1 :] == other[at + longer + 1 :]
        if same and 2 <= len(word) == len(long) and _initials(list(long)) == word:
            yield word, long


Initials = dict[str, dict[str, frozenset[str]]]  # initials -> pathway id -> the distinctive stems of its name


def acronyms(
    names: Mapping[str, Iterable[str]], initials: Initials, symbols: frozenset[str]
) -> dict[str, dict[str, float]]:
    """Acronym -> the pathways it may stand for, and how likely: 1 if a name has it in brackets, INITIALED if it is the
    initials of a name of three words or more; divided by the number of such pathways.
    """
    given: dict[str, set[str]] = defaultdict(set)
    for id_, spelled in names.items():
        for name in spelled:
            bracketed = BRACKET.match(name)
            if bracketed and _stands_for(bracketed[2], bracketed[1]):
                given[bracketed[2]].add(id_)
    found = {short: dict.fromkeys(ids, 1.0 / len(ids)) for short, ids in given.items()}
    families = symbols | {symbol.rstrip("0123456789") for symbol in symbols}
    for short, ids in initials.items():
        if short not in found and short not in families:
            found[short] = dict.fromkeys(sorted(ids), INITIALED / len(ids))
    return found


def initialed(
    names: Mapping[str, Iterable[str]], generic: frozenset[str], above: Callable[[str], frozenset[str]]
) -> Initials:
    """The initials of names of three words or more. Initials that other names use as a word ("GTP biosynthetic
    process") do not stand for a pathway that is neither above nor below one of these.
    """
    found: Initials = defaultdict(dict)
    using: dict[str, set[str]] = defaultdict(set)
    for id_, spelled in names.items():
        for name in spelled:
            listed = tokens(BRACKET.sub(r"\1", name))
            for word in listed:
                using[word].add(id_)
            words = [word for word in listed if word not in JOINING]
            if 3 <= len(words) <= 6 and all(word.isalpha() for word in words):
                telling = frozenset(map(stem, words)) - generic
                for kept in (words, [word for word in words if word != "pathway"]):
                    short = _initials(kept).upper()
                    if len(short) >= 3 and not _NUMERAL.fullmatch(short):
                        found[short][id_] = found[short].get(id_, frozenset()) | telling
    for short in found.keys() & {word.upper() for word in using}:
        others = using[short.casefold()]
        found[short] = {
            id_: telling
            for id_, telling in found[short].items()
            if any(other in above(id_) or id_ in above(other) for other in others)
        }
    return {short: ids for short, ids in found.items() if ids}


def _stands_for(short: str, long: str) -> bool:
    """Whether the brackets in a name stand for the whole name and not for its last word: both begin with the same
    letter.
    """
    return bool(re.fullmatch(r"[A-Z][A-Z0-9-]{1,6}", short)) and short[0] == long[:1].upper()
