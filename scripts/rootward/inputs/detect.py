"""Which format a file has, detected strictly from how its content begins; text that is not certain is a plain table."""

from rootward.errors import UserError
from rootward.inputs import text
from rootward.inputs.formats import FORMATS, known
from rootward.inputs.start import Start

# What only the JSON of a network holds -> what to call it.
_NETWORKS = {'"CXVersion"': "CX2 network", '"numberVerification"': "CX network", '"elements"': "Cytoscape.js network"}


def detect(path: str) -> str:
    """The name of the format. Raises UserError for what no reader can read."""
    start = Start(text.head(path))
    for name, reader in FORMATS.items():
        if reader.looks_like(start):
            return name
    text.check_text(path, start.raw)
    network = next((name for mark, name in _NETWORKS.items() if mark in start.shown), None)
    if network:
        raise UserError(f"{path}:1: is a {network}; export its edges as SIF or as a table (in Cytoscape: File, Export)")
    beginning = start.shown.split(maxsplit=1)[0][:40]
    raise UserError(f"{path}:1: JSON ({beginning} …) in no known format; {known()}")
