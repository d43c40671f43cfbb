"""Tell what differs between the trees of two folders of results: counts first, then each difference."""

import sys
from pathlib import Path

from rootward import tables
from rootward.errors import UserError, did_you_mean
from rootward.knowledge.names import normalise
from rootward.workflow.job import Job

WIDTH = 80
SHOWN = 30  # of each kind of difference
COLUMNS = ["pathway_id", "name", "parent_id", "path", "aliases", "xrefs"]


def compare(before: str | None, after: str | None) -> list[str]:
    """Lines of at most 80 columns. Raises UserError when a folder is not given or holds no tree."""
    if not before or not after:
        raise UserError("name two result folders: --config before=results_before after=results")
    one, other = _tree("before", before), _tree("after", after)
    renamed = _renamed(one, other)
    back = {new: old for old, new in renamed.items()}
    gone = [id_ for id_ in one if id_ not in other and id_ not in renamed]
    added = [id_ for id_ in other if id_ not in one and id_ not in back]
    moved = []
    for id_, row in one.items():
        now = other.get(renamed.get(id_, id_))
        if now is not None:
            above = row["parent_id"]
            if renamed.get(above, above) != now["parent_id"]:
                moved.append((row, now))
    places = [_places(folder) for folder in (before, after)]
    differing = _moved_interactions(*places, renamed)
    interactions = set(places[0]) | set(places[1])
    counts = [
        ("pathways before", len(one)),
        ("pathways after", len(other)),
        ("added", len(added)),
        ("gone", len(gone)),
        ("renamed", len(renamed)),
        ("moved", len(moved)),
        ("interactions", len(interactions)),
        ("interactions only before", len(places[0].keys() - places[1].keys())),
        ("interactions only after", len(places[1].keys() - places[0].keys())),
        ("interactions moved", len(differing)),
    ]
    lines = [_cut(f"before  {before}"), _cut(f"after   {after}"), ""]
    lines += [f"{count:8,d}  {label}" for label, count in counts]
    lines += _listed("added", [_where(other[id_]) for id_ in added])
    lines += _listed("gone", [_where(one[id_]) for id_ in gone])
    lines += _listed("renamed", [f"{one[old]['name']} > {other[new]['name']}" for old, new in renamed.items()])
    lines += _listed("moved", [f"{now['name']}: {_above(row)} > {_above(now)}" for row, now in moved])
    lines += _listed(
        "interactions moved",
        [f"{id_}: {_names_of(then, one)} > {_names_of(now, other)}" for id_, then, now in differing],
    )
    return lines


def _tree(key: str, folder: str) -> dict[str, dict]:
    """Rows by pathway id, in the order of their names."""
    path = Path(folder) / "reorganized.parquet"
    if not path.exists():
        parent = Path(folder).parent
        near = [entry.name for entry in parent.glob("*") if entry.is_dir()] if parent.is_dir() else []
        hint = did_you_mean(Path(folder).name, [n for n in near if n != Path(folder).name])
        raise UserError(f"{key}: {folder}: contains no reorganized.parquet{hint}")
    rows = tables.rows("reorganized", path, COLUMNS)
    return {row["pathway_id"]: row for row in sorted(rows, key=lambda r: (r["name"], r["pathway_id"]))}


def _renamed(one: dict[str, dict], other: dict[str, dict]) -> dict[str, str]:
    """id before -> id after, of pathways that are one entry of the reference, or of which one is named as an alias."""
    gone = {id_: row for id_, row in one.items() if id_ not in other}
    new = {id_: row for id_, row in other.items() if id_ not in one}
    found: dict[str, str] = {}
    for known_as in (_xrefs, _names):
        keys: dict[str, list[str]] = {}
        for id_, row in new.items():
            for key in known_as(row):
                keys.setdefault(key, []).append(id_)
        for id_, row in gone.items():
            fitting = sorted({n for key in known_as(row) for n in keys.get(key, ())} - set(found.values()))
            if id_ not in found and fitting:
                found[id_] = fitting[0]
    return found


def _xrefs(row: dict) -> list[str]:
    return row["xrefs"]


def _names(row: dict) -> list[str]:
    return [normalise(name) for name in (row["name"], *row["aliases"])]


def _places(folder: str) -> dict[str, set[str]]:
    """interaction_id -> the pathways it stands at."""
    table = tables.read("placements", f"{folder}/placements.parquet", ["interaction_id", "pathway_id"])
    found: dict[str, set[str]] = {}
    for interaction, pathway in zip(*(table[c].to_pylist() for c in table.column_names), strict=True):
        found.setdefault(interaction, set()).add(pathway)
    return found


def _moved_interactions(
    before: dict[str, set[str]], now: dict[str, set[str]], renamed: dict[str, str]
) -> list[tuple[str, set[str], set[str]]]:
    shared = sorted(before.keys() & now.keys())
    return [(i, before[i], now[i]) for i in shared if {renamed.get(p, p) for p in before[i]} != now[i]]


def _names_of(ids: set[str], tree: dict[str, dict]) -> str:
    return ", ".join(sorted(tree[id_]["name"] for id_ in ids))


def _above(row: dict) -> str:
    return row["path"][-2] if len(row["path"]) > 1 else "a root"


def _where(row: dict) -> str:
    return f"{row['name']} (under {_above(row)})" if len(row["path"]) > 1 else f"{row['name']} (a root)"


def _listed(title: str, entries: list[str]) -> list[str]:
    if not entries:
        return []
    more = [f"  and {len(entries) - SHOWN:,} more"] if len(entries) > SHOWN else []
    return ["", title, *(_cut(f"  {entry}") for entry in entries[:SHOWN]), *more]


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


if __name__ == "__main__":
    with Job(snakemake):
        told = compare(snakemake.config["before"], snakemake.config["after"])
        print("\n".join(told), file=sys.stderr)
