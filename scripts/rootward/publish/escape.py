"""Text of users and models on its way into a file format: it is data there, whatever it says."""

import re

# What no line-based format and no XML 1.0 document can hold: control characters, all that some reader takes for the
# end of a line (among them U+0085, U+2028, U+2029), lone surrogates and the two noncharacters XML forbids.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(text: str) -> str:
    """Text on one line without tabs and control characters: each run of them becomes one space, none at the ends."""
    return (text if text.isprintable() else _UNFIT.sub(" ", text)).strip()  # what is printable is fit, and known fast


def xml(text: str) -> str:
    """Text as the content of an XML element or of a double-quoted attribute."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")
