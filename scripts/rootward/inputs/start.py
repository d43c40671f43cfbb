"""The beginning of a file, from which its format is detected."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rootward.inputs import delimited, text

_FLAT = re.compile(r"\[?\s*\{[^{}]*")
_KEY = re.compile(r'"([^"\\]*)"\s*:')


@dataclass(frozen=True)
class Start:
    """raw: the first bytes of a file, unpacked."""

    raw: bytes

    @cached_property
    def shown(self) -> str:
        """The bytes as text, from the first character that is not white space."""
        return self.raw.decode("utf-8-sig", "replace").lstrip()

    @property
    def is_json(self) -> bool:
        """Whether it begins like a JSON object or array."""
        return self.shown[:1] in ("{", "[")

    @cached_property
    def first_line(self) -> str:
        """The first line that is not blank."""
        return text.first_line(self.raw)

    @cached_property
    def keys(self) -> list[str]:
        """The keys of a flat JSON object, or of the first one in an array, as far as they are in these bytes."""
        found = _FLAT.match(self.shown)
        return _KEY.findall(found[0]) if found else []

    @cached_property
    def headers(self) -> list[set[str]]:
        """The first line as the folded cells of a header, under each delimiter."""
        line = self.first_line
        return [set(delimited.folded(delimited.split(line, mark))) for mark in ("\t", ";", ",", " ") if mark in line]

    def has_columns(self, wanted: Iterable[str]) -> bool:
        """Whether a header names all of the wanted columns (folded)."""
        columns = set(wanted)
        return any(columns <= header for header in self.headers)
