"""The exports that are gene sets."""

from collections.abc import Mapping
from dataclasses import dataclass

from rootward.publish.exports import gmt
from rootward.publish.exports.export import Export
from rootward.tables import Row


@dataclass(frozen=True)
class Sets:
    """rows: of `reorganized`; direct: the genes placed at each pathway itself."""

    rows: list[Row]
    direct: Mapping[str, set[str]]


def _total(sets: Sets, path: str) -> int:
    return gmt.write(sets.rows, gmt.total_sets(sets.rows, sets.direct), path)


def _direct(sets: Sets, path: str) -> int:
    return gmt.write(sets.rows, sets.direct, path)


EXPORTS = {
    "gmt": Export("pathways.gmt", "sets", _total),
    "gmt_direct": Export("pathways_direct.gmt", "sets", _direct),
}
