"""JSON with line numbers: streams the values of an array or of JSON lines, and finds the parts of a document."""

import bisect
import json
import re
from collections.abc import Iterator
from typing import Any

from rootward.errors import UserError
from rootward.inputs import text

Object = dict[str, Any]
LONGEST = 64_000_000  # characters of one object or of a whole document; no known format has more
_AHEAD = 100_000  # characters buffered, so that most objects are decoded at once
_BLANK = " \t\r\n,"
_DECODER = json.JSONDecoder()


def plain(value: Any) -> str:
    """A JSON value as text: strings and numbers unchanged, everything else as ''."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")  # JSON can spell half a surrogate pair
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def objects(path: str) -> Iterator[tuple[int, Any]]:
    """(line, value) of each value of the one array of a file, or of each value if they follow one another.

    A truncated or damaged file raises UserError with the line where it becomes unreadable.
    """
    buffer, at, line = "", 0, 1
    blocks = text.blocks(path)
    opened = closed = False
    more = True
    while True:
        while more and len(buffer) - at < _AHEAD:
            block = next(blocks, None)
            more = block is not None
            buffer, at = buffer[at:] + (block or ""), 0
        start = _skip(buffer, at)
        line += buffer.count("\n", at, start)
        at = start
        if at == len(buffer):
            if more:
                continue
            if opened and not closed:
                raise UserError(f"{path}:{line}: the file ends before its list is closed (is it truncated?)")
            return
        if buffer[at] == "[" and not opened:
            opened, at = True, at + 1
        elif buffer[at] == "]" and opened and not closed:
            closed, at = True, at + 1
        elif closed:
            raise UserError(f"{path}:{line}: there is text after the end of the list")
        else:
            value, end, buffer = _value(path, buffer, at=at, line=line, blocks=blocks)
            yield line, value
            line += buffer.count("\n", at, end)
            at = end


def _value(path: str, buffer: str, at: int, line: int, blocks: Iterator[str]) -> tuple[Any, int, str]:
    """The value that begins at `at`, where it ends, and the buffer with the additional text that was read."""
    while True:
        try:
            value, end = _DECODER.raw_decode(buffer, at)
            # A number at the end of the buffer may continue after it; objects and strings mark their end.
            if end < len(buffer) or isinstance(value, dict | list | str):
                return value, end, buffer
            block = next(blocks, None)
            if block is None:
                return value, end, buffer
        except ValueError as error:  # JSONDecodeError, or an integer of thousands of digits
            block = next(blocks, None) if len(buffer) - at < LONGEST else None
            if block is None:
                position = getattr(error, "pos", at)
                where = line + buffer.count("\n", at, position)
                cut = "" if buffer[position:].strip() and "Unterminated" not in str(error) else "; is the file cut off?"
                raise UserError(f"{path}:{where}: not valid JSON ({_said(error)}){cut}") from None
        except RecursionError:
            raise UserError(f"{path}:{line}: JSON nested too deeply to be a known format") from None
        # Twice as much each time, so that a large object is decoded only a few times.
        taken = [block]
        while sum(map(len, taken)) < len(buffer) - at and (block := next(blocks, None)) is not None:
            taken.append(block)
        buffer += "".join(taken)


def _said(error: ValueError) -> str:
    return str(error).split(":")[0].split(";")[0]


def _skip(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in _BLANK:
        at += 1
    return at


class Document:
    """A whole JSON document in memory, whose parts know their lines."""

    def __init__(self, path: str):
        self._path = path
        self._text = ""
        for block in text.blocks(path):
            self._text += block
            if len(self._text) > LONGEST:
                raise UserError(f"{path}: more than {LONGEST:,} characters of JSON in one document")
        self._breaks = [found.start() for found in re.finditer("\n", self._text)]
        self.value(0)

    def value(self, at: int) -> Any:
        """The value at a place."""
        return self._decode(at)[0]

    def line(self, at: int) -> int:
        """The line of a place."""
        return bisect.bisect_left(self._breaks, at) + 1

    def members(self, at: int) -> dict[str, int]:
        """Key -> place of its value, for the object at a place; empty if there is no object. As in Python, the last
        duplicate counts.
        """
        found: dict[str, int] = {}
        at = self._blank(at)
        if self._text[at : at + 1] != "{":
            return found
        at = self._blank(at + 1)
        while self._text[at : at + 1] == '"':
            key, at = self._decode(at)
            found[key] = self._blank(self._blank(at) + 1)
            at = self._next(found[key])
        return found

    def items(self, at: int) -> list[int]:
        """The places of the items of the array at a place; empty if there is no array."""
        found: list[int] = []
        at = self._blank(at)
        if self._text[at : at + 1] != "[":
            return found
        at = self._blank(at + 1)
        while self._text[at : at + 1] not in ("]", ""):
            found.append(at)
            at = self._next(at)
        return found

    def _next(self, at: int) -> int:
        end = self._blank(self._decode(at)[1])
        return self._blank(end + 1) if self._text[end : end + 1] == "," else end

    def _blank(self, at: int) -> int:
        while self._text[at : at + 1].isspace():
            at += 1
        return at

    def _decode(self, at: int) -> tuple[Any, int]:
        try:
            return _DECODER.raw_decode(self._text, self._blank(at))
        except ValueError as error:
            where = self.line(getattr(error, "pos", at))
            raise UserError(f"{self._path}:{where}: not valid JSON ({_said(error)})") from None
        except RecursionError:
            raise UserError(f"{self._path}: JSON nested too deeply to be a known format") from None
