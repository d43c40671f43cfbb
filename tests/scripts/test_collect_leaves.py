import pytest
from builders import FALLBACK, assigned, interaction, load_script, write
from rootward import tables
from rootward.knowledge.names import pathway_id

collect_leaves = load_script("collect_leaves").collect_leaves


def refined(name: str, standard_name: str) -> dict:
    decided = {"method": "model", "reasoning": "", "call_id": "c"}
    return {"name": name, "standard_name": standard_name, "n_interactions": 1, **decided}


@pytest.fixture
def collect(tmp_path):
    """Run the rule on two shards; leaves and memberships."""

    def run():
        shards = [
            [assigned("I1", "EGFR signalling"), assigned("I2", "egfr Signalling"), assigned("I3", "Apoptosis")],
            [assigned("I4", FALLBACK, method="fallback", confidence=0.0, call_id=None), assigned("I5", "Quux")],
        ]
        paths = [write(tmp_path, "assigned", rows, f"assigned_{n}") for n, rows in enumerate(shards)]
        standard = [
            refined("EGFR signalling", "Signaling by EGFR"),
            refined("Apoptosis", "Apoptosis"),
            refined("Quux", "signaling by EGFR"),
        ]
        out = [str(tmp_path / name) for name in ("leaves.parquet", "memberships.parquet")]
        pairs = [("TP53", "MDM2"), ("TP53", "EGFR"), ("A", "B"), ("C", "D"), ("EGFR", "TP53")]
        rows = [interaction(f"I{n}", a, b) for n, (a, b) in enumerate(pairs, start=1)]
        collect_leaves(
            interactions=write(tmp_path, "interactions", rows),
            assigned=paths,
            refined=write(tmp_path, "refined", standard),
            fallback_root=FALLBACK,
            leaves=out[0],
            memberships=out[1],
        )
        return tables.rows("leaves", out[0]), tables.rows("memberships", out[1])

    return run


def test_leaves_are_the_distinct_standard_names_with_their_interactions(collect):
    leaves, _ = collect()
    assert {row["name"]: row["n_interactions"] for row in leaves} == {"Signaling by EGFR": 3, "Apoptosis": 1}
    assert all(row["pathway_id"] == pathway_id(row["name"]) for row in leaves)


def test_a_leaf_names_its_proteins_the_most_frequent_first(collect):
    leaves, _ = collect()
    assert {row["name"]: row["proteins"] for row in leaves} == {
        "Signaling by EGFR": ["TP53", "EGFR", "MDM2"],
        "Apoptosis": ["A", "B"],
    }


def test_every_interaction_belongs_to_the_pathway_of_its_standard_name(collect):
    _, memberships = collect()
    at = {row["interaction_id"]: row["pathway_id"] for row in memberships}
    egfr = pathway_id("Signaling by EGFR")
    assert at == {
        "I1": egfr,
        "I2": egfr,
        "I3": pathway_id("Apoptosis"),
        "I4": pathway_id(FALLBACK),
        "I5": egfr,
    }
    fallen = next(row for row in memberships if row["interaction_id"] == "I4")
    assert (fallen["method"], fallen["confidence"], fallen["call_id"]) == ("fallback", 0.0, None)
