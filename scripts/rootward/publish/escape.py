"""Makes text from users and models safe in file formats: it stays data, whatever it contains."""

import re

# Characters that line-based formats or XML 1.0 cannot contain: control characters, everything that some reader takes
# for the end of a line (including U+0085, U+2028, U+2029), lone surrogates, and the two noncharacters that XML forbids.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(text: str) -> str:
    """Text on one line without tabs and control characters: each run of them becomes one space, or nothing at the
    ends.
    """
    return (text if text.isprintable() else _UNFIT.sub(" ", text)).strip()  # a fast check: printable text is safe


def xml(text: str) -> str:
    """Text as the content of an XML element or of a double-quoted attribute."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")
