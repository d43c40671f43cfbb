"""Reorganize, phase 4: move each interaction to the right level of its path."""

from collections import Counter
from collections.abc import Callable, Iterable

from rootward import tables
from rootward.asking.ask import Asker, Asks
from rootward.asking.decided import above, read
from rootward.asking.subjects import COLUMNS, asked_about
from rootward.curators.base import Answer, Failure
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes, place
from rootward.tree.decisions import Decisions
from rootward.tree.prune import prune
from rootward.workflow.job import Job


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
    before = tables.read("placements", merged)
    skip = {pathway_id(fallback_root)}
    people = read(decisions)
    rows = before.to_pylist()
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
    unique = {(row["interaction_id"], row["pathway_id"]): row for row in rows}
    after = tables.from_rows("placements", list(unique.values())) if moves else before
    tables.write("placements", after, path=placements)
    tables.write("changes", [move for move in moves.values() if move["before"] != move["after"]], path=changes)


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
        self._interactions, self._ask = interactions, ask
        self._described: dict[str, nodes.Row] = {}
        self._known: dict[tuple, Answer | Failure] = {}

    def of(self, forest: nodes.Forest, below: dict[str, list[str]]) -> Callable[[list[nodes.Row]], list]:
        """The function that answers about placements in a tree."""
        where: dict[str, dict[str, list[str]]] = {}

        def answers(rows: list[nodes.Row]) -> list[Answer | Failure]:
            for id_ in {row["pathway_id"] for row in rows} - where.keys():
                where[id_] = _surroundings(forest, below, id_=id_)
            keys = [(row["interaction_id"], *map(tuple, where[row["pathway_id"]].values())) for row in rows]
            new = {key: row for key, row in zip(keys, rows, strict=True) if key not in self._known}
            self._describe(row["interaction_id"] for row in new.values())
            asked = [
                ask_about("place", self._described[row["interaction_id"]] | where[row["pathway_id"]])
                for row in new.values()
            ]
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

        self._describe(row["interaction_id"] for row in rows if is_model_leaf(row))

        def is_too_specific(row: nodes.Row) -> bool:
            node = forest[row["pathway_id"]]
            if not is_model_leaf(row) or node.parent_id is None:
                return False
            statement = self._described[row["interaction_id"]]["statement"]
            return place.is_too_specific(statement, node.name, parent=forest[node.parent_id].name)

        return is_too_specific

    def _describe(self, ids: Iterable[str]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        if unknown := set(ids) - self._described.keys():
            wanted = pc.field("interaction_id").isin(pa.array(sorted(unknown), pa.string()))
            for row in tables.read("interactions", self._interactions, columns=COLUMNS, filters=wanted).to_pylist():
                self._described[row["interaction_id"]] = asked_about(row)


def _surroundings(forest: nodes.Forest, below: dict[str, list[str]], id_: str) -> dict[str, list[str]]:
    return {"path": nodes.path_names(forest, id_), "children": [forest[child].name for child in below.get(id_, ())]}


if __name__ == "__main__":
    Job(snakemake).run(place_interactions)
