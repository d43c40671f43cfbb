"""The names of a reference's pathways, and which pathways a sentence or a mechanism names."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rootward.knowledge import vocabulary
from rootward.knowledge.eponyms import Eponyms, words_for
from rootward.knowledge.lattice import Lattice
from rootward.knowledge.longforms import short_forms, without_long_forms
from rootward.knowledge.names import tokens
from rootward.knowledge.reference import Reference
from rootward.knowledge.text import GENERIC, Spellings, Wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

_OF_PROTEINS = ("protein ", "peptidyl")  # how the names of their modifications begin
_REMOVAL = {word: f"de{word}" for word in vocabulary.MODIFICATIONS if f"de{word}" in vocabulary.MODIFICATIONS}
_REMOVED = {removal: word for word, removal in _REMOVAL.items()}
SURELY = 0.92  # the share from which a pathway is the meaning of a word for a modification


class Lexicon:
    """The spellings of all pathways of a reference except the narrow ones, by the numbers of its lattice.

    modifies: the pathways that are a mechanism (phosphorylation). In a sentence they usually say how something happens,
    and seldom in which pathway.
    """

    def __init__(self, reference: Reference):
        self.lattice = Lattice(reference)
        narrow = {self.lattice.ids[n] for n in np.flatnonzero(self.lattice.is_narrow)}
        names = {id_: [one.name, *one.aliases] for id_, one in reference.pathways.items() if id_ not in narrow}
        called = {*reference.members.symbols, *reference.members.called}
        called.update(name for names in reference.members.called.values() for name in names)
        parts = (tokens(name) for name in sorted(called))
        single = frozenset(words[0] for words in parts if len(words) == 1)
        symbols = frozenset(reference.members.symbols)
        self.spellings = Spellings(names, symbols, above=reference.above_all, called=single)
        self._short_forms = short_forms(called)
        backbone = {n: names[id_] for n, id_ in enumerate(self.lattice.ids) if self.lattice.is_backbone[n]}
        self._eponyms = Eponyms(backbone, single, generic=GENERIC)
        called_by = reference.members.called
        self._by_name = self._eponyms.by_name({protein: called_by.get(protein, ()) for protein in sorted(symbols)})
        self.modifies = self._modifies()

    def _modifies(self) -> "Flags":
        """The meanings of words for modifications, and the kinds of them: "protein monoubiquitination"."""
        flags, pathways = np.zeros(len(self.lattice.ids), dtype=bool), self.lattice.reference.pathways
        for word in vocabulary.MODIFICATIONS:
            meant = [n for n, share in self.meant(word).items() if share > SURELY]
            flags[meant] = True
            below = {n for number in meant for n in self.lattice.down(number).tolist()}
            names = {n: pathways[self.lattice.ids[n]].name.casefold() for n in below}
            flags[[n for n, name in names.items() if name.startswith(_OF_PROTEINS) and name.endswith(word)]] = True
        return flags

    @lru_cache(maxsize=1_000)  # noqa: B019 (one instance lives as long as its job)
    def removal_of(self, number: int) -> frozenset[int]:
        """The pathways that remove a modification."""
        return self._others(number, _REMOVAL)

    def is_removal(self, number: int) -> bool:
        """Whether a pathway removes a modification."""
        return bool(self._others(number, _REMOVED))

    @lru_cache(maxsize=1_000)  # noqa: B019
    def reverse_of(self, number: int) -> frozenset[int]:
        """The pathways that reverse a modification, or that it reverses."""
        return self.removal_of(number) | self._others(number, _REMOVED)

    def _others(self, number: int, words: Mapping[str, str]) -> frozenset[int]:
        """What the second words mean, of those pairs whose first one means this pathway."""
        found = (self.meant(other) for word, other in words.items() if self.meant(word).get(number, 0.0) > SURELY)
        return frozenset(n for meant in found for n, share in meant.items() if share > SURELY)

    def meant(self, name: str) -> dict[int, float]:
        """Number of a pathway -> how strongly (0 to 1) it is named by a text that is itself a name."""
        return {self.lattice.number[id_]: share for id_, share in self.spellings.meant(name).items()}

    def wording(self, text: str, proteins: Sequence[str]) -> Wording:
        """The parts of a sentence that could be names, without the proteins it is about."""
        if not text:
            return Wording((), ())
        out = frozenset().union(*map(self._calling, proteins))
        return self.spellings.wording(without_long_forms(text, self._short_forms), leave_out=out)

    def named(self, wording: Wording) -> dict[int, float]:
        """Number of a pathway -> how strongly a sentence with this wording names it."""
        return {self.lattice.number[id_]: share for id_, share in self.spellings.named(wording).items()}

    @lru_cache(maxsize=50_000)  # noqa: B019 (one instance lives as long as its job)
    def named_after(self, protein: str) -> "Numbers":
        """The pathways of the backbone that are named after a protein, whether or not it takes part in them."""
        called = self.lattice.reference.members.called.get(protein, ())
        return np.array(self._eponyms.after(words_for(protein, called)), dtype=np.int64)

    def named_after_said(self, wording: Wording) -> "Numbers":
        """The pathways of the backbone that are named after a protein that a sentence mentions."""
        named = (self._by_name[word] for word in wording.words if word in self._by_name)
        return np.array(sorted(frozenset().union(*named)), dtype=np.int64)

    def heads(self, wording: Wording) -> "Numbers":
        """The pathways that have a word of a sentence nearly to themselves, except modifications."""
        found = {self.lattice.number[head] for word in wording.words if (head := self.spellings.heads.get(word))}
        return np.array(sorted(number for number in found if not self.modifies[number]), dtype=np.int64)

    @lru_cache(maxsize=50_000)  # noqa: B019
    def _calling(self, protein: str) -> frozenset[str]:
        """The words that name a protein."""
        called = self.lattice.reference.members.called.get(protein, ())
        return frozenset(word for name in (protein, *called) for word in tokens(name))
