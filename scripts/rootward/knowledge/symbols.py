"""The tables for looking up names: symbols, aliases, identifiers, and the names of things that are not proteins.

Only proteins.parquet is required; identifiers.parquet and names.parquet add to it. Tables of other spellings are built
when first needed: most files need none of them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from rootward.knowledge import spelling

_STEM = re.compile(r"([A-Z0-9]+[A-Z])[0-9]+[A-Z]?")  # a single letter is not the name of a family


class Symbols:
    """The reference's symbols, and everything that leads to them. For folded and loose keys see `spelling`."""

    def __init__(self, folder: str | Path):
        self._folder = Path(folder)
        self.accessions: dict[str, list[str]] = defaultdict(list)
        self.by_accession: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, str] = {}  # symbol -> full name ("tumor protein p53")
        aliases: list[tuple[str, str]] = []
        for uniprot, symbol, name, synonyms in self._rows("proteins", ("uniprot", "symbol", "name", "synonyms")):
            self.accessions[symbol].append(uniprot)
            self.by_accession[uniprot].append(symbol)
            self._names[symbol] = name
            aliases += [(alias, symbol) for alias in (synonyms or "").split("|") if alias]
        self.symbol = dict(zip(spelling.each(spelling.fold, self.accessions), self.accessions, strict=True))
        self._aliases = aliases

    def _rows(
        self, table: str, columns: tuple[str, ...], only: tuple[str, str, str] | None = None
    ) -> Iterable[tuple[str, ...]]:
        import pyarrow.parquet as pq

        path = self._folder / f"{table}.parquet"
        if not path.exists() and table != "proteins":
            return ()
        there = [column for column in columns if column in pq.read_schema(path).names]
        read = pq.read_table(path, columns=there, filters=[only] if only else None)
        absent = [""] * read.num_rows
        cells = [read[column].to_pylist() if column in there else absent for column in columns]
        return zip(*cells, strict=True)

    def identifiers(self, space: str) -> dict[str, list[str]]:
        """Identifier -> symbols or accessions, of one namespace."""
        if space not in self._spaces:
            found: dict[str, list[str]] = defaultdict(list)
            for identifier, target in self._rows(
                "identifiers", ("identifier", "target"), only=("namespace", "=", space)
            ):
                found[identifier].append(target)
            self._spaces[space] = dict(found)
        return self._spaces[space]

    @cached_property
    def _spaces(self) -> dict[str, dict[str, list[str]]]:
        return {}

    @cached_property
    def alias(self) -> dict[str, set[str]]:
        """Folded alias -> symbols."""
        return _keyed(spelling.fold, self._aliases)

    @cached_property
    def previous(self) -> dict[str, set[str]]:
        """Folded previous symbol -> symbols."""
        return _keyed(spelling.fold, self._former)

    @property
    def _former(self) -> list[tuple[str, str]]:
        return [(name, symbol) for name, symbols in self.identifiers("previous").items() for symbol in symbols]

    @cached_property
    def full(self) -> dict[str, set[str]]:
        """Words of a full name, in alphabetical order -> symbols."""
        found: dict[str, set[str]] = defaultdict(set)
        for symbol, name in self._names.items():
            found[spelling.words(name or "")].add(symbol)
        return found

    @cached_property
    def loose(self) -> dict[str, set[str]]:
        """Any spelling of an alias or previous symbol -> symbols; if it is a symbol itself, only that one."""
        called = [*self._aliases, *self._former]
        found = _keyed(spelling.lettered, called)
        for key, symbols in _keyed(spelling.squeezed, called).items():
            found[key] |= symbols
        own = spelling.each(spelling.squeezed, self.accessions)
        return found | {key: {symbol} for key, symbol in zip(own, self.accessions, strict=True)}

    @cached_property
    def no_proteins(self) -> dict[str, tuple[str, str]]:
        """Name of something else, in its original case -> its kind and meaning (for a family, its members)."""
        return {name: (kind, means) for name, kind, means in self._rows("names", ("name", "kind", "means"))}

    @cached_property
    def no_proteins_folded(self) -> dict[str, str]:
        """Folded name of something else -> that name."""
        return dict(zip(spelling.each(spelling.fold, self.no_proteins), self.no_proteins, strict=True))

    @cached_property
    def no_proteins_loose(self) -> dict[str, str]:
        """Squeezed name of something else -> that name."""
        return dict(zip(spelling.each(spelling.squeezed, self.no_proteins), self.no_proteins, strict=True))

    @cached_property
    def stems(self) -> dict[str, list[str]]:
        """Folded stem -> the symbols that extend it by a number (HDAC: HDAC1 …), or extend a final number by a letter
        (STAT5: STAT5A, STAT5B).
        """
        found: dict[str, list[str]] = defaultdict(list)
        for symbol in sorted(self.accessions):
            if stem := _STEM.fullmatch(symbol):
                found[stem[1].casefold()].append(symbol)
            if symbol[-1].isalpha() and symbol[-2:-1].isdigit():
                found[symbol[:-1].casefold()].append(symbol)
        return found


def _keyed(form: Callable[[str], str], called: list[tuple[str, str]]) -> dict[str, set[str]]:
    """A form of each name -> the symbols it stands for."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, (_, symbol) in zip(spelling.each(form, [name for name, _ in called]), called, strict=True):
        found[key].add(symbol)
    return found
