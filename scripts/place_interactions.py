"""Reorganize, phase 4: put each interaction at the right level of its path."""

from rootward import tables
from rootward.ask import Asker
from rootward.curators.base import Answer, Failure
from rootward.job import Job
from rootward.names import pathway_id
from rootward.questions import ask_about
from rootward.tree import nodes, place

FIELDS = ["interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement"]


def place_interactions(
    paths: dict[str, str], fallback_root: str, ask_which: str, confidence: float, placed: str, changes: str, ask: Asker
) -> None:
    """interactions, tree of phase 3, placements of phase 1 (paths) -> placements and changes of phase 4."""
    import pyarrow as pa
    import pyarrow.compute as pc

    forest = nodes.from_rows(tables.rows("tree", paths["tree"]))
    below = nodes.children(forest)
    placements = tables.read("placements", paths["placements"])
    rows = place.doubtful(placements.to_pylist(), below, ask_which, confidence, {pathway_id(fallback_root)})
    wanted = pc.field("interaction_id").isin(pa.array([row["interaction_id"] for row in rows], pa.string()))
    described = {
        row["interaction_id"]: row
        for row in tables.read("interactions", paths["interactions"], FIELDS, wanted).to_pylist()
    }
    where: dict[str, dict[str, list[str]]] = {}

    def answers(asked: list[nodes.Row]) -> list[Answer | Failure]:
        for id_ in {row["pathway_id"] for row in asked} - where.keys():
            where[id_] = _surroundings(forest, below, id_)
        return ask.ask_many(
            [ask_about("place", described[row["interaction_id"]] | where[row["pathway_id"]]) for row in asked]
        )

    def in_doubt(row: nodes.Row) -> bool:
        return bool(place.doubtful([row], below, ask_which, confidence, {pathway_id(fallback_root)}))

    moved, change_rows = place.settle(rows, answers, in_doubt, forest, below)
    if moved:
        kept = [moved.get((r["interaction_id"], r["pathway_id"]), r) for r in placements.to_pylist()]
        unique = {(row["interaction_id"], row["pathway_id"]): row for row in kept}
        placements = tables.from_rows("placements", list(unique.values()))
    tables.write("placements", placements, placed)
    tables.write("changes", change_rows, changes)


def _surroundings(forest: nodes.Forest, below: dict[str, list[str]], id_: str) -> dict[str, list[str]]:
    return {"path": nodes.path_names(forest, id_), "children": [forest[child].name for child in below.get(id_, ())]}


if __name__ == "__main__":
    with Job(snakemake) as job:
        place_interactions(
            {name: snakemake.input[name] for name in ("interactions", "tree", "placements")},
            snakemake.params.fallback_root,
            snakemake.params.ask,
            snakemake.params.confidence,
            snakemake.output.placements,
            snakemake.output.changes,
            job.asker,
        )
