"""Finds a parent in the grown tree for a pathway for which every answer was rejected.

A model is better at judging an edge than at finding one. The candidates are the pathways with the most similar names,
their parents, and the rejected answers; each is put to the yes-or-no question. The ancestors of a true parent are
ancestors of the child as well, so they are also asked about: a wrong yes is rarely confirmed by them. The candidate
with the highest score (yes minus no votes on its path to the root) wins.

benchmarks/noisy_curator.py measures the gain over accepting an answer that every wording repeats.
"""

from collections.abc import Iterable, Mapping, Sequence

from rootward.asking.ask import Asker
from rootward.asking.opinions import check_edges
from rootward.curators.base import Answer
from rootward.knowledge.names import pathway_id
from rootward.knowledge.nearest import NameIndex
from rootward.tree.climb import Links
from rootward.tree.nodes import Edge

NEAREST = 10  # similar names considered per pathway
NAMED = 2  # points for having been an answer, though rejected
LEAST = 2  # yes minus no votes that a parent needs


def reattach(ask: Asker, links: Links, stuck: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, Edge]]:
    """child id -> parent id and the edge, for those of the pathways (id -> rejected names) for which a parent was
    found.

    The new edges are added to `links`, so that none of them closes a cycle.
    """
    if not stuck:
        return {}
    refused = {child: _known(links, names) for child, names in sorted(stuck.items())}
    candidates = _candidates(links, refused)
    judge = _Judge(ask, links)
    judge.ask_about((child, other) for child, others in candidates.items() for other in others)
    likely = {
        child: [other for other in others if judge.says(child, other) > 0 or other in refused[child]]
        for child, others in candidates.items()
    }
    judge.ask_about((child, a) for child, others in likely.items() for other in others for a in links.upward(other))
    found: dict[str, tuple[str, Edge]] = {}
    for child, others in likely.items():
        scores = {other: judge.score(child, other, prior=NAMED * (other in refused[child])) for other in others}
        best = _best(links, child, scores=scores)
        if best is not None:
            found[child] = best, judge.edge(child, best)
            links.parent_of[child] = best
    return found


def _known(links: Links, names: Iterable[str]) -> list[str]:
    return [id_ for name in names if (id_ := pathway_id(name)) in links.names]


def _candidates(links: Links, refused: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The possible parents of each pathway, without its descendants."""
    ids = sorted(links.names)
    near = NameIndex([links.names[id_] for id_ in ids]).nearest([links.names[child] for child in refused], NEAREST + 1)
    found: dict[str, list[str]] = {}
    for (child, answered), hits in zip(refused.items(), near, strict=True):
        named = [ids[at] for at, _ in hits]
        parents = [parent for id_ in named if (parent := links.parent_of.get(id_))]
        others = dict.fromkeys([*named, *parents, *answered])
        found[child] = [id_ for id_ in others if not links.is_below(id_, child)]
    return found


def _best(links: Links, child: str, scores: Mapping[str, int]) -> str | None:
    """The highest sufficient score; for ties the deepest candidate, then the first id."""
    fitting = [o for o in sorted(scores) if scores[o] >= LEAST and not links.is_below(o, child)]
    return max(fitting, key=lambda o: (scores[o], sum(1 for _ in links.upward(o))), default=None)


class _Judge:
    """The answers to the yes-or-no question, asked once per edge; an edge without an answer does not count."""

    def __init__(self, ask: Asker, links: Links):
        self._ask, self._links = ask, links
        self._verdicts: dict[tuple[str, str], Answer] = {}

    def ask_about(self, edges: Iterable[tuple[str, str]]) -> None:
        """Ask about the (child, ancestor) pairs that have not been asked about."""
        new = sorted(set(edges) - self._verdicts.keys())
        names = self._links.names
        answers = check_edges(self._ask, [(names[child], names[above]) for child, above in new])
        self._verdicts |= {e: answer for e, answer in zip(new, answers, strict=True) if isinstance(answer, Answer)}

    def says(self, child: str, above: str) -> int:
        """1 for yes, -1 for no, 0 without an answer."""
        verdict = self._verdicts.get((child, above))
        return 0 if verdict is None else 1 if verdict.value["is_a"] else -1

    def score(self, child: str, other: str, prior: int) -> int:
        """Yes minus no votes for a pathway and its ancestors, plus the prior if any of them was judged."""
        said = [self.says(child, above) for above in self._links.upward(other)]
        return sum(said) + prior * any(said)

    def edge(self, child: str, parent: str) -> Edge:
        """The edge to a parent that was found, with the evidence for it."""
        line = list(self._links.upward(parent))
        agreed = sum(self.says(child, above) > 0 for above in line)
        verdict = self._verdicts.get((child, parent))
        why = f"{verdict.value['reasoning']} " if verdict else ""
        reason = f"{why}(found in the tree: {agreed} of {len(line)} pathways on its path were confirmed)"
        return Edge("model", reason, call_id=verdict.call_id if verdict else None)
