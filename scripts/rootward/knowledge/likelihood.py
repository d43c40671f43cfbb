"""How likely it is that an interaction belongs to a pathway, from everything that speaks for it.

Candidates come from all sides: what both proteins or one of them take part in, what the sentence or the mechanism
names. Each gets a score, the sum of weighted evidence (see `weights`): membership of both and of one, at the lowest
level and above; how far the sentence names it, or something it is part of; the mechanism; how much more of the input's
proteins are in it than of any; how many of both proteins' partners in the input are. A softmax over the candidates and
"none of these" makes probabilities (a conditional logit model: McFadden 1974, in Zarembka, Frontiers in Econometrics);
what is below a pathway counts for it. The answer is the deepest pathway whose probability passes the threshold; two
that share it between them leave it to their common ancestor.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rootward.knowledge.lattice import Context
from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.text import FAINT, SAID
from rootward.knowledge.weights import CANDIDATE, CONFIDENCE, CONFIDENCE_NAMED, NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Values = NDArray[np.float64]
    Counts = NDArray[np.float32]
    Flags = NDArray[np.bool_]

NAMED = 0.3  # from here on a pathway counts as named
ROOT_SURE = 0.75  # a top-level pathway says so little that it must be surer than another
ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence about an interaction, over all pathways by number, but for `candidates` and their `masses`.

    a, b: who takes part; named: how far the sentence names it; said: whether word by word; passed: how far it names
    something above it (by: which); mechanism; votes (of so many partners); total: the probability at it and below it.
    """

    proteins: tuple[str, str]
    a: "Flags"
    b: "Flags"
    named: "Values"
    said: "Values"
    passed: "Values"
    by: "Numbers"
    mechanism: "Values"
    votes: "Counts"
    partners: int
    candidates: "Numbers"
    masses: "Values"
    total: "Values"

    def kind(self, number: int) -> str:
        """What speaks most for a pathway, in a word: the rung of `method`."""
        if self.named[number] >= NAMED or self.passed[number] >= NAMED:
            return "named"
        if self.a[number] and self.b[number]:
            return "shared"
        if self.mechanism[number] > 0:
            return "mechanism"
        return "one_protein" if self.a[number] or self.b[number] else "context"

    @property
    def support(self) -> "Values":
        """How far the sentence speaks for each pathway."""
        return np.maximum(self.named, self.passed)


@dataclass(frozen=True, slots=True)
class Read:
    """The pathways, by number, that a sentence or a mechanism names: how far, whether word by word, and how far each is
    a modification that it names.
    """

    numbers: "Numbers"
    named: "Values"
    said: "Values"
    mechanism: "Values"

    def spread(self, values: "Values", size: int) -> "Values":
        """Its values over all pathways."""
        over = np.zeros(size)
        over[self.numbers] = values
        return over


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where an interaction belongs: the number of a pathway and its probability, and the next best."""

    pathway: int
    confidence: float
    alternatives: tuple[tuple[int, float], ...]


class Likelihood:
    """Weighs interactions against what is called how in a reference; `pairs` are those of the whole input."""

    def __init__(self, lexicon: Lexicon, pairs: Iterable[tuple[str, str]], threshold: float):
        self.lexicon, self.lattice = lexicon, lexicon.lattice
        self.context = Context(self.lattice, pairs)
        self.threshold = threshold

    @lru_cache(maxsize=10_000)  # noqa: B019 (one instance lives as long as its job)
    def _of_mechanism(self, mechanism: str) -> "Numbers":
        named, modifies = self.lexicon.meant(mechanism), self.lexicon.modifies
        return np.array(sorted(n for n, share in named.items() if share > 0.9 and modifies[n]), dtype=np.int64)

    # --- evidence ---

    def weigh(self, a: str, b: str, statement: str, mechanism: str) -> Weighed:
        """All evidence about an interaction."""
        lattice, size = self.lattice, len(self.lattice.ids)
        of_a, of_b, direct_a, direct_b = (np.zeros(size, dtype=bool) for _ in range(4))
        of_a[lattice.member(a)] = of_b[lattice.member(b)] = True
        direct_a[lattice.direct(a)] = direct_b[lattice.direct(b)] = True
        read = self._read(statement, mechanism, proteins=(a, b))
        both, member = of_a & of_b, of_a | of_b
        passed, by = self._pass_down(read, both, member=member)
        count, partners = self.context.votes(a, b)
        possible = both | direct_a | direct_b
        possible |= (member & (passed > 0.05)) | (passed > 0.6)
        possible |= (count >= max(2, 0.3 * partners)) & ~lattice.is_root
        at = read.numbers
        possible[at[(read.named >= NAMED) | (member[at] & (read.named > 0.05)) | (read.mechanism > 0)]] = True
        candidates = np.flatnonzero(possible & ~lattice.is_narrow)
        named, said, by_mechanism = (read.spread(values, size) for values in (read.named, read.said, read.mechanism))
        evidence = self._evidence(
            candidates,
            (of_a, of_b),
            direct=(direct_a, direct_b),
            read=(named, passed, said, by_mechanism),
            count=count,
            partners=partners,
        )
        scores = np.zeros(len(candidates))
        for name, values in evidence.items():
            scores += CANDIDATE[name] * values
        masses = _softmax(scores)
        total = lattice.sum_up(candidates, masses)
        return Weighed(
            proteins=(a, b),
            a=of_a,
            b=of_b,
            named=named,
            said=said,
            passed=passed,
            by=by,
            mechanism=by_mechanism,
            votes=count,
            partners=partners,
            candidates=candidates,
            masses=masses,
            total=total,
        )

    def _read(self, statement: str, mechanism: str, proteins: tuple[str, str]) -> Read:
        """What the sentence and the mechanism name."""
        return self._read_named(tuple(self.lexicon.named(statement, proteins).items()), mechanism)

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _read_named(self, shares: tuple[tuple[int, float], ...], mechanism: str) -> Read:
        lattice, found = self.lattice, dict(shares)
        given = self._of_mechanism(mechanism)
        numbers = np.array(sorted({*found, *given.tolist()}), dtype=np.int64)
        share = np.array([found.get(number, 0.0) for number in numbers.tolist()])
        modifies = self.lexicon.modifies[numbers]
        modification = np.where(modifies & (share > 0.9), 0.6, 0.0)
        modification[np.searchsorted(numbers, given)] += 0.6
        share[modifies | (lattice.is_root[numbers] & (share < 0.9))] = 0.0
        telling = np.clip(0.5 + 1.2 * lattice.information[numbers], 0, 1)
        named = np.clip((share - FAINT) / 0.5, 0, 1) ** 2 * telling
        return Read(numbers, named, said=(share >= SAID).astype(np.float64), mechanism=modification)

    def _pass_down(self, read: Read, both: "Flags", member: "Flags") -> tuple["Values", "Numbers"]:
        """How far each pathway is part of one that is named, and of which one: the more of that one's proteins it has,
        and all the more when both proteins of the interaction are among them.
        """
        passed, by = np.zeros(len(both)), np.full(len(both), -1)
        heard = read.named > NAMED
        for above, named in zip(read.numbers[heard].tolist(), read.named[heard].tolist(), strict=True):
            below, part = self._below(above)
            share = part * np.where(member[below], 0.97, 0.9)
            value = named * np.where(both[below], 0.95, share)
            more = value > passed[below]
            passed[below[more]], by[below[more]] = value[more], above
        return passed, by

    @lru_cache(maxsize=10_000)  # noqa: B019
    def _below(self, above: int) -> tuple["Numbers", "Values"]:
        """What is below a pathway, and the root of the share of its proteins that each has."""
        below = self.lattice.down(above)
        below = below[below != above]
        return below, np.sqrt(self.lattice.size[below] / self.lattice.size[above])

    def _evidence(
        self,
        at: "Numbers",
        members: tuple["Flags", "Flags"],
        direct: tuple["Flags", "Flags"],
        read: tuple["Values", "Values", "Values", "Values"],
        count: "Counts",
        partners: int,
    ) -> Mapping[str, "Values"]:
        """The evidence for each candidate, by the names of `weights.CANDIDATE`."""
        lattice = self.lattice
        a, b = members[0][at], members[1][at]
        both, one = a & b, a ^ b
        named, passed, said, mechanism = (values[at] for values in read)
        support, information = np.maximum(named, passed), lattice.information[at]
        known = bool(direct[0].any()) and bool(direct[1].any())
        return {
            "both": both.astype(float),
            "both_information": both * information,
            "both_direct": (direct[0][at] & direct[1][at]).astype(float),
            "one": one.astype(float),
            "named": support,
            "named_one": support * one,
            "named_both": support * both,
            "named_itself": named,
            "named_information": information * (support > NAMED),
            "said": said * named,
            "unsaid_stranger": ((support > 0) & (said == 0) & ~a & ~b).astype(float) * known,
            "unnamed": (support < NAMED).astype(float) * (read[0].max(initial=0) > 0.5),
            "mechanism": mechanism,
            "mechanism_members": mechanism * (2.0 * both + one),
            "added": (~lattice.is_backbone[at]).astype(float),
            "added_unnamed": (~lattice.is_backbone[at] & (support < NAMED)).astype(float),
            "enrichment": self.context.enrichment[at],
            "votes": count[at] / max(partners, 3),
            "votes_information": information * count[at] / max(partners, 3),
        }

    # --- decision ---

    def decide(self, weighed: Weighed) -> Judgement | None:
        """The deepest pathway that passes the threshold; None where none does."""
        lattice = self.lattice
        if not len(weighed.candidates):
            return None
        passing = {
            number: float(weighed.total[number])
            for number in np.flatnonzero(weighed.total > self.threshold).tolist()
            if not lattice.is_root[number] or weighed.total[number] > ROOT_SURE
        }
        above = {up for number in passing for up in lattice.line(number).tolist() if up != number}
        deepest = sorted(set(passing) - above)
        if not deepest:
            return None
        best = max(deepest, key=lambda n: (round(passing[n] + self._preferred(weighed, n), 6), -n))
        asked = [best, *self._others(weighed, best)]
        sure = [round(value, 4) for value in self.confidence(weighed, np.array(asked, dtype=np.int64)).tolist()]
        return Judgement(best, sure[0], alternatives=tuple(zip(asked[1:], sure[1:], strict=True)))

    def _preferred(self, weighed: Weighed, number: int) -> float:
        return 0.2 * bool(self.lattice.is_backbone[number]) + 0.15 * float(weighed.named[number])

    def _others(self, weighed: Weighed, best: int) -> list[int]:
        """The next candidates that are neither above nor below the answer."""
        line = {*self.lattice.up(best).tolist(), *self.lattice.down(best).tolist()}
        order = np.lexsort((weighed.candidates, -weighed.masses.round(9)))
        others = [n for n in weighed.candidates[order][:50].tolist() if n not in line and not self.lattice.is_root[n]]
        return others[:ALTERNATIVES]

    def confidence(self, weighed: Weighed, at: "Numbers") -> "Values":
        """How often an answer with such evidence is right: the probability of some pathways, calibrated.

        What a sentence names is calibrated for itself: a pair that shares a process need not act in it.
        """
        described = self.described(weighed, at)
        scores = [np.zeros(len(at)), np.zeros(len(at))]
        for score, coefficients in zip(scores, (CONFIDENCE_NAMED, CONFIDENCE), strict=True):
            for name, value in coefficients.items():
                score += value * described[name]
        sure: Values = 1 / (1 + np.exp(-np.where(weighed.support[at] >= NAMED, *scores)))
        return sure

    def described(self, weighed: Weighed, at: "Numbers") -> Mapping[str, "Values"]:
        """What the calibration reads of some pathways, by the names of `weights.CONFIDENCE`."""
        a, b = weighed.a[at], weighed.b[at]
        masses = np.zeros(len(weighed.total))
        masses[weighed.candidates] = weighed.masses
        known = max(len(self.lattice.direct(protein)) for protein in weighed.proteins)
        return {
            "constant": np.ones(len(at)),
            "logit": _logit(weighed.total[at]),
            "own": _logit(masses[at]),
            "rival": _logit(np.array([self._rival(masses, number) for number in at.tolist()])),
            "both": (a & b).astype(float),
            "one": (a ^ b).astype(float),
            "none": (~a & ~b).astype(float),
            "named": weighed.support[at],
            "itself": weighed.named[at],
            "said": np.maximum(weighed.said[at], np.where(weighed.by[at] >= 0, weighed.said[weighed.by[at]], 0.0)),
            "known": np.full(len(at), math.log1p(known)),
            "candidates": np.full(len(at), math.log1p(len(weighed.candidates))),
            "information": self.lattice.information[at],
            "votes": weighed.votes[at] / max(weighed.partners, 3),
            "voters": np.log1p(weighed.votes[at]),
            "partners": np.full(len(at), math.log1p(weighed.partners)),
            "enrichment": self.context.enrichment[at],
        }

    def _rival(self, masses: "Values", number: int) -> float:
        """The probability of the likeliest pathway that is neither above nor below one."""
        masses = masses.copy()
        masses[self.lattice.up(number)] = 0
        masses[self.lattice.down(number)] = 0
        return float(masses.max(initial=0))


def _logit(shares: "Values") -> "Values":
    shares = np.clip(shares, 1e-3, 1 - 1e-3)
    logs: Values = np.log(shares / (1 - shares))
    return logs


def _softmax(scores: "Values") -> "Values":
    if not len(scores):
        return scores
    top = max(float(scores.max()), NONE)
    masses = np.exp(scores - top)
    shares: Values = masses / (masses.sum() + math.exp(NONE - top))
    return shares
