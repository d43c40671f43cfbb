"""A file's bytes as plain text: unpacked (gzip, bzip2, xz, a zip archive of one file), a workbook's sheet as
tab-separated text, UTF-16 as UTF-8. The type of a file is detected from its content, not its name.
"""

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from rootward.errors import UserError
from rootward.inputs import workbook

_PIECE = 1 << 16  # bytes
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_MARKS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", _ZIP: "zip"}
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_OPENED: dict[str, Callable[[BinaryIO], object]] = {
    "gzip": lambda raw: gzip.GzipFile(fileobj=raw),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
_LONGEST = max(map(len, _MARKS))


def packing(raw: io.BufferedReader) -> str:
    """How a file is compressed; '' if it is not."""
    start = raw.peek(_LONGEST)
    return next((name for mark, name in _MARKS.items() if start.startswith(mark)), "")


def unpacked(path: str, raw: io.BufferedReader, kind: str) -> io.BufferedReader:
    """The plain bytes of an open compressed file. Raises UserError if it does not contain exactly one text."""
    if raw.peek(4).startswith(_OLD_WORKBOOK):
        raise UserError(f"{path}: is an old or protected Excel workbook; save it as .xlsx or as tab-separated text")
    file = raw
    if kind in _OPENED:
        file = _buffered(_OPENED[kind](raw))
    elif kind == "zip":
        file = _from_zip(path, raw)
    return _buffered(Pieces(_as_utf8(file))) if file.peek(2)[:2] in _UTF16 else file


def _buffered(stream: object) -> io.BufferedReader:
    file: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, stream))  # compressed files read like raw ones
    return file


def _from_zip(path: str, raw: io.BufferedReader) -> io.BufferedReader:
    archive = zipfile.ZipFile(raw)
    names = archive.namelist()
    if any(name == "[Content_Types].xml" or name.startswith("xl/") for name in names):
        return _buffered(Pieces(workbook.lines(path, raw)))
    if "mimetype" in names:
        raise UserError(f"{path}: is an OpenDocument file; save the sheet as .xlsx or as tab-separated text")
    files = [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if len(files) != 1:
        shown = f" ({', '.join(files):.100})" if files else ""
        raise UserError(f"{path}: is a zip archive of {len(files)} files{shown}; unpack it and list its files as input")
    if archive.getinfo(files[0]).flag_bits & 1:
        raise UserError(f"{path}: is a zip archive with a password; unpack it first")
    file = _buffered(archive.open(files[0]))
    if file.peek(4).startswith(_ZIP):
        raise UserError(f"{path}: is an archive or a workbook within a zip archive; unpack it first")
    return file


def _as_utf8(file: BinaryIO | io.BufferedReader) -> Iterator[bytes]:
    """UTF-16 as UTF-8. Half a character becomes invalid UTF-8, so that its row is set aside."""
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    while piece := file.read(_PIECE):
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield b"\xff"


class Pieces(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]):
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        n = min(len(buffer), len(self._left))
        buffer[:n] = self._left[:n]
        self._left = self._left[n:]
        return n
