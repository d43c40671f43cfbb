"""The configured roots: the names every path must end in."""

import csv
from dataclasses import dataclass
from pathlib import Path

from rootward.errors import UserError
from rootward.knowledge.names import clean, pathway_id


@dataclass(frozen=True)
class Root:
    """A root; `includes` names the reference pathways it stands for, if it is not one itself."""

    name: str
    xref: str = ""
    includes: tuple[str, ...] = ()

    @property
    def pathway_id(self) -> str:
        """The id its name makes."""
        return pathway_id(self.name)


def read_roots(path: str | Path, fallback: str) -> list[Root]:
    """The roots of a TSV file (name, and optionally xref and includes, '|'-separated), sorted by name.

    Raises UserError if the file is missing or has no name column, an empty name, a repeated root, or the fallback root.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: cannot be read as roots ({getattr(error, 'strerror', None) or error})") from None
    if rows and "name" not in rows[0][1]:
        raise UserError(f"{path}:1: no column 'name' among {', '.join(map(str, rows[0][1]))}")
    roots: dict[str, Root] = {}
    for line, row in rows:
        name = clean(row["name"] or "")
        if not name:
            continue
        key = pathway_id(name)
        if key in roots:
            raise UserError(f"{path}:{line}: root {name!r} is listed twice")
        if key == pathway_id(fallback):
            raise UserError(f"{path}:{line}: {name!r} is the fallback root; choose another name in fallback_root")
        includes = tuple(clean(part) for part in (row.get("includes") or "").split("|") if part.strip())
        roots[key] = Root(name, (row.get("xref") or "").strip(), includes=includes)
    if not roots:
        raise UserError(f"{path}: contains no roots")
    return sorted(roots.values(), key=lambda root: root.name)
