"""Finds the pathways that a sentence names: by name, synonym or acronym, whatever the inflection of the words.

A *spelling* is one name of a pathway as a list of stems. How strongly a sentence names it is the share of these stems
that the sentence has close together, weighted by inverse document frequency over all spellings; words that only say
"this is a process" count little. No pathway is hard-coded: the meanings of a word are taken from the references (see
`acronyms`).
"""

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rootward.knowledge.acronyms import BRACKET, INITIALED, JOINING, abbreviations, acronyms, initialed
from rootward.knowledge.compounds import HYPHENED, compounds, one_word
from rootward.knowledge.names import tokens, words
from rootward.knowledge.stems import stem

# Words that name nothing on their own: those that occur in any name, and those for what happens, which are half of a
# name ("lipid" alone does not name "lipid transport", nor does "transport").
_ANYWHERE = """a all an and are as at be between both but by can cell cellular during for from general has have in into
    involved is it its like more not of on or other out over process processe protein than that the their these this
    through to under upon via was were when which while with within without signaling signalling signal pathway event
    cascade family system mediated dependent induced related associated based regulation regulate regulated regulatory
    negative positive response gene function mechanism role interaction human factor biological molecular pre post non
    de target targeting"""
_HAPPENING = """activation activity activate active expression complex assembly disassembly organization formation
    maintenance metabolic metabolism biosynthetic synthesis catabolic degradation transport localization development
    developmental differentiation control modification processing establishment component state
    stimulus layer level type morphogenesis proliferation maturation generation production secretion import export
    binding docking fusion stabilization stability homeostasis growth movement migration clearance recycling remodeling
    positioning biogenesis initiation elongation termination release uptake induction inhibition repression receptor
    kinase membrane embryonic organ tissue specification commitment translocation relocalization trafficking sorting
    recruitment retention attenuation accumulation polymerization depolymerization aggregation sequestration turnover"""
# What happens to an organ, a cell or a substance. A sentence with only the organ ("in the hippocampus of mice") says
# where something happens, and does not mean its development.
_BECOMING = """development developmental differentiation morphogenesis proliferation maturation growth specification
    commitment secretion transport import export uptake metabolic metabolism biosynthetic biosynthesis synthesis
    catabolic catabolism degradation breakdown"""
# Words in one line mean the same event, and are used for one another ("lysosomal biogenesis" for GO's lysosome
# organization).
_ALIKE = """assembly biogenesis formation organization; breakdown catabolic catabolism clearance degradation;
    biosynthesis synthesis; localization relocalization translocation; trafficking transport"""
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{2,5}\b")
# Parts of a sentence that say nothing about a process: citations and figures ("[12, 14-16]", "(53)", "(Fig. 4 d)", "(Xu
# et al., 2010)"), amounts ("6-fold"), and kinds of proteins that are named after what they do.
_BESIDE = re.compile(
    r"\[\d[\d\s,;–-]*\]|\(\d[\d\s,;–-]*\)|\((?:see )?(?:suppl\w* )?(?:figs?|figures?|tables?|sections?)\b[^()]*\)|"
    r"\([^()]* et al\.?,? [^()]*\)|\b(?:[\d.]+|two|three|four|five|ten|several|many)[ -]?fold\b|"
    r"\b(?:transcription|translation|(?:translation )?(?:initiation|elongation|termination)) factors?\b",
    re.IGNORECASE,
)
# The share of a name that is in the text word by word; and the maximum for any other name, and for one of which half
# only says what happens ("nuclear transport").
SAID, UNSAID = 1.0, 0.98
WHOLE = 0.85  # from this share on, a name counts as complete
PART = 0.7  # the factor for a name that is only part of a longer one
FAINT = 0.45  # up to this share, a name counts as absent
NEAR = 3  # other words that may stand between those of a spelling
FAMILY, OWN = 10, 0.8  # a word is a family's if at least so many pathways have it, and of these, that share is its own
DISTINCT = 0.35  # the minimum share, among the pathways with the same words, of one family
# The weight of such words, relative to other words.
EMPTY_WEIGHT, DOING_WEIGHT = 0.04, 0.6


class Wording(NamedTuple):
    """The stems of a text's words, in order ("" for a word that is in no name), and the acronyms that may be names."""

    words: tuple[str, ...]
    acronyms: tuple[str, ...]


class Match(NamedTuple):
    """How strongly a spelling occurs in a text, at which words of the text, which of its stems these are, and all of
    its stems.
    """

    share: float
    places: frozenset[int]
    parts: frozenset[str]
    spelling: tuple[str, ...]


_EMPTY = frozenset(form for word in _ANYWHERE.split() for form in (word, stem(word)))
_DOING = frozenset(form for word in _HAPPENING.split() for form in (word, stem(word)))
_SAME = {
    stem(word): tuple(stem(other) for other in line.split() if stem(other) != stem(word))
    for line in _ALIKE.split(";")
    for word in line.split()
}
_BECOMES = frozenset(form for word in _BECOMING.split() for form in (word, stem(word)))
GENERIC = _EMPTY | _DOING
# States of a cell, which a sentence names by themselves ("autophagy under ER stress"). Other things that a cell
# responds to are circumstances: "after irradiation", "the administration of amphetamine".
_STRAINED = "stress starvation deprivation damage break shock unfolded misfolded hypoxia heat infection"
_STATES = frozenset(map(stem, _STRAINED.split()))
_RESPONSE = stem("response")
_MEASURES = frozenset(map(stem, ["deficit", "test", "task", "performance", "phenotype", "symptom", "score"]))
_SAID_OF = frozenset(["at", "by", "for", "from", "in", "into", "of", "on", "onto", "through", "to", "toward", "within"])
_SPEAKS = frozenset(stem(word) for word in ("signaling", "signalling", "pathway", "cascade", "axis", "branch", "arm"))
_NO_MATCH = Match(0.0, frozenset(), parts=frozenset(), spelling=())
_ORIGIN = ("genesi", "genic")  # where a thing comes from: "pathogenesis" is about no pathogen
_OMITTED = JOINING | {stem("pathway")}  # what may be missing from a name: "ERAD" for the ERAD pathway


class Spellings:
    """All spellings of all pathways, looked up by their rarest stem."""

    def __init__(
        self,
        names: Mapping[str, Iterable[str]],
        symbols: frozenset[str],
        above: Callable[[str], frozenset[str]],
        called: frozenset[str],
    ):
        """names: pathway id -> its name and synonyms; symbols: the names of proteins, which are not treated as
        acronyms; above: a pathway and its ancestors; called: the `tokens` that name proteins.
        """
        self._above, self._called = above, called
        self._names = {id_: list(dict.fromkeys(_unbracketed(spelled))) for id_, spelled in names.items()}
        self._compounds = compounds(self._names)
        sequences = [
            (id_, tuple(map(stem, tokens(self._joined(name)))))
            for id_, spelled in self._names.items()
            for name in spelled
        ]
        frequency = Counter(part for _, sequence in sequences for part in set(sequence))
        self._total = len(sequences)
        self._weight = {part: self._idf(part, count) for part, count in frequency.items()}
        self._by_rarest: dict[str, list[tuple[str, tuple[str, ...], float]]] = defaultdict(list)
        for id_, sequence in dict.fromkeys(sequences):
            parts = tuple(dict.fromkeys(sequence))
            if not all(part in GENERIC for part in parts):
                rarest = max(parts, key=lambda part: (self._weight[part], part))
                self._by_rarest[rarest].append((id_, parts, sum(self._weight[part] for part in parts)))
        self._having: dict[str, set[int]] = defaultdict(set)
        self._spelled = sequences
        for n, (_, sequence) in enumerate(sequences):
            for part in sequence:
                self._having[part].add(n)
        self.heads = self._heads()
        self.abbreviations = abbreviations(self._names)
        written_out = {long for short, long in self.abbreviations.items() if short.upper() in symbols}
        self._calls = {frozenset(map(stem, long)) - _EMPTY for long in written_out}
        self._initialed = initialed(names, GENERIC, above=above)
        self.acronyms = acronyms(names, self._initialed, symbols=symbols)

    def _heads(self) -> dict[str, str]:
        """Word that hardly any names have but those of one pathway and what is below it -> that pathway: "checkpoint"
        is said of cell cycle checkpoints only.
        """
        found = {}
        for part, at in self._having.items():
            ids = {self._spelled[n][0] for n in at}
            if len(ids) >= FAMILY and part not in GENERIC:
                above = Counter(up for id_ in sorted(ids) for up in sorted(self._above(id_)) if up in ids)
                head, count = max(above.items(), key=lambda one: (one[1], one[0]))
                said = {stem(word) for name in self._names[head] for word in tokens(name)}
                if count >= OWN * len(ids) and said.isdisjoint(_BECOMES) and _RESPONSE not in said:
                    found[part] = head
        return found

    def _idf(self, part: str, count: int) -> float:
        weight = math.log(1 + self._total / count)
        return weight * (EMPTY_WEIGHT if part in _EMPTY else DOING_WEIGHT if part in _DOING else 1.0)

    @lru_cache(maxsize=20_000)  # noqa: B019 (one instance lives as long as its job)
    def _meanings(self, word: str) -> tuple[str, ...]:
        """The stems of spellings that a stem of a text may mean: itself, its synonyms, and what it begins with
        ("autophagosome" autophagy, "mtorc1" mtor).
        """
        shortest = 4 if any(ch.isdigit() for ch in word) else 6
        ends = 0 if word.endswith(_ORIGIN) else len(word)
        begins = [word[:n] for n in range(shortest, ends) if word[:n] in self._by_rarest]
        return (word, *_SAME.get(word, ()), *begins[-1:])

    def _joined(self, text: str) -> str:
        """A text with compounds in one word if names write them so: "cross-link"."""
        return HYPHENED.sub(lambda found: self._compounds.get(one_word(found[0]), found[0]), text)

    def meant(self, name: str) -> dict[str, float]:
        """pathway id -> how strongly (0 to 1) it is named by a text that is itself a name."""
        matches, _ = self._match(tuple(stem(word) for word in tokens(self._joined(name))))
        return {id_: match.share for id_, match in matches.items()}

    def wording(self, text: str, leave_out: Container[str]) -> Wording:
        """The parts of a text that could be names; leave_out: `tokens` that are no pathway names here (the proteins).

        Texts that differ only by a protein, a number or a word that is in no name have the same wording.
        """
        text = _BESIDE.sub(" ", text)
        capitals = {
            capital
            for capital in _CAPITALS.findall(text)
            if (capital in self.acronyms or capital in self._initialed) and capital.casefold() not in leave_out
        }
        said = words(self._joined(text))
        left = (
            word
            for n, word in enumerate(said)
            if word not in leave_out or not _SPEAKS.isdisjoint(map(stem, said[n + 1 : n + 3]))  # "mTOR signaling"
        )
        stemmed = [part for word in left for part in self._stems_of(word)]
        at = [n for n, word in enumerate(stemmed) if word]
        return Wording(tuple(stemmed[at[0] : at[-1] + 1]) if at else (), tuple(sorted(capitals)))

    def named(self, wording: Wording) -> dict[str, float]:
        """pathway id -> how strongly (0 to 1) a text with this wording names it, if by more than FAINT."""
        found = self._read(wording.words)
        for acronym in wording.acronyms:
            for id_, share in self._meant_by(acronym, frozenset(wording.words)).items():
                found[id_] = max(found.get(id_, 0.0), share)
        return {id_: share for id_, share in found.items() if share > FAINT}

    def _meant_by(self, acronym: str, words: frozenset[str]) -> Mapping[str, float]:
        """pathway id -> how strongly an acronym names it. If it has several meanings, the one is chosen whose name
        shares another word with the text ("CMA … via the chaperone").
        """
        supported = [id_ for id_, parts in self._initialed.get(acronym, {}).items() if not words.isdisjoint(parts)]
        if len(supported) == 1:
            return {supported[0]: INITIALED}
        return self.acronyms.get(acronym, {})

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _stems_of(self, word: str) -> tuple[str, ...]:
        """The stems of a word, or of what it abbreviates; "" for a word in no name (_MEASURES aside), because only the
        number of words between two names matters.
        """
        parts = map(stem, self.abbreviations.get(word) or self.abbreviations.get(word.removesuffix("s"), (word,)))
        return tuple(part if self._is_of_use(part) else "" for part in parts)

    def _is_of_use(self, word: str) -> bool:
        return word in _MEASURES or any(meaning in self._weight for meaning in self._meanings(word))

    def _read(self, words: tuple[str, ...]) -> dict[str, float]:
        matches, complete = self._match(words)
        telling = {id_: _telling(match.places, words) for id_, match in matches.items()}
        long = [(where, share) for where, share in complete.items() if len(where) > 1]
        exactly: dict[frozenset[int], set[str]] = defaultdict(set)
        for id_, match in matches.items():
            if match.share >= UNSAID:
                exactly[telling[id_]].add(id_)
        settings = {own: ids for own, ids in exactly.items() if own and _is_during(own, words)}
        found = {}
        for id_, (share, where, parts, spelling) in matches.items():
            own = telling[id_]
            is_part = any(own < longer and (share <= whole or _is_tight(longer)) for longer, whole in long)
            if share < SAID and own in exactly and (share < WHOLE or not _SPEAKS.intersection(spelling) <= parts):
                # What is below says more than the text does: an "apoptotic signaling pathway" than "apoptosis".
                is_part = is_part or not exactly[own].isdisjoint(self._above(id_) - {id_})
            if settings and share < SAID:  # "during mitophagy" says in what the rest happens
                is_part = is_part or any(self._is_other(id_, own, places=of, ids=ids) for of, ids in settings.items())
            is_part = is_part or _is_measured(own, words) or self._is_modifier(id_, own, words=words)
            part = PART if is_part else 1.0
            found[id_] = share * part * self._told_apart(id_, share, parts=parts, where=where, words=words)
        return found

    def _is_other(self, id_: str, own: frozenset[int], places: frozenset[int], ids: set[str]) -> bool:
        """Whether a name stands at other places of a text than those of some pathways, and is none of their kin."""
        kin = any(other in self._above(id_) or id_ in self._above(other) for other in ids)
        return own.isdisjoint(places) and not kin

    def _is_modifier(self, id_: str, where: frozenset[int], words: Sequence[str]) -> bool:
        """Whether a name only tells which one of another family is meant: "the S-phase checkpoint"."""
        head = self.heads.get(words[max(where) + 1]) if where and max(where) + 1 < len(words) else None
        return head is not None and head not in self._above(id_) and id_ not in self._above(head)

    def _match(self, words: tuple[str, ...]) -> tuple[dict[str, Match], dict[frozenset[int], float]]:
        """The best match of each pathway; and how strongly each complete name is found, by its telling words' places:
        another name of the same pathway may be in the text as well.
        """
        places: dict[str, list[int]] = defaultdict(list)
        exact = set(words)
        for at, word in enumerate(words):
            for meaning in self._meanings(word):
                places[meaning].append(at)
        matches: dict[str, Match] = {}
        complete: dict[frozenset[int], float] = {}
        for rarest in sorted(places):
            for id_, parts, whole in self._by_rarest.get(rarest, ()):
                # An upper bound: the weight of its words that occur anywhere, summed in the same order, so rounding is
                # no lower.
                if sum([self._weight[part] for part in parts if part in places]) < FAINT * whole:
                    continue
                for at in places[rarest]:
                    share, where = self._share(parts, whole, places=places, at=at, words=words, exact=exact)
                    if share > matches.get(id_, _NO_MATCH).share:
                        matches[id_] = Match(share, frozenset(where.values()), parts=frozenset(where), spelling=parts)
                    if share >= WHOLE:
                        telling = _telling(where.values(), words)
                        complete[telling] = max(complete.get(telling, 0.0), share)
        return matches, complete

    def _share(
        self,
        parts: tuple[str, ...],
        whole: float,
        places: Mapping[str, list[int]],
        at: int,
        words: tuple[str, ...],
        exact: set[str],
    ) -> tuple[float, Mapping[str, int]]:
        """The share of a spelling found around a word of a text (0 up to FAINT), and the position of each of its words
        that is there.
        """
        got, where, reach = 0.0, {}, len(parts) + NEAR
        for part in parts:
            if part in places:
                near = [(abs(place - at), place) for place in places[part]]
                if part in _DOING:
                    near = [one for one in near if not _is_apart(words, event=one[1], at=at)]
                nearest = min(near, default=(reach + 1, -1))
                if nearest[0] <= reach:
                    got += self._weight[part] * (1.0 if part in exact else 0.95)
                    where[part] = nearest[1]
        if _RESPONSE in parts and _RESPONSE not in where and _STATES.isdisjoint(where):
            got *= PART
        if got <= FAINT * whole or (not _BECOMES.isdisjoint(parts) and _BECOMES.isdisjoint(where)):
            return 0.0, {}
        is_said = exact.issuperset(where) and _DOING.isdisjoint(parts)
        is_said = is_said and _is_said([where.get(part, -1) for part in parts if part not in _OMITTED])
        return (SAID if is_said else min(got / whole, UNSAID)), where

    def _told_apart(
        self, id_: str, share: float, parts: frozenset[str], where: frozenset[int], words: tuple[str, ...]
    ) -> float:
        """The factor for a match that lacks the words that distinguish its pathway from others."""
        telling = parts - _EMPTY
        is_called = telling <= self._called or any(telling <= parts for parts in self._calls)
        if is_called and not any(_SPEAKS.intersection(words[max(place - 2, 0) : place + 3]) for place in where):
            return PART  # a protein is named, and nothing indicates that its pathway is meant
        if not FAINT <= share < SAID:
            return 1.0
        return min(1.0, self._own_share(id_, telling) / DISTINCT)

    @lru_cache(maxsize=100_000)  # noqa: B019
    def _own_share(self, id_: str, parts: frozenset[str]) -> float:
        """Among the pathways with a name that has these words, the share that are this one, its ancestors or its
        descendants: "mitophagy" is in four names of one family; "peptide" is in sixty names of all kinds.
        """
        if not parts:
            return 0.0
        having = {self._spelled[n][0] for n in self._having_all(parts)}
        own = sum(id_ in self._above(other) or other in self._above(id_) for other in having)
        return own / max(len(having), 1)

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _having_all(self, parts: frozenset[str]) -> frozenset[int]:
        return frozenset(set.intersection(*(self._having[part] for part in sorted(parts))))


def _is_apart(words: Sequence[str], event: int, at: int) -> bool:
    """Whether what happens stands before a word without being said of it: "the transport adaptor, so that damaged
    mitochondria …" is about no transport of mitochondria.
    """
    between = words[event + 1 : max(at, event)]
    return not _EMPTY.issuperset(between) and _SAID_OF.isdisjoint(between)


def _is_measured(where: frozenset[int], words: Sequence[str]) -> bool:
    """Whether a name is that of a test or a symptom: "learning and memory tasks", "behavioral deficits"."""
    return bool(where) and not _MEASURES.isdisjoint(words[max(where) + 1 : max(where) + 2])


def _is_during(where: frozenset[int], words: Sequence[str]) -> bool:
    """Whether "during" stands right before a name, or with one word between them."""
    return "during" in words[max(min(where) - 2, 0) : min(where)]


def _telling(where: Iterable[int], words: Sequence[str]) -> frozenset[int]:
    return frozenset(n for n in where if words[n] not in _EMPTY)


def _is_said(places: list[int]) -> bool:
    """Whether words occur in a text in their order, with at most one other word between them."""
    in_order = all(one < other for one, other in itertools.pairwise(places))
    return -1 not in places and in_order and places[-1] - places[0] <= len(places)


def _is_tight(where: frozenset[int]) -> bool:
    """Whether words occur next to each other in a text, with at most one other word between them."""
    return max(where) - min(where) <= len(where)


def _unbracketed(names: Iterable[str]) -> Iterator[str]:
    """Names, with the part in brackets at their end as a separate name: "Unfolded Protein Response", not "… (UPR)"."""
    for name in names:
        bracketed = BRACKET.match(name)
        yield bracketed[1] if bracketed else name
