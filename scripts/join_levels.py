"""Join all levels into one hierarchy; choose a root for pathways that did not reach one."""

from dataclasses import asdict

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.decided import above, read
from rootward.asking.opinions import choose_roots
from rootward.asking.reattach import reattach
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import read_roots
from rootward.tree.climb import Links, rootless
from rootward.workflow.job import Job


def join_levels(
    *,
    leaves: str,
    levels: list[str],
    decisions: str | None,
    roots: str,
    fallback_root: str,
    check: bool,
    hierarchy: str,
    ask: Asker,
) -> None:
    """leaves, parents_L1..Lmax -> hierarchy: one edge per pathway that is not a root.

    check: if every parent of a pathway was rejected, look for one in the tree first (see `reattach`).
    """
    climbed = [tables.rows("parents", path) for path in levels]
    links = Links.from_levels(tables.rows("leaves", leaves), climbed)
    configured = read_roots(roots, fallback_root)
    names = {root.pathway_id: root.name for root in configured}
    names[pathway_id(fallback_root)] = fallback_root
    edges = [row for level in climbed for row in level if row["parent_id"] is not None]
    rejected = {row["child_id"]: row["rejected"] for level in climbed for row in level if row["parent_id"] is None}
    stuck = {id_: [one["parent"] for one in refused] for id_, refused in rejected.items() if refused and check}
    asker = above(ask, read(decisions))
    found = reattach(asker, links, stuck=stuck)
    topmost = rootless(links, names)
    chosen = choose_roots(asker, [links.names[id_] for id_ in topmost], roots=configured, fallback=fallback_root)
    found |= {id_: (pathway_id(root), edge) for id_, (root, edge) in zip(topmost, chosen, strict=True)}
    spelled = links.names | names
    for id_, (parent, edge) in found.items():
        child = {"child_id": id_, "child": links.names[id_], "rejected": rejected.get(id_)}
        edges.append(child | {"parent_id": parent, "parent": spelled[parent]} | asdict(edge))
    tables.write("hierarchy", edges, path=hierarchy)


if __name__ == "__main__":
    Job(snakemake).run(join_levels)
