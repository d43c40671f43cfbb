"""Reorganize, phase 2: one parent per pathway, no cycle, every path to a root."""

from rootward import tables
from rootward.asking.ask import Asker, Asks
from rootward.asking.decided import above, read
from rootward.asking.opinions import check_edges, choose_roots
from rootward.curators.base import Answer, Failure
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import read_roots
from rootward.tree import nodes, strict
from rootward.workflow.job import Job


def enforce_tree(
    *,
    merged: str,
    decisions: str | None,
    roots: str,
    fallback_root: str,
    check: bool,
    tree: str,
    changes: str,
    ask: Asker,
) -> None:
    """The tree of phase 1 -> tree and changes of phase 2.

    check: if a model named several candidates, first exclude those that the yes-or-no question rejects.
    """
    people = read(decisions)
    asker = above(ask, people)
    forest = people.with_parents(nodes.from_rows(tables.rows("tree", merged)))
    best = _best_parents(forest, strict.contested(forest), ask=asker, check=check)
    forest, rows, loose = strict.enforce(forest, best)
    roots_of = choose_roots(
        asker, [forest[id_].name for id_ in loose], roots=read_roots(roots, fallback_root), fallback=fallback_root
    )
    chosen = {id_: (pathway_id(root), root, edge) for id_, (root, edge) in zip(loose, roots_of, strict=True)}
    forest, attached = strict.attach(forest, chosen)
    tables.write("tree", nodes.to_rows(forest), path=tree)
    tables.write("changes", rows + attached, path=changes)


def _best_parents(forest: nodes.Forest, contested: list[str], ask: Asks, check: bool) -> dict[str, Answer | Failure]:
    """contested pathway -> the answer that chooses one of its candidates."""
    doubtful = [id_ for id_ in contested if check and strict.is_doubtful(forest[id_])]
    edges = [(id_, parent) for id_ in doubtful for parent in sorted(forest[id_].parents)]
    verdicts = check_edges(ask, [(forest[id_].name, forest[parent].name) for id_, parent in edges])
    passed = strict.passed(forest, dict(zip(edges, verdicts, strict=True)))
    decided = {id_: answer for id_, (_, answer) in passed.items() if answer is not None}
    asked = [id_ for id_ in contested if id_ not in decided]
    questions = []
    for id_ in asked:
        candidates = passed[id_][0] if id_ in passed else list(forest[id_].parents)
        names = sorted(forest[parent].name for parent in candidates)
        paths = {forest[parent].name: nodes.path_names(forest, parent) for parent in candidates}
        item = {"child": forest[id_].name, "candidates": names, "paths": [paths[name] for name in names]}
        questions.append(ask_about("best_parent", item))
    return decided | dict(zip(asked, ask.ask_many(questions), strict=True))


if __name__ == "__main__":
    Job(snakemake).run(enforce_tree)
