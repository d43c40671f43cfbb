"""Reads the rows of a damaged SQLite file, page by page.

SQLite reads a table from its root, so one lost page or a truncated file makes everything behind it unreadable. But rows
are on pages that can be read separately. `sqlite3 .recover` does the same, but its virtual table is not part of the
library. The format is the one of https://www.sqlite.org/fileformat2.html.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from rootward.asking.schema import Value

TABLE_LEAF, INDEX_LEAF, INDEX_INTERIOR = 13, 10, 2  # the kinds of page that hold rows
DEFAULT_PAGE = 4096
Row = tuple[int | None, tuple[Value, ...]]  # the row's number, if its table has one, and its columns


def rows(path: Path) -> Iterator[Row]:
    """Every readable row of the file and of the journal (-wal) beside it; some rows may belong to an index."""
    pages, size = _pages(path)
    unused = set(_unused(pages, size))
    for number in sorted(pages.keys() - unused):
        yield from _rows_of(pages, number, size=size)


def _pages(path: Path) -> tuple[dict[int, bytes], int]:
    """The pages by number, each in its newest complete version, and their size."""
    content = path.read_bytes()
    size = int.from_bytes(content[16:18], "big") or DEFAULT_PAGE
    size = 65536 if size == 1 else size
    if size < 512 or size & (size - 1):
        size = DEFAULT_PAGE
    pages = {at // size + 1: content[at : at + size].ljust(size, b"\0") for at in range(0, len(content), size)}
    return pages | _journal(Path(f"{path}-wal"), size), size


def _journal(path: Path, size: int) -> dict[int, bytes]:
    """The pages of a write-ahead log, up to the last commit in it."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    salts, at = content[16:24], 32
    committed: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    while at + 24 + size <= len(content) and content[at + 8 : at + 16] == salts:
        number, pages_after = struct.unpack(">II", content[at : at + 8])
        waiting[number] = content[at + 24 : at + 24 + size]
        if pages_after:
            committed |= waiting
            waiting = {}
        at += 24 + size
    return committed


def _unused(pages: dict[int, bytes], size: int) -> Iterator[int]:
    """Pages of the free list, which hold deleted rows."""
    trunk = int.from_bytes(pages.get(1, b"")[32:36], "big")
    seen: set[int] = set()
    while trunk in pages and trunk not in seen:
        seen.add(trunk)
        yield trunk
        following, count = struct.unpack(">II", pages[trunk][:8])
        leaves = pages[trunk][8 : 8 + 4 * min(count, size // 4 - 2)]
        yield from struct.unpack(f">{len(leaves) // 4}I", leaves)
        trunk = following


def _rows_of(pages: dict[int, bytes], number: int, size: int) -> Iterator[Row]:
    page = pages[number]
    head = 100 if number == 1 else 0
    kind = page[head]
    if kind not in (TABLE_LEAF, INDEX_LEAF, INDEX_INTERIOR):
        return
    (count,) = struct.unpack(">H", page[head + 3 : head + 5])
    start = head + (12 if kind == INDEX_INTERIOR else 8)
    for at in range(start, min(start + 2 * count, size - 1), 2):
        (cell,) = struct.unpack(">H", page[at : at + 2])
        try:
            yield _cell(pages, page, at=cell, kind=kind)
        except (IndexError, ValueError, struct.error):
            continue


def _cell(pages: dict[int, bytes], page: bytes, at: int, kind: int) -> Row:
    length, at = _varint(page, at + 4 if kind == INDEX_INTERIOR else at)
    number = None
    if kind == TABLE_LEAF:
        number, at = _varint(page, at)
    return number, _record(_payload(pages, page, at=at, length=length, kind=kind))


def _payload(pages: dict[int, bytes], page: bytes, at: int, length: int, kind: int) -> bytes:
    """The bytes of a row, including those on overflow pages."""
    size = len(page)
    most = size - 35 if kind == TABLE_LEAF else (size - 12) * 64 // 255 - 23
    if length <= most:
        return page[at : at + length]
    least = (size - 12) * 32 // 255 - 23
    here = least + (length - least) % (size - 4)
    here = here if here <= most else least
    found = page[at : at + here]
    following = int.from_bytes(page[at + here : at + here + 4], "big")
    seen: set[int] = set()
    while len(found) < length and following in pages and following not in seen:
        seen.add(following)
        found += pages[following][4:]
        following = int.from_bytes(pages[following][:4], "big")
    if len(found) < length:
        raise ValueError("a part of the row is missing")
    return found[:length]


def _record(payload: bytes) -> tuple[Value, ...]:
    length, at = _varint(payload, 0)
    values: list[Value] = []
    body = length
    while at < length:
        kind, at = _varint(payload, at)
        value, body = _value(payload, body, kind=kind)
        values.append(value)
    return tuple(values)


_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type -> bytes


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(_part(payload, at, end=end), "big", signed=True), end
    if kind == 7:
        number: float = struct.unpack(">d", _part(payload, at, end=at + 8))[0]
        return number, at + 8
    if kind >= 12:
        end = at + (kind - 12) // 2
        part = _part(payload, at, end=end)
        return (part.decode("utf-8") if kind % 2 else part), end
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind], at
    raise ValueError("not an SQLite type")


def _part(payload: bytes, at: int, end: int) -> bytes:
    if end > len(payload):
        raise ValueError("the row is cut off")
    return payload[at:end]


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(8):
        byte = content[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    return value << 8 | content[at + 8], at + 9
