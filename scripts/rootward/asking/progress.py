"""Progress of a step: a bar on a terminal, plain lines in the log."""

import logging
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

log = logging.getLogger("rootward")

LINE_EVERY = 30.0  # seconds between plain lines
SHOW_AFTER = 0.5  # seconds; what is done sooner shows no bar


class Progress:
    """Counts towards a total. rich draws the bar, and is imported only when there is one to draw."""

    def __init__(self, what: str, total: int):
        self._what, self._total = what, total
        self._done = 0
        self._started = self._said = time.monotonic()
        self._note = ""
        self._bar: Bar | None = None
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def advance(self, by: int = 1, note: str = "") -> None:
        """Count; `note` (hits, waiting) stands beside the bar."""
        self._done += by
        self._note = note or self._note
        now = time.monotonic()
        if self._terminal and now - self._started > SHOW_AFTER:
            self._draw(now)
        if now - self._said > LINE_EVERY:
            self._said = now
            rate = self._done / (now - self._started)
            left = (self._total - self._done) / rate if rate else float("inf")
            log.info(
                "%s: %d of %d, %.1f/s, %.0f s left %s", self._what, self._done, self._total, rate, left, self._note
            )

    def _draw(self, now: float) -> None:
        note = f"{self._done / (now - self._started):.1f}/s  {self._note}"
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}"),
            )
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._bar.add_task(self._what, total=self._total, note=note)
        self._bar.update(self._bar.task_ids[0], completed=self._done, note=note)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
