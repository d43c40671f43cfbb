"""Parquet tables with the same columns as the plain ones; `line` counts rows from 1."""

from collections.abc import Iterator

from rootward.errors import UserError
from rootward.inputs.records import CHUNK_ROWS, COLUMNS, Chunk, columns_of
from rootward.inputs.table import REQUIRED


def read(path: str) -> Iterator[Chunk]:
    """Chunks of a Parquet file's rows, streamed. Numbers become text, nulls become empty."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})") from None
    names = file.schema_arrow.names
    columns = columns_of(names)
    for name in REQUIRED:
        if name not in columns:
            raise UserError(f"{path}: no column {name} ({', '.join(names):.200})")
    first = 1
    for batch in file.iter_batches(CHUNK_ROWS, columns=[names[p] for p in columns.values()]):
        chunk = Chunk(path, line=list(range(first, first + batch.num_rows)))
        first += batch.num_rows
        for name in COLUMNS:
            chunk_column = [""] * batch.num_rows
            if name in columns:
                try:
                    chunk_column = batch[names[columns[name]]].cast(pa.string()).fill_null("").to_pylist()
                except pa.ArrowException:
                    raise UserError(f"{path}: column {names[columns[name]]} holds no plain values") from None
            setattr(chunk, name, chunk_column)
        yield chunk
