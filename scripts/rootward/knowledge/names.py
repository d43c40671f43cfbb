"""Pathway names: when two are one pathway, and which known names are near a given one.

Three different things are kept apart here:

- identity: `normalise` folds what never carries meaning (case, Unicode forms, dashes, white space); two names with
  one normalised form are one pathway and share a `pathway_id`;
- gist: `gist` also folds the field's habits of naming ("signaling by X", "X signalling pathway"), for look-ups;
- nearness: `nearest.NameIndex` ranks known names by character n-grams. A score proposes candidates, never decides.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_-]+")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Invisible characters (soft hyphens, joiners, direction marks, tags) and surrogates cannot be part of a name.
INVISIBLE = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_WORD = re.compile(r"[^\W_]+")

# Words that only say "this is a pathway"; without them, "IL-17 signaling pathway" matches "Interleukin-17 signaling".
# Words that distinguish two pathways (activation, degradation, negative, numbers) are never in this list.
_HABIT = frozenset(
    [
        "signaling",
        "signalling",
        "pathway",
        "pathways",
        "of",
        "by",
        "the",
        "and",
        "in",
        "to",
        "via",
        "an",
        "with",
        "family",
        "events",
        "event",
        "process",
        "processes",
        "cascade",
        "cascades",
        "system",
        "mediated",
        "dependent",
    ]
)
_SPELLING = {
    "biosynthesis": "synthesis",
    "biosynthetic": "synthesis",
    "anabolism": "synthesis",
    "catabolism": "degradation",
    "breakdown": "degradation",
    "interleukin": "il",
    "nfkappab": "nfkb",
    "kappab": "kb",
    "tumour": "tumor",
    "citrate": "citric",
    "homolog": "homologous",
    "triacylglyceride": "triglyceride",
    "triacylglycerol": "triglyceride",
    "oestrogen": "estrogen",
    "haem": "heme",
    "fibre": "fiber",
    "ageing": "aging",
}
_GREEK = {
    chr(code): unicodedata.name(chr(code)).split()[3].lower()
    for code in range(0x3B1, 0x3CA)
    if unicodedata.name(chr(code)).startswith("GREEK SMALL LETTER ") and code != 0x3C2
}
_GREEK_LETTER = re.compile("[" + "".join(_GREEK) + "]")
# (a word required for the pattern, so that most names need no search; the pattern; its replacement)
_JOINED: list[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    ("tgf", re.compile(r"\btgf[ -]?b(?:eta)?\b"), "tgfbeta"),
    ("nf", re.compile(r"\bnf[ -]?(?:kappa|k)[ -]?b\b"), "nfkb"),
    ("il", re.compile(r"\bil[ -]?(\d+)\b"), r"il \1"),
    ("interleukin", re.compile(r"\binterleukin[ -]?(\d+)\b"), r"il \1"),
    (
        "cell receptor",
        re.compile(r"\b(?:b|t)[ -]cell receptor\b(?: \((?:bcr|tcr)\))?"),
        lambda m: m.group()[0] + "cr",
    ),
    ("-", re.compile(r"\b([a-z]{2,})-(\d+)\b"), r"\1\2"),
    ("non-", re.compile(r"\bnon-(?=[a-z])"), "non"),
    # GO's name for a process, and the usual one.
    ("bolic process", re.compile(r"\b(meta|cata|ana)bolic process(?:es)?\b"), r"\1bolism"),
    ("biosynthetic process", re.compile(r"\bbiosynthetic process(?:es)?\b"), "biosynthesis"),
    ("regulation of", re.compile(r"\bup[ -]?regulation of\b"), "positive regulation of"),
    ("regulation of", re.compile(r"\bdown[ -]?regulation of\b"), "negative regulation of"),
    # British and American spelling.
    ("isation", re.compile(r"\b(\w{3,})is(ations?)\b"), r"\1iz\2"),
    ("haem", re.compile(r"\bhaem(?=[ao])"), "hem"),
    ("aemi", re.compile("aemi"), "emi"),
    ("leuco", re.compile(r"\bleuco(?=[a-z])"), "leuko"),
]


def clean(name: str) -> str:
    """A name fit to be shown: NFC, no control or invisible characters, single spaces."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", name)))).strip()


def normalise(name: str) -> str:
    """The form that decides identity: NFKC, case-folded, dashes and white space folded to one space."""
    seen = _CONTROL.sub(" ", INVISIBLE.sub("", name))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return _SPACE.sub(" ", _DASHES.sub(" ", folded)).strip()


def pathway_id(name: str) -> str:
    """`RW:` and 12 hex digits of BLAKE2b over the normalised name."""
    return "RW:" + hashlib.blake2b(normalise(name).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


def tokens(name: str) -> list[str]:
    """Words of a name in one spelling (British and American, Greek letters, plural, IL-2 = interleukin-2), in order."""
    return list(_tokens(name))


@lru_cache(maxsize=50_000)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(words(name))


def words(text: str) -> list[str]:
    """Like `tokens`, for a sentence: not cached, because few sentences are read twice."""
    folded = text.casefold()
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", text).casefold()
        folded = _GREEK_LETTER.sub(lambda m: _GREEK[m.group()], folded)
    folded = _DASHES.sub("-", folded)
    for hint, pattern, replacement in _JOINED:
        if hint in folded:
            folded = pattern.sub(replacement, folded)
    return [_SPELLING.get(word, word) for word in map(_singular, _WORD.findall(folded))]


def content_words(name: str) -> list[str]:
    """`tokens` without the words that only say "pathway"; all tokens if nothing else is left."""
    words = tokens(name)
    return [word for word in words if word not in _HABIT] or words


def gist(name: str) -> str:
    """Content words in order, joined: equal for spelling variants of one name; only used as a look-up key."""
    return " ".join(content_words(name)) or normalise(name)


# Pairs of words that distinguish two pathways, however similar the rest of their names. Words are in the form returned
# by `tokens`; "negative regulation" and "positive regulation" differ only in the first word.
_OPPOSITES = [
    "activation activating activator activate activated|inhibition inhibiting inhibitor inhibit inhibited "
    "inactivation inactivating inactivated repression repressor suppression suppressor silencing",
    "synthesis anabolism formation assembly generation production|degradation degrading catabolic lysis disassembly "
    "depolymerization breakdown clearance",
    "positive|negative",
    "up upregulation upregulated upregulate|down downregulation downregulated downregulate",
    "pro|anti",
    "import influx uptake|export efflux secretion release",
    "endocytosis|exocytosis",
    "phosphorylation|dephosphorylation",
    "ubiquitination|deubiquitination",
    "methylation|demethylation",
    "acetylation|deacetylation",
    "sumoylation|desumoylation",
    "glycosylation|deglycosylation",
    "polymerization|depolymerization",
    "oxidation|reduction",
    "gain|loss",
    "opening|closing closure",
    "initiation|elongation|termination",
    "early|late",
    "anterograde|retrograde",
    "intrinsic|extrinsic",
    "innate|adaptive",
    "canonical|noncanonical",
    "presynaptic|postsynaptic",
    "homotypic|heterotypic",
    "dependent|independent",
    "mitotic|meiotic",
    "mitosis|meiosis",
    "sense|antisense",
    "light|dark heavy",
    "proximal|distal",
    "acute|chronic",
    "eukaryotic|prokaryotic|mitochondrial|nuclear|cytosolic cytoplasmic|lysosomal|peroxisomal",
    "large|small",
    "fast|slow",
    "high|low",
    "leading|lagging",
    "upstream|downstream",
]
# word -> (which list, which side of it)
_SIDE: dict[str, tuple[int, int]] = {
    word: (number, side)
    for number, sides in enumerate(_OPPOSITES)
    for side, words in enumerate(sides.split("|"))
    for word in words.split()
}
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_GREEK_NAMES = frozenset(_GREEK.values())
_PREFIX = re.compile(r"\b(up|down|anti|pro)-?(?=regulat|apoptot|inflammat)")


@lru_cache(maxsize=100_000)
def _marks(name: str) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[tuple[int, int]]]:
    """The parts of a name that must not differ: numbers, Greek letters, single letters, and sides of opposites."""
    text = _PREFIX.sub(r"\1 ", unicodedata.normalize("NFKC", name).casefold())
    text = text.replace("non-canonical", "noncanonical").replace("non canonical", "noncanonical")
    numbers, greek, letters, sides = set(), set(), set(), set()
    words = tokens(text)
    for word in words:
        if word in _SIDE:
            sides.add(_SIDE[word])
        if word in _ROMAN:
            numbers.add(_ROMAN[word])
        elif word in _GREEK_NAMES:
            greek.add(word)
        elif word == "tgfbeta":
            greek.add("beta")
        elif len(word) == 1 and word.isalpha() and len(words) > 1:
            letters.add(word)
        numbers.update(str(int(part)) for part in re.findall(r"\d+", word) if part.isascii())
    return frozenset(numbers), frozenset(greek), frozenset(letters), frozenset(sides)


def differ_in_meaning(a: str, b: str) -> bool:
    """Whether two names differ by a word that matters, so that no likeness and no answer makes them one pathway.

    Numbers (1/2, I/II, "FGFR1"/"FGFR2"), Greek letters (alpha/beta) and single letters (vitamin A/D) differ where each
    name has one the other has not; names on two sides of an opposition (activation/inhibition, synthesis/degradation,
    positive/negative, up/down, pro/anti, import/export …) differ. A name that only says more ("negative regulation of
    X" and "regulation of X", "MAPK" and "MAPK1") is left to who is asked.
    """
    *marks_a, sides_a = _marks(a)
    *marks_b, sides_b = _marks(b)
    if any(one - other and other - one for one, other in zip(marks_a, marks_b, strict=True)):
        return True
    lists = {number for number, _ in sides_a} & {number for number, _ in sides_b}
    return any(_sides_of(number, sides_a) != _sides_of(number, sides_b) for number in lists)


def _sides_of(number: int, sides: frozenset[tuple[int, int]]) -> set[int]:
    return {side for other, side in sides if other == number}


_BARE = frozenset(["pathway", "the", "of"])
_DIRECTION = frozenset(["to", "from", "by", "via", "into", "in", "between", "with", "through", "and", "or"])


def same_words(name: str) -> str:
    """A key that two spellings of one pathway share: the words of `tokens` without "pathway", "the" and "of".

    In any order, unless a word of direction ("ER to Golgi") or two sides of an opposition ("inhibition of A, activation
    of B") give the order sense. Empty where nothing is left.
    """
    words = ["signaling" if word == "signalling" else word for word in tokens(name) if word not in _BARE]
    lists = [_SIDE[word][0] for word in words if word in _SIDE]
    ordered = not _DIRECTION.isdisjoint(words) or len(lists) > len(set(lists))
    return " ".join(words if ordered else sorted(words))
