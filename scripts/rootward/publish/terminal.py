"""Text on a terminal: its width, shortening, removal of control characters, and colours where they are wanted."""

import os
import unicodedata
from collections.abc import Mapping
from typing import TextIO

WIDTH = 80
ASCII = {"…": "...", "×": "x", "–": "-", "—": "-", "’": "'", "·": "-", "→": "->"}
STYLES = {"plain": "", "bold": "1", "dim": "2", "green": "32", "yellow": "33", "red": "31"}


def plain(text: str) -> str:
    """The text without control and formatting characters, which could move the cursor or change colours."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") else letter for letter in text)


def counted(number: int, words: str) -> str:
    """`2 rows rejected`; for one thing, the first word is in the singular."""
    first, space, rest = words.partition(" ")
    if number == 1:
        first = f"{first[:-3]}y" if first.endswith("ies") else first.removesuffix("s")
    return f"{number:,} {first}{space}{rest}"


def columns(text: str) -> int:
    """How many columns a terminal needs for a text: none for combining marks, two for wide letters."""
    return sum(map(_column, text))


def _column(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def shortened(text: str, room: int) -> str:
    """The text, or as much of it as fits into `room` columns with an ellipsis."""
    if columns(text) <= room:
        return text
    kept, used = "", 0
    for letter in text:
        used += _column(letter)
        if used > room - 1:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def wants_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write colours: only to a terminal, and not if NO_COLOR is set (no-color.org) or the terminal has
    none.
    """
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def styled(text: str, style: str, coloured: bool) -> str:
    """The text in a style of STYLES, or unchanged."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if coloured and STYLES[style] else text


def spelled(text: str, stream: TextIO) -> str:
    """The text in letters that the encoding of a stream has; other letters become the nearest in ASCII, or a question
    mark.
    """
    encoding = getattr(stream, "encoding", None) or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(letter if _fits(letter, encoding) else ASCII.get(letter, "?") for letter in text)
    return text


def _fits(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
