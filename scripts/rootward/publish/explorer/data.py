"""The data of a run in the explorer page, as five compact blocks of columns.

The page is usable once `tree` is decoded; `edges` (who decided, and why), `proteins`, `genes` (what a list of genes is
compared with) and `interactions` follow. A page may carry only some of the interactions, but it has all proteins with
all their pathways. Pathways are numbered in the order of display, parents before children, so the descendants of a
pathway are one range of numbers. Repeated words are stored once in a list, and referred to by number.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward import tables
from rootward.publish.explorer import alternatives
from rootward.publish.explorer.proteins import COLUMNS as PROTEINS
from rootward.publish.explorer.proteins import Proteins
from rootward.publish.order import by_parent
from rootward.tables import Row

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Block = dict[str, Any]
NO_VERDICT = ""
DECIDED = ["method", "call_id", "reasoning"]  # of the placements on the page
SHOWN = ["interaction_id", "protein_a", "protein_b", "given_a", "given_b", "effect", "mechanism", "statement"]
SHOWN += ["evidence", "confidence", "source"]  # of their interactions
# Changes that concern one pathway; `move` concerns interactions, and `prune` pathways that no longer exist.
TOLD = ("merge", "reparent", "insert")


@dataclass(frozen=True)
class Limits:
    """How many placements the page carries: per pathway, and in total."""

    per_pathway: int = 200
    interactions: int = 50_000


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The rows of `reorganized` in display order: depth first, largest branch first."""
    below = by_parent(list(rows))
    ordered, waiting = [], below.get(None, [])[::-1]
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(below.get(row["pathway_id"], ())))
    return ordered


def blocks(
    paths: Mapping[str, str | Path],
    limits: Limits,
    models: Mapping[str, str] | None = None,
    assigned: Sequence[str | Path] = (),
) -> dict[str, Block]:
    """The blocks of a run.

    paths: reorganized, placements, interactions, changes; evidence if it was validated; and proteins, the reference's
    table, for the synonyms that the search knows.

    models: call_id -> the model that answered, if known.

    assigned: the files of assigned pathways, for the alternatives that were considered.
    """
    import pyarrow.compute as pc

    ordered = in_order(tables.rows("reorganized", paths["reorganized"]))
    checked = paths.get("evidence")
    placed = _Placed(
        tables.read("placements", paths["placements"], columns=["interaction_id", "pathway_id", "confidence"]),
        [row["pathway_id"] for row in ordered],
        evidence=tables.read("evidence", checked, columns=["interaction_id", "verdict"]) if checked else None,
    )
    kept = placed.kept(limits)
    changes = tables.read("changes", paths["changes"], filters=pc.field("action").isin(TOLD)).to_pylist()
    proteins = Proteins(tables.read("interactions", paths["interactions"], columns=PROTEINS))
    return {
        "tree": tree_block(ordered, placed, kept=kept, limits=limits),
        "edges": edges_block(ordered, changes, models=models or {}),
        "proteins": proteins.block(placed.ids, placed.pathway, known=paths.get("proteins")),
        "genes": proteins.genes(known=paths.get("proteins")),
        "interactions": interactions_block(paths, placed=placed, kept=kept, proteins=proteins, assigned=assigned),
    }


class _Placed:
    """The placements as arrays, sorted by pathway, then by confidence (highest first), then by id; row: their numbers
    in the table.
    """

    def __init__(self, placements: "pa.Table", pathway_ids: Sequence[str], evidence: "pa.Table | None"):
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        pathway = np.asarray(pc.index_in(placements["pathway_id"], value_set=pa.array(pathway_ids, pa.string())))
        confidence = np.asarray(placements["confidence"])
        self.row = np.lexsort((-confidence, pathway))  # stable, and the table is sorted by interaction_id
        self.ids = placements["interaction_id"].take(pa.array(self.row))
        self.pathway: np.ndarray = pathway[self.row]
        self.confidence: np.ndarray = confidence[self.row]
        verdict = pa.nulls(len(self.row), pa.string())
        if evidence is not None:
            at = pc.index_in(self.ids, value_set=evidence["interaction_id"].combine_chunks())
            verdict = evidence["verdict"].take(at.combine_chunks())
        coded = pc.fill_null(verdict, NO_VERDICT).to_numpy(zero_copy_only=False).astype(str)
        words, self.verdict = np.unique(coded, return_inverse=True)
        self.verdicts: list[str] = words.tolist() or [NO_VERDICT]

    def kept(self, limits: Limits) -> "np.ndarray":
        """Positions of the placements that the page carries: the most confident of every pathway, up to the limits."""
        import numpy as np

        starts = np.searchsorted(self.pathway, self.pathway)
        rank = np.arange(len(self.pathway)) - starts
        fitting = np.flatnonzero(rank < limits.per_pathway)
        fairest = fitting[np.argsort(rank[fitting], kind="stable")][: limits.interactions]
        return np.sort(fairest)

    def surest(self) -> list[list[Any]]:
        """[pathway, verdict, highest confidence] for each pathway and verdict that occur together."""
        import numpy as np

        pairs, first = np.unique(self.pathway * len(self.verdicts) + self.verdict, return_index=True)
        # The placements are sorted, so the first of a pair is its most confident one.
        surest = np.round(self.confidence[first], 3).tolist()
        return [[*divmod(pair, len(self.verdicts)), sure] for pair, sure in zip(pairs.tolist(), surest, strict=True)]


def tree_block(ordered: Sequence[Row], placed: "_Placed", kept: "np.ndarray", limits: Limits) -> Block:
    """Names, parents, counts, and what the filters need."""
    number = {row["pathway_id"]: n for n, row in enumerate(ordered)}
    origins, origin = _coded(row["origin"] for row in ordered)
    methods, method = _coded(row["method"] for row in ordered)
    ids = [row["pathway_id"].removeprefix("RW:") for row in ordered]
    return {
        "id": ids,
        "run": hashlib.blake2b("\n".join(ids).encode(), digest_size=8).hexdigest(),
        "name": [row["name"] for row in ordered],
        "parent": [number.get(row["parent_id"], -1) for row in ordered],
        "direct": [row["n_direct"] for row in ordered],
        "origin": origin,
        "method": method,
        "aliases": {n: row["aliases"] for n, row in enumerate(ordered) if row["aliases"]},
        "xrefs": {n: row["xrefs"] for n, row in enumerate(ordered) if row["xrefs"]},
        "surest": placed.surest(),
        "words": {"origin": origins, "method": methods, "verdict": placed.verdicts},
        "carried": {"placements": len(kept), "of": len(placed.pathway), "per_pathway": limits.per_pathway},
    }


def edges_block(ordered: Sequence[Row], changes: Iterable[Row], models: Mapping[str, str]) -> Block:
    """For each pathway, who decided its edge, why, and how it was changed on the way to the final tree."""
    number = {row["pathway_id"]: n for n, row in enumerate(ordered)}
    by_name = {row["name"]: n for n, row in enumerate(ordered)}
    told: dict[int, list[list[Any]]] = {}
    for row in changes:
        # A merged pathway has no number of its own: its history belongs to the pathway that absorbed it.
        at = number.get(row["pathway_id"], by_name.get(row["after"]) if row["action"] == "merge" else None)
        if row["action"] in TOLD and at is not None:
            fields = ("phase", "action", "before", "after", "reason", "call_id")
            told.setdefault(at, []).append([row[field] for field in fields])
    return {
        "reasoning": [row["reasoning"] for row in ordered],
        "call": [row["call_id"] for row in ordered],
        "model": {n: models[row["call_id"]] for n, row in enumerate(ordered) if row["call_id"] in models},
        "changes": told,
    }


def interactions_block(
    paths: Mapping[str, str | Path],
    placed: "_Placed",
    kept: "np.ndarray",
    proteins: Proteins,
    assigned: Sequence[str | Path],
) -> Block:
    """The placements on the page, their interactions, and the verdicts on their evidence."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    decided = _picked("placements", paths["placements"], rows=placed.row[kept], columns=DECIDED)
    of_kept = pc.index_in(placed.ids.take(pa.array(kept)), value_set=proteins.ids)
    rows, at = np.unique(np.asarray(of_kept), return_inverse=True)
    found = _picked("interactions", paths["interactions"], rows=rows, columns=SHOWN)
    ids = found["interaction_id"].combine_chunks()
    effects, effect = _coded(found["effect"].to_pylist())
    mechanisms, mechanism = _coded(found["mechanism"].to_pylist())
    words, method = _coded(decided["method"].to_pylist())
    return {
        "id": ids.to_pylist(),
        "a": proteins.ends["a"][rows].tolist(),
        "b": proteins.ends["b"][rows].tolist(),
        "given": {end: _otherwise(found, end) for end in "ab"},
        "effect": effect,
        "mechanism": mechanism,
        "statement": found["statement"].to_pylist(),
        "evidence": _pieces(found),
        "score": found["confidence"].to_pylist(),
        "source": found["source"].to_pylist(),
        "verdict": _verdicts(paths["evidence"], ids) if paths.get("evidence") else {},
        "alternatives": alternatives.block(assigned, ids),
        "words": {"effect": effects, "mechanism": mechanisms, "method": words},
        "placed": {
            "pathway": placed.pathway[kept].tolist(),
            "interaction": at.tolist(),
            "method": method,
            "confidence": [round(value, 3) for value in placed.confidence[kept].tolist()],
            "call": decided["call_id"].to_pylist(),
            "reasoning": decided["reasoning"].to_pylist(),
            "verdict": placed.verdict[kept].tolist(),
        },
    }


def _picked(name: str, path: str | Path, rows: "np.ndarray", columns: list[str]) -> "pa.Table":
    """Rows of a table by their numbers, in the order of `rows`, with only a part of the table in memory."""
    import numpy as np
    import pyarrow as pa

    ascending, start, parts = np.sort(rows), 0, []
    for batch in tables.batches(name, path, columns=columns):
        first, end = np.searchsorted(ascending, [start, start + len(batch)])
        parts.append(batch.take(pa.array(ascending[first:end] - start)))
        start += len(batch)
    schema = pa.schema([tables.schema(name).field(column) for column in columns])
    return pa.Table.from_batches(parts, schema=schema).take(pa.array(np.searchsorted(ascending, rows)))


def _otherwise(interactions: "pa.Table", end: str) -> dict[int, str]:
    """Row number -> the name of its protein in the user's file, if that differs from the approved symbol."""
    names = zip(interactions[f"given_{end}"].to_pylist(), interactions[f"protein_{end}"].to_pylist(), strict=True)
    return {n: given for n, (given, symbol) in enumerate(names) if given not in (None, symbol)}


def _pieces(interactions: "pa.Table") -> list[list[list[str | None]]]:
    """The evidence of each interaction as [text, PubMed id]. A text that only repeats the statement is not stored
    twice.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column = interactions["evidence"].combine_chunks()
    text, pmid = pc.list_flatten(column).flatten()
    statement = interactions["statement"].combine_chunks().take(pc.list_parent_indices(column))
    text = pc.if_else(pc.equal(text, statement), pa.scalar(None, pa.string()), text)
    pieces = map(list, zip(text.to_pylist(), pmid.to_pylist(), strict=True))
    return [list(islice(pieces, length)) for length in pc.list_value_length(column).to_pylist()]


def _verdicts(evidence: str | Path, ids: "pa.Array") -> dict[int, list[Any]]:
    """Row number -> the verdict on its evidence."""
    import pyarrow.compute as pc

    said = tables.read("evidence", evidence, filters=pc.field("interaction_id").isin(ids))
    at = pc.index_in(said["interaction_id"], value_set=ids).to_pylist()
    return dict(sorted(zip(at, map(_verdict, said.to_pylist()), strict=True)))


def _verdict(row: Row) -> list[Any]:
    return [row[field] for field in ("effect", "reasoning", "method", "call_id")]


def _coded(values: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """The distinct values, sorted, and the number of each value among them."""
    values = list(values)
    words = sorted(set(values))
    number = {word: n for n, word in enumerate(words)}
    return words, [number[value] for value in values]
