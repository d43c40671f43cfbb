"""The evidence for each pathway, computed for many interactions at once.

A *cell* is one pathway of one interaction: the interaction's position in the batch times the number of pathways, plus
the pathway's number. Few cells of a batch have any evidence. So the known facts are put into their cells, candidates
are selected, and all further arithmetic runs over the candidates of the whole batch: a NumPy call costs as much for one
interaction as for fifty.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootward.knowledge.lattice import Context, Lattice
from rootward.knowledge.reading import NAMED, Read

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Values = NDArray[np.float64]
    Counts = NDArray[np.float32]
    Flags = NDArray[np.bool_]
    Bits = NDArray[np.uint8]

A, B, LOWEST_A, LOWEST_B = 1, 2, 4, 8  # bits: A or B takes part; it does so here at its lowest level
_TAKING_PART = np.array([0, 1, 1, 2])  # from the bits A and B to the number of proteins that take part


@dataclass(frozen=True, slots=True)
class Cells:
    """What is known about a batch of interactions, in arrays over all its cells, and which cells are candidates.

    takes_part: bits; passed: how strongly the statement names a pathway above; votes: how many partners take part;
    hinted: the cells whose pathway the proteins or a word hint at (see `_hinted`).
    """

    takes_part: "Bits"
    passed: "Values"
    votes: "Counts"
    partners: "Numbers"  # per interaction
    hinted: "Numbers"
    candidates: "Numbers"  # cells, ascending


class Gathering:
    """Collects the evidence about interactions from a lattice and from the context of the whole input."""

    def __init__(self, lattice: Lattice, context: Context, named_after: Callable[[str], "Numbers"]):
        self._lattice, self._context, self._named_after = lattice, context, named_after

    def cells(self, pairs: Sequence[tuple[str, str]], reads: Sequence[Read]) -> Cells:
        """What is known of each pathway, for interactions of these protein pairs with these statements."""
        lattice, size = self._lattice, len(self._lattice.ids)
        takes_part = np.zeros(len(pairs) * size, dtype=np.uint8)
        known = [
            self._put(takes_part, (found(pair[side]) for pair in pairs), bit=bit)
            for found, bits in ((lattice.member, (A, B)), (lattice.direct, (LOWEST_A, LOWEST_B)))
            for side, bit in enumerate(bits)
        ]
        votes, voted, partners = self._votes(pairs)
        passed = self._passed(reads, takes_part)
        possible = np.zeros(len(takes_part), dtype=bool)
        for at in known:
            bits = takes_part[at]
            possible[at[(bits & (A | B) == A | B) | (bits >= LOWEST_A)]] = True
        enough = np.maximum(2, 0.3 * partners).astype(np.float32)[voted // size]
        possible[voted[(votes[voted] >= enough) & ~lattice.is_root[voted % size]]] = True
        below = _cells((read.below for read in reads), size)
        possible[below[((takes_part[below] > 0) & (passed[below] > 0.05)) | (passed[below] > 0.6)]] = True
        said = _cells((read.numbers for read in reads), size)
        named = _joined(read.named for read in reads)
        modified = _joined(read.mechanism for read in reads) > 0
        possible[said[(named >= NAMED) | ((takes_part[said] > 0) & (named > 0.05)) | modified]] = True
        hinted = self._hinted(pairs, reads, takes_part=takes_part)
        possible[hinted] = True
        candidates = np.flatnonzero(possible)
        candidates = candidates[~lattice.is_narrow[candidates % size]]
        return Cells(takes_part, passed, votes=votes, partners=partners, hinted=hinted, candidates=candidates)

    def _hinted(self, pairs: Sequence[tuple[str, str]], reads: Sequence[Read], takes_part: "Bits") -> "Numbers":
        """The cells of pathways that are named after one of the proteins, which takes part in them, or that the
        statement hints at and both take part in; ascending. Without a statement there are none: then, pairs that really
        interact share other pathways more often.
        """
        by_words = _cells((read.hinted for read in reads), len(self._lattice.ids))
        found = [by_words[takes_part[by_words] & (A | B) == A | B]]
        for side, bit in enumerate((A, B)):
            named = zip(pairs, reads, strict=True)
            after = (self._named_after(pair[side]) if read.stated else _NOTHING for pair, read in named)
            at = _cells(after, len(self._lattice.ids))
            found.append(at[takes_part[at] & bit > 0])
        return np.unique(np.concatenate(found))

    def _put(self, bits: "Bits", lists: Iterable["Numbers"], bit: int) -> "Numbers":
        """Set a bit in the cells of each interaction's pathways. Returns these cells."""
        at = _cells(lists, len(self._lattice.ids))
        bits[at] |= bit
        return at

    def _votes(self, pairs: Sequence[tuple[str, str]]) -> tuple["Counts", "Numbers", "Numbers"]:
        """For each cell, how many partners of both proteins take part; the cells with at least one; the number of all
        partners.
        """
        size, context = len(self._lattice.ids), self._context
        votes = np.zeros(len(pairs) * size, dtype=np.float32)
        around = [[context.around(pair[side]) for pair in pairs] for side in (0, 1)]
        voted = [_cells((numbers for numbers, _ in one), size) for one in around]
        for at, one in zip(voted, around, strict=True):
            votes[at] += np.concatenate([_NO_COUNTS, *(counts for _, counts in one)])
        meet = [context.meet(*pair) for pair in pairs]
        for side in (0, 1):  # a pair is not evidence about itself
            own = (context.member(pair[side]) if met else _NOTHING for pair, met in zip(pairs, meet, strict=True))
            votes[_cells(own, size)] -= 1
        counted = [sum(map(context.n_partners, pair)) - 2 * met for pair, met in zip(pairs, meet, strict=True)]
        return votes, np.concatenate(voted), np.array(counted, dtype=np.int64)

    def _passed(self, reads: Sequence[Read], takes_part: "Bits") -> "Values":
        """For each cell, how strongly it is part of a pathway that is named."""
        passed = np.zeros(len(takes_part))
        below = _cells((read.below for read in reads), len(self._lattice.ids))
        if len(below):
            part = np.concatenate([read.part for read in reads], axis=1)
            value = part[_TAKING_PART[takes_part[below] & (A | B)], np.arange(len(below))]
            np.maximum.at(passed, below, value)
        return passed

    def evidence(self, cells: Cells, pairs: Sequence[tuple[str, str]], reads: Sequence[Read]) -> Mapping[str, "Values"]:
        """The evidence for each candidate, under the names of `weights.CANDIDATE`."""
        lattice, at, size = self._lattice, cells.candidates, len(self._lattice.ids)
        number, row = at % size, at // size
        bits = cells.takes_part[at]
        a, b = bits & A > 0, bits & B > 0
        both, one = a & b, a ^ b
        named, said, mechanism = self._said(at, reads)
        passed, count = cells.passed[at], cells.votes[at]
        support, information = np.maximum(named, passed), lattice.information[number]
        backbone, is_hinted = lattice.is_backbone[number], np.isin(at, cells.hinted, assume_unique=True)
        known = np.array([all(len(lattice.direct(protein)) for protein in pair) for pair in pairs])[row]
        most = np.array([read.most for read in reads])[row]
        partners = np.maximum(cells.partners, 3)[row]
        return {
            "both": both.astype(float),
            "both_information": both * information,
            "both_direct": (bits >= LOWEST_A | LOWEST_B).astype(float),
            "one": one.astype(float),
            "named": support,
            "named_one": support * one,
            "named_both": support * both,
            "named_itself": named,
            "named_information": information * (support > NAMED),
            "said": said * named,
            "unsaid_stranger": ((support > 0) & (said == 0) & ~a & ~b).astype(float) * known,
            "unnamed": (support < NAMED).astype(float) * (most > 0.5),
            "mechanism": mechanism,
            "mechanism_members": mechanism * (2.0 * both + one),
            "hinted": is_hinted.astype(float),
            "added": (~backbone).astype(float),
            "added_unnamed": (~backbone & (support < NAMED)).astype(float),
            "enrichment": self._context.enrichment[number],
            "votes": count / partners.astype(np.float32),
            "votes_information": information * count / partners,
        }

    def _said(self, candidates: "Numbers", reads: Sequence[Read]) -> tuple["Values", "Values", "Values"]:
        """The fields named, said and mechanism of `Read`, for each candidate."""
        at = _cells((read.numbers for read in reads), len(self._lattice.ids))
        place = np.searchsorted(candidates, at)
        place[place == len(candidates)] = 0
        hit = candidates[place] == at if len(candidates) else np.zeros(len(at), dtype=bool)
        found = []
        for lists in (
            [read.named for read in reads],
            [read.said for read in reads],
            [read.mechanism for read in reads],
        ):
            values = np.zeros(len(candidates))
            values[place[hit]] = _joined(lists)[hit]
            found.append(values)
        return found[0], found[1], found[2]


_NOTHING, _NO_COUNTS = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint16)


def sum_up(lattice: Lattice, candidates: "Numbers", masses: "Values", rows: int) -> "Values":
    """For every pathway of each interaction (rows x pathways), the mass at it and below it in the future tree."""
    size = len(lattice.ids)
    lines, reach = lattice.lines(candidates % size)
    at = lines + np.repeat(candidates - candidates % size, reach)
    summed = np.bincount(at, weights=np.repeat(masses, reach), minlength=rows * size)
    return summed.astype(np.float64, copy=False).reshape(rows, size)


def _joined(lists: Iterable["Values"]) -> "Values":
    return np.concatenate([np.empty(0), *lists])


def _cells(lists: Iterable["NDArray[np.integer[Any]]"], size: int) -> "Numbers":
    """The cells of the pathways of each interaction of a batch."""
    found = list(lists)
    starts = np.repeat(np.arange(len(found)) * size, [len(one) for one in found])
    return np.concatenate([_NOTHING, *found]) + starts
