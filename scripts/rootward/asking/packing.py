"""Texts as they stand in the cache: compressed when they are long."""

import zlib

COMPRESSED_FROM = 4_000  # characters; below, compressing costs more time than it saves room


def packed(text: str) -> str | bytes:
    """A text as it is when it is short and whole, else compressed."""
    if len(text) < COMPRESSED_FROM:
        try:
            text.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            pass
        else:
            return text
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpacked(content: str | bytes) -> str:
    """The text that was packed."""
    return content if isinstance(content, str) else zlib.decompress(content).decode("utf-8", "surrogatepass")
