"""Estimates how likely it is that an interaction belongs to a pathway, from all the evidence.

Candidates are the pathways of both proteins or one of them, and those that the statement or the mechanism names. Each
gets a score, the sum of weighted evidence (see `weights`): membership of both proteins or of one, at the lowest level
and above; how strongly the statement names it, or a pathway above it; whether it is named after one of the proteins, or
the statement hints at it; the mechanism; how enriched the input's proteins are in it; how many of both proteins'
partners in the input are in it. A softmax over the candidates and "none of these" turns scores into probabilities (a
conditional logit model: McFadden 1974, in Zarembka, Frontiers in Econometrics), and a pathway gets the probabilities of
its descendants as well. The answer is the deepest pathway whose probability exceeds the threshold. If two pathways
share the probability, their common ancestor is the answer.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rootward.knowledge.evidence import A, B, Gathering, sum_up
from rootward.knowledge.lattice import Context
from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.reading import NAMED, Read, Reader
from rootward.knowledge.weights import CANDIDATE, CONFIDENCE, CONFIDENCE_STATED, NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Values = NDArray[np.float64]
    Counts = NDArray[np.float32]
    Bits = NDArray[np.uint8]

ROOT_SURE = 0.75  # a root that no statement names says little, so it needs a higher probability
HALF = 0.5  # above this probability, a pathway has no rival
AHEAD = 1.25  # how many times likelier than its rival an answer must be
ALTERNATIVES = 3
BATCH = 48  # interactions weighed at once


class Stated(NamedTuple):
    """The parts of an interaction that are weighed: two symbols, a statement and a mechanism (each may be "")."""

    a: str
    b: str
    statement: str
    mechanism: str


@dataclass(frozen=True)
class Weighed:
    """The evidence about an interaction: arrays over all pathways by number, except for `candidates` and their
    `masses`.

    read: what the texts name; takes_part: bits (`evidence.A`, `B`); passed: how strongly the statement names a pathway
    above; votes: how many partners take part, out of `partners`; hinted: see `Cells.hinted`; total: the probability at
    and below each pathway.
    """

    proteins: tuple[str, str]
    read: Read
    takes_part: "Bits"
    passed: "Values"
    votes: "Counts"
    hinted: frozenset[int]
    partners: int
    candidates: "Numbers"
    masses: "Values"
    total: "Values"

    @cached_property
    def ranked(self) -> list[tuple[int, float]]:
        """The candidates and their probabilities, likeliest first; ties by number."""
        order = np.argsort(-self.masses.round(9), kind="stable")
        return list(zip(self.candidates[order].tolist(), self.masses[order].tolist(), strict=True))

    def members(self, number: int) -> int:
        """Bits that show which of the two proteins take part in a pathway."""
        return int(self.takes_part[number]) & (A | B)

    def named(self, number: int) -> float:
        """How strongly the statement names a pathway."""
        at = self.read.places.get(number)
        return 0.0 if at is None else float(self.read.named[at])

    def said(self, number: int) -> float:
        """1 if the statement names a pathway word by word, else 0."""
        at = self.read.places.get(number)
        return 0.0 if at is None else float(self.read.said[at])

    def mechanism(self, number: int) -> float:
        """How strongly the mechanism names a pathway."""
        at = self.read.places.get(number)
        return 0.0 if at is None else float(self.read.mechanism[at])

    def above(self, number: int) -> int | None:
        """The named pathway that most strongly supports one below it; None if none does."""
        if not self.passed[number]:
            return None
        at = np.flatnonzero(self.read.below == number)
        taking_part = (0, 1, 1, 2)[self.members(number)]
        return int(self.read.by[at[np.argmax(self.read.part[taking_part, at])]])

    def support(self, number: int) -> float:
        """How strongly the statement supports a pathway."""
        return max(self.named(number), float(self.passed[number]))

    def kind(self, number: int) -> str:
        """The strongest kind of evidence for a pathway: the rung in `method`."""
        if self.support(number) >= NAMED:
            return "named"
        if self.members(number) == A | B:
            return "shared"
        if self.mechanism(number) > 0:
            return "mechanism"
        return "one_protein" if self.members(number) else "context"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where an interaction belongs: a pathway by number, its probability, and the next best with theirs."""

    pathway: int
    confidence: float
    alternatives: tuple[tuple[int, float], ...]


class Likelihood:
    """Weighs interactions against the names in a reference. `pairs`: all protein pairs of the input."""

    def __init__(self, lexicon: Lexicon, pairs: Iterable[tuple[str, str]], threshold: float):
        self.lexicon, self.lattice = lexicon, lexicon.lattice
        self.context = Context(self.lattice, pairs)
        self.threshold = threshold
        self._reader = Reader(lexicon)

    # --- evidence ---

    def weigh(self, stated: Sequence[Stated]) -> list[Weighed]:
        """All evidence about each interaction. It does not depend on which others are weighed in the same call.

        Each takes about 200 kB, so keep at most BATCH of them at a time.
        """
        gathering = Gathering(self.lattice, self.context, named_after=self.lexicon.named_after)
        pairs = [(one.a, one.b) for one in stated]
        reads = [
            self._reader.read(one.statement, one.mechanism, proteins=pair)
            for one, pair in zip(stated, pairs, strict=True)
        ]
        cells = gathering.cells(pairs, reads)
        scores = np.zeros(len(cells.candidates))
        for name, values in gathering.evidence(cells, pairs, reads=reads).items():
            scores += CANDIDATE[name] * values
        size = len(self.lattice.ids)
        ends = np.searchsorted(cells.candidates, np.arange(len(pairs) + 1) * size)
        hints = np.searchsorted(cells.hinted, np.arange(len(pairs) + 1) * size).tolist()
        slices = [slice(start, end) for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
        masses = np.concatenate([np.empty(0), *(_softmax(scores[one]) for one in slices)])
        numbers = cells.candidates % size
        for one, read in zip(slices, reads, strict=True):
            _move(masses[one], numbers[one], meant=read.meant)
        total = sum_up(self.lattice, cells.candidates, masses=masses, rows=len(pairs))
        takes_part, passed, votes = (
            over.reshape(len(pairs), size) for over in (cells.takes_part, cells.passed, cells.votes)
        )
        return [
            Weighed(
                pairs[n],
                reads[n],
                takes_part=takes_part[n],
                passed=passed[n],
                votes=votes[n],
                hinted=frozenset((cells.hinted[hints[n] : hints[n + 1]] % size).tolist()),
                partners=int(cells.partners[n]),
                candidates=numbers[own],
                masses=masses[own],
                total=total[n],
            )
            for n, own in enumerate(slices)
        ]

    # --- decision ---

    def decide(self, weighed: Sequence[Weighed]) -> list[Judgement | None]:
        """For each interaction the deepest pathway that exceeds the threshold; None if none does."""
        found = [(one, self._asked(one)) for one in weighed]
        sure = iter(self.confidence([(one, numbers[:1]) for one, numbers in found if numbers]).tolist())
        return [_judged(one, numbers, sure=next(sure)) if numbers else None for one, numbers in found]

    def _asked(self, weighed: Weighed) -> list[int]:
        """The deepest pathway that exceeds the threshold, then the next best ones; empty if none does."""
        lattice, total = self.lattice, weighed.total
        passing = {
            number: float(total[number])
            for number in np.flatnonzero(total > self.threshold).tolist()
            if not lattice.is_root[number] or weighed.named(number) >= NAMED or total[number] > ROOT_SURE
        }
        passing = {number: sure for number, sure in passing.items() if not self._is_tied(number, passing)}
        above = {up for number in passing for up in lattice.line(number).tolist() if up != number}
        deepest = sorted(passing.keys() - above)
        best = max(deepest, key=lambda n: self._rank(weighed, n, sure=passing[n]), default=None)
        if best is None or self._is_guess(weighed, best):
            modification = self._modification(weighed)
            best = best if modification is None else modification
        return [] if best is None else self._with_others(weighed, best)

    @staticmethod
    def _is_guess(weighed: Weighed, number: int) -> bool:
        """Whether a pathway that the statement neither names nor hints at has a probability of at most a half."""
        is_told = weighed.support(number) >= NAMED or number in weighed.hinted
        return not is_told and bool(weighed.total[number] <= HALF)

    def _is_tied(self, number: int, passing: Mapping[int, float]) -> bool:
        """Whether a pathway with a probability of at most a half has a rival, neither above nor below it, that is about
        as likely.
        """
        if passing[number] > HALF:
            return False
        kin = self.lattice.kin(number)
        return any(other not in kin and sure * AHEAD > passing[number] for other, sure in passing.items())

    def _modification(self, weighed: Weighed) -> int | None:
        """The modification that is the mechanism, or that the statement names and one of the proteins takes part in.

        Without a statement, one of them has to take part in the mechanism too. None if one takes part in the reverse (a
        deacetylase is annotated as regulating acetylation), unless the mechanism itself is a removal.
        """
        read = weighed.read
        told = read.given if read.stated else frozenset()
        fitting = [n for n in read.numbers[read.mechanism > 0].tolist() if weighed.members(n) or n in told]
        unsure = (n for n in fitting if n not in read.given or not self.lexicon.is_removal(n))
        if any(weighed.members(undone) for n in unsure for undone in self.lexicon.reverse_of(n)):
            return None

        def fit(number: int) -> tuple[bool, float, int, int]:
            line = self.lattice.line(number)
            return weighed.members(number) > 0, weighed.mechanism(number), len(line), -number

        return max(fitting, key=fit, default=None)

    def _rank(self, weighed: Weighed, number: int, sure: float) -> tuple[float, int]:
        """The sort key of an answer: its probability, whether Reactome has it, and how strongly the statement
        names it.
        """
        preferred = 0.2 * bool(self.lattice.is_backbone[number]) + 0.15 * weighed.named(number)
        return round(sure + preferred, 6), -number

    def _with_others(self, weighed: Weighed, best: int) -> list[int]:
        """An answer, then the next candidates that are neither above nor below it."""
        kin, is_root = self.lattice.kin(best), self.lattice.is_root
        others = (n for n, _ in weighed.ranked[:50] if n not in kin and not is_root[n])
        return [best, *itertools.islice(others, ALTERNATIVES)]

    def confidence(self, asked: Sequence[tuple[Weighed, Sequence[int]]]) -> "Values":
        """The calibrated probability that each answer is right: for some pathways of each interaction, concatenated.

        Interactions with a statement have their own calibration: two proteins of a process need not act in it together.
        """
        described = self.described(asked)
        scores = [np.zeros(len(described["stated"])) for _ in range(2)]
        for score, coefficients in zip(scores, (CONFIDENCE_STATED, CONFIDENCE), strict=True):
            for name, value in coefficients.items():
                score += value * described[name]
        sure: Values = 1 / (1 + np.exp(-np.where(described["stated"] > 0, *scores)))
        return sure

    def described(self, asked: Sequence[tuple[Weighed, Sequence[int]]]) -> Mapping[str, "Values"]:
        """The inputs of the calibration for some pathways of each interaction, under the names of
        `weights.CONFIDENCE`.
        """
        rows = [row for weighed, numbers in asked for row in self._figures(weighed, numbers)]
        columns = np.array(rows, dtype=np.float64).reshape(len(rows), len(_FIGURES)).T
        figures = dict(zip(_FIGURES, columns, strict=True))
        votes = figures["votes"].astype(np.float32)
        at = np.array([number for _, numbers in asked for number in numbers], dtype=np.int64)
        return figures | {
            "constant": np.ones(len(at)),
            **{name: _logit(figures[name]) for name in ("logit", "own", "rival")},
            "information": self.lattice.information[at],
            "votes": votes / figures["voting"].astype(np.float32),
            "voters": np.log1p(votes),
            "least": np.log1p(figures["least"]),
            "enrichment": self.context.enrichment[at],
            "about": self.context.enrichment_without(at, figures["about"]),
        }

    def _figures(self, weighed: Weighed, numbers: Sequence[int]) -> Iterable[tuple[float, ...]]:
        """The _FIGURES of some pathways of an interaction."""
        masses = dict(weighed.ranked)
        known = math.log1p(max(len(self.lattice.direct(protein)) for protein in weighed.proteins))
        candidates, partners = math.log1p(len(masses)), math.log1p(weighed.partners)
        stated = weighed.read.stated  # then, the votes of one protein are not used
        first = [0] * len(numbers) if stated else self.context.votes(*weighed.proteins, numbers=numbers)
        for number, own in zip(numbers, first, strict=True):
            members, votes = weighed.members(number), float(weighed.votes[number])
            yield (
                float(weighed.total[number]),
                masses.get(number, 0.0),
                self._rival(weighed, number),
                members != 0,
                (0, 1, 1, 2)[members],
                stated or weighed.mechanism(number) > 0,
                number in weighed.hinted,
                weighed.support(number),
                self._said(weighed, number),
                known,
                candidates,
                votes,
                min(own, votes - own),
                max(weighed.partners, 3),
                partners,
            )

    @staticmethod
    def _said(weighed: Weighed, number: int) -> float:
        """1 if the statement names a pathway, or the pathway above that supports it, word by word; else 0."""
        above = weighed.above(number)
        return max(weighed.said(number), weighed.said(above) if above is not None else 0.0)

    def _rival(self, weighed: Weighed, number: int) -> float:
        """The probability of the likeliest pathway that is neither above nor below this one."""
        kin, best = self.lattice.kin(number), 0.0
        for other, mass in weighed.ranked:
            if mass + _ALIKE < best:
                break
            if mass > best and other not in kin:
                best = mass
        return best


def _judged(weighed: Weighed, numbers: Sequence[int], sure: float) -> Judgement:
    """An answer with its confidence, and the next best ones, which share what the confidence leaves."""
    best, *others = numbers
    masses, left = dict(weighed.ranked), max(1.0 - float(weighed.total[best]), 1e-9)
    shares = ((number, (1.0 - sure) * min(masses[number] / left, 1.0)) for number in others)
    return Judgement(best, round(sure, 4), alternatives=tuple((number, round(share, 4)) for number, share in shares))


# What is known of a pathway, in the order that `Likelihood.described` uses; the first three are probabilities.
_FIGURES = (
    *("logit", "own", "rival", "some", "about", "stated", "hinted", "named", "said", "known", "candidates"),
    *("votes", "least", "voting", "partners"),
)
_ALIKE = 1e-9  # probabilities that differ by less are equal


def _logit(shares: "Values") -> "Values":
    shares = np.clip(shares, 1e-3, 1 - 1e-3)
    logs: Values = np.log(shares / (1 - shares))
    return logs


def _move(masses: "Values", numbers: "Numbers", meant: Mapping[int, Sequence[int]]) -> None:
    """Move the mass of a pathway to the likeliest of the pathways meant by its words (`Read.meant`), in place."""
    places = {number: n for n, number in enumerate(numbers.tolist())} if meant else {}
    for one in sorted(meant, reverse=True):
        others = [places[number] for number in meant[one] if number in places and number not in meant]
        if others and one in places:
            masses[max(others, key=lambda n: (masses[n], -n))] += masses[places[one]]
            masses[places[one]] = 0.0


def _softmax(scores: "Values") -> "Values":
    if not len(scores):
        return scores
    top = max(float(scores.max()), NONE)
    masses = np.exp(scores - top)
    shares: Values = masses / (masses.sum() + math.exp(NONE - top))
    return shares
