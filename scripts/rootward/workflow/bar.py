"""Where the lines of a run go: above one bar on a terminal, into a log with a plain line of progress now and then."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from rootward.publish.terminal import spelled

if TYPE_CHECKING:
    from rich.progress import Progress

LOOK_EVERY = 0.5  # seconds between two looks at how far the steps are, for the bar
LINE_EVERY = 30.0  # the same for a log
BAR = 20  # columns


def is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Lines:
    """Writes lines; while `follow` holds it says every LINE_EVERY seconds how far the run is. For logs."""

    every = LINE_EVERY

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._over = threading.Event()
        self._showing = threading.Lock()  # so that no word of progress comes after the end

    def write(self, line: str) -> None:
        """Write a line at its full length."""
        self._stream.write(f"{spelled(line, self._stream)}\n")
        self._stream.flush()

    def follow(self, progress: Callable[[], tuple[int, int, str, str]]) -> None:
        """Begin to show progress: () -> (steps done, of all, names of what runs, the words for it)."""
        self._over.clear()
        threading.Thread(target=self._tick, args=(progress,), daemon=True).start()

    def end(self) -> None:
        """Show no more progress."""
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
    """The same with one bar below the lines, for a terminal. rich is imported when there is a bar to draw."""

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
        # What the steps print is none of rich's: it stays with the streams as they are.
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
        """Take the bar away."""
        super().end()
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.stop()

    def _show(self, done: int, total: int, names: str, words: str) -> None:
        if (bar := self._bar) is not None:
            text = spelled(f"{words}  {names}", self._stream)
            bar.update(bar.task_ids[0], completed=done, total=total, description=text)
