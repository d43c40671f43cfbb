"""Mappings of pathways to other vocabularies as SSSOM/TSV.

Format: SSSOM 1.0 (mapping-commons.github.io/sssom; Matentzoglu et al. 2022, doi:10.1093/database/baac035): a YAML
header in lines that begin with `#`, then a table. The file has no date, and its mapping_set_id is made from its rows:
the same mappings are the same bytes. Ids and set must be web addresses; until a tree is published somewhere, they are
at example.org, which leads nowhere. The labels of GO are CC BY 4.0, and so is the set.
"""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

from rootward.files import whole_file
from rootward.knowledge.names import normalise
from rootward.publish.exports.delimited import write_rows
from rootward.tables import Row

BASE = "https://example.org/rootward/"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PREFIXES = {
    "GO": "http://purl.obolibrary.org/obo/GO_",
    "RW": f"{BASE}pathway/",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "reactome": "https://reactome.org/content/detail/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
Cells = tuple[str | None, ...]
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "subject_match_field",
    "object_match_field",
    "subject_preprocessing",
    "object_preprocessing",
)
# The kind of match of an xref, by which of the target's names equals the pathway's name (ignoring case, dashes and
# spaces): its label, a synonym, or none, which claims no more than a cross-reference.
FOLDED = "semapv:CaseNormalization|semapv:BlankNormalization"
LEXICAL = ("skos:exactMatch", "semapv:LexicalMatching", "rdfs:label")
BY_LABEL = (*LEXICAL, "rdfs:label", FOLDED, FOLDED)
BY_SYNONYM = (*LEXICAL, "oboInOwl:hasExactSynonym", FOLDED, FOLDED)
UNKNOWN = ("oboInOwl:hasDbXref", "semapv:UnspecifiedMatching", None, None, None, None)


def mappings(rows: list[Row], reference: Mapping[str, Row]) -> list[Cells]:
    """A row (of COLUMNS) for every xref of every pathway, sorted. reference: CURIE -> its `name` and `aliases`."""
    found = []
    for row in rows:
        for xref in sorted(set(row["xrefs"])):
            target = reference.get(xref)
            predicate, *how = _kind(row["name"], target)
            label = target["name"] if target else None
            found.append((row["pathway_id"], row["name"], predicate, xref, label, *how))
    return sorted(found, key=lambda mapping: (mapping[0], mapping[3]))


def _kind(name: str, target: Row | None) -> Cells:
    folded = normalise(name)
    if target and folded == normalise(target["name"]):
        return BY_LABEL
    if target and folded in map(normalise, target["aliases"]):
        return BY_SYNONYM
    return UNKNOWN


def header(table: str, n_mapped: int, n_pathways: int) -> list[str]:
    """The metadata lines. table: the text below them."""
    digest = hashlib.blake2b(table.encode("utf-8"), digest_size=12).hexdigest()
    return [
        "#curie_map:",
        *(f'#  {prefix}: "{expansion}"' for prefix, expansion in sorted(PREFIXES.items())),
        f'#mapping_set_id: "{BASE}mappings/{digest}"',
        '#mapping_set_title: "Rootward pathways mapped to other vocabularies"',
        f'#license: "{LICENSE}"',
        '#mapping_tool: "Rootward"',
        f'#comment: "{n_mapped} of {n_pathways} pathways are mapped; the others have no equal name there."',
    ]


def write(rows: list[Row], reference: Mapping[str, Row], path: str | Path) -> int:
    """Write the mappings. Returns their number. If there are none, the file is a header that says so."""
    found = mappings(rows, reference)
    text = io.StringIO()
    write_rows(text, COLUMNS, rows=found)
    with whole_file(path) as file:
        lines = header(text.getvalue(), len({mapping[0] for mapping in found}), n_pathways=len(rows))
        file.writelines(line + "\n" for line in lines)
        file.write(text.getvalue())
    return len(found)
