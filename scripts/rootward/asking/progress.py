"""Progress of a step's questions: counts for the screen, and plain lines in the step's log."""

import logging
import time
from collections.abc import Callable

log = logging.getLogger("rootward")

LINE_EVERY = 30.0  # seconds between the lines


class Progress:
    """Counts towards a total; on_answers(n) is called with the number of new answers."""

    def __init__(self, what: str, total: int, on_answers: Callable[[int], None]):
        self._what, self._total, self._on_answers = what, total, on_answers
        self._done = 0
        self._started = self._said = time.monotonic()
        self._note = ""

    def advance(self, by: int = 1, note: str = "") -> None:
        """Count; `note` (hits, waiting) goes at the end of the line."""
        self._done += by
        self._note = note or self._note
        self._on_answers(by)
        now = time.monotonic()
        if now - self._said > LINE_EVERY:
            self._said = now
            self._log(now - self._started)

    def _log(self, seconds: float) -> None:
        rate = self._done / seconds
        left = (self._total - self._done) / rate if rate else float("inf")
        said = (self._what, self._done, self._total, rate, left, self._note)
        log.info("%s: %d of %d, %.1f/s, %.0f s left %s", *said)
