"""The meaning of cells: PubMed ids, confidences and effects as people, R and spreadsheets write them."""

import re
from typing import NamedTuple

from rootward.errors import did_you_mean
from rootward.knowledge import unnamed, vocabulary

# A whole word of a cell that is a PubMed id: bare, after its database's name or address, or a number from a column of
# floats. Digits in a DOI or another identifier do not count.
_PMID = re.compile(
    r"(?:(?:PMID|PUBMED):?|(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"0*([1-9]\d{0,7})(?:\.0|/)?",
    re.IGNORECASE,
)
_BETWEEN_PMIDS = re.compile(r"[\s,;|\[\](){}'\"]+")
# One id of seven or eight digits, reformatted by a spreadsheet: 12,345,678; 12345678,0; 1.2345678E7.
_THOUSANDS = re.compile(r"\d{1,2}([,. '\u00a0\u202f])\d{3}\1\d{3}")
_PROSE = re.compile(r"\bet al\b|[A-Z][a-z]+,? (?:[A-Z]\.? ?)*\(?(?:19|20)\d\d\b")
_FLOAT = re.compile(r"(\d{1,8})[.,]0+")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?E\+?0*(\d)", re.IGNORECASE)
_BETWEEN_EFFECTS = re.compile(r"\s*[;|,/]\s*")

_SIGNED = re.compile(r"[-+]?\d.*")
_ARTICLE = re.compile(r"\b(?:PMC\d{3,9}\b|10\.\d{4,9}/[^\s;|,\"'\]]+)", re.IGNORECASE)


class Unread(str):
    """A cell with a value that could not be read."""


def pmids(cell: str) -> tuple[str, ...] | Unread:
    """The PubMed ids of a cell, sorted; Unread for a cell that is not empty and has no id."""
    word = cell.strip()
    if word.isascii() and word.isdigit() and len(word) <= 8:  # most cells
        return (word.lstrip("0"),) if word.strip("0") else ()
    if _THOUSANDS.fullmatch(word):
        return (re.sub(r"\D", "", word),)
    if found := _FLOAT.fullmatch(word):
        return () if not int(found[1]) else (found[1],)
    if found := _SCIENTIFIC.fullmatch(word):
        digits, exponent = (found[1] + (found[2] or "")).rstrip("0"), int(found[3])
        # A spreadsheet that shows fewer digits has lost the others.
        exact = digits and len(digits) >= exponent and exponent < 8
        return (digits.ljust(exponent + 1, "0"),) if exact else Unread(cell)
    found_ids = {found[1] for found in map(_PMID.fullmatch, _BETWEEN_PMIDS.split(word)) if found}
    if _PROSE.search(word):  # the year of `Smith et al. 2010`
        found_ids = {one for one in found_ids if len(one) > 4}
    if not found_ids and word.strip("0-") and not unnamed.is_missing(word):
        return Unread(cell)
    return tuple(sorted(found_ids))


def is_article(cell: str) -> bool:
    """Whether a cell can only be PubMed ids, all with at least five digits."""
    found = pmids(cell)
    return bool(found) and not isinstance(found, Unread) and all(len(one) > 4 for one in found)


def is_effect(cell: str) -> bool:
    """Whether a cell is a word for an effect, or the sign of one."""
    word = cell.strip()
    return word in ("1", "-1", "1.0", "-1.0", "0") if _SIGNED.fullmatch(word) else bool(_one(word))


def articles(cell: str) -> list[str]:
    """The ids of PubMed Central (PMC…) and the DOIs (doi:10.…) of a cell, sorted."""
    found = {_whole(one) for one in _ARTICLE.findall(cell)} if "." in cell or "MC" in cell.upper() else set()
    return sorted(f"doi:{one}" if one.startswith("10.") else one.upper() for one in found)


def _whole(found: str) -> str:
    """An id without the closing punctuation of its sentence or parentheses."""
    bare = found.rstrip(".")
    return bare.rstrip(")") if bare.count(")") > bare.count("(") else bare


def confidence(cell: str) -> float | Unread | None:
    """A number from 0 to 1, also in percent or with a decimal comma; None if there is none."""
    word = cell.strip().replace(",", ".")
    share = word.endswith("%")
    try:
        value = float(word.removesuffix("%")) / (100 if share else 1)
    except ValueError:
        return None if not word or unnamed.is_missing(word) else Unread(cell)
    if value != value:  # NaN, a word for missing
        return None
    return value if 0 <= value <= 1 else Unread(cell)


class Effect(NamedTuple):
    """An effect of the vocabulary, the mechanism named by its word, and a note about the word."""

    effect: str
    mechanism: str = ""
    note: str = ""


def effect(cell: str) -> Effect:
    """The effect in a cell. If several words agree, it is one effect; an unknown word, or contradictory words, leave it
    unknown, with a note.
    """
    word = cell.strip()
    told = _one(word)
    if told:
        return told
    parts = [part for part in _BETWEEN_EFFECTS.split(word) if part]
    known = [found for part in parts if (found := _one(part))]
    if len(parts) > 1 and len(known) == len(parts):
        effects = {found.effect for found in known} - {"unknown"}
        mechanism = "; ".join(sorted({found.mechanism for found in known} - {""}))
        if len(effects) == 1:
            return Effect(effects.pop(), mechanism)
        if not effects:
            return Effect("unknown", mechanism)
        if len(signs := {one.partition("-")[0] for one in effects}) == 1 and "form complex" not in effects:
            return Effect(f"{signs.pop()}-regulates", mechanism)
        return Effect("unknown", mechanism, note=f"effects that contradict each other: '{word:.60}'")
    near = did_you_mean(word.casefold(), vocabulary.EFFECTS)
    return Effect("unknown", "", note=f"unknown effect '{word:.60}'{near}")


def _one(word: str) -> Effect | None:
    if found := vocabulary.effect(word):
        return Effect(found, vocabulary.mechanism_of(word) if found == "unknown" else "")
    try:
        sign = float(word.replace(",", "."))
    except ValueError:
        mechanism = vocabulary.mechanism_of(word)
        return Effect(vocabulary.effect(mechanism) or "unknown", mechanism) if mechanism else None
    if sign != sign:
        return Effect("unknown")
    return Effect("up-regulates" if sign > 0 else "down-regulates" if sign < 0 else "unknown")
