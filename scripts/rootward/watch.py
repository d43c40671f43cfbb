"""When to stop asking: on a signal, or when the parent Snakemake process has exited."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOK_EVERY = 0.25  # seconds between two checks for signals and for the parent Snakemake


class Signals:
    """While it is open, SIGINT and SIGTERM are only recorded; a second one ends the process."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Signals":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def _note(self, number: int, _frame: object) -> None:
        if self.reason:
            os._exit(128 + number)
        self.reason = f"by {signal.Signals(number).name}"

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def parent_watch() -> Callable[[], bool]:
    """A function that tells whether the parent Snakemake process still runs; always true if there is none."""
    import psutil

    ancestor = None
    for process in psutil.Process().parents():
        try:
            words = process.cmdline()
        except psutil.Error:
            break
        if any(Path(word).name == "snakemake" for word in words[:3]) or "snakemake" in words[1:3]:
            ancestor = process
            break
    looked = [0.0, True]

    def lives() -> bool:
        if ancestor is not None and time.monotonic() - looked[0] > 1:
            looked[:] = [time.monotonic(), ancestor.is_running() and ancestor.status() != psutil.STATUS_ZOMBIE]
        return bool(looked[1])

    return lives
