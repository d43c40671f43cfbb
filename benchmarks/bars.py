"""Figures beside their bars, for all benchmarks: what is missed is printed, and makes the exit code 1."""

import sys
from typing import NoReturn


class Bars:
    """The bars of one benchmark. `most` and `least` print a figure and remember whether it was missed; `end` ends."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def most(self, what: str, figure: float, bar: float, *, unit: str = "", note: str = "") -> None:
        """A figure that may be at most `bar`."""
        self._show(what, figure, bar=f"at most {_number(bar)}", is_met=figure <= bar, unit=unit, note=note)

    def least(self, what: str, figure: float, bar: float, *, unit: str = "", note: str = "") -> None:
        """A figure that must be at least `bar`."""
        self._show(what, figure, bar=f"at least {_number(bar)}", is_met=figure >= bar, unit=unit, note=note)

    def _show(self, what: str, figure: float, bar: str, is_met: bool, unit: str, note: str) -> None:
        verdict = "ok" if is_met else "MISSED"
        print(f"  {what:40s} {_number(figure):>9s} {unit:3s} {bar} {unit:3s} {verdict:6s} {note}".rstrip(), flush=True)
        if not is_met:
            self.missed.append(what)

    def end(self) -> NoReturn:
        """End the program: with exit code 1 when a bar was missed."""
        sys.exit(f"missed: {', '.join(self.missed)}" if self.missed else 0)


def _number(figure: float) -> str:
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.2f}"
