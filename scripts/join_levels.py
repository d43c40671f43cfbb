"""Join the levels climbed into one hierarchy; choose the root of what never reached one."""

from rootward import tables
from rootward.ask import Asker
from rootward.curators.base import Failure
from rootward.job import Job
from rootward.names import pathway_id
from rootward.questions import ask_about
from rootward.roots import read_roots
from rootward.tree.climb import Links, rootless


def join_levels(leaves: str, levels: list[str], roots: str, fallback_root: str, hierarchy: str, ask: Asker) -> None:
    """leaves, parents_L1..Lmax -> hierarchy: one edge per pathway that is no root."""
    climbed = [tables.rows("parents", path) for path in levels]
    links = Links.from_levels(tables.rows("leaves", leaves), climbed)
    configured = read_roots(roots, fallback_root)
    names = {root.pathway_id: root.name for root in configured}
    names[pathway_id(fallback_root)] = fallback_root
    edges = [row for level in climbed for row in level if row["parent_id"] is not None]
    rejected = {row["child_id"]: row["rejected"] for level in climbed for row in level if row["parent_id"] is None}
    topmost = rootless(links, names)
    questions = [
        ask_about("choose_root", {"pathway": links.names[id_]}, roots=[root.name for root in configured])
        for id_ in topmost
    ]
    for id_, answer in zip(topmost, ask.ask_many(questions), strict=True):
        if isinstance(answer, Failure):
            root, method, reasoning, call_id = fallback_root, "fallback", answer.message, None
        else:
            root, method = names[pathway_id(answer.value["root"])], answer.method
            reasoning, call_id = answer.value["reasoning"], answer.call_id
        edges.append(
            {
                "child_id": id_,
                "child": links.names[id_],
                "parent_id": pathway_id(root),
                "parent": root,
                "method": method,
                "reasoning": reasoning,
                "call_id": call_id,
                "rejected": rejected.get(id_),
            }
        )
    tables.write("hierarchy", edges, hierarchy)


if __name__ == "__main__":
    with Job(snakemake) as job:
        join_levels(
            snakemake.input.leaves,
            list(snakemake.input.levels),
            snakemake.input.roots,
            snakemake.params.fallback_root,
            snakemake.output.hierarchy,
            job.asker,
        )
