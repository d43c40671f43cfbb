"""A made-up finished run of any size: the tables that the publishing steps read."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rootward import tables
from rootward.knowledge.names import pathway_id

WORDS = (
    "receptor",
    "kinase",
    "signalling",
    "repair",
    "transport",
    "folding",
    "stress",
    "membrane",
    "chromatin",
    "cycle",
)
WORDS += ("checkpoint", "apoptosis", "autophagy", "metabolism", "translation", "splicing", "ubiquitin", "proteasome")
EFFECTS = ("up-regulates activity", "down-regulates activity", "form complex", "unknown")
HOSTILE = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"


def write_run(folder: str | Path, pathways: int, interactions: int, roots: int = 12, evidence: bool = False) -> dict:
    """Write reorganized, placements, interactions, changes and (when asked to) evidence; path by table name."""
    dice = random.Random(7)
    rows = _tree(dice, pathways, roots)
    proteins = [f"GENE{n}" for n in range(max(4, interactions // 8))]
    found = [_interaction(dice, n, proteins) for n in range(interactions)]
    leaves = [row for row in rows if row["level"] > 0] or rows
    placed = [_placement(dice, row, leaves[int(dice.random() ** 2 * len(leaves))]) for row in found]
    _count(rows, placed)
    content = {"reorganized": rows, "placements": placed, "interactions": found, "changes": _changes(rows)}
    if evidence:
        content["evidence"] = [_checked(dice, row) for row in found]
    paths = {name: str(Path(folder) / f"{name}.parquet") for name in content}
    for name, data in content.items():
        tables.write(name, data, paths[name])
    paths["proteins"] = str(Path(folder) / "proteins.parquet")
    named = {"symbol": proteins, "synonyms": [f"pp{n}|Protein-{n}" for n in range(len(proteins))]}
    pq.write_table(pa.table(named), paths["proteins"])
    return paths


def _tree(dice: random.Random, pathways: int, roots: int) -> list[dict]:
    rows: list[dict] = []
    for n in range(pathways):
        name = f"{' '.join(dice.sample(WORDS, 3)).capitalize()} {n}"
        if n == roots:
            name = HOSTILE
        parent = None if n < roots else rows[int(dice.random() ** 1.3 * n)]
        row = {
            "pathway_id": pathway_id(name),
            "name": name,
            "parent_id": parent and parent["pathway_id"],
            "root_id": parent["root_id"] if parent else pathway_id(name),
            "level": parent["level"] + 1 if parent else 0,
            "path": [*(parent["path"] if parent else ()), name],
            "is_leaf": True,
            "origin": dice.choice(("leaf", "climbed", "sibling")) if parent else "root",
            "n_direct": 0,
            "n_total": 0,
            "aliases": [f"Alias of {n}"] if n % 5 == 0 else [],
            "xrefs": [f"reactome:R-HSA-{n}"] if n % 3 == 0 else [],
            "method": dice.choice(("model", "reference:relation", "fallback")) if parent else "config",
            "reasoning": f"The {dice.choice(WORDS)} of {n} is a part of the {dice.choice(WORDS)} above it.",
            "call_id": f"{dice.getrandbits(64):016x}" if parent else None,
        }
        if parent:
            parent["is_leaf"] = False
        rows.append(row)
    return rows


def _interaction(dice: random.Random, n: int, proteins: list[str]) -> dict:
    a, b = dice.sample(proteins, 2)
    statement = f"{a} acts on {b} through the {dice.choice(WORDS)} of the {dice.choice(WORDS)}, case {n}."
    return {
        "interaction_id": f"X{n:07}",
        "protein_a": a,
        "protein_b": b,
        "uniprot_a": f"P{n % 90000 + 10000:05}" if n % 4 else None,
        "uniprot_b": f"Q{n % 90000 + 10000:05}",
        "effect": dice.choice(EFFECTS),
        "mechanism": dice.choice(("binding", "phosphorylation", "")),
        "statement": HOSTILE if n == 0 else statement,
        "evidence": [{"text": f"In cells, {statement}", "pmid": str(10_000_000 + n)}],
        "confidence": None,
        "source": f"synthetic:{n}",
        "notes": [],
        "bucket": n % 65536,
    }


def _placement(dice: random.Random, row: dict, pathway: dict) -> dict:
    return {
        "interaction_id": row["interaction_id"],
        "pathway_id": pathway["pathway_id"],
        "method": dice.choice(("model", "reference:shared_pathway")),
        "confidence": round(dice.random(), 2),
        "reasoning": "because",
        "call_id": f"{dice.getrandbits(64):016x}",
    }


def _count(rows: list[dict], placed: list[dict]) -> None:
    by_id = {row["pathway_id"]: row for row in rows}
    for row in placed:
        at = by_id[row["pathway_id"]]
        at["n_direct"] += 1
        while at is not None:
            at["n_total"] += 1
            at = by_id.get(at["parent_id"])


def _changes(rows: list[dict]) -> list[dict]:
    child = next((row for row in rows if row["level"] > 1), rows[-1])
    shared = {"interaction_id": None, "call_id": "0123456789abcdef"}
    not_taken = {"phase": "enforce_tree", "action": "reparent", "before": rows[1]["name"], "after": child["path"][-2]}
    merged = {"phase": "merge_duplicates", "action": "merge", "before": "An old spelling", "after": child["name"]}
    return [
        {**shared, **not_taken, "pathway_id": child["pathway_id"], "reason": "the other is nearer"},
        {**shared, **merged, "pathway_id": "RW:000000000000", "reason": "one pathway, two spellings"},
    ]


def _checked(dice: random.Random, row: dict) -> dict:
    verdict = dice.choice(("supported", "supported", "corrected", "unsupported"))
    return {
        "interaction_id": row["interaction_id"],
        "verdict": verdict,
        "effect": "form complex" if verdict == "corrected" else None,
        "method": "model",
        "reasoning": f"The text says it of {row['protein_a']}.",
        "call_id": "fedcba9876543210",
    }
