"""Reorganize, phase 3: insert missing levels between a root and the pathways directly below it."""

from rootward import tables
from rootward.asking.ask import Asker, Asks
from rootward.asking.decided import above, read
from rootward.curators.base import Answer
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.tree import deepen, merge, nodes
from rootward.tree.spelling import Spelling
from rootward.workflow.job import Job


def deepen_branches(
    *,
    strict: str,
    decisions: str | None,
    fallback_root: str,
    max_depth: int,
    threshold: float,
    tree: str,
    changes: str,
    ask: Asker,
) -> None:
    """The tree of phase 2 -> tree and changes of phase 3. Pathways under the fallback root are left unchanged.

    threshold: the name similarity from which to ask whether a new level is a pathway that the tree already has.
    """
    forest = nodes.from_rows(tables.rows("tree", strict))
    below = nodes.children(forest)
    shallow = [id_ for id_ in deepen.shallow(forest) if forest[id_].parent_id != pathway_id(fallback_root)]
    questions = []
    for id_ in shallow:
        root_id = forest[id_].parent_id
        siblings = [forest[child].name for child in below[root_id] if child != id_]
        questions.append(
            ask_about("intermediate", {"child": forest[id_].name, "root": forest[root_id].name, "siblings": siblings})
        )
    asker = above(ask, read(decisions))
    answers = dict(zip(shallow, asker.ask_many(questions), strict=True))
    answers = deepen.respelled(answers, names_in_use(forest, deepen.proposed(answers), threshold=threshold, ask=asker))
    forest, rows = deepen.deepen(forest, answers, max_depth=max_depth)
    tables.write("tree", nodes.to_rows(forest), path=tree)
    tables.write("changes", rows, path=changes)


def names_in_use(forest: nodes.Forest, names: list[str], threshold: float, ask: Asks) -> dict[str, str]:
    """name of a level -> the name of the existing pathway that it is, by its words or by an answer."""
    spelling = Spelling([node.name for node in forest.values()])
    spelling.learn(names)
    found = {name: spelling.fold(name) for name in names}
    new = {pathway_id(name): name for name in sorted(found.values(), reverse=True)}
    new = {id_: name for id_, name in new.items() if id_ not in forest}
    if new:
        both = forest | {id_: nodes.Node(id_, name, origin="intermediate") for id_, name in new.items()}
        pairs = [pair for pair in merge.candidate_pairs(both, threshold) if not new.keys().isdisjoint(pair)]
        questions = [
            ask_about("merge", {"pair_id": f"P{n}", "a": both[a].name, "b": both[b].name})
            for n, (a, b) in enumerate(pairs, start=1)
        ]
        same: dict[str, str] = {}
        for pair, answer in zip(pairs, ask.ask_many(questions), strict=True):
            if isinstance(answer, Answer) and answer.value["same"]:
                kept, given = sorted(pair, key=lambda id_: (id_ in new, both[id_].name))
                if given in new:
                    same.setdefault(given, kept)
        for name, target in found.items():
            id_, seen = pathway_id(target), set()
            while id_ in same and id_ not in seen:
                seen.add(id_)
                id_ = same[id_]
            found[name] = both[id_].name if id_ in both else target
    return found


if __name__ == "__main__":
    Job(snakemake).run(deepen_branches)
