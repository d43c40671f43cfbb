"""Opens text files of unknown origin: compressed or not, with byte order marks, overlong lines, or bytes that are not
text.
"""

import codecs
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rootward.errors import UserError, did_you_mean
from rootward.inputs import packed

MAX_LINE = 4_000_000  # bytes; with a longer line, the file is not a table


def refuse_missing(path: str) -> None:
    """Raise UserError if it is not a file."""
    file = Path(path)
    try:
        is_folder, exists = file.is_dir(), file.exists()
    except OSError as error:  # a name that no file can have
        raise UserError(f"{path}: cannot be opened ({error.strerror})") from None
    if is_folder:
        raise UserError(f"{path}: is a directory; input takes files")
    if not exists:
        siblings = [p.name for p in file.parent.iterdir()] if file.parent.is_dir() else []
        raise UserError(f"{path}: not found{did_you_mean(file.name, siblings, prefix=f'{file.parent}/')}")


def _opened(path: str) -> io.BufferedReader:
    """The file's bytes, or a UserError with the reason."""
    refuse_missing(path)
    try:
        return open(path, "rb")
    except OSError as error:
        raise UserError(f"{path}: cannot be opened ({error.strerror})") from None


@contextmanager
def reading(path: str, where: Callable[[], str]) -> Iterator[io.BufferedReader]:
    """The opened file's plain bytes; errors while it is read become one line with `where`."""
    kind = ""
    try:
        with _opened(path) as raw:
            kind = packed.packing(raw)
            with packed.unpacked(path, raw, kind=kind) as file:
                yield file
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError) as error:
        raise UserError(f"{path}: damaged {kind} file{where()} ({error})") from None
    except OSError as error:
        if kind and error.errno is None:  # from gzip or bzip2
            raise UserError(f"{path}: damaged {kind} file{where()} ({error})") from None
        raise UserError(f"{path}: cannot be read{where()} ({error.strerror or error})") from None


_MAC = "lines end in carriage returns (old Mac format); save it with line feeds"
HEAD = 65_536  # bytes of a file that are used to detect its type


def head(path: str, size: int = HEAD) -> bytes:
    """The first bytes of the (unpacked) file."""
    with reading(path, str) as file:
        return file.read(size)


def check_text(path: str, start: bytes) -> None:
    """Refuse an empty file or one that is not UTF-8 text, naming what it looks like."""
    if not start.decode("utf-8-sig", "replace").strip():
        raise UserError(f"{path}: is empty")
    if b"\x00" in start:
        wide = min(start[:400:2].count(0), start[1:400:2].count(0)) == 0 and start[:400].count(0) > len(start[:400]) / 3
        what = "is UTF-16 text without a byte order mark; save it as UTF-8" if wide else "is a binary file, not a table"
        raise UserError(f"{path}: {what}")
    if b"\r" in start and b"\n" not in start:
        raise UserError(f"{path}: {_MAC}")


def first_line(start: bytes) -> str:
    """The first line that is not blank."""
    return next((line for line in start.decode("utf-8-sig", "replace").split("\n") if line.strip()), "").rstrip("\r")


def blocks(path: str, size: int = 1_000_000) -> Iterator[str]:
    """The file's text in pieces, streamed; for formats in which lines have no meaning. Invalid UTF-8 raises."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    try:
        with reading(path, lambda: f" after line {line}") as file:
            while raw := file.read(size):
                piece = decoder.decode(raw)
                line += piece.count("\n")
                yield piece
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8 text, in line {line} or after it") from None


def lines(path: str, undecodable: set[int]) -> Iterator[str]:
    """The file's lines as text, streamed. A line that is not UTF-8 is decoded with U+FFFD and its number noted."""
    number = 0
    with reading(path, lambda: f" after line {number}") as file:
        while raw := file.readline(MAX_LINE + 1):
            number += 1
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
                if b"\r" in raw and not raw.endswith(b"\n"):
                    raise UserError(f"{path}: {_MAC}")
            if len(raw) > MAX_LINE:
                raise UserError(f"{path}:{number}: a line of more than {MAX_LINE:,} bytes; this is not a table")
            try:
                yield raw.decode("utf-8")
            except UnicodeDecodeError:
                undecodable.add(number)
                yield raw.decode("utf-8", "replace")
