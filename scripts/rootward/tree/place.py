"""Where an interaction belongs on its path: where it is, higher up, or at a child of its leaf."""

import re
from collections.abc import Callable, Iterable, Mapping

from rootward.curators.base import Answer, Failure
from rootward.knowledge.names import content_words, pathway_id
from rootward.tables import Row
from rootward.tree.nodes import Forest

PHASE = "place_interactions"

_SUFFIX = re.compile(r"(?:izations?|isations?|ations?|ating|ates|ated|ate|ions?|ings?|ed|es|ic|al|ity|y|e|s)$")


def doubtful(
    placements: Iterable[Row], below: Mapping[str, list[str]], ask: str, confidence: float, skip: set[str]
) -> list[Row]:
    """The placements to ask about: all, none, or those on a pathway with children or with low confidence (and those
    that are too specific; the caller has to check that with `is_too_specific`).

    skip: pathways whose interactions are never moved (the fallback root).
    """
    if ask == "none":
        return []
    return [row for row in placements if _is_doubtful(row, below, all_=ask == "all", confidence=confidence, skip=skip)]


def _is_doubtful(row: Row, below: Mapping[str, list[str]], all_: bool, confidence: float, skip: set[str]) -> bool:
    return row["pathway_id"] not in skip and (all_ or row["pathway_id"] in below or row["confidence"] < confidence)


def is_too_specific(statement: str, pathway: str, parent: str) -> bool:
    """Whether a statement contains none of the words that distinguish a pathway's name from its parent's.

    Then it may support only the parent. If the statement or the difference is empty, the result is False.
    """
    own = _stems(pathway) - _stems(parent)
    return bool(statement and own) and own.isdisjoint(_stems(statement))


def place(
    asked: Iterable[Row], answers: Iterable[Answer | Failure], forest: Forest, below: Mapping[str, list[str]]
) -> tuple[dict[tuple[str, str], Row], list[Row]]:
    """The placements that move, by (interaction_id, pathway_id before), and the changes.

    An answer counts when it is on the pathway's path or one of its children.
    """
    from rootward.tree.nodes import upward

    moved: dict[tuple[str, str], Row] = {}
    changes: list[Row] = []
    for row, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Failure):
            continue
        here, target = row["pathway_id"], pathway_id(answer.value["pathway"])
        if target == here or not (target in below.get(here, ()) or target in upward(forest, here)):
            continue
        new = row | {
            "pathway_id": target,
            "method": answer.method,
            "reasoning": answer.value["reasoning"],
            "call_id": answer.call_id,
        }
        moved[row["interaction_id"], here] = new
        changes.append(change(row, new, forest=forest))
    return moved, changes


def change(before: Row, after: Row, forest: Forest) -> Row:
    """A row of `changes` for a placement that moves."""
    return {
        "phase": PHASE,
        "action": "move",
        "pathway_id": None,
        "interaction_id": before["interaction_id"],
        "before": forest[before["pathway_id"]].name,
        "after": forest[after["pathway_id"]].name,
        "reason": after["reasoning"],
        "call_id": after["call_id"],
    }


def settle(
    rows: Iterable[Row],
    ask: Callable[[list[Row]], list[Answer | Failure]],
    is_doubtful: Callable[[Row], bool],
    forest: Forest,
    below: Mapping[str, list[str]],
) -> tuple[dict[tuple[str, str], Row], list[Row]]:
    """Move placements until each is where its answer leaves it. Like `place`, but several moves are combined into one.

    ask: returns the answers about placements where they are now; is_doubtful: whether a placement is asked about at
    all. If answers move an interaction in a circle, it ends at the highest pathway of the circle, so another pass
    changes nothing.
    """
    walks = {(row["interaction_id"], row["pathway_id"]): [row] for row in rows}
    reasons: dict[tuple[str, str], list[Row]] = {key: [] for key in walks}
    open_ = list(walks)
    while open_:
        asked = [walks[key][-1] for key in open_]
        moved_on = []
        for key, row, answer in zip(open_, asked, ask(asked), strict=True):
            moved, changes = place([row], [answer], forest=forest, below=below)
            if not moved:
                continue
            (new,) = moved.values()
            walk = walks[key]
            seen = [step["pathway_id"] for step in walk]
            reasons[key] += changes
            if new["pathway_id"] in seen:
                circle = walk[seen.index(new["pathway_id"]) :]
                steps = reasons[key][seen.index(new["pathway_id"]) :]
                # steps[n] leads from circle[n] to the next one; the step back to the first closes the circle.
                reached = {change["after"]: change for change in steps}
                highest = min(circle, key=lambda step: (_level(forest, step["pathway_id"]), step["pathway_id"]))
                walk.append(highest)
                reasons[key].append(reached[forest[highest["pathway_id"]].name])
                continue
            walk.append(new)
            if is_doubtful(new):
                moved_on.append(key)
        open_ = moved_on
    moved, changes = {}, []
    for key, walk in walks.items():
        if walk[-1]["pathway_id"] != key[1]:
            moved[key] = walk[-1]
            changes.append(reasons[key][-1] | {"before": forest[key[1]].name})
    return moved, changes


def _level(forest: Forest, pathway: str) -> int:
    from rootward.tree.nodes import upward

    return sum(1 for _ in upward(forest, pathway))


def _stems(text: str) -> frozenset[str]:
    """Content words without their endings, so that "ubiquitinates" matches "ubiquitination"."""
    return frozenset(map(_stem, content_words(text)))


def _stem(word: str) -> str:
    if len(word) < 6 or any(ch.isdigit() for ch in word):
        return word
    cut = _SUFFIX.sub("", word)
    return cut if len(cut) >= 4 else word
