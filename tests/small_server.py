"""A fake Gemini over a miniature Reactome, and how its tests ask it through the real SDK."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from google import genai
from google.genai import types

MODEL = "gemini-3.6-flash"
ROOTS = ["Metabolism", "Signal Transduction"]
JSON_OUTPUT = {"response_mime_type": "application/json"}

# A miniature Reactome: id, name, is_disease. are 200 small branches, for counting noise.
PATHWAYS = [
    ("R-01", "Signal Transduction", False),
    ("R-02", "Metabolism", False),
    ("R-03", "Disease", True),
    ("R-11", "Signaling by EGFR", False),
    ("R-12", "Signaling by WNT", False),
    ("R-13", "EGFR in cancer", True),
    ("R-21", "GRB2 events", False),
    ("R-22", "Regulation of EGFR uptake", False),
    ("R-23", "WNT secretion", False),
    *((f"R-{n}", f"Branch {n}", False) for n in range(40, 240)),
    *((f"R-{n}-1", f"Twig {n}", False) for n in range(40, 240)),
]
RELATIONS = [
    ("R-11", "R-01"),
    ("R-12", "R-01"),
    ("R-13", "R-03"),
    ("R-21", "R-11"),
    ("R-22", "R-11"),
    ("R-22", "R-12"),
    ("R-22", "R-03"),
    ("R-23", "R-12"),
    *((f"R-{n}", "R-02") for n in range(40, 240)),
    *((f"R-{n}-1", f"R-{n}") for n in range(40, 240)),
]
PROTEIN_PATHWAY = [("P1", "R-21"), ("P1", "R-13"), ("P2", "R-21"), ("P2", "R-22"), ("P3", "R-23")]
PROTEINS = [("P1", "EGFR"), ("P2", "GRB2"), ("P3", "WNT1"), ("P4", "TARDBP")]


def write_reference(directory: Path) -> Path:
    tables = {
        "pathways": (("id", "name", "is_disease"), PATHWAYS),
        "relations": (("child", "parent"), RELATIONS),
        "protein_pathway": (("uniprot", "pathway_id"), PROTEIN_PATHWAY),
        "proteins": (("uniprot", "symbol"), PROTEINS),
    }
    for name, (columns, rows) in tables.items():
        table = pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
        pq.write_table(table, directory / f"{name}.parquet")
    return directory


def new_client(server, **options):
    options = types.HttpOptions(**{"base_url": server.url, "api_version": "v1beta"} | options)
    return genai.Client(api_key="test", http_options=options)


def prompt(question, **inputs):
    block = json.dumps({"question": question, "inputs": inputs})
    return f"Answer the question in the last block.\n\n```json\n{block}\n```\n"


def ask(client, question, inputs, **config):
    """The whole response."""
    return client.models.generate_content(model=MODEL, contents=prompt(question, **inputs), config=JSON_OUTPUT | config)


def answer(client, question, **inputs):
    """The parsed answer."""
    return json.loads(ask(client, question, inputs).text)


def parents_of(client, children, **more):
    """Answers of one grouped question, by child."""
    items = [{"child": child} for child in children]
    rows = answer(client, "parent", items=items, roots=ROOTS, **more)["parents"]
    return {row["child"]: row["parent"] for row in rows}


def interaction(id_, a="EGFR", b="GRB2", **more):
    texts = {"effect": "up-regulates", "mechanism": "binding", "statement": f"{a} binds {b}."}
    return {"interaction_id": id_, "protein_a": a, "protein_b": b, **texts, **more}


PARENT = {"child": "GRB2 events", "roots": ROOTS}
TWO_TERMS = {"interactions": [interaction("i1"), interaction("i2", "WNT1", "TARDBP")], "roots": ROOTS}
