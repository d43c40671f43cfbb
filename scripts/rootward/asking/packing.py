"""Texts as the cache stores them: compressed if they are long."""

import zlib

COMPRESSED_FROM = 4_000  # characters; compressing shorter texts costs more time than it saves space


def packed(text: str) -> str | bytes:
    """A text, unchanged if it is short and valid, otherwise compressed."""
    if len(text) < COMPRESSED_FROM:
        try:
            text.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            pass
        else:
            return text
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpacked(content: str | bytes) -> str:
    """The original text."""
    return content if isinstance(content, str) else zlib.decompress(content).decode("utf-8", "surrogatepass")
