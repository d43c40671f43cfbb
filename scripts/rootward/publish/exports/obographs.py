"""The ontology as OBO Graphs JSON, for OLS-like viewers.

Format: github.com/geneontology/obographs. Ids are web addresses (see `sssom.BASE`), and edges are is_a upwards. It has
the content of the OBO file, without the reasons.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rootward.files import whole_file
from rootward.publish.escape import one_line
from rootward.publish.exports.obo import definition
from rootward.publish.exports.sssom import BASE
from rootward.tables import Row
from rootward.tree.ids import Known

PART_OF = "http://purl.obolibrary.org/obo/BFO_0000050"
REPLACED_BY = "http://purl.obolibrary.org/obo/IAO_0100001"


def address(pathway_id: str) -> str:
    """The web address of a pathway's id."""
    return f"{BASE}pathway/{pathway_id.removeprefix('RW:')}"


def node(row: Row) -> dict[str, Any]:
    """A pathway as a node."""
    meta: dict[str, Any] = {"definition": {"val": one_line(definition(row))}, "subsets": [f"{BASE}#{row['origin']}"]}
    if row["aliases"]:
        meta["synonyms"] = [{"pred": "hasExactSynonym", "val": one_line(a)} for a in sorted(set(row["aliases"]))]
    if row["xrefs"]:
        meta["xrefs"] = [{"val": xref} for xref in sorted(set(row["xrefs"]))]
    return {"id": address(row["pathway_id"]), "lbl": one_line(row["name"]), "type": "CLASS", "meta": meta}


def gone(one: Known) -> dict[str, Any]:
    """A pathway that an earlier release had."""
    meta: dict[str, Any] = {"deprecated": True}
    if one.replaced_by:
        meta["basicPropertyValues"] = [{"pred": REPLACED_BY, "val": address(one.replaced_by)}]
    return {"id": address(one.pathway_id), "lbl": f"obsolete {one_line(one.name)}", "type": "CLASS", "meta": meta}


def edges(rows: Sequence[Row], parts: set[str]) -> Iterator[dict[str, str]]:
    """An edge for every parent, and another with part_of if the reference says so."""
    for row in sorted(rows, key=lambda row: row["pathway_id"]):
        if row["parent_id"] is not None:
            ends = {"sub": address(row["pathway_id"]), "obj": address(row["parent_id"])}
            yield ends | {"pred": "is_a"}
            if row["pathway_id"] in parts:
                yield ends | {"pred": PART_OF}


def write(rows: Sequence[Row], known: Sequence[Known], parts: set[str], path: str | Path) -> int:
    """Write the graph. Returns the number of pathways, without obsolete ones. parts: see `obo.lines`."""
    alive = {row["pathway_id"] for row in rows}
    nodes = {row["pathway_id"]: node(row) for row in rows}
    nodes |= {one.pathway_id: gone(one) for one in known if one.pathway_id not in alive}
    listed = [nodes[id_] for id_ in sorted(nodes)]
    with whole_file(path) as file:
        file.write(f'{{"graphs": [{{"id": "{BASE}rootward.json", "nodes": [\n')
        file.write(",\n".join(json.dumps(one, ensure_ascii=False) for one in listed))
        file.write('\n], "edges": [\n')
        file.write(",\n".join(json.dumps(edge) for edge in edges(rows, parts)))
        file.write("\n]}]}\n")
    return len(rows)
