"""Recognises cells that are not protein names: words for "missing", numbers, and dates made by spreadsheets."""

import re
from collections.abc import Iterable

# How R, pandas, spreadsheets, SQL and people mark missing values (including na_values of pandas.io.parsers).
_WORDS = """
    na n/a n.a. n.a nan -nan nil null none nul void empty missing unknown undefined unspecified unmapped unassigned
    #n/a #na #null! #ref! #value! #name? #div/0! #num! <na> <null> <none> (null) (none) [null] na_character_ tbd
    not_available not_applicable notavailable no_value novalue no_gene no_name noname blank not_found notfound no_match
    1.#ind 1.#qnan -1.#ind -1.#qnan \\n n/d n.d. nd not_detected not_determined no_data missing_value pd.na na_value
    no_symbol no_protein no_hit without_name inf +inf -inf infinity -infinity #n/a_n/a uncharacterized uncharacterised
    n.s. keine_angabe k.a. s/o
"""
_MISSING = frozenset(_WORDS.split())
_PHRASE = re.compile(
    r"(?:no|none|not|non|unknown|unnamed|missing|uncharacteri[sz]ed|n/?a)[ _-]\(?(?:no[ _])?(?:known[ _])?"
    r"(?:gene|protein|name"
    r"|symbol|id|identifier|hit|match|mapping|partner|interactor|target|identified|found|available|known|assigned|given"
    r"|specified|applicable|detected|determined|reported|annotated|listed|mapped|function)s?\)?",
    re.IGNORECASE,
)
# TRUE and FALSE, and words of a sentence, some of which are aliases (NOT is an alias of NR4A2).
_LOGICAL = frozenset(
    [
        "true",
        "false",
        "yes",
        "no",
        "not",
        "and",
        "or",
        "the",
        "of",
        "with",
        "for",
        "to",
        "in",
        "on",
        "by",
        "as",
        "at",
        "is",
        "was",
        "are",
        "be",
        "all",
        "any",
        "both",
        "other",
        "others",
        "same",
        "this",
        "that",
        "from",
        "than",
        "but",
        "via",
        "see",
    ]
)
_NOTHING = re.compile(r"[\W_]*")
_BETWEEN = re.compile(r"[;,|]")
_BRACKETS = "()[]<>{}'\""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?\s*%?", re.IGNORECASE)

_YEAR = """january february march april may june july august september october november december"""
_LONG = _YEAR.split()
MONTHS = [month[:3] for month in _LONG]
# Symbols that spreadsheets take for dates begin with an English month, complete or shortened (Zeeberg et al. 2004,
# doi:10.1186/1471-2105-5-80; Ziemann et al. 2016, doi:10.1186/s13059-016-1044-7).
_BEGINNINGS = {"mar": ("march", "marc", "mar"), "sep": ("sept", "sep"), "apr": ("apr", "april"), "jun": ("jun", "june")}
# Months that spreadsheets in other languages write differently (the first letters of short and long forms in German,
# French, Spanish, Italian, Portuguese and Dutch).
_ELSEWHERE = {
    "mar": "märz mär mrz mars marzo março maart mrt",
    "apr": "avril avr abril abr aprile",
    "jun": "juni juin junio jun giugno giu junho",
    "sep": "septembre septiembre sept settembre set setembro",
    "oct": "oktober okt octobre octubre ottobre ott outubro out",
    "nov": "novembre noviembre novembro",
    "dec": "dezember dez décembre déc diciembre dic dicembre dezembro",
    "feb": "februar février févr fév febrero febbraio fevereiro fev februari",
    "may": "mai mayo maggio mag maio mei",
}
_MONTH_OF = {word: month for month, words in _ELSEWHERE.items() for word in words.split()}
_MONTH_OF |= {word: word[:3] for word in [*_LONG, "sept", *MONTHS]}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
# If the month comes first, exclude what is itself a symbol (SET-2, DIC-1, MARS-1).
_FIRST = "|".join(
    [*_LONG, "sept", *MONTHS, "märz", "mär", "mrz", "dezember", "dez", "décembre", "déc", "oktober", "okt"]
)
_DAY_MONTH = re.compile(rf"(\d{{1,2}})\.?[-/. ]({_MONTH})\.?(?:[-/. ](?:\d{{2}}|\d{{4}}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"({_FIRST})\.?[-/. ](\d{{1,2}}|\d{{4}})", re.IGNORECASE)
_EASTERN = re.compile(r"(?:\d{4}年)?(\d{1,2})[月월]\s?(\d{1,2})[日일]")
_ISO = re.compile(r"(?:19|20)\d\d[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:19|20)?\d\d(?: \d{1,2}:\d\d(?::\d\d)?)?")


def is_missing(name: str) -> bool:
    """Whether a cell (plain, see `spelling`) marks a missing value."""
    if name == "NaT" or _NOTHING.fullmatch(name) or _PHRASE.fullmatch(name) or _folded(name) in _MISSING:
        return True
    parts = _BETWEEN.split(name.strip(_BRACKETS))
    return all(_NOTHING.fullmatch(part) or _folded(part.strip()) in _MISSING for part in parts)


def _folded(word: str) -> str:
    return re.sub(r"\s+", "_", word.casefold())


def is_logical(name: str) -> bool:
    """Whether a cell is TRUE or FALSE, or a similar word."""
    return name.casefold() in _LOGICAL


def is_number(name: str) -> bool:
    """Whether a cell is a number."""
    return _NUMBER.fullmatch(name) is not None


def dated(name: str) -> list[str] | None:
    """The symbols that a spreadsheet may have turned into this date, in lower case (`5-Sep`: sept5, sep5); None if it
    is not a date. Whether these symbols ever existed has to be looked up in a reference.
    """
    if found := _DAY_MONTH.fullmatch(name):
        return _symbols([(int(found[1]), _MONTH_OF[found[2].casefold()])])
    if found := _MONTH_DAY.fullmatch(name):
        return _symbols([(int(found[2][-2:]), _MONTH_OF[found[1].casefold()])])
    if found := _EASTERN.fullmatch(name):
        return _symbols(_numeric(int(found[1]), int(found[2])))
    if found := _ISO.fullmatch(name):
        return _symbols(_numeric(int(found[1]), int(found[2])))
    if found := _NUMERIC.fullmatch(name):
        return _symbols([*_numeric(int(found[1]), int(found[2])), *_numeric(int(found[2]), int(found[1]))])
    return None


def _numeric(month: int, day: int) -> list[tuple[int, str]]:
    return [(day, MONTHS[month - 1])] if 1 <= month <= 12 else []


def _symbols(dates: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{name}{day}" for day, month in dates for name in _BEGINNINGS.get(month, (month,))]
