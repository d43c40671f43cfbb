"""The link back to ProPaths: JSON that joins each function of the author's records to its pathway.

{"functions": [{main, interactor, index, interaction_id, mediators, statement, pathway_id, pathway, path, level, method,
confidence, reason}, …]}, one line each, sorted by the first three, which are the key of a function in ProPaths. A
function placed on two pathways has two entries. Interactions from other files are only in interactions.tsv.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward.files import whole_file
from rootward.inputs.propaths import KEY, parts
from rootward.tables import Row

if TYPE_CHECKING:
    import pyarrow as pa

_KEPT = ("interaction_id", "statement", "pathway_id", "pathway", "level", "method", "confidence")


def entries(pathways: Iterable[Row], batches: "Iterable[pa.RecordBatch]") -> list[dict[str, Any]]:
    """The functions with their places in the tree. batches: of `flat`."""
    paths = {row["pathway_id"]: row["path"] for row in pathways}
    found = []
    for row in _with_keys(batches):
        for main, interactor, index in filter(None, map(parts, row["xrefs"].split("|"))):
            key = {"main": main, "interactor": interactor, "index": index}
            kept = {name: row[name] for name in _KEPT}
            between = row["mediators"].split("|") if row["mediators"] else []
            more = {"mediators": between, "path": paths[row["pathway_id"]], "reason": row["reasoning"]}
            found.append(key | kept | more)
    return sorted(found, key=lambda entry: (entry["main"], entry["interactor"], entry["index"], entry["path"]))


def _with_keys(batches: "Iterable[pa.RecordBatch]") -> Iterator[Row]:
    import pyarrow.compute as pc

    for batch in batches:
        yield from batch.filter(pc.match_substring(batch["xrefs"], KEY)).to_pylist()


def write(pathways: Iterable[Row], batches: "Iterable[pa.RecordBatch]", path: str | Path) -> int:
    """Write the document. Returns the number of entries."""
    found = entries(pathways, batches)
    with whole_file(path) as file:
        lines = (json.dumps(entry, ensure_ascii=False) for entry in found)
        file.write('{"functions": [\n' + ",\n".join(lines) + "\n]}\n")
    return len(found)
