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
    """All proteins of a table of interactions: `symbols` and `accessions` ("" if unknown), in this sort order.

    ids: of the interactions; ends: for each end the numbers of their proteins.
    """

    def __init__(self, interactions: "pa.Table"):
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self.ids = interactions["interaction_id"].combine_chunks()
        named, accessed = (
            pa.chunked_array([*interactions[f"{name}_a"].chunks, *interactions[f"{name}_b"].chunks], pa.string())
            for name in ("protein", "uniprot")
        )
        symbol, accession = _coded(named), _coded(pc.fill_null(accessed, ""))
        width = len(accession.dictionary)
        pairs, at = np.unique(
            np.asarray(symbol.indices).astype(np.int64) * width + accession.indices, return_inverse=True
        )
        symbols, accessions = symbol.dictionary.to_pylist(), accession.dictionary.to_pylist()
        keys = [(symbols[pair // width], accessions[pair % width]) for pair in pairs.tolist()]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self.symbols, self.accessions = ([keys[n][part] for n in order] for part in (0, 1))
        self.ends = dict(zip("ab", np.argsort(order)[at].reshape(2, -1), strict=True))
        self._given = {end: interactions[f"given_{end}"] for end in "ab"}

    def block(self, placed: "pa.ChunkedArray", pathway: "np.ndarray", known: str | Path | None) -> dict[str, Any]:
        """Columns by number of the protein. placed, pathway: for each placement the id of the interaction and the
        number of the pathway; known: a table of proteins with their synonyms.

        `called`: other names of a protein, from its synonyms and the user's files; `held`: the number of its
        interactions; `in`: a flat list of its pathways, each followed by the number of its interactions there.
        """
        return {
            "symbol": self.symbols,
            "uniprot": self.accessions,
            "called": self._called(known),
            "held": self._held(),
            "in": self._pathways(placed, pathway),
        }

    def genes(self, known: str | Path | None) -> dict[str, Any]:
        """What a list of genes is compared with. known: a table of proteins; without it every protein counts as a gene.

        `strange`: the proteins that are not approved symbols, and therefore in no gene set; `reference`: the number of
        approved symbols; `others`: the approved symbols without an interaction, separated by |.
        """
        approved = _approved(known) if known else set()
        strange = [n for n, symbol in enumerate(self.symbols) if known and symbol not in approved]
        others = "|".join(sorted(approved.difference(self.symbols)))
        return {"strange": strange, "reference": len(approved), "others": others}

    def _called(self, known: str | Path | None) -> dict[int, list[str]]:
        found: dict[int, set[str]] = {}
        for n, names in _synonyms(self.symbols, known) if known else ():
            found[n] = set(names)
        for end, given in self._given.items():
            for n, name in _distinct(self.ends[end], given):
                if name and name != self.symbols[n]:
                    found.setdefault(n, set()).add(name)
        return {n: sorted(names) for n, names in sorted(found.items())}

    def _held(self) -> list[int]:
        import numpy as np

        a, b = self.ends["a"], self.ends["b"]
        found: list[int] = np.bincount(np.concatenate([a, b[a != b]]), minlength=len(self.symbols)).tolist()
        return found

    def _pathways(self, placed: "pa.ChunkedArray", pathway: "np.ndarray") -> list[list[int]]:
        import numpy as np
        import pyarrow.compute as pc

        at = np.asarray(pc.index_in(placed, value_set=self.ids))
        a, b = self.ends["a"][at], self.ends["b"][at]
        width = int(pathway.max(initial=0)) + 1
        other = a != b  # an interaction of a protein with itself counts once
        pairs = np.concatenate([a * width + pathway, b[other] * width + pathway[other]])
        found: list[list[int]] = [[] for _ in self.symbols]
        for pair, count in zip(*(part.tolist() for part in np.unique(pairs, return_counts=True)), strict=True):
            found[pair // width] += [pair % width, count]
        return found


def _coded(texts: "pa.ChunkedArray") -> "pa.DictionaryArray":
    return texts.combine_chunks().dictionary_encode()


def _distinct(numbers: "np.ndarray", texts: "pa.ChunkedArray") -> Iterator[tuple[int, str | None]]:
    """The distinct pairs of a number and a text."""
    import pyarrow as pa

    pairs = pa.table({"number": numbers, "text": texts}).group_by(["number", "text"]).aggregate([])
    return zip(pairs["number"].to_pylist(), pairs["text"].to_pylist(), strict=True)


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
