"""Some proteins of each pathway, which help readers understand its name."""

from collections import Counter
from collections.abc import Iterable, Mapping

from rootward.tables import Row

SHOWN = 5


def members(parent_of: Mapping[str, str | None], leaves: Iterable[Row]) -> dict[str, list[str]]:
    """pathway id -> up to five proteins that most leaves at or below it have; ties by name.

    parent_of: child id -> parent id; circles are walked only once. Every pathway in it gets an entry.
    """
    counts: dict[str, Counter[str]] = {id_: Counter() for pair in parent_of.items() for id_ in pair if id_ is not None}
    for leaf in leaves:
        at: str | None = leaf["pathway_id"]
        seen: set[str] = set()
        while at is not None and at not in seen:
            seen.add(at)
            counts.setdefault(at, Counter()).update(leaf["proteins"])
            at = parent_of.get(at)
    return {id_: sorted(count, key=lambda name: (-count[name], name))[:SHOWN] for id_, count in counts.items()}
