"""Compares two releases of a tree: as one table, in words, and as a page."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

import pandas as pd

from rootward.tables import Row

PATHWAYS = ("added", "removed", "merged", "renamed", "moved")
INTERACTIONS = ("interactions only before", "interactions only after", "interactions moved")
LISTED = (*PATHWAYS, "interactions moved")  # on screen
Tree = dict[str, Row]
CARRIED = 20_000  # interactions of a kind in the explorer
COLUMNS = ["change", "id", "name", "before", "after"]


def tree(rows: Iterable[Row]) -> Tree:
    """The pathways by id, sorted by name."""
    return {row["pathway_id"]: row for row in sorted(rows, key=lambda row: (row["name"], row["pathway_id"]))}


def pathways(before: Tree, after: Tree, same: Mapping[str, str], replaced: Mapping[str, str]) -> pd.DataFrame:
    """The differing pathways, one row per change (COLUMNS). before, after: paths, and names of renamed pathways.

    same: id after -> id before; replaced: id -> the id that now has a merged pathway's interactions.
    """
    now = {old: new for new, old in same.items()}
    found = [("added", id_, row["name"], "", _path(row)) for id_, row in after.items() if id_ not in same]
    for id_, row in before.items():
        if id_ in now:
            found += _changes(row, after[now[id_]], now=now)
        elif replaced.get(id_) in after:
            found.append(("merged", id_, row["name"], _path(row), _path(after[replaced[id_]])))
        else:
            found.append(("removed", id_, row["name"], _path(row), ""))
    return pd.DataFrame(found, columns=COLUMNS)


def _changes(old: Row, new: Row, now: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    """The changes to a pathway that is in both trees."""
    if old["name"] != new["name"]:
        yield "renamed", new["pathway_id"], new["name"], old["name"], new["name"]
    if now.get(old["parent_id"], old["parent_id"]) != new["parent_id"]:
        yield "moved", new["pathway_id"], new["name"], _path(old), _path(new)


def interactions(
    before: pd.Series,
    after: pd.Series,
    tree_before: Tree,
    tree_after: Tree,
    same: Mapping[str, str],
    called: pd.Series,
) -> pd.DataFrame:
    """The differing interactions. before, after: interaction_id -> the set of pathways it is placed on."""
    now = {old: new for new, old in same.items()}
    names = [
        series.map(lambda ids, tree=tree: ", ".join(sorted(tree[id_]["name"] for id_ in ids)))
        for series, tree in ((before, tree_before), (after, tree_after))
    ]
    both = before.index.intersection(after.index)
    expected = before[both].map(lambda ids: {now.get(id_, id_) for id_ in ids})
    moved = both[[wanted != found for wanted, found in zip(expected, after[both], strict=True)]]
    kinds = zip(INTERACTIONS, (before.index.difference(both), after.index.difference(both), moved), strict=True)
    frames = [
        pd.DataFrame(
            {
                "change": kind,
                "id": ids,
                "name": called.reindex(ids).fillna("").to_numpy(),
                "before": names[0].reindex(ids).fillna("").to_numpy(),
                "after": names[1].reindex(ids).fillna("").to_numpy(),
            },
            columns=COLUMNS,
        )
        for kind, ids in kinds
    ]
    return pd.concat(frames, ignore_index=True).sort_values(["change", "id"], kind="stable")


def _path(row: Row) -> str:
    return " > ".join(row["path"])


def line(change: str, id_: str, name: str, before: str, after: str) -> str:
    """A difference as a line on screen."""
    match change:
        case "added":
            return f"{name} ({_above(after)})"
        case "removed":
            return f"{name} ({_above(before)})"
        case "merged":
            return f"{name} > {after.rpartition(' > ')[2]}"
        case "renamed":
            return f"{before} > {after}"
        case "moved":
            return f"{name}: {_above(before)} > {_above(after)}".replace("under ", "")
    return f"{id_}: {before} > {after}"


def _above(path: str) -> str:
    *above, _ = path.split(" > ")
    return f"under {above[-1]}" if above else "a root"


def block(found: pd.DataFrame, counts: Mapping[str, int], folders: tuple[str, str]) -> dict[str, Any]:
    """The differences for the explorer: folders, counts, and for each kind its rows [id, name, before, after].

    Only the first CARRIED interactions are included, so that the page stays small.
    """
    kinds = {
        kind: rows[COLUMNS[1:]].head(len(rows) if kind in PATHWAYS else CARRIED).to_numpy().tolist()
        for kind, rows in found.groupby("change", sort=True)
    }
    return {"folders": list(folders), "counts": dict(counts), "kinds": kinds}


_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; }
table { border-collapse: collapse; width: 100%; }
th { position: sticky; top: 0; background: Canvas; text-align: left; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); }
td { vertical-align: top; overflow-wrap: anywhere; }
td.id { font: 13px ui-monospace, monospace; white-space: nowrap; }
nav a { margin-right: 1rem; }
"""


def page(found: pd.DataFrame, counts: Mapping[str, int], folders: tuple[str, str]) -> str:
    """The differences as one HTML file without scripts: a complete table for each kind."""
    kinds = [kind for kind in (*PATHWAYS, *INTERACTIONS) if counts[kind]]
    links = "".join(f'<a href="#{_anchor(kind)}">{counts[kind]:,} {kind}</a>\n' for kind in kinds)
    sections = "\n".join(_section(kind, found.loc[found["change"] == kind]) for kind in kinds)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Rootward: two trees compared</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Two trees compared</h1>
<p>Before: {escape(folders[0])}, {counts["pathways before"]:,} pathways.
After: {escape(folders[1])}, {counts["pathways after"]:,} pathways.
{counts["interactions"]:,} interactions in either.</p>
<nav aria-label="Kinds of change">
{links or "Nothing differs."}
</nav>
{sections}
</main>
</body>
</html>
"""


def _anchor(kind: str) -> str:
    return kind.replace(" ", "-")


def _section(kind: str, rows: pd.DataFrame) -> str:
    cells = rows[COLUMNS[1:]].itertuples(index=False, name=None)
    body = "\n".join(
        f'<tr><td class="id">{escape(id_)}</td>' + "".join(f"<td>{escape(text)}</td>" for text in others) + "</tr>"
        for id_, *others in cells
    )
    head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS[1:])
    title = f'<h2 id="{_anchor(kind)}">{len(rows):,} {kind}</h2>'
    return (
        f"<section>\n{title}\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</section>"
    )
