"""Where the lines of a run go."""

import io
import threading

import pytest
from rootward.workflow import bar as bars
from rootward.workflow.bar import Bar, Lines, is_terminal


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _a_plain_terminal(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def shown(stream):
    """Show a bar and a line above it, and take the bar away."""
    bar = Bar(stream)
    bar.follow(lambda: (12, 31, "climb L3", "12 of 31 steps, 0:27 elapsed"))
    bar.write("[climb] L2 " + "x" * 200)
    bar.end()
    bar.write("after")
    return stream.getvalue()


def test_the_bar_stands_below_the_lines_and_goes_at_the_end():
    said = shown(Terminal())
    assert "12 of 31 steps, 0:27 elapsed  climb L3" in said
    assert "[climb] L2 " + "x" * 200 + "\n" in said
    assert said.endswith("after\n") and "\x1b[2K" in said
    assert "━" in said and "\x1b[9" in said


def test_without_colour(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    said = shown(Terminal())
    assert "12 of 31 steps" in said and "m━" not in said.replace("\x1b[0m", "")


def test_in_ascii():
    stream = Terminal()
    stream.encoding = "ascii"
    assert shown(stream).isascii()


def test_a_dumb_terminal_and_a_pipe_get_lines(monkeypatch):
    assert is_terminal(Terminal()) and not is_terminal(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_terminal(Terminal())


def test_a_log_gets_a_line_now_and_then_until_the_end(monkeypatch):
    stream, asked = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), threading.Semaphore(0)
    lines = Lines(stream)
    monkeypatch.setattr(lines, "every", 0.001)

    def progress():
        asked.release()
        return 12, 31, "climb L3", "12 of 31 steps, 0:27 elapsed"

    lines.follow(progress)
    assert asked.acquire(timeout=20) and asked.acquire(timeout=20)  # the second look comes after the first line
    lines.end()
    lines.write("31 steps in 0:39")
    *before, last = stream.buffer.getvalue().decode().splitlines()
    assert set(before) == {"… 12 of 31 steps, 0:27 elapsed"} and last == "31 steps in 0:39"
    assert bars.LINE_EVERY == 30
