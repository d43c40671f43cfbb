import pytest
from builders import FALLBACK, ROOTS, FunctionCurator, interaction, load_script, make_asker, said, write
from rootward import tables

assign_terms = load_script("assign_terms").assign_terms

ROWS = [
    interaction("I1", "HSPA5", "ERN1", bucket=0),
    interaction("I2", "EGFR", "HK1", bucket=1),
    interaction("I3", "NOTAPROTEIN", "NOTHER", bucket=2),
    interaction("I4", "HK1", "PFKL", bucket=3),
    interaction("I5", "TP53", "PINK1", bucket=65_535),
]


@pytest.fixture
def interactions(tmp_path):
    return write(tmp_path, "interactions", ROWS)


@pytest.fixture
def assign(tmp_path, interactions):
    """Run the rule for a shard; the rows it wrote."""

    def run(ask, shard=(0, 1), evidence=None, drop_unsupported=False):
        out = str(tmp_path / f"assigned_{shard[0]}.parquet")
        assign_terms(
            interactions=interactions,
            evidence=evidence,
            decisions=None,
            drop_unsupported=drop_unsupported,
            roots=str(ROOTS),
            fallback_root=FALLBACK,
            shard=shard[0],
            shards=shard[1],
            assigned=out,
            ask=ask,
        )
        return tables.rows("assigned", out)

    return run


def test_every_row_gets_a_pathway_or_is_flagged_under_the_fallback_root(assign, ask):
    rows = {row["interaction_id"]: row for row in assign(ask)}
    assert {id_: (row["pathway"], row["method"]) for id_, row in rows.items()} == {
        "I1": ("IRE1alpha activates chaperones", "reference:shared"),
        "I2": (FALLBACK, "fallback"),
        "I3": (FALLBACK, "fallback"),
        "I4": ("Glycolysis", "reference:shared"),
        "I5": (FALLBACK, "fallback"),
    }
    apart, unknown = rows.pop("I2"), rows.pop("I3")
    rows.pop("I5")
    assert (unknown["confidence"], unknown["call_id"], unknown["alternatives"]) == (0.0, None, None)
    assert "NOTAPROTEIN" in unknown["reasoning"]
    assert "EGFR and HK1 share none" in apart["reasoning"]
    assert all(len(row["alternatives"]) <= 3 for row in rows.values())
    assert all(row["call_id"].startswith("reactome:R-HSA-") for row in rows.values())


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_the_shards_share_the_rows_out(assign, ask, shards):
    of_shard = [[row["interaction_id"] for row in assign(ask, (n, shards))] for n in range(shards)]
    assert sorted(id_ for ids in of_shard for id_ in ids) == ["I1", "I2", "I3", "I4", "I5"]
    buckets = {row["interaction_id"]: row["bucket"] for row in ROWS}
    assert all(buckets[id_] % shards == n for n, ids in enumerate(of_shard) for id_ in ids)


@pytest.fixture
def evidence(tmp_path):
    """Verdicts on the five rows: I1 is corrected, I2 is unsupported, I3 is unchecked."""
    decided = {"method": "model", "reasoning": "", "call_id": "c"}
    verdicts = {"I1": ("corrected", "form complex"), "I2": ("unsupported", None), "I3": ("unchecked", None)}
    supported = dict.fromkeys(["I4", "I5"], ("supported", None))
    rows = [
        {"interaction_id": id_, "verdict": verdict, "effect": effect, **decided}
        for id_, (verdict, effect) in (verdicts | supported).items()
    ]
    return write(tmp_path, "evidence", rows)


def test_an_effect_that_the_evidence_corrects_is_the_one_asked_with(assign, evidence):
    curator = FunctionCurator(lambda _: said(pathway="Glycolysis", confidence=1.0))
    assign(make_asker(curator), evidence=evidence)
    effects = {item["interaction_id"]: item["effect"] for item in curator.items("assign_term")}
    assert effects == {"I1": "form complex"} | dict.fromkeys(["I2", "I3", "I4", "I5"], "unknown")


def test_only_what_the_evidence_does_not_support_is_left_out_and_only_when_asked_to(assign, evidence, ask):
    everything = ["I1", "I2", "I3", "I4", "I5"]
    kept = [row["interaction_id"] for row in assign(ask, evidence=evidence)]
    assert kept == everything
    kept = [row["interaction_id"] for row in assign(ask, evidence=evidence, drop_unsupported=True)]
    assert kept == ["I1", "I3", "I4", "I5"]
