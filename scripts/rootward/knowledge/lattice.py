"""The reference graph as arrays: the ancestors of a pathway, its proteins, and their number.

A pathway's number is its position among all sorted ids. `up` and `down` follow all parents, including parents that
another reference gives a Reactome pathway: a protein of Unfolded Protein Response (Reactome) also takes part in the GO
terms above it. `line` follows only the parents of the pathway's own reference, as the tree will.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rootward.knowledge.reference import Reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Values = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Compact = NDArray[np.unsignedinteger[Any]]

_BECOMING = " differentiation"
_NONE = np.empty(0, dtype=np.int64)


class Lattice:
    """Numbers the pathways of a reference, and holds arrays over them."""

    def __init__(self, reference: Reference):
        self.reference = reference
        self.ids = sorted(reference.pathways)
        self.number = {id_: n for n, id_ in enumerate(self.ids)}
        pathways = [reference.pathways[id_] for id_ in self.ids]
        self.is_root = np.array([not pathway.parents for pathway in pathways])
        self.is_backbone = np.array([id_ in reference.backbone for id_ in self.ids])
        self._up_starts, self._up = _packed([self._above(id_) for id_ in self.ids])
        self._down_starts, self._down = self._reversed()
        own = [sorted(self.number[above] for above in reference.ancestors(id_)) for id_ in self.ids]
        self._line_starts, self._line = _packed(own)

    def index(self) -> None:
        """Compute now what would otherwise be computed when first needed."""
        _ = self.is_narrow, self.information

    def _above(self, id_: str) -> list[int]:
        return sorted(self.number[above] for above in self.reference.above_all(id_))

    def _reversed(self) -> tuple["Numbers", "Numbers"]:
        below = np.repeat(np.arange(len(self.ids)), np.diff(self._up_starts))
        order = np.argsort(self._up, kind="stable")
        counts = np.bincount(self._up, minlength=len(self.ids))
        return np.concatenate(([0], np.cumsum(counts))), below[order]

    def up(self, number: int) -> "Numbers":
        """A pathway and its ancestors."""
        return self._up[self._up_starts[number] : self._up_starts[number + 1]]

    def down(self, number: int) -> "Numbers":
        """A pathway and its descendants."""
        return self._down[self._down_starts[number] : self._down_starts[number + 1]]

    def line(self, number: int) -> "Numbers":
        """A pathway and its ancestors in the future tree: only parents from its own reference."""
        return self._line[self._line_starts[number] : self._line_starts[number + 1]]

    def lines(self, numbers: "Numbers") -> tuple["Numbers", "Numbers"]:
        """The `line` of each pathway, concatenated, and the length of each."""
        return _gathered(self._line_starts, self._line, numbers=numbers)

    @lru_cache(maxsize=20_000)  # noqa: B019 (one instance lives as long as its job)
    def kin(self, number: int) -> frozenset[int]:
        """A pathway, its ancestors and its descendants."""
        return frozenset(self.up(number).tolist() + self.down(number).tolist())

    @cached_property
    def is_narrow(self) -> "Flags":
        """Which pathways are another pathway restricted to a kind of cell ("neuron apoptotic process"): a table of
        interactions seldom means anything that specific. Kinds of cell are those whose differentiation is in the
        reference.
        """
        pathways = [self.reference.pathways[id_] for id_ in self.ids]
        cells = {pathway.name.removesuffix(_BECOMING) for pathway in pathways if pathway.name.endswith(_BECOMING)}
        names = {pathway.name for pathway in pathways} | {name for p in pathways for name in p.aliases}
        flags: Flags = np.array([_is_in_a_cell(pathway.name, cells, names=names) for pathway in pathways], dtype=bool)
        flags[self.is_backbone] = False
        return flags

    # --- members ---

    @lru_cache(maxsize=50_000)  # noqa: B019 (one instance lives as long as its job)
    def direct(self, protein: str) -> "Numbers":
        """The lowest-level pathways of a protein."""
        return np.array(sorted(self.number[id_] for id_ in self.reference.members.pathways_of(protein)), dtype=np.int64)

    @lru_cache(maxsize=50_000)  # noqa: B019
    def member(self, protein: str) -> "Numbers":
        """The pathways that a protein takes part in, at every level."""
        lowest = self.direct(protein)
        above = np.sort(_gathered(self._up_starts, self._up, numbers=lowest)[0])
        return above[_firsts(above)]

    def says(self, protein: str, number: int) -> list[str]:
        """The names of the references that list a protein in a pathway or below it."""
        filed, below = self.reference.members.filed_by(protein), self._ids_below(number)
        return [name for name, ids in filed.items() if not below.isdisjoint(ids)]

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _ids_below(self, number: int) -> frozenset[str]:
        return frozenset(self.ids[n] for n in self.down(number).tolist())

    @cached_property
    def size(self) -> "Values":
        """The number of proteins that take part in each pathway, at least one."""
        lowest = [self.direct(symbol) for symbol in self.reference.members.symbols]
        if not lowest:
            return np.ones(len(self.ids))
        protein, pathway = np.repeat(np.arange(len(lowest)), [len(one) for one in lowest]), np.concatenate(lowest)
        above, reach = _gathered(self._up_starts, self._up, numbers=pathway)
        pairs = np.sort(np.repeat(protein, reach) * len(self.ids) + above)
        once = pairs[_firsts(pairs)]
        return np.maximum(np.bincount(once % len(self.ids), minlength=len(self.ids)), 1).astype(np.float64)

    @cached_property
    def n_proteins(self) -> int:
        """The number of proteins in the reference."""
        return max(len(self.reference.members.symbols), 2)

    @cached_property
    def information(self) -> "Values":
        """How informative membership in each pathway is: from 0 (all proteins are in it) to 1 (one is)."""
        return np.log(self.n_proteins / self.size) / math.log(self.n_proteins)


class Context:
    """What the whole input shows: which proteins interact, and how often a pathway's proteins occur.

    Distinct pairs of different proteins are counted, so neither the order of rows nor repeated rows matter. A pair is
    never evidence about itself.
    """

    def __init__(self, lattice: Lattice, pairs: Iterable[tuple[str, str]]):
        self._lattice = lattice
        self._proteins, self._starts, self._partners = _linked(pairs)
        self._number = {protein: n for n, protein in enumerate(self._proteins)}

    @cached_property
    def n_proteins(self) -> int:
        """The number of proteins of the input that the reference knows."""
        return sum(1 for protein in self._proteins if len(self._lattice.member(protein)))

    @cached_property
    def counts(self) -> "Values":
        """The number of proteins of the input in each pathway."""
        parts = [self._lattice.member(protein) for protein in self._proteins]
        counts = np.bincount(np.concatenate([_NONE, *parts]), minlength=len(self._lattice.ids))
        return counts.astype(np.float64)

    @cached_property
    def enrichment(self) -> "Values":
        """Log of how much likelier a protein of the input is to be in each pathway than any protein; 0 where there is
        none.
        """
        return self._enriched(self.counts, self.n_proteins, size=self._lattice.size)

    def enrichment_without(self, numbers: "Numbers", taking_part: "Values") -> "Values":
        """The enrichment of some pathways in the input without two of its proteins, of which so many take part."""
        counts = self.counts[numbers] - taking_part
        return self._enriched(counts, max(self.n_proteins - 2, 0), size=self._lattice.size[numbers])

    def _enriched(self, counts: "Values", n_proteins: int, size: "Values") -> "Values":
        here = (np.maximum(counts, 0) + 0.5) / (n_proteins + 1)
        there = (size + 0.5) / (self._lattice.n_proteins + 1)
        return np.where(counts > 0, np.clip(np.log(here / there), -2, 4), 0.0)

    @lru_cache(maxsize=10_000)  # noqa: B019 (each takes some kB)
    def around(self, protein: str) -> tuple["Compact", "Compact"]:
        """The pathways in which partners of a protein take part, and how many partners do."""
        parts = [self.member(self._proteins[partner]) for partner in self._partners_of(protein).tolist()]
        counts = np.bincount(np.concatenate([_NONE, *parts]))
        numbers = np.flatnonzero(counts)
        return _compact(numbers), _compact(counts[numbers])

    def member(self, protein: str) -> "Numbers":
        """The pathways that a partner takes part in, at every level."""
        return self._lattice.member(protein)

    def votes(self, protein: str, other: str, numbers: Sequence[int]) -> list[int]:
        """How many partners of a protein, without one other, take part in each of these pathways."""
        known, counts = self.around(protein)
        own = self.member(other) if self.meet(protein, other) else known[:0]
        places = [_place(known, number) for number in numbers]
        found = [int(counts[at]) if at is not None else 0 for at in places]
        return [n - (_place(own, number) is not None) for n, number in zip(found, numbers, strict=True)]

    def n_partners(self, protein: str) -> int:
        """The number of other proteins in the input that a protein interacts with."""
        return len(self._partners_of(protein))

    def meet(self, a: str, b: str) -> bool:
        """Whether two proteins interact in the input."""
        return _place(self._partners_of(a), self._number.get(b, -1)) is not None

    def _partners_of(self, protein: str) -> "Compact":
        """The partners of a protein by number, ascending."""
        number = self._number.get(protein)
        return self._partners[:0] if number is None else self._partners[self._starts[number] : self._starts[number + 1]]


def _linked(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], "Numbers", "Compact"]:
    """The proteins with partners, and the partners of each by number, packed."""
    numbers: dict[str, int] = {}
    ends = (numbers.setdefault(protein, len(numbers)) for a, b in pairs if a != b for protein in (a, b))
    a, b = np.fromiter(ends, dtype=np.int64).reshape(-1, 2).T
    size = len(numbers)
    links = np.unique(np.concatenate((a * size + b, b * size + a)))
    starts = np.searchsorted(links, np.arange(size + 1) * size)
    return list(numbers), starts, _compact(links % max(size, 1))


def _packed(lists: list[list[int]]) -> tuple["Numbers", "Numbers"]:
    starts = np.concatenate(([0], np.cumsum([len(one) for one in lists])))
    return starts, np.fromiter((n for one in lists for n in one), dtype=np.int64, count=int(starts[-1]))


def _is_in_a_cell(name: str, cells: set[str], names: set[str]) -> bool:
    words = name.split(" ")
    heads = (" ".join(words[:n]) for n in range(1, len(words) - 1))
    return any(head in cells and name[len(head) + 1 :] in names for head in heads)


def _gathered(starts: "Numbers", packed: "Numbers", numbers: "Numbers") -> tuple["Numbers", "Numbers"]:
    """The packed lists of these pathways, concatenated, and the length of each."""
    first = starts[numbers]
    reach = starts[numbers + 1] - first
    ends = np.cumsum(reach)
    step = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - ends + reach, reach)
    return packed[step], reach


def _compact(values: "Numbers") -> "Compact":
    """Counts or numbers, in the smallest type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _place(ordered: "NDArray[Any]", number: int) -> int | None:
    """The place of a number among sorted ones; None if it is not there."""
    at = bisect_left(ordered, number)
    return at if at < len(ordered) and ordered[at] == number else None


def _firsts(ordered: "Numbers") -> "NDArray[np.bool_]":
    """Which of these sorted numbers differ from the previous one."""
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first
