"""Where on its path an interaction belongs: as it is, higher up, or with one of its leaf's children."""

from collections.abc import Iterable, Mapping

from rootward.curators.base import Answer, Failure
from rootward.names import pathway_id
from rootward.tree.nodes import Forest, Row

PHASE = "place_interactions"


def doubtful(
    placements: Iterable[Row], below: Mapping[str, list[str]], ask: str, confidence: float, skip: set[str]
) -> list[Row]:
    """The placements to ask about: all, none, or those on a pathway with children or of low confidence.

    skip: pathways whose interactions are never moved (the fallback root).
    """
    if ask == "none":
        return []
    return [
        row
        for row in placements
        if row["pathway_id"] not in skip
        and (ask == "all" or row["pathway_id"] in below or row["confidence"] < confidence)
    ]


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
        moved[row["interaction_id"], here] = row | {
            "pathway_id": target,
            "method": answer.method,
            "call_id": answer.call_id,
        }
        changes.append(
            {
                "phase": PHASE,
                "action": "move",
                "pathway_id": None,
                "interaction_id": row["interaction_id"],
                "before": forest[here].name,
                "after": forest[target].name,
                "reason": answer.value["reasoning"],
                "call_id": answer.call_id,
            }
        )
    return moved, changes
