"""The description of an export: a file of results/exports/, and the function that writes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rootward.publish.written import written

Source = TypeVar("Source")


@dataclass(frozen=True)
class Export(Generic[Source]):
    """file: its name in results/exports/; unit: what `write` counts; write: writes the source to a path and returns the
    count. may_be_empty: whether most runs have nothing for it, so that an empty file needs no warning.
    """

    file: str
    unit: str
    write: Callable[[Source, str], int]
    may_be_empty: bool = False


def write_all(exports: Mapping[str, Export[Source]], source: Source, out: Mapping[str, str]) -> None:
    """Write the requested exports. out: name of the export -> path."""
    for name, path in out.items():
        export = exports[name]
        count = export.write(source, path)
        if count or not export.may_be_empty:
            written(path, count, unit=export.unit)
