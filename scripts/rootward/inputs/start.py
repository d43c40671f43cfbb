"""How a file begins: what its format is detected from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rootward.inputs import delimited, text


@dataclass(frozen=True)
class Start:
    """raw: the first bytes of a file, unpacked."""

    raw: bytes

    @cached_property
    def shown(self) -> str:
        """The bytes as text, from the first that is no white space."""
        return self.raw.decode("utf-8-sig", "replace").lstrip()

    @property
    def is_json(self) -> bool:
        """Whether it begins as an object or an array does."""
        return self.shown[:1] in ("{", "[")

    @cached_property
    def first_line(self) -> str:
        """The first line that is not blank."""
        return text.first_line(self.raw)

    @cached_property
    def headers(self) -> list[set[str]]:
        """The first line as the folded cells of a header, under each delimiter."""
        line = self.first_line
        return [set(delimited.folded(delimited.split(line, mark))) for mark in ("\t", ";", ",", " ") if mark in line]

    def has_columns(self, wanted: Iterable[str]) -> bool:
        """Whether a header names all of the wanted columns (folded)."""
        columns = set(wanted)
        return any(columns <= header for header in self.headers)
