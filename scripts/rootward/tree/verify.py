"""The finished tree, and the verification of its invariants.

`finish` lays the tree out; `violations` recomputes everything from the finished rows alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rootward.knowledge.names import normalise, pathway_id
from rootward.tables import Row
from rootward.tree.nodes import Forest, children, top_down, totals

Violations = dict[str, list[str]]

CHECKS = {
    "one_parent": "every pathway except a root has exactly one parent, which exists",
    "no_cycle": "no pathway is its own ancestor",
    "ends_in_root": "every path ends in a configured root",
    "roots_have_no_parent": "roots have no parent",
    "unique_ids": "ids are unique and made from the name",
    "unique_names": "names are unique under normalisation",
    "levels": "level, path and root_id follow from the parent's",
    "placed": "every interaction has a placement, on a pathway that exists",
    "no_orphans": "no pathway without interactions at or below it, unless it is a kept sibling",
    "decided": "every edge and placement has a method, and a call_id unless it comes from config or fell back",
    "counts": "n_direct and n_total add up",
}


def finish(forest: Forest, direct: Mapping[str, int], xrefs: Mapping[str, list[str]]) -> list[Row]:
    """Rows of the `reorganized` table for a strict forest. direct: interactions placed at each pathway.

    If the forest is not strict, nothing is hidden: unreachable pathways get a row (level -1), and so does every
    additional parent, so that `violations` finds them.
    """
    total, below = totals(forest, direct), children(forest)
    reached = list(top_down(forest))
    rows: dict[str, Row] = {}
    for id_ in [*reached, *sorted(forest.keys() - set(reached))]:
        node = forest[id_]
        above = rows.get(node.parent_id) if node.parent_id else None
        edge = next(iter(node.parents.values()), None)
        rows[id_] = {
            "pathway_id": id_,
            "name": node.name,
            "parent_id": node.parent_id,
            "root_id": above["root_id"] if above else id_,
            "level": above["level"] + 1 if above else -1 if node.parents else 0,
            "path": [*(above["path"] if above else ()), node.name],
            "is_leaf": id_ not in below,
            "origin": node.origin,
            "n_direct": direct.get(id_, 0),
            "n_total": total[id_],
            "aliases": list(node.aliases),
            "xrefs": xrefs.get(id_, []),
            "method": edge.method if edge else "config",
            "reasoning": edge.reasoning if edge else "a configured root",
            "call_id": edge.call_id if edge else None,
        }
    return [*rows.values(), *_further_parents(forest, rows)]


def _further_parents(forest: Forest, rows: Mapping[str, Row]) -> list[Row]:
    return [
        rows[id_] | {"parent_id": parent_id} for id_, node in forest.items() for parent_id in list(node.parents)[1:]
    ]


def violations(
    tree: Sequence[Row],
    placed: Mapping[str, int],
    unplaced: Iterable[str],
    undecided: Iterable[str],
    root_ids: set[str],
    keep_siblings: bool,
) -> Violations:
    """For each check of CHECKS the rows (names or ids) that break it; all lists are empty for a valid tree.

    tree: rows of `reorganized`; placed: number of placements per pathway id; unplaced: interactions without a
    placement; undecided: interactions whose placement has no method, or no call_id although a curator decided it.
    """
    found: Violations = {check: [] for check in CHECKS}
    by_id = {row["pathway_id"]: row for row in tree}
    ids = Counter(row["pathway_id"] for row in tree)
    names = Counter(normalise(row["name"]) for row in tree)
    total: Counter[str] = Counter()
    found["one_parent"] += sorted({row["name"] for row in tree if ids[row["pathway_id"]] > 1})
    for row in tree:
        if ids[row["pathway_id"]] > 1 or row["pathway_id"] != pathway_id(row["name"]):
            found["unique_ids"].append(row["pathway_id"])
        if names[normalise(row["name"])] > 1:
            found["unique_names"].append(row["name"])
        _check_position(row, by_id, root_ids=root_ids, found=found)
        for id_ in _line(row, by_id):
            total[id_] += row["n_direct"]
    has_children = {row["parent_id"] for row in tree}
    for row in tree:
        id_ = row["pathway_id"]
        if (
            row["n_direct"] != placed.get(id_, 0)
            or row["n_total"] != total[id_]
            or row["is_leaf"] == (id_ in has_children)
        ):
            found["counts"].append(row["name"])
        if total[id_] == 0 and not (keep_siblings and row["origin"] == "sibling"):
            found["no_orphans"].append(row["name"])
    found["placed"] = [*unplaced, *(id_ for id_ in placed if id_ not in by_id)]
    found["decided"] += undecided
    return found


def _check_position(row: Row, by_id: Mapping[str, Row], root_ids: set[str], found: Violations) -> None:
    id_, parent = row["pathway_id"], by_id.get(row["parent_id"])
    is_root = id_ in root_ids
    if is_root and row["parent_id"] is not None:
        found["roots_have_no_parent"].append(row["name"])
    if not is_root and parent is None:
        found["one_parent"].append(row["name"])
    line = _line(row, by_id)
    if line[-1] not in root_ids:
        found["ends_in_root"].append(row["name"])
        if by_id[line[-1]]["parent_id"] in line:
            found["no_cycle"].append(row["name"])
    expected = (
        (parent["level"] + 1, [*parent["path"], row["name"]], parent["root_id"]) if parent else (0, [row["name"]], id_)
    )
    if (row["level"], list(row["path"]), row["root_id"]) != expected:
        found["levels"].append(row["name"])
    if not row["method"] or (row["call_id"] is None and row["method"] not in ("config", "fallback")):
        found["decided"].append(row["name"])


def _line(row: Row, by_id: Mapping[str, Row]) -> list[str]:
    """The ids from a row upwards, stopping before an id that repeats or is missing."""
    line = [row["pathway_id"]]
    seen = set(line)
    parent_id = row["parent_id"]
    while parent_id in by_id and parent_id not in seen:
        line.append(parent_id)
        seen.add(parent_id)
        parent_id = by_id[parent_id]["parent_id"]
    return line
