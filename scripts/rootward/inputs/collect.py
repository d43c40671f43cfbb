"""From the user's files to one table of interactions, with a reason for every row that was set aside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward.errors import UserError
from rootward.inputs.detect import detect
from rootward.inputs.formats import FORMATS, known
from rootward.inputs.gather import Gathered
from rootward.inputs.merge import merged
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.rejections import Rejection, kind
from rootward.inputs.table import NoTable
from rootward.knowledge.proteins import ProteinNames

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Collected:
    """interactions: the table of that name; rejected: rows set aside; proteins: rows of that table; by_reason: number
    of rows set aside by kind of reason; n_rows: rows read; said: other remarks about the files, in lines. The n_rows of
    the first two add up to it.
    """

    interactions: "pa.Table"
    rejected: list[Rejection]
    proteins: list[dict[str, Any]]
    by_reason: dict[str, int]
    n_rows: int
    said: list[str]


def chunks(path: str, options: Options) -> Iterator[Chunk]:
    """The chunks of one file, read by the reader that is configured, or detected from its content."""
    name = detect(path) if options.input_format == "auto" else options.input_format
    try:
        yield from FORMATS[name].read(path, options)
    except NoTable as error:
        raise UserError(f"{error}; {known()}") from None


def gather(paths: Sequence[str], options: Options, reference: str | Path) -> Gathered:
    """Read all files, row by row. Raises UserError for a file that cannot be read or has no rows."""
    names = ProteinNames(reference)
    options = replace(options, names=names)
    gathered = Gathered(names, options)
    for path in dict.fromkeys(paths):
        before = gathered.n_rows
        for chunk in chunks(path, options):
            gathered.add(chunk)
        if gathered.n_rows == before:
            raise UserError(f"{path}: contains no rows")
    return gathered


def read_inputs(paths: Sequence[str], options: Options, reference: str | Path) -> Collected:
    """Read all files into one table of interactions. Raises UserError if a file is not a table, or nothing is left."""
    gathered = gather(paths, options, reference=reference)
    interactions = merged(gathered)
    rejections = gathered.rejections
    rejected = rejections.rows()
    if interactions.num_rows == 0:
        reason, number = rejections.by_reason().most_common(1)[0]
        first = next(row for row in rejected if kind(row.reason) == reason)
        raise UserError(f"{first.source}: no row can be used; {number} of {gathered.n_rows}: {first.reason}")
    by_reason = dict(rejections.by_reason().most_common())
    return Collected(
        interactions,
        rejected,
        proteins=gathered.naming.rows(),
        by_reason=by_reason,
        n_rows=gathered.n_rows,
        said=gathered.said(),
    )
