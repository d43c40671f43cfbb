"""Human Reactome without its disease branch, and the spellings of a pathway's name."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

FILLER = frozenset(("signaling", "signalling", "pathway", "of", "by", "the"))


@lru_cache(maxsize=100_000)
def loose(name: str) -> str:
    """The form in which two spellings of one pathway are equal.

    Lower case, without filler words, and with "X regulation" read as "Regulation of X": it undoes every
    variant that `variants_of` writes, so that noise tests the client's merging and not this server's memory.
    """
    words = [word for word in name.casefold().split() if word not in FILLER]
    if words and words[-1] == "regulation":
        words = ["regulation", *words[:-1]]
    return " ".join(words)


def variants_of(name: str) -> list[str]:
    """Other spellings a model might use for the name."""
    variants = [name.lower() if name != name.lower() else name.title()]
    if not name.lower().endswith("pathway"):
        variants.append(f"{name} pathway")
    if "signaling" in name.lower():
        variants.append(name.replace("ignaling", "ignalling"))
    elif "signalling" in name.lower():
        variants.append(name.replace("ignalling", "ignaling"))
    if match := re.fullmatch(r"Regulation of (.)(.+)", name):
        variants.append(f"{match[1].upper()}{match[2]} regulation")
    elif match := re.fullmatch(r"(.+) regulation", name):
        variants.append(f"Regulation of {match[1]}")
    return variants


class Reference:
    """The Reactome tables as plain dicts, read at the first question. Pathways are known by their ids."""

    def __init__(self, directory: Path, with_synonyms: bool = False) -> None:
        self.directory = directory
        self.with_synonyms = with_synonyms

    def _columns(self, table: str, *columns: str) -> Iterable[tuple[Any, ...]]:
        import pyarrow.parquet  # here, because starting the server and importing FakeGemini need no pyarrow

        read = pyarrow.parquet.read_table(self.directory / f"{table}.parquet", columns=list(columns))
        return zip(*(read.column(name).to_pylist() for name in columns), strict=True)

    @cached_property
    def names(self) -> dict[str, str]:
        """Id to name, in the order of the ids."""
        rows = self._columns("pathways", "id", "name", "is_disease")
        return dict(sorted((id_, name) for id_, name, is_disease in rows if not is_disease))

    @cached_property
    def parents(self) -> dict[str, list[str]]:
        return self._links("child", "parent")

    @cached_property
    def children(self) -> dict[str, list[str]]:
        return self._links("parent", "child")

    def _links(self, source: str, target: str) -> dict[str, list[str]]:
        links = defaultdict(list)
        for one, other in sorted(self._columns("relations", source, target)):
            if one in self.names and other in self.names:
                links[one].append(other)
        return dict(links)

    @cached_property
    def _ids_by_name(self) -> dict[str, str]:
        """Case-folded and loose names to ids; an exact name wins over a loose one, a name over a synonym, a low id over
        a high.
        """
        ids: dict[str, str] = {}
        for spelled in ({id_: [name] for id_, name in self.names.items()}, self.synonyms):
            for key in (str.casefold, loose):
                for id_, names in spelled.items():
                    for name in names:
                        ids.setdefault(key(name), id_)
        return ids

    @cached_property
    def synonyms(self) -> dict[str, list[str]]:
        """Id to its other names, in the order of the ids; only of a reference whose synonyms are used as variants."""
        if not self.with_synonyms:
            return {}
        rows = self._columns("pathways", "id", "aliases")
        return {id_: list(aliases) for id_, aliases in sorted(rows) if aliases and id_ in self.names}

    def key(self, name: str) -> str:
        """What two names of one pathway share: its id, or their loose form where the reference does not know them."""
        return (self.with_synonyms and self.find(name)) or loose(name)

    def is_same(self, one: str, other: str) -> bool:
        """Whether two names are names of one pathway."""
        return self.key(one) == self.key(other)

    def variants_of(self, name: str) -> list[str]:
        """Other names for a pathway that a model might use: its own synonyms where they are used, else spellings."""
        return self.synonyms.get(self.find(name) or "", []) if self.with_synonyms else variants_of(name)

    @cached_property
    def spellings(self) -> frozenset[str]:
        return frozenset(self.names.values())

    @cached_property
    def pathways_of_symbol(self) -> dict[str, list[str]]:
        """Upper-case symbol to the ids of its lowest-level pathways, in order."""
        of_accession = defaultdict(set)
        for accession, pathway in self._columns("protein_pathway", "uniprot", "pathway_id"):
            if pathway in self.names:
                of_accession[accession].add(pathway)
        of_symbol = defaultdict(set)
        for accession, symbol in self._columns("proteins", "uniprot", "symbol"):
            if symbol and accession in of_accession:
                of_symbol[symbol.upper()] |= of_accession[accession]
        return {symbol: sorted(pathways) for symbol, pathways in of_symbol.items()}

    def find(self, name: str) -> str | None:
        """The id of a pathway, by name without regard to case, else by its loose form."""
        return self._ids_by_name.get(name.casefold()) or self._ids_by_name.get(loose(name))

    def ancestors(self, id_: str | None) -> list[str]:
        """All ids above, the nearest first."""
        return self._reached(id_, self.parents)

    def descendants(self, id_: str | None) -> list[str]:
        """All ids below, the nearest first."""
        return self._reached(id_, self.children)

    @staticmethod
    def _reached(id_: str | None, links: dict[str, list[str]]) -> list[str]:
        seen, queue = {id_: None}, deque([id_])
        while queue:
            for other in links.get(queue.popleft(), ()):
                if other not in seen:
                    seen[other] = None
                    queue.append(other)
        return list(seen)[1:]
