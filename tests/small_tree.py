"""A small proven tree whose names and statements are all that a user might write, for the tests of the exports."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.publish.exports import flat
from rootward.tree import nodes, verify

NASTY = [
    "<script>alert('x')</script>",
    "<r><t>rich</t></r>",
    "]]> <![CDATA[ &amp; &#0;",
    '=HYPERLINK("http://x.org","x")',
    "+1-1",
    "-2",
    "@SUM(A1)",
    "\"quoted\" and 'single'",
    "'",
    "tab\there",
    "line\r\nbreak\u2028and\x85more",
    "nul\x00bell\x07escape\x1b",
    "back\\slash \\n {brace} ! bang",
    "brackets (round) [square]; colon: comma,",
    "under_score",
    "_x0041_",
    "#hash",
    "NA",
    "1e5",
    "𝔓athway 🧬 Ångström",
    "noncharacter\uffff",
]
ROOT = "Root"


def one_line(text: str) -> str:
    """What every line-based format makes of a text, by the plainest rule there is (no import from the package)."""
    unfit = {chr(n) for n in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF)}
    pieces, hole = [], False
    for character in text:
        if character in unfit:
            hole = True
            continue
        if hole:
            pieces.append(" ")
        pieces.append(character)
        hole = False
    return "".join(pieces).strip()


def forest() -> nodes.Forest:
    """Root, and below it one pathway per nasty name, two to a parent, so that they also stand in paths."""
    made = {pathway_id(ROOT): nodes.Node(pathway_id(ROOT), ROOT, "root")}
    for name in NASTY:
        parent = list(made)[(len(made) - 1) // 2]
        edge = nodes.Edge("model", name, f"call {name}")
        made[pathway_id(name)] = nodes.Node(pathway_id(name), name, "leaf", {parent: edge}, (f"alias of {name}",))
    return made


def interactions() -> list[tables.Any]:
    """One interaction per nasty text, which is its statement and its mechanism."""
    rows = []
    for number, text in enumerate(NASTY):
        partner = ["MDM2", "ATM", "TP53"][number % 3]
        row = {
            "interaction_id": f"I{number:02d}",
            "given_a": "p53",
            "given_b": None,
            "protein_a": "TP53",
            "protein_b": partner,
        }
        row |= {"uniprot_a": "P04637", "uniprot_b": None, "effect": "unknown", "mechanism": text, "statement": text}
        row |= {"confidence": None, "mediators": None, "xrefs": None if number else ["propaths:TP53/MDM2/0"]}
        evidence = [{"text": text, "pmid": pmid} for pmid in ("10", "9", "")]
        rows.append(row | {"evidence": evidence, "source": "x.tsv:1", "notes": [], "bucket": 0})
    return rows


def placements() -> list[tables.Any]:
    """Each interaction at the pathway of its text; the first one also at the second one's."""
    shared = {"method": "model", "confidence": 0.5, "reasoning": "because", "call_id": "call"}
    pairs = [(f"I{number:02d}", pathway_id(text)) for number, text in enumerate(NASTY)]
    pairs.append(("I00", pathway_id(NASTY[1])))
    return [{"interaction_id": i, "pathway_id": p} | shared for i, p in sorted(pairs)]


def rows() -> list[nodes.Row]:
    """Rows of `reorganized`."""
    direct: dict[str, int] = {}
    for row in placements():
        direct[row["pathway_id"]] = direct.get(row["pathway_id"], 0) + 1
    made = forest()
    xrefs = {pathway_id(ROOT): ["reactome:R-HSA-1"], pathway_id(NASTY[0]): ["GO:0000001", "reactome:R-HSA-2"]}
    return verify.finish(made, direct, xrefs)


def batches(name: str, of: list[nodes.Row], size: int = 4) -> Iterator[pa.RecordBatch]:
    """Rows as batches of a table."""
    return iter(tables.from_rows(name, of).combine_chunks().to_batches(size))


def flat_batches(of: list[nodes.Row] | None = None) -> Iterator[pa.RecordBatch]:
    """The batches of `flat`. of: other interactions."""
    interactions_, placements_ = interactions() if of is None else of, placements()
    where = flat.pathways(rows())
    return flat.batches(batches("interactions", interactions_), batches("placements", placements_), where)


def write(folder: Path) -> dict[str, str]:
    """The three tables; name -> path."""
    paths = {name: str(folder / f"{name}.parquet") for name in ("reorganized", "interactions", "placements")}
    tables.write("reorganized", rows(), paths["reorganized"])
    tables.write("interactions", interactions(), paths["interactions"])
    tables.write("placements", placements(), paths["placements"])
    return paths


def chain(length: int) -> list[nodes.Row]:
    """Rows of a tree that is one branch, deeper than Python's stack; only the columns that shape it."""
    return [
        {"pathway_id": f"RW:{n}", "name": f"level {n}", "parent_id": f"RW:{n - 1}" if n else None, "n_total": 1}
        for n in range(length)
    ]
