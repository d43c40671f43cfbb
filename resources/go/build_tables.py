"""Build the four tables of GO's biological processes from the reduced GO and GOA tables in a folder.

    python resources/go/build_tables.py FOLDER

FOLDER holds terms, relations, gene_terms and xrefs (.parquet). Of GO's terms those stay that say something about human
proteins and read as the name of a process:

- a term of regulation is folded onto the process it regulates, where that is a term: what hangs below it hangs there,
  and its genes are that process's with `regulates` true;
- phases ("S phase") are no processes, and terms without a human gene at or below them say nothing here;
- a term with more than GENERAL genes at or below it, directly under the root, or about the activity of a molecule
  (which is no process) is `general`: it leads upward and is never an answer.

ANCHORS says under which of Reactome's top-level pathways what GO files under a general term belongs (relation
`anchor`). See NOTICE for where each fact comes from.
"""

import re
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

from rootward.knowledge.names import gist  # noqa: E402

ROOT = "GO:0008150"
PHASE = "biological phase"
ACTIVITY = "regulation of molecular function"
GENERAL = 1000
# Equal names, other scopes: Reactome's Methylation is a conjugation of drugs, its phases are times and not processes.
UNEQUAL = frozenset(["Methylation"])
# Reactome pathway = GO term where both mean one process and no name says so.
EQUAL = {
    "Amyloid fiber formation": "amyloid fibril formation",
    "Apoptosis": "apoptotic process",
    "ATF6 (ATF6-alpha) activates chaperones": "ATF6-mediated unfolded protein response",
    "Fanconi Anemia Pathway": "interstrand cross-link repair",
    "IRE1alpha activates chaperones": "IRE1-mediated unfolded protein response",
    "MTOR signalling": "TOR signaling",
    "Nonhomologous End-Joining (NHEJ)": "double-strand break repair via nonhomologous end joining",
    "PERK regulates gene expression": "PERK-mediated unfolded protein response",
    "Signaling by Insulin receptor": "insulin receptor signaling pathway",
    "Intrinsic Pathway for Apoptosis": "intrinsic apoptotic signaling pathway",
    "Unfolded Protein Response (UPR)": "endoplasmic reticulum unfolded protein response",
    "mTORC1-mediated signalling": "TORC1 signaling",
}
# What the field calls by the name of one: where GO tells two apart, this is the other one.
ALSO = {"Unfolded Protein Response (UPR)": "response to endoplasmic reticulum stress"}
# What only looks like one: the first is a part, a kind or a product of the second.
UNLIKE = frozenset(
    [
        "Antigen processing-Cross presentation",
        "Formation of ATP by chemiosmotic coupling",
        "Muscarinic acetylcholine receptors",
        "Opsins",
        "P2Y receptors",
        "PKB-mediated events",
        "Regulation of necroptotic cell death",
    ]
)
_BRACKETED = re.compile(r"\s*\([^()]*\)$")
_REGULATION = re.compile(r"(?:positive |negative )?regulation of (.+)")

# GO term -> the pathway of Reactome under which its terms hang that lead to no pathway by name.
ANCHORS = {
    "Autophagy": "process utilizing autophagic mechanism",
    "Cell Cycle": "cell cycle process|cell division|cell population proliferation|cell growth",
    "Cell-Cell communication": "cell adhesion|cell recognition|cell aggregation|cell-cell fusion|syncytium formation",
    "Cellular responses to stimuli": "response to stimulus|cellular response to stimulus|homeostatic process|"
    "detoxification|cellular detoxification|regulation of biological quality|regulation of pH|detection of stimulus",
    "Chromatin organization": "DNA clamp unloading|transposition|retrotransposon silencing",
    "Circadian Clock": "rhythmic process",
    "Developmental Biology": "developmental process|multicellular organismal process|growth|pigmentation|"
    "cellular pigmentation|ensheathment of neurons|cell motility|locomotion|phenotypic switching|localization of cell|"
    "establishment or maintenance of cell polarity|cell adhesion molecule production",
    "Gene expression (Transcription)": "gene expression|DNA-templated transcription",
    "Hemostasis": "coagulation",
    "Immune System": "immune system process|immune response|cell activation|cell killing|cytolysis|viral process|"
    "biological process involved in interspecies interaction between organisms|defense response",
    "Metabolism": "cellular metabolic process",
    "Metabolism of proteins": "protein metabolic process|protein unfolding|protein catabolic process",
    "Post-translational protein modification": "protein modification process",
    "Metabolism of RNA": "RNA metabolic process|RNA processing",
    "Neuronal System": "nervous system process|synaptic signaling|behavior",
    "Organelle biogenesis and maintenance": "cellular component organization or biogenesis|microtubule-based process|"
    "actin filament-based process|intermediate filament-based process|organelle localization|"
    "microtubule organizing center localization|membrane docking",
    "Programmed Cell Death": "cell death|execution phase of apoptosis|execution phase of necroptosis",
    "Protein localization": "macromolecule localization|protein-containing complex localization|cellular localization|"
    "maintenance of location in cell|maintenance of location|localization",
    "Reproduction": "reproductive process|cellular process involved in reproduction in multicellular organism|"
    "biological process involved in intraspecies interaction between organisms",
    "Signal Transduction": "signaling|cell communication|regulation of molecular function",
    "Transport of small molecules": "transmembrane transport|establishment of localization|transport",
    "Vesicle-mediated transport": "export from cell|exocytic process|vesicle targeting|synaptic vesicle transport|"
    "intercellular transport",
}


def write(rows: list[dict], name: str, schema: dict[str, pa.DataType], key: list[str]) -> None:
    """Write one table beside this file, sorted, without metadata."""
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))
    table = table.sort_by([(column, "ascending") for column in key])
    pq.write_table(table, HERE / f"{name}.parquet", compression="zstd", compression_level=19)


def _drop_loose_synonyms(terms: dict[str, dict]) -> None:
    """Leave out the synonyms that name an activity, or several terms: GO lists related things among them."""
    having = Counter(synonym.casefold() for term in terms.values() for synonym in term["synonyms"])
    having.update(term["name"].casefold() for term in terms.values())
    for term in terms.values():
        term["synonyms"] = [s for s in term["synonyms"] if having[s.casefold()] == 1 and not s.endswith(" activity")]


def targets(terms: dict[str, dict], keep: set[str]) -> dict[str, str]:
    """Term of regulation -> the process it regulates, where that is a term by its name or its only synonym."""
    by_name = {term["name"]: id_ for id_, term in terms.items()}
    by_synonym: dict[str, set[str]] = defaultdict(set)
    for id_, term in terms.items():
        for synonym in term["synonyms"]:
            by_synonym[synonym].add(id_)
    found = {}
    for id_, term in terms.items():
        match = _REGULATION.fullmatch(term["name"])
        if match and id_ not in keep:
            named = by_name.get(match[1]) or min(by_synonym.get(match[1], {""}), default="")
            if named and (match[1] in by_name or len(by_synonym[match[1]]) == 1):
                found[id_] = named
    return found


def main(folder: Path) -> None:
    """Read the tables of `folder` and write the four reference tables."""
    terms = {row["id"]: row for row in pq.read_table(folder / "terms.parquet").to_pylist()}
    for term in terms.values():
        term["synonyms"] = [synonym for synonym in (term["synonyms"] or "").split("|") if synonym]
    _drop_loose_synonyms(terms)
    reactome = {row["id"]: row for row in pq.read_table(HERE.parent / "reactome" / "pathways.parquet").to_pylist()}
    xrefs = [
        row
        for row in pq.read_table(folder / "xrefs.parquet").to_pylist()
        if reactome[row["reactome_id"]]["name"] not in UNEQUAL
    ]
    xrefs += _more_xrefs(terms, reactome, xrefs)
    equal = {row["go_id"] for row in xrefs}
    regulated = targets(terms, equal)

    def folded(id_: str) -> str:
        seen = {id_}
        while id_ in regulated and regulated[id_] not in seen:
            id_ = regulated[id_]
            seen.add(id_)
        return id_

    parents: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in pq.read_table(folder / "relations.parquet").to_pylist():
        child = row["child"]
        if child not in regulated:
            parents[child].append((folded(row["parent"]), row["relation"]))

    @cache
    def ancestors(id_: str) -> frozenset[str]:
        return frozenset({id_}).union(*(ancestors(parent) for parent, _ in parents[id_] if parent != id_))

    _drop_cycles(parents)
    genes: dict[str, set[str]] = defaultdict(set)  # at or below a term, without those that only regulate
    annotated: dict[tuple[str, str], bool] = {}
    for row in pq.read_table(folder / "gene_terms.parquet").to_pylist():
        id_, regulates = folded(row["id"]), row["id"] in regulated
        key = (row["symbol"], id_)
        annotated[key] = annotated.get(key, True) and regulates
        for above in ancestors(id_):
            genes[above] |= {row["symbol"]} - ({row["symbol"]} if regulates else set())
    with_genes = {above for _, id_ in annotated for above in ancestors(id_)}
    phase, activity = (next(id_ for id_, term in terms.items() if term["name"] == name) for name in (PHASE, ACTIVITY))
    kept = {
        id_
        for id_ in terms
        if id_ in equal or (id_ in with_genes and id_ not in regulated and phase not in ancestors(id_))
    } - {ROOT}
    general = {
        id_
        for id_ in kept - equal
        if len(genes[id_]) > GENERAL
        or terms[id_]["name"].startswith(("positive regulation of", "negative regulation of"))
        or activity in ancestors(id_)
        or any(p == ROOT for p, _ in parents[id_])
    }
    anchors = _anchors({term["name"]: id_ for id_, term in terms.items() if id_ in kept}, reactome)
    write(
        [
            {"id": id_, "name": terms[id_]["name"], "synonyms": terms[id_]["synonyms"], "general": id_ in general}
            for id_ in kept
        ],
        "terms",
        {"id": pa.string(), "name": pa.string(), "synonyms": pa.list_(pa.string()), "general": pa.bool_()},
        ["id"],
    )
    relations = {(child, parent): how for child in kept for parent, how in parents[child] if parent in kept}
    write(
        [{"child": c, "parent": p, "relation": how} for (c, p), how in (relations | anchors).items()],
        "relations",
        {"child": pa.string(), "parent": pa.string(), "relation": pa.string()},
        ["child", "parent"],
    )
    write(
        [{"symbol": s, "id": id_, "regulates": regulates} for (s, id_), regulates in annotated.items() if id_ in kept],
        "gene_terms",
        {"symbol": pa.string(), "id": pa.string(), "regulates": pa.bool_()},
        ["symbol", "id"],
    )
    write(
        xrefs,
        "xrefs",
        {"reactome_id": pa.string(), "go_id": pa.string(), "method": pa.string()},
        ["reactome_id", "go_id"],
    )
    print(f"{len(kept)} terms, {len(general)} of them general, {len(regulated)} folded, {len(annotated)} annotations")


def _more_xrefs(terms: dict[str, dict], reactome: dict[str, dict], known: list[dict]) -> list[dict]:
    """The pathways and terms of EQUAL, then those whose names or aliases have one gist that only one term has."""
    by_name = {term["name"]: id_ for id_, term in terms.items()}
    pathways = {row["name"]: row for row in reactome.values() if not row["is_disease"]}
    by_hand = [*EQUAL.items(), *ALSO.items()]
    more = [(pathways[name]["id"], by_name[term], "by_hand") for name, term in by_hand]
    taken = {row["go_id"] for row in known} | {go for _, go, _ in more}
    placed = {row["reactome_id"] for row in known} | {id_ for id_, _, _ in more}
    by_gist: dict[str, set[str]] = defaultdict(set)
    for id_, term in terms.items():
        for name in (term["name"], *term["synonyms"]):
            by_gist[_gist(name)].add(id_)
    for name, row in sorted(pathways.items(), key=lambda item: ("family" in item[0], item[1]["depth"], item[1]["id"])):
        if row["id"] in placed or name in UNEQUAL | UNLIKE:
            continue
        for spelled in (name, *row["aliases"]):
            found = by_gist.get(_gist(spelled), set())
            if len(found) == 1 and not found & taken:
                more.append((row["id"], *found, "gist"))
                taken |= found
                break
    return [{"reactome_id": id_, "go_id": go, "method": method} for id_, go, method in more]


def _gist(name: str) -> str:
    return gist(_BRACKETED.sub("", name))


def _anchors(by_name: dict[str, str], reactome: dict[str, dict]) -> dict[tuple[str, str], str]:
    pathway = {row["name"]: id_ for id_, row in reactome.items() if not row["is_disease"]}
    return {(by_name[name], pathway[top]): "anchor" for top, names in ANCHORS.items() for name in names.split("|")}


def _drop_cycles(parents: dict[str, list[tuple[str, str]]]) -> None:
    """Folding can put a term below what hangs below it: such a parent is left out, the last one met first."""
    state: dict[str, int] = {}

    def visit(id_: str) -> None:
        state[id_] = 1
        for parent, how in sorted(parents.get(id_, [])):
            if state.get(parent) == 1:
                parents[id_].remove((parent, how))
            elif parent not in state:
                visit(parent)
        state[id_] = 2

    for id_ in sorted(parents):
        if id_ not in state:
            visit(id_)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
