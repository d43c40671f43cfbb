"""The forms in which one pathway is written that letters alone do not bring together: an acronym beside what it stands
for, a name with and without what it carries in brackets, the same words in other forms.

Two names that share a form may be one pathway; whether they are is a question.
"""

import re

from rootward.knowledge.names import content_words
from rootward.knowledge.stems import stem

_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]")
_ABBREVIATION = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z0-9]{1,7}")
_LETTERED = re.compile(r"[A-Za-z]+")
_UNSPOKEN = frozenset(["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "the", "to", "via"])
_PATHWAY = frozenset(["pathway", "pathways", "signaling", "signalling"])
FEWEST = 3  # words that an acronym is made of


def spellings(name: str) -> list[str]:
    """A name, and where it has brackets the name without them and what stands in them."""
    inside = _BRACKETED.findall(name)
    return [name, _BRACKETED.sub("", name).strip(), *inside] if inside else [name]


def stemmed(name: str) -> str:
    """The content words without their endings, in the order of the alphabet; empty where nothing is left."""
    return " ".join(sorted({stem(word) for word in content_words(name)}))


def abbreviation(name: str) -> str | None:
    """The one abbreviation that a name consists of ("ERAD", "ERAD pathway"), in capitals."""
    words = [word for word in name.split() if word.casefold() not in _PATHWAY]
    return words[0].upper() if len(words) == 1 and _ABBREVIATION.fullmatch(words[0]) else None


def initials(name: str) -> str | None:
    """The acronym of a name of at least three words ("Endoplasmic Reticulum-Associated Degradation": ERAD)."""
    words = [word for word in _LETTERED.findall(name) if word.casefold() not in _UNSPOKEN | _PATHWAY]
    return "".join(word[0] for word in words).upper() if len(words) >= FEWEST else None
