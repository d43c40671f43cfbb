"""Finds the full names of proteins in a sentence, because their words also occur in pathway names: "B-cell lymphoma 2
(BCL-2)".

A sentence with a full name gives the short form in brackets after it; the long form is found backwards from there,
letter by letter (the method of Schwartz and Hearst 2003, Pac Symp Biocomput 8:451).
"""

import re
from collections.abc import Iterable

_SHORT = re.compile(r"\s*\(([A-Za-z][A-Za-z0-9/-]{1,9})\)")
_LETTERS = re.compile(r"[^a-z0-9]")


def folded(name: str) -> str:
    """A protein's name without case and punctuation, so that BCL-2 matches BCL2."""
    return _LETTERS.sub("", name.casefold())


def without_long_forms(text: str, proteins: frozenset[str]) -> str:
    """A text without the full names of proteins; `proteins` has their short names, `folded`."""
    kept, at = [], 0
    for found in _SHORT.finditer(text):
        if folded(found[1]) in proteins:
            start = _start(text[at : found.start()], found[1])
            kept += [text[at : at + start], " "] if start is not None else [text[at : found.start()]]
            at = found.start()
    return "".join([*kept, text[at:]])


def _start(before: str, short: str) -> int | None:
    """Where the long form begins in the text before its brackets: it contains the letters of the short form in order,
    the first one at the start of a word, and has no more words than the letters allow.
    """
    place = len(before)
    letters = folded(short)
    for n, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and not (
            before[place].casefold() == letter and (n > 0 or place == 0 or not before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    words = len(re.findall(r"[A-Za-z0-9]+", before[place:]))
    return place if words <= min(len(letters) + 5, 2 * len(letters)) else None


def short_forms(names: Iterable[str]) -> frozenset[str]:
    """The names that `without_long_forms` looks for in brackets."""
    return frozenset(folded(name) for name in names if " " not in name)
