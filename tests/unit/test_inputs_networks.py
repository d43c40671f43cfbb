"""Cytoscape's networks as JSON: CX2, CX and Cytoscape.js."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import damaged

CX2 = [
    {"CXVersion": "2.0", "hasFragments": False},
    {"attributeDeclarations": [{"nodes": {"name": {"d": "string", "a": "k"}}, "edges": {"interaction": {"a": "i"}}}]},
    {"nodes": [{"id": 0, "v": {"k": "TP53"}}, {"id": 1, "v": {"k": "MDM2"}}]},
    {"nodes": [{"id": 2, "v": {"name": "AKT1"}}]},
    {"edges": [{"id": 0, "s": 2, "t": 1, "v": {"i": "activates", "pmid": "9529249"}}, {"id": 1, "s": 0, "t": 9}, 7]},
]
CX = [
    {"numberVerification": [{"longNumber": 281474976710655}]},
    {"nodes": [{"@id": 1, "n": "AKT1"}, {"@id": 2, "r": "uniprot:Q00987"}]},
    {"edges": [{"@id": 3, "s": 1, "t": 2, "i": "activates"}]},
]
CYJS = {
    "elements": {
        "nodes": [{"data": {"id": "1", "name": "AKT1"}}, {"data": {"id": "2", "shared_name": "MDM2"}}],
        "edges": [{"data": {"source": "1", "target": "2", "interaction": "activates"}}],
    }
}


@pytest.mark.parametrize("network", [CX2, CX, CYJS], ids=["cx2", "cx", "cyjs"])
def test_edges_are_rows_between_named_nodes(read, network):
    collected = read(read.file("a.json", json.dumps(network)))
    (row,) = collected.interactions.to_pylist()
    assert (row["protein_a"], row["protein_b"], row["effect"]) == ("AKT1", "MDM2", "up-regulates")


def test_what_is_no_edge_of_the_network_is_set_aside(read):
    collected = read(read.file("a.cx2", json.dumps(CX2, indent=1)))
    assert [piece["pmid"] for row in collected.interactions.to_pylist() for piece in row["evidence"]] == ["9529249"]
    assert sorted(row.reason for row in collected.rejected) == [
        "an edge between nodes that are missing from the network",
        "not an edge of a network",
    ]
    assert len({row.source for row in collected.rejected}) == 2  # each on its own line


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([CX2, CX, CYJS]))
def test_damaged_networks_lose_no_row(fuzz, seed, network):
    fuzz.survives(damaged(json.dumps(network, indent=1), random.Random(seed), ","), "network")
