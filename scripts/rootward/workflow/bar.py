"""Output of a run: lines above a bar on a terminal, or a log with an occasional line of progress."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from rootward.publish.terminal import spelled

if TYPE_CHECKING:
    from rich.progress import Progress

LOOK_EVERY = 0.5  # seconds between two updates of the steps' progress, for the bar
LINE_EVERY = 30.0  # the same for a log
BAR = 20  # columns


def is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Lines:
    """Writes lines for logs; between `follow` and `end`, a line of progress every LINE_EVERY seconds."""

    every = LINE_EVERY

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._over = threading.Event()
        self._showing = threading.Lock()  # so that no progress is written after the end

    def write(self, line: str) -> None:
        """Write a line at its full length."""
        self._stream.write(f"{spelled(line, self._stream)}\n")
        self._stream.flush()

    def follow(self, progress: Callable[[], tuple[int, int, str, str]]) -> None:
        """Start showing progress: () -> (steps done, all steps, names of running steps, the text for it)."""
        self._over.clear()
        threading.Thread(target=self._tick, args=(progress,), daemon=True).start()

    def end(self) -> None:
        """Stop showing progress."""
        with self._showing:
            self._over.set()

    def _tick(self, progress: Callable[[], tuple[int, int, str, str]]) -> None:
        while not self._over.wait(self.every):
            now = progress()
            with self._showing:
                if not self._over.is_set():
                    self._show(*now)

    def _show(self, done: int, total: int, names: str, words: str) -> None:
        self.write(f"… {words}")


class Bar(Lines):
    """The same for a terminal, with one bar below the lines. rich is imported when a bar is drawn."""

    every = LOOK_EVERY

    def __init__(self, stream: TextIO):
        super().__init__(stream)
        self._bar: Progress | None = None

    def write(self, line: str) -> None:
        """Write a line above the bar."""
        if self._bar is None:
            super().write(line)
        else:
            from rich.text import Text

            self._bar.console.print(Text.from_ansi(spelled(line, self._stream)), soft_wrap=True)

    def follow(self, progress: Callable[[], tuple[int, int, str, str]]) -> None:
        """Draw the bar."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        words = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
        # rich must not capture what the steps print; it goes to the streams directly.
        self._bar = Progress(
            BarColumn(BAR),
            words,
            console=Console(file=self._stream),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=2,
        )
        self._bar.add_task("", total=None)
        self._show(*progress())
        self._bar.start()
        super().follow(progress)

    def end(self) -> None:
        """Remove the bar."""
        super().end()
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.stop()

    def _show(self, done: int, total: int, names: str, words: str) -> None:
        if (bar := self._bar) is not None:
            text = spelled(f"{words}  {names}", self._stream)
            bar.update(bar.task_ids[0], completed=done, total=total, description=text)
