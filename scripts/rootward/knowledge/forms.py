"""The forms of a pathway name that letters alone do not connect: an acronym and its long form, a name with and without
its brackets, the same words in other inflections.

Two names that share a form may be the same pathway, so they are asked about.
"""

import re

from rootward.knowledge.names import content_words
from rootward.knowledge.stems import stem

_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]")
_ABBREVIATION = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z0-9]{1,7}")
_LETTERED = re.compile(r"[A-Za-z]+")
_UNSPOKEN = frozenset(["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "the", "to", "via"])
_PATHWAY = frozenset(["pathway", "pathways", "signaling", "signalling"])
FEWEST = 3  # the minimum number of words of an acronym


def spellings(name: str) -> list[str]:
    """A name; if it has brackets, also the name without them, and their content."""
    inside = _BRACKETED.findall(name)
    return [name, _BRACKETED.sub("", name).strip(), *inside] if inside else [name]


def stemmed(name: str) -> str:
    """The content words without their endings, in alphabetical order; empty if none is left."""
    return " ".join(sorted({stem(word) for word in content_words(name)}))


def abbreviation(name: str) -> str | None:
    """The one abbreviation that a name consists of ("ERAD", "ERAD pathway"), in capitals."""
    words = [word for word in name.split() if word.casefold() not in _PATHWAY]
    return words[0].upper() if len(words) == 1 and _ABBREVIATION.fullmatch(words[0]) else None


def initials(name: str) -> str | None:
    """The acronym of a name of at least three words ("Endoplasmic Reticulum-Associated Degradation": ERAD)."""
    words = [word for word in _LETTERED.findall(name) if word.casefold() not in _UNSPOKEN | _PATHWAY]
    return "".join(word[0] for word in words).upper() if len(words) >= FEWEST else None
