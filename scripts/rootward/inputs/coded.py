"""Encodes values as numbers: a very long column becomes numbers of its few distinct values."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np

_REMEMBERED = 2_000_000  # raw cells of a column whose number is cached


class Problem(str):
    """Why a value cannot be used."""


class Coded(dict[Hashable, int]):
    """Raw value -> number of the result of `take`, from 0; a value for which `take` returns a Problem has a number < 0.

    Look values up with `[]`; new values are passed to `take`. `meanings` has the results by number.
    """

    def __init__(self, take: Callable[[Any], Hashable], *known: Hashable):
        super().__init__()
        self._take = take
        self.meanings: list[Any] = list(known)
        self.problems: list[str] = []
        self._number: dict[Hashable, int] = {value: number for number, value in enumerate(known)}

    def __missing__(self, raw: Hashable) -> int:
        taken = self._take(raw)
        if isinstance(taken, Problem):
            number = self._number.setdefault((Problem, taken), -1 - len(self.problems))
            if number == -1 - len(self.problems):
                self.problems.append(taken)
        else:
            number = self._number.setdefault(taken, len(self.meanings))
            if number == len(self.meanings):
                self.meanings.append(taken)
        if len(self) < _REMEMBERED:
            self[raw] = number
        return number

    def column(self, raw: Iterable[Hashable], length: int) -> np.ndarray:
        """The numbers of a column."""
        return np.fromiter(map(self.__getitem__, raw), np.int32, length)

    def forget(self) -> None:
        """Free the memory of the look-ups, when all values have been encoded."""
        self.clear()
        self._number.clear()

    def problem(self, number: int) -> str:
        """The problem of a value with a negative number."""
        return self.problems[-1 - number]
