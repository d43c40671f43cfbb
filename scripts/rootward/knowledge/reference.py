"""Reactome and GO as one graph: pathways, their relations, and which proteins take part in them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from rootward.knowledge.graph import Pathway, further_parents, merged
from rootward.knowledge.members import Members
from rootward.knowledge.names import content_words, gist, normalise
from rootward.knowledge.sources import read_source


class Reference:
    """The references as one graph, with look-ups by name and by protein.

    The first folder is the backbone: its names and its top-level pathways apply. If an entry of another reference is
    the same as a backbone pathway, its names and proteins are added to that one. Other entries stay under their own
    parents, skipping those too general to be an answer, up to a backbone pathway.

    Raises UserError if a folder does not have the tables.
    """

    def __init__(self, folders: str | Path | Sequence[str | Path]):
        self.folders = [folders] if isinstance(folders, str | Path) else list(folders)
        self._sources = [read_source(folder) for folder in self.folders]
        self.pathways: dict[str, Pathway] = merged(self._sources)
        self.read_members: Callable[[], Members] = lambda: Members(self._sources, self.pathways)

    def index(self) -> None:
        """Build now what is otherwise built when first needed, and release what it was built from."""
        _ = self._by_name, self._by_alias, self._by_gist, self._by_word
        _ = self.backbone, self.further_parents, self.sizes
        self._sources = []

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the members, which are many and which few steps need."""
        return {name: value for name, value in self.__dict__.items() if name not in ("members", "read_members")}

    # --- by name ---

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {normalise(p.name): p.id for p in self.pathways.values()}

    @cached_property
    def _by_alias(self) -> dict[str, str | None]:
        return _unique((normalise(alias), p.id) for p in self.pathways.values() for alias in p.aliases)

    @cached_property
    def _by_gist(self) -> dict[str, str | None]:
        return _unique((gist(p.name), p.id) for p in self.pathways.values())

    def find(self, name: str) -> tuple[Pathway, str] | None:
        """The pathway of a name and how it was found: `exact`, `alias`, or `gist` (if only one pathway has it)."""
        folded = normalise(name)
        # Each table is built only if the one before has no match: most names are found in the first.
        if found := self._by_name.get(folded):
            return self.pathways[found], "exact"
        if found := self._by_alias.get(folded):
            return self.pathways[found], "alias"
        if found := self._by_gist.get(gist(name)):
            return self.pathways[found], "gist"
        return None

    def broader_by_words(self, name: str) -> Pathway | None:
        """The pathway with the longest name whose content words are a proper subset of the given name's, if any."""
        words = set(content_words(name))
        fitting = {id_ for word in words for id_ in self._by_word.get(word, ()) if self._words[id_] < words}
        if not fitting:
            return None
        best = min(fitting, key=lambda id_: (-len(self._words[id_]), -self.pathways[id_].depth, id_))
        return self.pathways[best]

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {p.id: frozenset(content_words(p.name)) for p in self.pathways.values()}

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        return _inverted(self._words)

    # --- by place in the graph ---

    @cached_property
    def backbone(self) -> frozenset[str]:
        """The ids of the first reference's pathways."""
        return frozenset(entry.id for entry in self._sources[0].entries)

    @cached_property
    def further_parents(self) -> dict[str, list[str]]:
        """Pathway of the backbone -> its parents in another reference (see `ancestors` for its own)."""
        return further_parents(self.pathways, self._sources)

    def ancestors(self, pathway_id: str) -> frozenset[str]:
        """A pathway's ancestors over all its parents, itself included."""
        known = self._ancestors.get(pathway_id)
        if known is None:
            known = frozenset({pathway_id}).union(*(self.ancestors(p) for p in self.pathways[pathway_id].parents))
            self._ancestors[pathway_id] = known
        return known

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        return {}

    def lineage(self, pathway_id: str) -> list[str]:
        """The ids from a pathway up to its top-level pathway, following first parents."""
        line = [pathway_id]
        while parents := self.pathways[line[-1]].parents:
            line.append(parents[0])
        return line

    def above_all(self, pathway_id: str) -> frozenset[str]:
        """A pathway and everything above it, including its parents in other references."""
        known = self._above_all.get(pathway_id)
        if known is None:
            seen, waiting = {pathway_id}, [pathway_id]
            while waiting:
                here = waiting.pop()
                new = {*self.pathways[here].parents, *self.further_parents.get(here, ())} - seen
                seen |= new
                waiting += new
            known = self._above_all[pathway_id] = frozenset(seen)
        return known

    @cached_property
    def _above_all(self) -> dict[str, frozenset[str]]:
        return {}

    # --- by protein ---

    @cached_property
    def members(self) -> Members:
        """Which proteins take part in its pathways; read when first needed."""
        return self.read_members()

    @cached_property
    def sizes(self) -> Counter[str]:
        """Number of proteins (symbols) that take part in each pathway, at it or below."""
        above = (frozenset().union(*map(self.ancestors, ids)) for ids in self.members.direct.values())
        return Counter(id_ for one in above for id_ in one)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """key -> value; None for a key with several values, because ambiguous keys are not found."""
    table: dict[str, str | None] = {}
    for key, value in pairs:
        table[key] = value if table.get(key, value) == value else None
    return table


def _inverted(words: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for id_ in sorted(words):
        for word in words[id_]:
            table.setdefault(word, []).append(id_)
    return table
