"""Compounds that some names write with a hyphen and others in one word: "cross-link", "crosslink"."""

import re
from collections.abc import Iterable, Mapping

from rootward.knowledge.names import tokens

HYPHENED = re.compile(r"\b[A-Za-z]{2,}-[A-Za-z]{2,}\b")


def compounds(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The hyphened form (see `one_word`) of each compound that some name writes in one word -> that word."""
    listed = [name for spelled in names.values() for name in spelled]
    whole = {word for name in listed for word in tokens(name)}
    written = {one_word(found[0]) for name in listed for found in HYPHENED.finditer(name)}
    return {word: word.replace("-", "") for word in written if not whole.isdisjoint(tokens(word.replace("-", "")))}


def one_word(hyphened: str) -> str:
    """A compound in lower case and in the singular."""
    return hyphened.casefold().removesuffix("s")
