"""The formats by name: the choices for the key `input_format`, in the order in which content is checked."""

from collections.abc import Iterator
from typing import Protocol

from rootward.inputs import (
    biogrid,
    indra,
    jsonrecords,
    mitab,
    networks,
    parquet,
    propaths,
    sif,
    signor,
    stringdb,
    table,
)
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start


class Reader(Protocol):
    """A module that reads one format. SHOWN: its name in messages."""

    SHOWN: str

    def looks_like(self, start: Start) -> bool:
        """Whether a file that begins like this is of the format."""
        ...

    def read(self, path: str, options: Options) -> Iterator[Chunk]:
        """Chunks of a file's rows. Raises UserError for a file that cannot be read."""
        ...


# To add a format: its module, one line here, one test.
FORMATS: dict[str, Reader] = {
    "parquet": parquet,
    "propaths": propaths,
    "indra": indra,
    "network": networks,
    "records": jsonrecords,
    "signor": signor,
    "biogrid": biogrid,
    "string": stringdb,
    "mitab": mitab,
    "sif": sif,
    "table": table,  # last: it takes any text that is not JSON
}


def known() -> str:
    """The formats in words."""
    *others, last = (reader.SHOWN for reader in FORMATS.values())
    return f"known formats: {', '.join(others)} or {last}"
