"""What a person should check first: how doubtful it is, times how much depends on it.

The doubt is a rough scale, not a probability, and only gives an order: edges that could not be decided come before
edges that were rejected, voted down or moved, then edges that a model named once, then edges of the reference. The
doubt of a placement is the complement of its confidence. What depends on a pathway is the number of interactions at or
below it; on a placement, one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rootward.knowledge.decisions import PARENT, PLACE, SAME
from rootward.tables import Row
from rootward.tree.decisions import METHOD

# doubt by who decided the edge, and further reasons to check it
METHODS = {"fallback": 1.0, "model": 0.3, "reference": 0.05, "config": 0.0, METHOD: 0.0}
REFUSED, MOVED, MERGED = 0.3, 0.2, 0.3
_VOTES = re.compile(r"\((\d+) of (\d+) opinions\)")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question for a person: the line of decisions.tsv that would confirm the current tree."""

    verb: str
    subject: str
    object: str
    why: str
    unsure: float
    hangs: int

    @property
    def score(self) -> float:
        """The score for the ranking."""
        return round(self.unsure * self.hangs, 4)


def ranked(found: Iterable[Doubt]) -> list[Doubt]:
    """The doubts, highest score first, without what is certain."""
    return sorted((doubt for doubt in found if doubt.score > 0), key=lambda d: (-d.score, d.verb, d.subject, d.object))


def of_edges(tree: Sequence[Row], rejected: Mapping[str, Sequence[Row]], changes: Iterable[Row]) -> list[Doubt]:
    """Doubts about parents. rejected: name of a pathway -> the parents that were named for it and rejected; changes:
    rows of `changes`.
    """
    moves: dict[str, list[Row]] = defaultdict(list)
    for change in changes:
        if change["action"] == "reparent" and change["pathway_id"]:
            moves[change["pathway_id"]].append(change)
    found = []
    for row in tree:
        if row["parent_id"] is None:
            continue
        why, unsure = [], METHODS.get(row["method"].partition(":")[0], METHODS["model"])
        if row["method"] == "fallback":
            why.append("nobody could decide")
        if others := [other["parent"] for name in (row["name"], *row["aliases"]) for other in rejected.get(name, ())]:
            why.append(f"also named: {', '.join(dict.fromkeys(others))}")
            unsure += REFUSED
        if (votes := _VOTES.search(row["reasoning"])) and votes[1] != votes[2]:
            why.append(f"{votes[1]} of {votes[2]} opinions agree")
            unsure += 1 - int(votes[1]) / int(votes[2])
        if steps := moves.get(row["pathway_id"]):
            why.append(f"moved from under {steps[-1]['before'] or 'nothing'}")
            unsure += MOVED
        who = "" if why else f"named once, by {row['method'].replace('_', ' ')}"
        found.append(
            Doubt(
                PARENT,
                row["name"],
                object=row["path"][-2],
                why="; ".join(why) or who,
                unsure=min(unsure, 1.0),
                hangs=row["n_total"],
            )
        )
    return found


def of_merges(tree: Sequence[Row], changes: Iterable[Row]) -> list[Doubt]:
    """Doubts about pathways merged by a model's answer."""
    held = {row["name"]: row["n_total"] for row in tree}
    return [
        Doubt(
            SAME,
            row["before"],
            object=row["after"],
            why=f"merged: {row['reason']}",
            unsure=MERGED,
            hangs=held.get(row["after"], 0),
        )
        for row in changes
        if row["action"] == "merge" and not (row["call_id"] or "decision:").startswith("decision:")
    ]


def of_placements(tree: Sequence[Row], placements: Iterable[Row], fallback: str) -> list[Doubt]:
    """Doubts about placements, except those made by a person. fallback: the root of interactions that could not be
    placed.
    """
    named = {row["pathway_id"]: row["name"] for row in tree}
    return [
        Doubt(
            PLACE,
            row["interaction_id"],
            object=named[row["pathway_id"]],
            why="it could not be placed"
            if named[row["pathway_id"]] == fallback
            else f"probability {row['confidence']:.2f}",
            unsure=1.0 - row["confidence"],
            hangs=1,
        )
        for row in placements
        if row["method"] != METHOD
    ]
