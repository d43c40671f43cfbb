"""Reads which pathways a statement and a mechanism name, and which pathways are part of a named one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.text import FAINT, SAID, Wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Values = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NAMED = 0.3  # from this share on, a pathway counts as named
ALIKE = 0.02  # shares that differ by less count as equal


@dataclass(frozen=True)
class Read:
    """The pathways that a statement or a mechanism names, by number, ascending. All arrays are as long as `numbers`.

    stated: whether the statement says anything besides the proteins' names.

    named: how strongly it is named (0 to 1); said: 1 if it is named word by word, else 0; mechanism: how strongly it is
    a modification that is named; given: the modifications that the mechanism is.

    below: the pathways below a named one; by: that named pathway; part (3 rows): how strongly that supports them if
    none, one or both of the interaction's proteins take part in them.

    hinted: the pathways that are named after a protein that is mentioned, or that have a word nearly to themselves and
    are not named.
    """

    stated: bool
    numbers: "Numbers"
    named: "Values"
    said: "Values"
    mechanism: "Values"
    given: frozenset[int]
    below: "Numbers"
    by: "Numbers"
    part: "Values"
    meant: dict[int, tuple[int, ...]]
    hinted: "Numbers"

    @cached_property
    def places(self) -> dict[int, int]:
        """Number of a pathway -> its position in the arrays."""
        return {number: n for n, number in enumerate(self.numbers.tolist())}

    @cached_property
    def most(self) -> float:
        """How strongly the most strongly named pathway is named."""
        return float(self.named.max(initial=0))


class Reader:
    """Reads what a text says about the pathways of a lexicon."""

    def __init__(self, lexicon: Lexicon):
        self._lexicon, self._lattice = lexicon, lexicon.lattice

    def read(self, statement: str, mechanism: str, proteins: Sequence[str]) -> Read:
        """Read both texts, leaving out the names of the interaction's proteins."""
        return self._read(self._lexicon.wording(statement, proteins), mechanism)

    @lru_cache(maxsize=10_000)  # noqa: B019 (one instance lives as long as its job)
    def _read(self, wording: Wording, mechanism: str) -> Read:
        lattice, found = self._lattice, self._lexicon.named(wording)
        given = self._of_mechanism(mechanism)
        numbers = np.array(sorted({*found, *given.tolist()}), dtype=np.int64)
        share = np.array([found.get(number, 0.0) for number in numbers.tolist()])
        modifies = self._lexicon.modifies[numbers]
        modification = np.where(modifies & (share > 0.9), 0.6, 0.0)
        modification[np.searchsorted(numbers, given)] += 0.6
        modification[self._undone(numbers[modification > 0], numbers)] = 0.0
        share[modifies | (lattice.is_root[numbers] & (share < 0.9))] = 0.0
        telling = np.clip(0.5 + 1.2 * lattice.information[numbers], 0, 1)
        said = share >= SAID
        named = np.clip((share - FAINT) / 0.5, 0, 1) ** 2 * telling
        below, by, part = self._passed_down(numbers, named)
        return Read(
            bool(wording.words),
            numbers,
            named=named,
            said=said.astype(np.float64),
            mechanism=modification,
            given=frozenset(given.tolist()) & frozenset(numbers[modification > 0].tolist()),
            below=below,
            by=by,
            part=part,
            meant=self._homonyms(numbers, named, said=said) | self._meant_below(numbers, named, said=said),
            hinted=self._hinted(wording, numbers, named=named),
        )

    def _hinted(self, wording: Wording, numbers: "Numbers", named: "Values") -> "Numbers":
        kin = self._lattice.kin
        said = numbers[named > NAMED].tolist()
        heads = [n for n in self._lexicon.heads(wording).tolist() if not any(n in kin(number) for number in said)]
        return np.union1d(self._lexicon.named_after_said(wording), np.array(heads, dtype=np.int64))

    def _undone(self, modifications: "Numbers", numbers: "Numbers") -> list[int]:
        """The positions of modifications whose removal is mentioned as well: where a deacetylase lowers acetylation,
        deacetylation is meant.
        """
        mentioned = frozenset(modifications.tolist())
        undone = [n for n in mentioned if not mentioned.isdisjoint(self._lexicon.removal_of(n))]
        return [n for n, number in enumerate(numbers.tolist()) if number in undone] if undone else []

    def _meant_below(self, numbers: "Numbers", named: "Values", said: "Flags") -> dict[int, tuple[int, ...]]:
        """Pathways whose words equally name a pathway below them, and which are not said word by word -> those pathways
        below.

        "Stress" in "ER stress in the unfolded protein response" does not name a pathway of its own.
        """
        places = {number: n for n, number in enumerate(numbers.tolist())}
        found: dict[int, tuple[int, ...]] = {}
        for at in np.flatnonzero(named > NAMED).tolist():
            number = int(numbers[at])
            for up in self._lattice.up(number).tolist():
                n = places.get(up, at)
                if n != at and named[n] <= named[at] + ALIKE and (said[at] or not said[n]):
                    found[up] = (*found.get(up, ()), number)
        return found

    def _homonyms(self, numbers: "Numbers", named: "Values", said: "Flags") -> dict[int, tuple[int, ...]]:
        """Pathways that are named as strongly as a larger one with which they share a part -> that one: "nuclear
        translocation" is both protein localization to nucleus and import into nucleus, and no rival of itself.
        """
        size = self._lattice.size
        found: dict[int, tuple[int, ...]] = {}
        ordered = sorted(np.flatnonzero((named > NAMED) & ~said).tolist(), key=lambda at: (-size[numbers[at]], at))
        for n, at in enumerate(ordered):
            number = int(numbers[at])
            larger = (int(numbers[other]) for other in ordered[:n] if abs(named[at] - named[other]) <= ALIKE)
            meant = next((other for other in larger if self._share_a_part(number, other)), None)
            if meant is not None:
                found[number] = (meant,)
        return found

    def _share_a_part(self, one: int, other: int) -> bool:
        """Whether two pathways, neither above the other, have a descendant in common."""
        down = self._lattice.down
        return other not in self._lattice.kin(one) and len(np.intersect1d(down(one), down(other))) > 0

    @lru_cache(maxsize=10_000)  # noqa: B019
    def _of_mechanism(self, mechanism: str) -> "Numbers":
        named, modifies = self._lexicon.meant(mechanism), self._lexicon.modifies
        return np.array(sorted(n for n, share in named.items() if share > 0.9 and modifies[n]), dtype=np.int64)

    def _passed_down(self, numbers: "Numbers", named: "Values") -> tuple["Numbers", "Numbers", "Values"]:
        """How strongly each pathway is part of a named one, and of which: more if it has more of that one's proteins,
        and more still if both proteins of the interaction are among them (`Read.below`, `by` and `part`).
        """
        above = [(number, far) for number, far in zip(numbers.tolist(), named.tolist(), strict=True) if far > NAMED]
        lists = [self._below(number) for number, _ in above]
        if not lists:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((3, 0))
        reach = [len(below) for below, _ in lists]
        far = np.repeat([far for _, far in above], reach)
        share = np.concatenate([part for _, part in lists])
        part = np.array([far * (share * 0.9), far * (share * 0.97), far * 0.95])
        return np.concatenate([below for below, _ in lists]), np.repeat([number for number, _ in above], reach), part

    @lru_cache(maxsize=10_000)  # noqa: B019
    def _below(self, above: int) -> tuple["Numbers", "Values"]:
        """The pathways below one, and for each the square root of its share of that one's proteins."""
        below = self._lattice.down(above)
        below = below[below != above]
        return below, np.sqrt(self._lattice.size[below] / self._lattice.size[above])
