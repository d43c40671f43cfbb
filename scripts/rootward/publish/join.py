"""Interactions with their placements, without holding either table in memory."""

from collections.abc import Iterable, Iterator

from rootward.tables import Row


def placed(interactions: Iterable[Row], placements: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Each interaction with its placements. Both are sorted by interaction_id, as their tables are.

    An interaction without a placement is one that the configuration leaves out of the tree (verify_tree checks that),
    and is left out here, too. Raises ValueError for a placement without an interaction: no export may lose one.
    """
    waiting = iter(placements)
    following = next(waiting, None)
    for interaction in interactions:
        id_ = interaction["interaction_id"]
        own = []
        while following is not None and following["interaction_id"] == id_:
            own.append(following)
            following = next(waiting, None)
        if own:
            yield interaction, own
    if following is not None:
        raise ValueError(f"placement of {following['interaction_id']}, which is not an interaction")


def pmids(interaction: Row) -> list[str]:
    """The publications an interaction rests on, each once, in numeric order."""
    return sorted({piece["pmid"] for piece in interaction["evidence"] if piece["pmid"]}, key=lambda p: (len(p), p))


def called(row: Row, side: str) -> str:
    """A protein of an interaction, with the name in the user's file if it differs."""
    symbol, given = row[f"protein_{side}"], row[f"given_{side}"]
    return str(symbol) if given in (None, symbol) else f"{symbol} ({given})"
