"""Common parts of the explanations on the terminal: lines of at most 80 columns, and who gave an answer."""

import textwrap
from pathlib import Path

from rootward.asking.cache import AnswerCache
from rootward.curators.settings import id_of
from rootward.tree.decisions import METHOD

WIDTH = 80


def wrapped(label: str, text: str) -> list[str]:
    """A label and its text, the following lines indented below the text."""
    below = " " * len(label)
    lines = textwrap.wrap(text, WIDTH, initial_indent=label, subsequent_indent=below, break_on_hyphens=False)
    return lines or [label.rstrip()]


def cut(text: str) -> str:
    """The text on one line, shortened if it is too long."""
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


class Calls:
    """Looks up who gave an answer."""

    def __init__(self, cache: str, journal_mode: str):
        self._cache = AnswerCache(cache, journal_mode) if Path(cache).exists() else None

    def who(self, method: str, call_id: str | None) -> str:
        """The model and its call, the rung of the reference and its entry, or the line of a person."""
        if call_id is None:
            return method
        if method == METHOD:
            return f"a person, {call_id}"
        if self._cache is not None and method == "model":
            call = self._cache.call_of(call_id)
            if call:
                model = id_of(call["model"])
                version, place = call["model_version"] or model, call["model"].removeprefix(model)
                return f"model {version}{place}, call {call_id}"
        return f"{method}, {call_id}"
