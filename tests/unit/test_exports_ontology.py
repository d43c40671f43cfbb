"""OBO, read by fastobo; Newick, read by three libraries and a strict parser; SSSOM, checked against its JSON Schema."""

import csv
import json
from pathlib import Path

import dendropy
import fastobo
import jsonschema
import newick as newick_package
import pytest
import small_tree
import yaml
from Bio import Phylo
from rootward.knowledge.names import pathway_id
from rootward.knowledge.sources import read_parts
from rootward.publish.exports import newick, obo, obographs, sssom
from rootward.publish.exports.ontology import Pathways
from rootward.tree.ids import MERGED, RETIRED, Known

RESOURCES = Path(__file__).parents[2] / "resources"
SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sssom.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def rows():
    return small_tree.rows()


# --- OBO ---


def clauses(frame, kind):
    return [clause for clause in frame if type(clause).__name__ == f"{kind}Clause"]


@pytest.fixture
def terms(rows, tmp_path):
    assert obo.write(rows, [], set(), tmp_path / "a.obo") == len(rows)
    document = fastobo.load(str(tmp_path / "a.obo"))
    return {str(frame.id): frame for frame in document if isinstance(frame, fastobo.term.TermFrame)}


def test_fastobo_reads_every_name_and_text_unchanged(rows, terms):
    assert set(terms) == {row["pathway_id"] for row in rows}
    for row in rows:
        term = terms[row["pathway_id"]]
        assert [clause.name for clause in clauses(term, "Name")] == [small_tree.one_line(row["name"])]
        assert [str(clause.synonym.desc) for clause in clauses(term, "Synonym")] == [
            small_tree.one_line(alias) for alias in row["aliases"]
        ]
        reason = "Why it stands there: " + small_tree.one_line(row["reasoning"])
        assert [clause.comment for clause in clauses(term, "Comment")] == [reason]
        assert " > ".join(map(small_tree.one_line, row["path"])) in str(clauses(term, "Def")[0].definition)


def test_is_a_leads_to_the_parent_and_roots_have_none(rows, terms):
    for row in rows:
        above = [str(clause.term) for clause in clauses(terms[row["pathway_id"]], "IsA")]
        assert above == ([row["parent_id"]] if row["parent_id"] else [])


def test_xrefs_method_subset_and_merged_ids(terms):
    term = terms[pathway_id(small_tree.NASTY[0])]
    assert [str(clause.xref.id) for clause in clauses(term, "Xref")] == ["GO:0000001", "reactome:R-HSA-2"]
    assert [str(clause.subset) for clause in clauses(term, "Subset")] == ["leaf"]
    values = {str(c.property_value.relation): c.property_value.value for c in clauses(term, "PropertyValue")}
    assert values["method"] == "model"
    assert values["n_direct"] == "1"
    merged = [str(clause.alt_id) for clause in clauses(term, "AltId")]
    assert merged == [pathway_id(f"alias of {small_tree.NASTY[0]}")]


def test_an_id_in_use_is_nobodys_alt_id(rows):
    row = rows[1] | {"aliases": [rows[2]["name"], rows[1]["name"], "another"]}
    lines = list(obo.term(row, {rows[2]["pathway_id"]}, (), False))
    assert [line for line in lines if line.startswith("alt_id")] == [f"alt_id: {pathway_id('another')}"]


def test_what_earlier_releases_had_leads_to_what_there_is_now(rows, tmp_path):
    here = rows[1]["pathway_id"]
    known = [
        *(Known(row["pathway_id"], row["name"]) for row in rows),
        Known("RW:0a", "merged {away}", MERGED, replaced_by=here),
        Known("RW:0b", "split", RETIRED, consider=(here, rows[2]["pathway_id"])),
    ]
    assert obo.write(rows, known, set(), tmp_path / "a.obo") == len(rows)
    document = fastobo.load(str(tmp_path / "a.obo"))
    terms = {str(frame.id): frame for frame in document if isinstance(frame, fastobo.term.TermFrame)}
    assert set(terms) == {one.pathway_id for one in known}
    assert "RW:0a" in {str(clause.alt_id) for clause in clauses(terms[here], "AltId")}
    for id_ in ("RW:0a", "RW:0b"):
        assert clauses(terms[id_], "IsObsolete") and not clauses(terms[id_], "IsA")
    assert [str(clause.term) for clause in clauses(terms["RW:0a"], "ReplacedBy")] == [here]
    assert [str(clause.term) for clause in clauses(terms["RW:0b"], "Consider")] == list(known[-1].consider)


def test_part_of_stands_beside_is_a_where_the_reference_says_so(rows, tmp_path):
    child = next(row for row in rows if row["parent_id"])
    obo.write(rows, [], {child["pathway_id"]}, tmp_path / "a.obo")
    document = fastobo.load(str(tmp_path / "a.obo"))
    terms = {str(frame.id): frame for frame in document if isinstance(frame, fastobo.term.TermFrame)}
    found = {id_: clauses(term, "Relationship") for id_, term in terms.items() if clauses(term, "Relationship")}
    ((id_, (clause,)),) = found.items()
    assert (id_, str(clause.typedef), str(clause.term)) == (child["pathway_id"], "part_of", child["parent_id"])
    assert clauses(terms[id_], "IsA")


def test_go_says_what_is_part_of_what():
    parts = read_parts([RESOURCES / "go" / "terms.parquet"])
    assert ("GO:0000022", "GO:0000070") in parts  # mitotic spindle elongation, sister chromatid segregation
    assert read_parts([RESOURCES / "reactome" / "pathways.parquet"]) == set()
    row = {"pathway_id": "a", "parent_id": "b", "xrefs": ["GO:0000022"]}
    above = {"pathway_id": "b", "parent_id": None, "xrefs": ["reactome:R-HSA-1", "GO:0000070"]}
    assert Pathways([row, above], [], dict, parts).parts == {"a"}


def test_the_data_version_is_made_from_the_terms(rows):
    def version(rows):
        return next(line for line in obo.lines(rows, [], set()) if line.startswith("data-version: "))

    assert version(rows) == version(rows[::-1]) != version(rows[1:])


# --- OBO Graphs ---


def test_fastobo_reads_the_graph_as_it_reads_the_ontology(rows, tmp_path):
    known = [Known("RW:0a", "merged", MERGED, replaced_by=rows[1]["pathway_id"])]
    child = next(row for row in rows if row["parent_id"])
    assert obographs.write(rows, known, {child["pathway_id"]}, tmp_path / "a.json") == len(rows)
    (graph,) = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["graphs"]
    ids = {row["pathway_id"]: obographs.address(row["pathway_id"]) for row in rows}
    labels = {node["id"]: node["lbl"] for node in graph["nodes"]}
    assert {id_: labels[ids[id_]] for id_ in ids} == {r["pathway_id"]: small_tree.one_line(r["name"]) for r in rows}
    above = {edge["sub"]: edge["obj"] for edge in graph["edges"] if edge["pred"] == "is_a"}
    assert above == {ids[row["pathway_id"]]: ids[row["parent_id"]] for row in rows if row["parent_id"]}
    assert [edge["sub"] for edge in graph["edges"] if edge["pred"] == obographs.PART_OF] == [ids[child["pathway_id"]]]
    document = fastobo.load_graph(str(tmp_path / "a.json"))
    names = {clause.name for frame in document for clause in frame if type(clause).__name__ == "NameClause"}
    assert {small_tree.one_line(row["name"]) for row in rows} - {""} <= names


def test_odd_xrefs_stay_identifiers(rows, tmp_path):
    odd = ['wiki: a "b" {c} ! d', "plain", "go:GO:1"]
    obo.write([rows[0] | {"xrefs": odd}], [], set(), tmp_path / "a.obo")
    frame = next(f for f in fastobo.load(str(tmp_path / "a.obo")) if isinstance(f, fastobo.term.TermFrame))
    assert len(clauses(frame, "Xref")) == len(odd)


def test_the_header_says_what_is_a_means_and_has_no_date(rows):
    header = list(obo.lines(rows, [], set()))[: len(obo.HEADER)]
    assert "format-version: 1.4" in header
    assert any("a kind or a part" in line for line in header)
    assert not any(line.startswith(("date", "saved-by")) for line in header)


# --- Newick ---


def expected(rows):
    """name -> the parent's; a quote is the typographic one, a backslash a slash."""
    plain = str.maketrans({"'": "\u2019", "\\": "/"})
    names = {row["pathway_id"]: small_tree.one_line(row["name"]).translate(plain) for row in rows}
    return {names[row["pathway_id"]]: names.get(row["parent_id"]) for row in rows}


def by_dendropy(path):
    plain = {"suppress_internal_node_taxa": True, "suppress_leaf_node_taxa": True}
    tree = dendropy.Tree.get(path=str(path), schema="newick", **plain)
    return {node.label: node.parent_node.label for node in tree.preorder_node_iter() if node.parent_node}


def by_biopython(path):
    found = {}
    waiting = [(clade, None) for clade in Phylo.read(str(path), "newick").root.clades]
    while waiting:
        clade, above = waiting.pop()
        found[clade.name] = above
        waiting += [(child, clade.name) for child in clade.clades]
    return found


def by_newick(path):
    top = newick_package.read(path)[0]
    return {
        node.unquoted_name: node.ancestor.unquoted_name if node.ancestor.name else None
        for node in top.walk()
        if node is not top
    }


@pytest.mark.parametrize("read", [by_dendropy, by_biopython, by_newick])
def test_every_reader_reads_the_same_tree(rows, tmp_path, read):
    # Biopython takes an inner name that is a number for a confidence.
    rows = [row | {"name": f"n{row['name']}"} for row in rows]
    newick.write(rows, tmp_path / "a.nwk")
    assert read(tmp_path / "a.nwk") == expected(rows)


def parse(text):
    """(label, parent's label) of every node but the top, by the grammar of Olsen (1990) and nothing else."""
    found, open_, done, at = [], [[]], None, 0
    while text[at] != ";":
        character = text[at]
        at += 1
        if character == "(":
            open_.append([])
        elif character == ",":
            continue
        elif character == ")":
            done = open_.pop()
            if text[at] != "'":
                assert text[at] == ";"
                found += [(label, None) for label in done]
        else:
            assert character == "'", f"unquoted label at {at}"
            label = ""
            while text[at] != "'" or text[at + 1] == "'":
                at += 2 if text[at] == "'" else 1
                label += text[at - 1]
            at += 1
            found += [(child, label) for child in done or ()]
            done = None
            open_[-1].append(label)
    assert text[at:] == ";\n"
    return found


def test_every_label_survives_a_strict_parser(rows, tmp_path):
    newick.write(rows, tmp_path / "a.nwk")
    found = parse((tmp_path / "a.nwk").read_text(encoding="utf-8"))
    assert len(found) == len(rows) and {label: parent or None for label, parent in found} == expected(rows)


def test_a_deep_tree_and_an_empty_one(tmp_path):
    newick.write(small_tree.chain(5_000), tmp_path / "deep.nwk")
    assert len(parse((tmp_path / "deep.nwk").read_text())) == 5_000
    assert newick.write([], tmp_path / "empty.nwk") == 0
    assert (tmp_path / "empty.nwk").read_text() == ";\n"


# --- SSSOM ---

REFERENCE = {
    "reactome:R-HSA-1": {"name": "ROOT", "aliases": []},
    "reactome:R-HSA-2": {"name": "another", "aliases": ["other", small_tree.NASTY[0]]},
}


def read_sssom(path):
    """The metadata and rows of an SSSOM/TSV file; multivalued slots split as the specification says."""
    lines = path.read_text(encoding="utf-8").split("\n")
    metadata = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    table = list(csv.DictReader((line for line in lines if line and not line.startswith("#")), delimiter="\t"))
    several = {name for name, slot in SCHEMA["$defs"]["Mapping"]["properties"].items() if "items" in slot}
    mappings = [
        {slot: text.split("|") if slot in several else text for slot, text in row.items() if text} for row in table
    ]
    return metadata, mappings


def test_the_mappings_are_valid_sssom(rows, tmp_path):
    """sssom-py 0.4.21 (`sssom validate`) finds nothing either; it brings 80 packages, so it is no test dependency."""
    assert sssom.write(rows, REFERENCE, tmp_path / "a.sssom.tsv") == 3
    metadata, mappings = read_sssom(tmp_path / "a.sssom.tsv")
    prefixes = metadata.pop("curie_map")
    jsonschema.Draft201909Validator(SCHEMA).validate(metadata | {"mappings": mappings})
    for mapping in mappings:
        entities = [v for slot, v in mapping.items() if not slot.endswith("_label")]
        curies = [curie for value in entities for curie in ([value] if isinstance(value, str) else value)]
        assert {curie.split(":")[0] for curie in curies} <= prefixes.keys()


def test_a_match_is_called_what_it_is(rows, tmp_path):
    sssom.write(rows, REFERENCE, tmp_path / "a.sssom.tsv")
    metadata, mappings = read_sssom(tmp_path / "a.sssom.tsv")
    by_object = {mapping["object_id"]: mapping for mapping in mappings}
    label, synonym = by_object["reactome:R-HSA-1"], by_object["reactome:R-HSA-2"]
    assert (label["predicate_id"], label["object_match_field"]) == ("skos:exactMatch", ["rdfs:label"])
    assert (synonym["predicate_id"], synonym["object_match_field"]) == (
        "skos:exactMatch",
        ["oboInOwl:hasExactSynonym"],
    )
    assert synonym["subject_label"] == small_tree.NASTY[0]
    assert by_object["GO:0000001"]["predicate_id"] == "oboInOwl:hasDbXref"
    assert by_object["GO:0000001"]["mapping_justification"] == "semapv:UnspecifiedMatching"
    assert metadata["comment"].startswith(f"2 of {len(rows)} pathways are mapped")


def test_the_mapping_set_is_named_after_its_content(rows, tmp_path):
    ids = set()
    for reference in (REFERENCE, REFERENCE, {}):
        sssom.write(rows, reference, tmp_path / "a.sssom.tsv")
        ids.add(read_sssom(tmp_path / "a.sssom.tsv")[0]["mapping_set_id"])
    assert len(ids) == 2


def test_no_mapping_is_said(rows, tmp_path):
    assert sssom.write([row | {"xrefs": []} for row in rows], REFERENCE, tmp_path / "a.sssom.tsv") == 0
    metadata, mappings = read_sssom(tmp_path / "a.sssom.tsv")
    assert mappings == []
    assert metadata["comment"].startswith("0 of")
