"""Detects the format of a file from the beginning of its content; text that is not certain is a plain table."""

from rootward.errors import UserError
from rootward.inputs import text
from rootward.inputs.formats import FORMATS, known
from rootward.inputs.start import Start


def detect(path: str) -> str:
    """The name of the format. Raises UserError if no reader can read the file."""
    start = Start(text.head(path))
    for name, reader in FORMATS.items():
        if reader.looks_like(start):
            return name
    text.check_text(path, start.raw)
    beginning = start.shown.split(maxsplit=1)[0][:40]
    raise UserError(f"{path}:1: JSON ({beginning} …) is not in a known format; {known()}")
