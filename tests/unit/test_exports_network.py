"""GraphML, read by networkx; CX2, read by ndex2."""

import json

import networkx
import pytest
import small_tree
from ndex2.cx2 import CX2NetworkXFactory, RawCX2NetworkFactory
from rootward.knowledge.names import pathway_id
from rootward.publish.exports import cx2, graph, graphml


def build(rows=None):
    return graph.build(
        small_tree.rows() if rows is None else rows,
        lambda columns: small_tree.batches("interactions", small_tree.interactions()),
        lambda: small_tree.batches("placements", small_tree.placements()),
    )


def attributes_of(network):
    """The attributes of each edge, without unknown ones."""
    rows = (row for batch in network.edges() for row in batch.to_pylist())
    return [{k: v for k, v in row.items() if v is not None and k not in ("source", "target")} for row in rows]


def by_kind(edges):
    found = {"tree": [], "interaction": [], "placement": []}
    for edge in edges:
        found[edge["kind"]].append(edge)
    return found


def expected_counts():
    n = len(small_tree.NASTY)
    proteins_per_interaction = [len({row["protein_a"], row["protein_b"]}) for row in small_tree.interactions()]
    placed = sum(proteins_per_interaction) + proteins_per_interaction[0]
    return {"tree": n, "interaction": n, "placement": placed}


def test_the_graph_counts_its_edges_beforehand():
    network = build()
    assert network.n_edges == len(attributes_of(network)) == sum(expected_counts().values())
    assert list(network.proteins) == ["ATM", "MDM2", "TP53"]
    assert network.proteins["TP53"] == "P04637"


def test_no_attribute_is_unknown_undeclared_or_of_another_type():
    types = {"string": str, "integer": int, "boolean": bool, "double": float, "list_of_string": list}
    network = build()
    for declared, found in (
        (graph.NODE_TYPES, [attributes for _, attributes in network.nodes()]),
        (graph.EDGE_TYPES, attributes_of(network)),
    ):
        assert found
        assert all(type(value) is types[declared[name]] for element in found for name, value in element.items())


@pytest.fixture
def read_graphml(tmp_path):
    network = build()
    assert graphml.write(network, tmp_path / "a.graphml") == len(list(network.nodes())) + network.n_edges
    return networkx.read_graphml(tmp_path / "a.graphml")


def test_networkx_reads_the_tree(read_graphml):
    rows = small_tree.rows()
    for row in rows:
        node = read_graphml.nodes[row["pathway_id"]]
        assert node["name"] == small_tree.one_line(row["name"])
        assert (node["level"], node["n_total"], node["is_leaf"]) == (row["level"], row["n_total"], row["is_leaf"])
        assert node.get("xrefs", "") == "|".join(row["xrefs"])
    tree = networkx.DiGraph((a, b) for a, b, kind in read_graphml.edges(data="kind") if kind == "tree")
    assert networkx.is_arborescence(tree.reverse())
    assert {(r["pathway_id"], r["parent_id"]) for r in rows if r["parent_id"]} == set(tree.edges)


def test_networkx_reads_interactions_and_placements(read_graphml):
    found = by_kind(data for *_, data in read_graphml.edges(data=True))
    assert {kind: len(edges) for kind, edges in found.items()} == expected_counts()
    statements = {edge["interaction_id"]: edge["statement"] for edge in found["interaction"]}
    assert statements == {f"I{n:02d}": small_tree.one_line(text) for n, text in enumerate(small_tree.NASTY)}
    assert {edge["pmids"] for edge in found["interaction"]} == {"9|10"}
    assert {(edge.get("given_a"), edge.get("given_b")) for edge in found["interaction"]} == {("p53", None)}
    twice = [b for _, b, data in read_graphml.edges(data=True) if data.get("interaction_id") == "I00" and "RW" in b]
    assert set(twice) == {pathway_id(small_tree.NASTY[0]), pathway_id(small_tree.NASTY[1])}


def test_ndex2_reads_the_same_graph(tmp_path):
    network = build()
    cx2.write(network, tmp_path / "a.cx2")
    content = json.loads((tmp_path / "a.cx2").read_text(encoding="utf-8"))
    read = RawCX2NetworkFactory().get_cx2network(content)
    assert len(read.get_nodes()) == len(list(network.nodes()))
    assert len(read.get_edges()) == network.n_edges
    names = [node["v"]["name"] for node in read.get_nodes().values()]
    assert names == [attributes["name"] for _, attributes in network.nodes()]
    assert read.get_edge(network.n_edges - 1)["v"] == attributes_of(network)[-1]
    again = CX2NetworkXFactory().get_graph(read, networkx.MultiDiGraph())
    assert again.number_of_edges() == network.n_edges


def test_cx2_keeps_to_the_specification(tmp_path):
    cx2.write(build(), tmp_path / "a.cx2")
    content = json.loads((tmp_path / "a.cx2").read_text(encoding="utf-8"))
    assert content[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert content[-1] == {"status": [{"completed": True, "error": ""}]}
    aspects = {name: elements for aspect in content[1:-1] for name, elements in aspect.items()}
    counts = {entry["name"]: entry["elementCount"] for entry in aspects.pop("metaData")}
    assert counts == {name: len(elements) for name, elements in aspects.items()}
    ids = [node["id"] for node in aspects["nodes"]]
    assert ids == list(range(len(ids)))
    assert all({edge["s"], edge["t"]} <= set(ids) for edge in aspects["edges"])
    declared = aspects["attributeDeclarations"][0]
    for aspect in ("nodes", "edges"):
        assert {name for element in aspects[aspect] for name in element["v"]} <= declared[aspect].keys()


def test_every_node_of_cx2_has_a_place_of_its_own_and_a_style(tmp_path):
    cx2.write(build(), tmp_path / "a.cx2")
    content = json.loads((tmp_path / "a.cx2").read_text(encoding="utf-8"))
    aspects = {name: elements for aspect in content[1:-1] for name, elements in aspect.items()}
    at = {(node["x"], node["y"]) for node in aspects["nodes"]}
    assert len(at) == len(aspects["nodes"])
    by_name = {node["v"]["name"]: node for node in aspects["nodes"]}
    for row in small_tree.rows():
        if row["parent_id"]:
            assert by_name[row["name"]]["y"] > by_name[row["path"][-2]]["y"]
    lowest = max(node["y"] for node in aspects["nodes"] if node["v"]["kind"] == "pathway")
    assert all(node["y"] > lowest for node in aspects["nodes"] if node["v"]["kind"] == "protein")
    (style,) = aspects["visualProperties"]
    assert {mapping["type"] for mapping in style["nodeMapping"].values()} == {"PASSTHROUGH", "DISCRETE"}
    mapped = [m["definition"]["attribute"] for part in ("nodeMapping", "edgeMapping") for m in style[part].values()]
    assert set(mapped) <= graph.NODE_TYPES.keys() | graph.EDGE_TYPES.keys()


def test_a_network_without_edges_is_still_one(tmp_path):
    lonely = graph.build(small_tree.rows()[:1], lambda columns: iter(()), lambda: iter(()))
    cx2.write(lonely, tmp_path / "a.cx2")
    content = json.loads((tmp_path / "a.cx2").read_text(encoding="utf-8"))
    assert not any("edges" in aspect for aspect in content)
    graphml.write(lonely, tmp_path / "a.graphml")
    assert networkx.read_graphml(tmp_path / "a.graphml").number_of_nodes() == 1
