"""Tell what differs between the trees of two folders of results: counts first, then each difference."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from rootward import tables
from rootward.errors import UserError, did_you_mean
from rootward.knowledge.names import normalise
from rootward.workflow.job import Job
from rootward.workflow.user_config import as_path

WIDTH = 80
SHOWN = 30  # of each kind of difference
COLUMNS = ["pathway_id", "name", "parent_id", "path", "aliases", "xrefs"]


def compare(before: str | None, after: str | None) -> list[str]:
    """Lines of at most 80 columns. Raises UserError when a folder is not given or holds no tree."""
    if not before or not after:
        raise UserError("name two result folders: --config before=results_before after=results")
    folders = _folder("before", before), _folder("after", after)
    one, other = (_tree(key, folder) for key, folder in zip(("before", "after"), folders, strict=True))
    renamed = _renamed(one, other)
    added = other.loc[~other.index.isin([*one.index, *renamed.values()])]
    removed = one.loc[~one.index.isin([*other.index, *renamed])]
    moved = _moved(one, other, renamed)
    places = [_places(folder) for folder in folders]
    stayed = places[0].index.intersection(places[1].index)
    differing = _moved_interactions(*places, renamed)
    counts = {
        "pathways before": len(one),
        "pathways after": len(other),
        "added": len(added),
        "removed": len(removed),
        "renamed": len(renamed),
        "moved": len(moved),
        "interactions": len(places[0].index.union(places[1].index)),
        "interactions only before": len(places[0]) - len(stayed),
        "interactions only after": len(places[1]) - len(stayed),
        "interactions moved": len(differing),
    }
    lines = [_cut(f"before  {folders[0]}"), _cut(f"after   {folders[1]}"), ""]
    lines += [f"{count:8,d}  {label}" for label, count in counts.items()]
    lines += _listed("added", [_where(row.name, row.path) for row in added.itertuples(index=False)])
    lines += _listed("removed", [_where(row.name, row.path) for row in removed.itertuples(index=False)])
    lines += _listed("renamed", [f"{one.at[old, 'name']} > {other.at[new, 'name']}" for old, new in renamed.items()])
    ways = moved[["name_now", "path", "path_now"]].itertuples(index=False, name=None)
    lines += _listed("moved", [f"{name}: {_above(path)} > {_above(now)}" for name, path, now in ways])
    ways = differing[["before", "now"]].itertuples(name=None)
    names = [(id_, _names_of(then, one), _names_of(now, other)) for id_, then, now in ways]
    return lines + _listed("interactions moved", [f"{id_}: {then} > {now}" for id_, then, now in names])


def _folder(key: str, given: str) -> str:
    try:
        return as_path(given)
    except ValueError as error:
        raise UserError(f"{key}: {given}: {error}") from None


def _tree(key: str, folder: str) -> pd.DataFrame:
    """The pathways by id, in the order of their names."""
    path = Path(folder) / "reorganized.parquet"
    if not path.exists():
        parent = Path(folder).parent
        near = [entry.name for entry in parent.glob("*") if entry.is_dir()] if parent.is_dir() else []
        hint = did_you_mean(Path(folder).name, [n for n in near if n != Path(folder).name])
        raise UserError(f"{key}: {folder}: contains no reorganized.parquet{hint}")
    frame = pd.DataFrame(tables.rows("reorganized", path, COLUMNS), columns=COLUMNS).fillna({"parent_id": ""})
    return frame.sort_values(["name", "pathway_id"]).set_index("pathway_id")


def _renamed(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, str]:
    """id before -> id after, of pathways that are one entry of the reference, or of which one is named as an alias."""
    gone, new = one.loc[~one.index.isin(other.index)], other.loc[~other.index.isin(one.index)]
    found: dict[str, str] = {}
    for known_as in (_xrefs, _names):
        pairs = known_as(gone).merge(known_as(new), on="key", suffixes=("", "_now")).sort_values("pathway_id_now")
        for id_ in gone.index:
            fitting = pairs.loc[(pairs["pathway_id"] == id_) & ~pairs["pathway_id_now"].isin(found.values())]
            if id_ not in found and len(fitting):
                found[id_] = fitting["pathway_id_now"].iloc[0]
    return found


def _xrefs(tree: pd.DataFrame) -> pd.DataFrame:
    """The entries of the reference that each pathway is: columns pathway_id and key."""
    return tree["xrefs"].explode().dropna().rename("key").reset_index()


def _names(tree: pd.DataFrame) -> pd.DataFrame:
    """The names and aliases of each pathway, normalised: columns pathway_id and key."""
    names = pd.concat([tree["name"], tree["aliases"].explode().dropna()])
    return names.map(normalise).rename("key").reset_index()


def _moved(one: pd.DataFrame, other: pd.DataFrame, renamed: dict[str, str]) -> pd.DataFrame:
    """The pathways of both trees whose parent is another one; what is said of them now in the columns …_now."""
    both = one.assign(now=one.index.map(lambda id_: renamed.get(id_, id_)))
    both = both.merge(other, left_on="now", right_index=True, suffixes=("", "_now"))
    return both.loc[both["parent_id"].map(lambda id_: renamed.get(id_, id_)) != both["parent_id_now"]]


def _places(folder: str) -> pd.Series:
    """The set of pathways that each interaction is placed on, by interaction_id."""
    columns = ["interaction_id", "pathway_id"]
    rows = tables.rows("placements", f"{folder}/placements.parquet", columns)
    return pd.DataFrame(rows, columns=columns).groupby("interaction_id")["pathway_id"].agg(set)


def _moved_interactions(before: pd.Series, now: pd.Series, renamed: dict[str, str]) -> pd.DataFrame:
    both = pd.concat({"before": before, "now": now}, axis=1, join="inner").sort_index()
    expected = both["before"].map(lambda ids: {renamed.get(id_, id_) for id_ in ids})
    return both.loc[expected != both["now"]]


def _names_of(ids: Iterable[str], tree: pd.DataFrame) -> str:
    return ", ".join(sorted(tree.loc[list(ids), "name"]))


def _above(path: Sequence[str]) -> str:
    return path[-2] if len(path) > 1 else "a root"


def _where(name: str, path: Sequence[str]) -> str:
    return f"{name} (under {_above(path)})" if len(path) > 1 else f"{name} (a root)"


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
