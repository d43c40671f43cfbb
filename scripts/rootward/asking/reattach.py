"""A parent, from the tree that has grown, for a pathway whose every answer was refused.

A model judges an edge better than it finds one. Candidates are the pathways named most like the stuck one, their
parents, and what was answered and refused; each is put to the yes-or-no question. A true parent's ancestors are
ancestors too, so the pathways above each candidate that passed are asked about as well: a wrong yes seldom has company.
The candidate with most yeses beyond noes on its way to the root wins.
"""

from collections.abc import Mapping, Sequence

from rootward.asking.ask import Asker
from rootward.asking.opinions import check_edges
from rootward.curators.base import Answer
from rootward.knowledge.names import pathway_id
from rootward.knowledge.nearest import NameIndex
from rootward.tree.climb import Links
from rootward.tree.nodes import Edge

NEAREST = 10  # names looked at per stuck pathway
NAMED = 2  # what it is worth to have been answered, though it was refused
LEAST = 2  # yeses beyond noes that a parent needs

Verdicts = dict[tuple[str, str], Answer]


def reattach(ask: Asker, links: Links, stuck: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, Edge]]:
    """child id -> parent id and the edge, for those of the stuck pathways (id -> names refused) that found a parent.

    `links` takes the new edges in, so that none of them closes a cycle.
    """
    candidates = _candidates(links, stuck)
    refused = {child: _refused(links, names) for child, names in stuck.items()}
    verdicts: Verdicts = {}
    _judge(ask, links, [(child, other) for child in candidates for other in candidates[child]], verdicts)
    passed = {
        child: [o for o in others if _holds(verdicts, child, o) or o in refused[child]]
        for child, others in candidates.items()
    }
    above = {(child, a) for child, others in passed.items() for other in others for a in links.upward(other)}
    _judge(ask, links, sorted(above - verdicts.keys()), verdicts)
    found: dict[str, tuple[str, Edge]] = {}
    for child, others in passed.items():
        scores = {
            o: _score(links, verdicts, child, o) + (NAMED if o in refused[child] else 0)
            for o in others
            if not links.is_below(o, child)
        }
        best = max(sorted(scores), key=lambda o: (scores[o], len(list(links.upward(o)))), default=None)
        if best is not None and scores[best] >= LEAST:
            verdict = verdicts[child, best]
            reason = f"{verdict.value['reasoning']} (found in the tree: {scores[best]} more yes than no on its path)"
            found[child] = best, Edge(verdict.method, reason, verdict.call_id)
            links.parent_of[child] = best
    return found


def _candidates(links: Links, stuck: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    ids = sorted(links.names)
    index = NameIndex([links.names[id_] for id_ in ids])
    children = sorted(stuck)
    near = index.nearest([links.names[child] for child in children], NEAREST + 1)
    found: dict[str, list[str]] = {}
    for child, hits in zip(children, near, strict=True):
        named = [ids[at] for at, _ in hits]
        parents = [parent for id_ in named if (parent := links.parent_of.get(id_))]
        others = dict.fromkeys([*named, *parents, *_refused(links, stuck[child])])
        found[child] = [id_ for id_ in others if not links.is_below(id_, child)]
    return found


def _refused(links: Links, names: Sequence[str]) -> list[str]:
    return [id_ for name in names if (id_ := pathway_id(name)) in links.names]


def _judge(ask: Asker, links: Links, edges: Sequence[tuple[str, str]], verdicts: Verdicts) -> None:
    answers = check_edges(ask, [(links.names[child], links.names[other]) for child, other in edges])
    verdicts.update(
        {edge: answer for edge, answer in zip(edges, answers, strict=True) if isinstance(answer, Answer)}
    )


def _holds(verdicts: Verdicts, child: str, other: str) -> bool:
    return (child, other) in verdicts and bool(verdicts[child, other].value["is_a"])


def _score(links: Links, verdicts: Verdicts, child: str, other: str) -> int:
    """Yeses minus noes over a candidate and what stands above it."""
    asked = [above for above in links.upward(other) if (child, above) in verdicts]
    return sum(1 if _holds(verdicts, child, above) else -1 for above in asked)
