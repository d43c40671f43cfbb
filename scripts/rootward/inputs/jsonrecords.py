"""Tables as JSON: an array of flat objects (OmniPath's and pandas' records), or one object per line.

The keys are the columns of a plain table. A list of plain values is a cell of several; an object within is left out.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from rootward.errors import UserError
from rootward.inputs import columns, text
from rootward.inputs.filling import filled
from rootward.inputs.jsontext import objects, plain
from rootward.inputs.options import Options
from rootward.inputs.records import MAX_RAW, Chunk
from rootward.inputs.start import Start
from rootward.inputs.table import missing

SHOWN = "JSON records"


def looks_like(start: Start) -> bool:
    """Whether the keys of the first object name two proteins."""
    return start.is_json and columns.find(start.keys, {}) is not None


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of the records; values that are not objects are set aside. The line is the one where a record begins."""
    text.check_text(path, text.head(path))
    values = objects(path)
    first = list(islice(values, columns.SAMPLE))
    keys = list(dict.fromkeys(key for _, record in first if isinstance(record, dict) for key in record))
    found = columns.find(keys, options.columns)
    if found is None:
        raise UserError(f"{path}: JSON without two proteins in its records: {missing(keys)}")
    found = columns.settled(
        found, [_row(record, keys) for _, record in first if isinstance(record, dict)], names=options.names
    )
    unused = found.unused(keys)
    chunk, rows = Chunk(path, unused=unused), list[list[str]]()
    for line, record in chain(first, values):
        if isinstance(record, dict):
            chunk.line.append(line)
            rows.append(_row(record, keys))
        else:
            chunk.reject(line, "not a JSON object", raw=plain(record)[:MAX_RAW])
        if chunk.full:
            yield filled(chunk, rows, columns=found, names=options.names)
            chunk, rows = Chunk(path, unused=unused), []
    yield filled(chunk, rows, columns=found, names=options.names)


def _row(record: dict[str, Any], keys: list[str]) -> list[str]:
    return [_cell(record.get(key)) for key in keys]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "|".join(map(plain, value)) if isinstance(value, list) else plain(value)
