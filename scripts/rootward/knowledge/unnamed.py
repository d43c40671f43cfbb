"""Cells that hold no name of a protein at all: words for "missing", numbers, and the dates spreadsheets make."""

import re
from collections.abc import Iterable

# As R, pandas, spreadsheets, SQL and people write that there is nothing (pandas.io.parsers' na_values among them).
_WORDS = """
    na n/a n.a. n.a nan -nan nil null none nul void empty missing unknown undefined unspecified unmapped unassigned
    #n/a #na #null! #ref! #value! #name? #div/0! #num! <na> <null> <none> (null) (none) [null] na_character_ tbd
    not_available not_applicable notavailable no_value novalue no_gene no_name noname blank not_found notfound no_match
    1.#ind 1.#qnan -1.#ind -1.#qnan
"""
_MISSING = frozenset(_WORDS.split())
_LOGICAL = frozenset(["true", "false", "yes", "no"])
_NOTHING = re.compile(r"[\W_]*")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?\s*%?", re.IGNORECASE)

_YEAR = """january february march april may june july august september october november december"""
_LONG = _YEAR.split()
MONTHS = [month[:3] for month in _LONG]
# The symbols that spreadsheets take for dates begin with a month in English, whole or cut (Zeeberg et al. 2004,
# doi:10.1186/1471-2105-5-80; Ziemann et al. 2016, doi:10.1186/s13059-016-1044-7).
_BEGINNINGS = {"mar": ("march", "marc", "mar"), "sep": ("sept", "sep"), "apr": ("apr", "april"), "jun": ("jun", "june")}
_MONTH = "|".join([*_LONG, "sept", *MONTHS])
_DAY_MONTH = re.compile(rf"(\d{{1,2}})[-/. ]({_MONTH})(?:[-/. ](?:\d{{2}}|\d{{4}}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"({_MONTH})[-/. ](\d{{1,2}}|\d{{4}})", re.IGNORECASE)
_ISO = re.compile(r"(?:19|20)\d\d[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:19|20)?\d\d(?: \d{1,2}:\d\d(?::\d\d)?)?")


def is_missing(name: str) -> bool:
    """Whether a cell (plain, see `spelling`) says that there is nothing."""
    return name == "NaT" or _NOTHING.fullmatch(name) is not None or re.sub(r"\s+", "_", name.casefold()) in _MISSING


def is_logical(name: str) -> bool:
    """Whether a cell is TRUE or FALSE."""
    return name.casefold() in _LOGICAL


def is_number(name: str) -> bool:
    """Whether a cell is a number."""
    return _NUMBER.fullmatch(name) is not None


def dated(name: str) -> list[str] | None:
    """The symbols that a spreadsheet may have made this date of, in lower case (`5-Sep`: sept5, sep5); None when it is
    no date. Whether there ever were such symbols, a reference must say.
    """
    if found := _DAY_MONTH.fullmatch(name):
        return _symbols([(int(found[1]), found[2].casefold()[:3])])
    if found := _MONTH_DAY.fullmatch(name):
        return _symbols([(int(found[2][-2:]), found[1].casefold()[:3])])
    if found := _ISO.fullmatch(name):
        return _symbols(_numeric(int(found[1]), int(found[2])))
    if found := _NUMERIC.fullmatch(name):
        return _symbols([*_numeric(int(found[1]), int(found[2])), *_numeric(int(found[2]), int(found[1]))])
    return None


def _numeric(month: int, day: int) -> list[tuple[int, str]]:
    return [(day, MONTHS[month - 1])] if 1 <= month <= 12 else []


def _symbols(dates: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{name}{day}" for day, month in dates for name in _BEGINNINGS.get(month, (month,))]
