"""All proteins of a run, their names, and how many interactions each has in which pathway."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

COLUMNS = [f"{name}_{end}" for name in ("protein", "uniprot", "given") for end in "ab"]
COLUMNS = ["interaction_id", *COLUMNS]  # of the interactions


class Proteins:
    """All proteins of a table of interactions. number: (symbol, accession or "") -> the protein's number, in this sort
    order.
    """

    def __init__(self, interactions: "pa.Table"):
        ends = {end: self._named(interactions, end) for end in "ab"}
        self.number = {key: n for n, key in enumerate(sorted({*ends["a"], *ends["b"]}))}
        self._ids = interactions["interaction_id"]
        self._ends = [[self.number[key] for key in ends[end]] for end in "ab"]
        self._given = [interactions[f"given_{end}"] for end in "ab"]

    @staticmethod
    def _named(interactions: "pa.Table", end: str) -> list[tuple[str, str]]:
        symbols, accessions = (interactions[f"{name}_{end}"].to_pylist() for name in ("protein", "uniprot"))
        return [(symbol, accession or "") for symbol, accession in zip(symbols, accessions, strict=True)]

    def block(self, placed: "pa.ChunkedArray", pathway: "np.ndarray", known: str | Path | None) -> dict[str, Any]:
        """Columns by number of the protein. placed, pathway: for each placement the id of the interaction and the
        number of the pathway; known: a table of proteins with their synonyms.

        `called`: other names of a protein, from its synonyms and the user's files; `held`: the number of its
        interactions; `in`: a flat list of its pathways, each followed by the number of its interactions there.
        """
        symbols = [symbol for symbol, _ in self.number]
        return {
            "symbol": symbols,
            "uniprot": [accession for _, accession in self.number],
            "called": self._called(symbols, known),
            "held": self._held(),
            "in": self._pathways(placed, pathway),
        }

    def genes(self, known: str | Path | None) -> dict[str, Any]:
        """What a list of genes is compared with. known: a table of proteins; without it every protein counts as a gene.

        `strange`: the proteins that are not approved symbols, and therefore in no gene set; `reference`: the number of
        approved symbols; `others`: the approved symbols without an interaction, separated by |.
        """
        approved = _approved(known) if known else set()
        mine = {symbol for symbol, _ in self.number}
        strange = [n for n, (symbol, _) in enumerate(self.number) if known and symbol not in approved]
        return {"strange": strange, "reference": len(approved), "others": "|".join(sorted(approved - mine))}

    def _called(self, symbols: Sequence[str], known: str | Path | None) -> dict[int, list[str]]:
        found: dict[int, dict[str, None]] = {}
        for n, names in _synonyms(symbols, known) if known else ():
            found[n] = dict.fromkeys(names)
        for ends, given in zip(self._ends, self._given, strict=True):
            for n, name in set(zip(ends, given.to_pylist(), strict=True)):
                if name and name != symbols[n]:
                    found.setdefault(n, {})[name] = None
        return {n: sorted(names) for n, names in sorted(found.items())}

    def _held(self) -> list[int]:
        import numpy as np

        a, b = (np.asarray(end, dtype=np.int64) for end in self._ends)
        found: list[int] = np.bincount(np.concatenate([a, b[a != b]]), minlength=len(self.number)).tolist()
        return found

    def _pathways(self, placed: "pa.ChunkedArray", pathway: "np.ndarray") -> list[list[int]]:
        import numpy as np
        import pyarrow.compute as pc

        at = np.asarray(pc.index_in(placed, value_set=self._ids.combine_chunks()))
        a, b = (np.asarray(end, dtype=np.int64)[at] for end in self._ends)
        width = int(pathway.max(initial=0)) + 1
        other = a != b  # an interaction of a protein with itself counts once
        pairs = np.concatenate([a * width + pathway, b[other] * width + pathway[other]])
        found: list[list[int]] = [[] for _ in self.number]
        for pair, count in zip(*(part.tolist() for part in np.unique(pairs, return_counts=True)), strict=True):
            found[pair // width] += [pair % width, count]
        return found


def _approved(known: str | Path) -> set[str]:
    import pyarrow.parquet as pq

    return set(pq.read_table(known, columns=["symbol"])["symbol"].to_pylist())


def _synonyms(symbols: Sequence[str], known: str | Path) -> Iterator[tuple[int, list[str]]]:
    """Number of a protein, and its synonyms."""
    import pyarrow.parquet as pq

    table = pq.read_table(known, columns=["symbol", "synonyms"])
    names = dict(zip(table["symbol"].to_pylist(), table["synonyms"].to_pylist(), strict=True))
    for n, symbol in enumerate(symbols):
        if others := [name for name in (names.get(symbol) or "").split("|") if name]:
            yield n, others
