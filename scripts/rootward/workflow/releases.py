"""Folders of results as releases of a tree: their files, and ids.tsv, which is carried over from one to the next."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rootward import tables
from rootward.errors import UserError, did_you_mean
from rootward.publish.exports import delimited
from rootward.tree.ids import CURRENT, MERGED, RETIRED, Known, Release

if TYPE_CHECKING:
    import pyarrow as pa

IDS = "ids.tsv"
COLUMNS = ("pathway_id", "name", "status", "replaced_by", "consider", "former_names")
_READ = ["pathway_id", "name", "parent_id", "level", "path", "aliases", "xrefs"]


def files_of(key: str, folder: str) -> list[str]:
    """The files of a release that other releases need. Raises UserError if the folder has no tree."""
    path = Path(folder)
    if not (path / "reorganized.parquet").exists():
        near = [entry.name for entry in path.parent.glob("*") if entry.is_dir()] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, [name for name in near if name != path.name])
        raise UserError(f"{key}: {folder}: contains no reorganized.parquet{hint}")
    return [str(path / name) for name in ("reorganized.parquet", "placements.parquet", IDS) if (path / name).exists()]


def earlier(folder: str | None, results: str) -> list[str]:
    """The files of the release named by the key `previous`; empty if it is not set.

    Raises UserError if the folder has no tree, or is the one that this run writes to.
    """
    if folder is None:
        return []
    if Path(folder).resolve() == Path(results).resolve():
        raise UserError(f"previous: {folder}: is where this run writes its results; name a copy of an earlier release")
    return files_of("previous", folder)


def release(files: Iterable[str]) -> Release:
    """A release from its files, under the names used by `files_of`."""
    by_name = {Path(file).name: file for file in files}
    rows = tables.rows("reorganized", by_name["reorganized.parquet"], columns=_READ)
    known = read_ids(by_name[IDS]) if IDS in by_name else []

    def held(ids: set[str]) -> Mapping[str, set[str]]:
        return placed(
            tables.read("placements", by_name["placements.parquet"], columns=["interaction_id", "pathway_id"]), ids
        )

    return Release(rows, held, known=known)


def placed(placements: "pa.Table", ids: set[str]) -> dict[str, set[str]]:
    """The interactions placed at each of these pathways."""
    return _grouped(placements, "pathway_id", of="interaction_id", wanted=ids)


def placed_of(placements: "pa.Table", interactions: set[str]) -> dict[str, set[str]]:
    """The pathways that each of these interactions is placed on."""
    return _grouped(placements, "interaction_id", of="pathway_id", wanted=interactions)


def _grouped(table: "pa.Table", by: str, of: str, wanted: set[str]) -> dict[str, set[str]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = table.filter(pc.is_in(table[by], pa.array(sorted(wanted), pa.string())))
    found: dict[str, set[str]] = {}
    for key, value in zip(rows[by].to_pylist(), rows[of].to_pylist(), strict=True):
        found.setdefault(key, set()).add(value)
    return found


def write_ids(known: Iterable[Known], path: str | Path) -> None:
    """Write ids.tsv."""
    listed = [
        (one.pathway_id, one.name, one.status, one.replaced_by, "|".join(one.consider), "|".join(one.former_names))
        for one in known
    ]
    delimited.write(COLUMNS, listed, path=path)


def read_ids(path: str | Path) -> list[Known]:
    """Read ids.tsv. Raises UserError with the line if `write_ids` would not have written it."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file, delimiter="\t")) or [[]]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error})") from None
    if tuple(header) != COLUMNS:
        raise UserError(f"{path}:1: the columns are not {', '.join(COLUMNS)}")
    known: dict[str, Known] = {}
    for number, line in enumerate(lines, 2):
        if len(line) != len(COLUMNS) or line[2] not in (CURRENT, MERGED, RETIRED) or line[0] in known:
            raise UserError(f"{path}:{number}: is not a row of {', '.join(COLUMNS)}, or its id is repeated")
        id_, name, status, replaced_by, *lists = line
        consider, former = (tuple(text.split("|")) if text else () for text in lists)
        known[id_] = Known(id_, name, status=status, replaced_by=replaced_by, consider=consider, former_names=former)
    return list(known.values())
