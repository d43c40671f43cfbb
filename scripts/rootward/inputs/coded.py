"""Numbers for values: a column of very many cells as numbers of its few different ones."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np

_REMEMBERED = 2_000_000  # raw cells of a column whose number is remembered


class Problem(str):
    """Why a value cannot be used."""


class Coded(dict[Hashable, int]):
    """Raw value -> number of what `take` makes of it, from 0; a value that `take` calls a Problem has a number < 0.

    Look values up with `[]`: what is new is taken then. `meanings` holds what the numbers stand for.
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

    def problem(self, number: int) -> str:
        """What is wrong with the value of a negative number."""
        return self.problems[-1 - number]
