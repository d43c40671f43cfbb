"""Errors shown to the user when a run cannot continue: one line, never a traceback."""

import difflib
import logging
import sys
from collections.abc import Iterable

log = logging.getLogger("rootward")


class UserError(Exception):
    """Something the user can fix: `where: what is wrong; the nearest right thing`, in one line."""

    def __str__(self) -> str:
        return " ".join(super().__str__().split())


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """`; did you mean X?` for the nearest known word, or nothing when none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {prefix}{near[0]}?" if near else ""


def tell(message: str) -> None:
    """Report something to the user in one line, on screen and in the step's log, while the run continues."""
    log.warning("%s", message)
    print(f"rootward: {message}", file=sys.stderr)
