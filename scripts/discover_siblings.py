"""Ask every parent for other children that no interaction led to."""

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.decided import above, read
from rootward.curators.base import Failure
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.tree.members import members
from rootward.workflow.job import Job


def discover_siblings(
    *, hierarchy: str, leaves: str, decisions: str | None, fallback_root: str, limit: int, siblings: str, ask: Asker
) -> None:
    """hierarchy, leaves -> siblings: at most `limit` new children per parent, of which the fallback root has none."""
    edges = [row for row in tables.rows("hierarchy", hierarchy) if row["parent_id"] != pathway_id(fallback_root)]
    names, children = {}, {}
    for row in edges:
        names[row["parent_id"]] = row["parent"]
        children.setdefault(row["parent_id"], []).append(row["child"])
    parents = sorted(names) if limit else []
    proteins = members({row["child_id"]: row["parent_id"] for row in edges}, tables.rows("leaves", leaves))
    questions = [
        ask_about(
            "siblings",
            {"parent": names[id_], "children": sorted(children[id_]), "proteins": proteins[id_]},
            limit=limit,
        )
        for id_ in parents
    ]
    asker = above(ask, read(decisions))
    rows = []
    for id_, answer in zip(parents, asker.ask_many(questions), strict=True):
        if isinstance(answer, Failure):
            continue
        known = {id_, *map(pathway_id, children[id_])}
        for sibling in answer.value["siblings"]:
            sibling_id = pathway_id(sibling["name"])
            if sibling_id not in known:
                known.add(sibling_id)
                decided = {"method": answer.method, "reasoning": sibling["reasoning"], "call_id": answer.call_id}
                rows.append({"parent_id": id_, "pathway_id": sibling_id, "name": sibling["name"], **decided})
    tables.write("siblings", rows, path=siblings)


if __name__ == "__main__":
    Job(snakemake).run(discover_siblings)
