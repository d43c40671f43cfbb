"""Parquet tables with the same columns as the plain ones; `line` counts rows from 1."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rootward.errors import UserError
from rootward.inputs import columns
from rootward.inputs.filling import filled
from rootward.inputs.options import Options
from rootward.inputs.records import CHUNK_ROWS, Chunk
from rootward.inputs.start import Start
from rootward.inputs.table import missing

if TYPE_CHECKING:
    import pyarrow as pa


SHOWN = "Parquet"


def looks_like(start: Start) -> bool:
    """Whether it begins with Parquet's mark."""
    return start.raw[:4] == b"PAR1"


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a Parquet file's rows, streamed. Numbers become text, nulls become empty."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})") from None
    found = columns.find(names, options.columns)
    if found is None:
        raise UserError(f"{path}: {missing(names)}")
    used, unused = sorted(found.used), found.unused(names)
    wanted = list(dict.fromkeys(names[at] for at in used))
    found = found.moved({at: wanted.index(names[at]) for at in used})
    first, settled = 1, False
    batches = file.iter_batches(CHUNK_ROWS, columns=wanted)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            raise UserError(f"{path}: damaged Parquet after row {first - 1} ({str(error).splitlines()[0]})") from None
        if batch is None:
            return
        chunk = Chunk(path, line=list(range(first, first + batch.num_rows)), unused=unused)
        first += batch.num_rows
        rows = list(map(list, zip(*(_strings(path, batch, name=name) for name in wanted), strict=True)))
        if rows and not settled:
            found, settled = columns.settled(found, rows, names=options.names), True
        yield filled(chunk, rows, columns=found, names=options.names)


def _strings(path: str, batch: "pa.RecordBatch", name: str) -> list[str]:
    """The cells of a column; if several columns have this name, the first."""
    import pyarrow as pa

    column = batch.column(batch.schema.get_all_field_indices(name)[0])
    try:
        cells: list[str] = column.cast(pa.string()).fill_null("").to_pylist()
    except (pa.ArrowException, UnicodeDecodeError):
        raise UserError(f"{path}: column {name} does not hold plain values") from None
    return cells
