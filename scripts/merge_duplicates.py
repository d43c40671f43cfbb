"""Reorganize, phase 1: build the first tree from hierarchy and siblings, and merge pathways that are in it twice."""

from collections.abc import Mapping

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.decided import above, read
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import read_roots
from rootward.tree import merge, nodes
from rootward.tree.decisions import Decisions
from rootward.tree.members import members
from rootward.workflow.job import Job


def merge_duplicates(
    *,
    hierarchy: str,
    siblings: str,
    leaves: str,
    memberships: str,
    decisions: str | None,
    roots: str,
    fallback_root: str,
    threshold: float,
    tree: str,
    placements: str,
    changes: str,
    ask: Asker,
) -> None:
    """hierarchy, siblings, leaves, memberships -> tree, placements and changes of phase 1."""
    names = {root.pathway_id: root.name for root in read_roots(roots, fallback_root)}
    names[pathway_id(fallback_root)] = fallback_root
    edges, leaf_rows = list(tables.rows("hierarchy", hierarchy)), list(tables.rows("leaves", leaves))
    forest = nodes.grow(edges, tables.rows("siblings", siblings), leaves=leaf_rows, roots=names)
    proteins = members({row["child_id"]: row["parent_id"] for row in edges}, leaf_rows)
    forest, mapping, rows = merge_until_settled(
        forest, threshold, ask=ask, proteins=proteins, decisions=read(decisions)
    )
    tables.write("tree", nodes.to_rows(forest), path=tree)
    tables.write("placements", _moved(tables.read("memberships", memberships), mapping), path=placements)
    tables.write("changes", rows, path=changes)


def merge_until_settled(
    forest: nodes.Forest, threshold: float, ask: Asker, proteins: Mapping[str, list[str]], decisions: Decisions
) -> tuple[nodes.Forest, dict[str, str], list[nodes.Row]]:
    """The merged forest, old id -> new id, and the changes.

    proteins: pathway id -> some that interact in it, shown with a pair; decisions: people's decisions about pairs. A
    merged pathway may get a name similar to another's, so new pairs are asked about until there are none.
    """
    asked: set[merge.Pair] = set()
    moved: dict[str, str] = {}
    changes: list[nodes.Row] = []
    asker = above(ask, decisions)
    while pairs := [pair for pair in _candidates(forest, threshold, decisions=decisions) if pair not in asked]:
        asked.update(pairs)
        questions = [
            ask_about(
                "merge",
                {
                    "pair_id": f"P{n}",
                    "a": forest[a].name,
                    "b": forest[b].name,
                    "a_proteins": proteins.get(a, []),
                    "b_proteins": proteins.get(b, []),
                },
            )
            for n, (a, b) in enumerate(pairs, start=1)
        ]
        forest, mapping, rows = merge.merge(forest, pairs, answers=asker.ask_many(questions), people=decisions)
        if not rows:
            break
        moved = {old: mapping.get(new, new) for old, new in moved.items()}
        moved |= {old: new for old, new in mapping.items() if old not in moved}
        changes += rows
    return forest, {old: new for old, new in moved.items() if old != new}, changes


def _candidates(forest: nodes.Forest, threshold: float, decisions: Decisions) -> list[merge.Pair]:
    return sorted({*merge.candidate_pairs(forest, threshold), *decisions.same_pairs(forest)})


def _moved(memberships, mapping: dict[str, str]):
    """Memberships with the ids of merged pathways replaced; vectorised over the distinct pathways."""
    import pyarrow as pa

    ids = memberships["pathway_id"].combine_chunks().dictionary_encode()
    new = pa.array([mapping.get(id_, id_) for id_ in ids.dictionary.to_pylist()], pa.string()).take(ids.indices)
    return memberships.set_column(memberships.column_names.index("pathway_id"), "pathway_id", new)


if __name__ == "__main__":
    Job(snakemake).run(merge_duplicates)
