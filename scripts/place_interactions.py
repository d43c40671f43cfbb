"""Reorganize, phase 4: move each interaction to the right level of its path."""

from collections import Counter
from collections.abc import Callable, Collection
from sys import intern
from typing import TYPE_CHECKING

from rootward import tables
from rootward.asking.ask import Asker, Asks
from rootward.asking.decided import above, read
from rootward.asking.subjects import COLUMNS, Subjects
from rootward.curators.base import Answer, Failure
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes, place
from rootward.tree.decisions import Decisions
from rootward.tree.prune import prune
from rootward.workflow.job import Job

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 10_000  # placements made into Python objects at once


def place_interactions(
    *,
    interactions: str,
    deepened: str,
    merged: str,
    decisions: str | None,
    fallback_root: str,
    which: str,
    confidence: float,
    keep: str,
    collapse_chains: bool,
    placements: str,
    changes: str,
    ask: Asker,
) -> None:
    """interactions, the tree of phase 3 and the placements of phase 1 -> placements and changes of phase 4.

    which: all, doubtful or none of the placements, as in `place.ask`.

    Pathways that pruning will remove (see siblings.keep and prune.collapse_chains) are not offered as answers. If a
    pass leaves more pathways to be pruned, questions whose options change are asked again.
    """
    forest = nodes.from_rows(tables.rows("tree", deepened))
    skip = {pathway_id(fallback_root)}
    people = read(decisions)
    rows = _rows(merged)
    asking = _Asking(interactions, above(ask, people))
    moves = _decided(rows, forest, people=people)
    while True:
        moved = _pass(rows, forest, asking=asking, ask_which=which, confidence=confidence, skip=skip)
        for n, row in enumerate(rows):
            if (found := moved.get((row["interaction_id"], row["pathway_id"]))) is not None:
                rows[n], change = found
                moves[n] = change | {"before": moves.get(n, change)["before"]}
        moves |= {
            n: move | {"before": moves.get(n, move)["before"]}
            for n, move in _decided(rows, forest, people=people).items()
        }
        left, _ = prune(
            forest,
            Counter(row["pathway_id"] for row in rows),
            keep_siblings=keep == "all",
            collapse_chains=collapse_chains,
        )
        if len(left) == len(forest):
            break
        forest = left
    tables.write("placements", _after(merged, rows, moved=moves.keys()), path=placements)
    tables.write("changes", [move for move in moves.values() if move["before"] != move["after"]], path=changes)


def _rows(placements: str) -> list[nodes.Row]:
    """The placements without their reasons, which are long, and with one object for each name that repeats."""
    table = tables.read("placements", placements, columns=["interaction_id", "pathway_id", "confidence", "method"])
    return [
        {"interaction_id": id_, "pathway_id": intern(pathway), "confidence": confidence, "method": intern(method)}
        for batch in table.to_batches(max_chunksize=_BLOCK)
        for id_, pathway, confidence, method in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


def _after(placements: str, rows: list[nodes.Row], moved: Collection[int]) -> "pa.Table":
    """The placements, with the new state of those that moved (positions). Where two of one interaction meet, the last
    one stays.
    """
    import numpy as np
    import pyarrow as pa

    before = tables.read("placements", placements)
    ids = {rows[n]["interaction_id"] for n in moved}
    touched = np.array([row["interaction_id"] in ids for row in rows], dtype=bool)
    at = np.flatnonzero(touched)
    new = [old | rows[n] for n, old in zip(at.tolist(), before.take(at).to_pylist(), strict=True)]
    unique = {(row["interaction_id"], row["pathway_id"]): row for row in new}
    return pa.concat_tables([before.filter(~touched), tables.from_rows("placements", unique.values())])


def _decided(rows: list[nodes.Row], forest: nodes.Forest, people: Decisions) -> dict[int, nodes.Row]:
    """Move the placements that decisions move, in place: position -> the change, with its reason."""
    if not people:
        return {}
    moves = {}
    for n, row in enumerate(rows):
        rows[n] = people.placed(row, forest)
        if rows[n] != row:
            moves[n] = place.change(row, rows[n], forest=forest)
    return moves


def _pass(
    rows: list[nodes.Row], forest: nodes.Forest, asking: "_Asking", ask_which: str, confidence: float, skip: set[str]
) -> dict[tuple[str, str], tuple[nodes.Row, nodes.Row]]:
    """(interaction_id, pathway_id) -> the new placement and the change with its reason, for placements that move."""
    below = nodes.children(forest)
    too_specific = asking.too_specific(forest, below, rows=rows if ask_which == "doubtful" else [])

    def in_doubt(row: nodes.Row) -> bool:
        known = place.doubtful([row], below, ask=ask_which, confidence=confidence, skip=skip)
        return bool(known) or (ask_which == "doubtful" and too_specific(row))

    doubtful = [row for row in rows if in_doubt(row)]
    moved, changes = place.settle(doubtful, asking.of(forest, below), is_doubtful=in_doubt, forest=forest, below=below)
    return {key: (row, change) for (key, row), change in zip(moved.items(), changes, strict=True)}


class _Asking:
    """Asks the questions, each only once in all passes."""

    def __init__(self, interactions: str, ask: Asks):
        self._described, self._ask = _Described(interactions), ask
        self._known: dict[tuple, Answer | Failure] = {}

    def of(self, forest: nodes.Forest, below: dict[str, list[str]]) -> Callable[[list[nodes.Row]], list]:
        """The function that answers about placements in a tree."""
        where: dict[str, dict[str, list[str]]] = {}
        named: dict[str, tuple[tuple[str, ...], ...]] = {}

        def answers(rows: list[nodes.Row]) -> list[Answer | Failure]:
            for id_ in {row["pathway_id"] for row in rows} - where.keys():
                where[id_] = _surroundings(forest, below, id_=id_)
                named[id_] = tuple(map(tuple, where[id_].values()))
            keys = [(row["interaction_id"], named[row["pathway_id"]]) for row in rows]
            new = {key: row for key, row in zip(keys, rows, strict=True) if key not in self._known}
            if new:
                described = self._described.of([row["interaction_id"] for row in new.values()])
                asked = Subjects("place", described, more=[where[row["pathway_id"]] for row in new.values()])
                self._known |= zip(new, self._ask.ask_many(asked), strict=True)
            return [self._known[key] for key in keys]

        return answers

    def too_specific(
        self, forest: nodes.Forest, below: dict[str, list[str]], rows: list[nodes.Row]
    ) -> Callable[[nodes.Row], bool]:
        """A function that tells whether a model placed an interaction on a leaf that its statement does not mention.

        Placements by the reference are based on the proteins, whatever the statement says.
        """

        def is_model_leaf(row: nodes.Row) -> bool:
            return row["method"] == "model" and row["pathway_id"] not in below

        self._described.read([row["interaction_id"] for row in rows if is_model_leaf(row)])

        def is_too_specific(row: nodes.Row) -> bool:
            node = forest[row["pathway_id"]]
            if not is_model_leaf(row) or node.parent_id is None:
                return False
            statement = self._described.statement(row["interaction_id"])
            return place.is_too_specific(statement, node.name, parent=forest[node.parent_id].name)

        return is_too_specific


class _Described:
    """What questions say about interactions, read when needed and kept as a table: 100,000 rows as Python objects would
    take 100 MB.
    """

    def __init__(self, path: str):
        self._path = path
        self._table: pa.Table = None
        self._places: dict[str, int] = {}

    def of(self, ids: list[str]) -> "pa.Table":
        """The rows of COLUMNS of some interactions, at least one."""
        self.read(ids)
        return self._table.take([self._places[id_] for id_ in ids])

    def statement(self, id_: str) -> str:
        """The statement of an interaction that has been read."""
        statement: str = self._table["statement"][self._places[id_]].as_py()
        return statement

    def read(self, ids: list[str]) -> None:
        """Read the interactions that have not been read yet, at once."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if unknown := set(ids) - self._places.keys():
            wanted = pc.field("interaction_id").isin(pa.array(sorted(unknown), pa.string()))
            found = tables.read("interactions", self._path, columns=COLUMNS, filters=wanted)
            for id_ in found["interaction_id"].to_pylist():
                self._places[id_] = len(self._places)
            self._table = pa.concat_tables([self._table, found]) if self._table is not None else found


def _surroundings(forest: nodes.Forest, below: dict[str, list[str]], id_: str) -> dict[str, list[str]]:
    return {"path": nodes.path_names(forest, id_), "children": [forest[child].name for child in below.get(id_, ())]}


if __name__ == "__main__":
    Job(snakemake).run(place_interactions)
