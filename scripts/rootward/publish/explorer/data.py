"""The data of a run in the explorer page, as five compact blocks of columns.

The page is usable once `tree` is decoded; `edges` (who decided, and why), `proteins`, `genes` (what a list of genes is
compared with) and `interactions` follow. A page may carry only some of the interactions, but it has all proteins with
all their pathways. Pathways are numbered in the order of display, parents before children, so the descendants of a
pathway are one range of numbers. Repeated words are stored once in a list, and referred to by number.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
        tables.read("placements", paths["placements"]),
        [row["pathway_id"] for row in ordered],
        evidence=tables.read("evidence", checked, columns=["interaction_id", "verdict"]) if checked else None,
    )
    kept = placed.kept(limits)
    changes = tables.read("changes", paths["changes"], filters=pc.field("action").isin(TOLD)).to_pylist()
    proteins = Proteins(tables.read("interactions", paths["interactions"], columns=PROTEINS))
    return {
        "tree": tree_block(ordered, placed, kept=kept, limits=limits),
        "edges": edges_block(ordered, changes, models=models or {}),
        "proteins": proteins.block(placed.table["interaction_id"], placed.pathway, known=paths.get("proteins")),
        "genes": proteins.genes(known=paths.get("proteins")),
        "interactions": interactions_block(
            paths["interactions"], checked, placed=placed, kept=kept, number=proteins.number, assigned=assigned
        ),
    }


class _Placed:
    """The placements as arrays, sorted by pathway, then by confidence (highest first), then by id."""

    def __init__(self, placements: "pa.Table", pathway_ids: Sequence[str], evidence: "pa.Table | None"):
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        pathway = np.asarray(pc.index_in(placements["pathway_id"], value_set=pa.array(pathway_ids, pa.string())))
        confidence = np.asarray(placements["confidence"])
        order = np.lexsort((-confidence, pathway))  # stable, and the table is sorted by interaction_id
        self.table = placements.take(order)
        self.pathway: np.ndarray = pathway[order]
        self.confidence: np.ndarray = confidence[order]
        verdict = pa.nulls(len(order), pa.string())
        if evidence is not None:
            ids = self.table["interaction_id"]
            at = pc.index_in(ids, value_set=evidence["interaction_id"].combine_chunks())
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
    path: str | Path,
    evidence: str | Path | None,
    placed: "_Placed",
    kept: "np.ndarray",
    number: Mapping[tuple[str, str], int],
    assigned: Sequence[str | Path],
) -> Block:
    """The placements on the page, their interactions, and the verdicts on their evidence. number: of each protein
    (symbol, accession) in its block.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    chosen = placed.table.take(pa.array(kept))
    wanted = pc.unique(chosen["interaction_id"])
    of_kept = pc.field("interaction_id").isin(wanted)
    found = tables.read("interactions", path, filters=of_kept)
    rows = found.drop_columns(["notes", "bucket"]).to_pylist()
    said = tables.read("evidence", evidence, filters=of_kept).to_pylist() if evidence else []
    verdicts = {row["interaction_id"]: row for row in said}
    effects, effect = _coded(row["effect"] for row in rows)
    mechanisms, mechanism = _coded(row["mechanism"] for row in rows)
    words, method = _coded(chosen["method"].to_pylist())
    at = pc.index_in(chosen["interaction_id"], value_set=found["interaction_id"].combine_chunks())
    return {
        "id": [row["interaction_id"] for row in rows],
        "a": [number[row["protein_a"], row["uniprot_a"] or ""] for row in rows],
        "b": [number[row["protein_b"], row["uniprot_b"] or ""] for row in rows],
        "given": {end: _otherwise(rows, end) for end in "ab"},
        "effect": effect,
        "mechanism": mechanism,
        "statement": [row["statement"] for row in rows],
        # A text that only repeats the statement is not stored twice.
        "evidence": [[[_unless(e["text"], row["statement"]), e["pmid"]] for e in row["evidence"]] for row in rows],
        "score": [row["confidence"] for row in rows],
        "source": [row["source"] for row in rows],
        "verdict": {
            n: _verdict(verdicts[row["interaction_id"]])
            for n, row in enumerate(rows)
            if row["interaction_id"] in verdicts
        },
        "alternatives": alternatives.block(assigned, found["interaction_id"].combine_chunks()),
        "words": {"effect": effects, "mechanism": mechanisms, "method": words},
        "placed": {
            "pathway": placed.pathway[kept].tolist(),
            "interaction": at.to_pylist(),
            "method": method,
            "confidence": [round(value, 3) for value in placed.confidence[kept].tolist()],
            "call": chosen["call_id"].to_pylist(),
            "reasoning": chosen["reasoning"].to_pylist(),
            "verdict": placed.verdict[kept].tolist(),
        },
    }


def _otherwise(rows: Sequence[Row], end: str) -> dict[int, str]:
    """Row number -> the name of its protein in the user's file, if that differs from the approved symbol."""
    return {
        n: row[f"given_{end}"] for n, row in enumerate(rows) if row[f"given_{end}"] not in (None, row[f"protein_{end}"])
    }


def _unless(text: str, same: str) -> str | None:
    return None if text == same else text


def _verdict(row: Row) -> list[Any]:
    return [row[field] for field in ("effect", "reasoning", "method", "call_id")]


def _coded(values: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """The distinct values, sorted, and the number of each value among them."""
    values = list(values)
    words = sorted(set(values))
    number = {word: n for n, word in enumerate(words)}
    return words, [number[value] for value in values]
