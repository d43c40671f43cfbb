from collections import Counter

import pytest
from builders import assigned
from rootward import tables
from rootward.publish.explorer.data import Limits, blocks, in_order
from synthetic import write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("run"), 120, 900, evidence=True)


def carried(content):
    return content["interactions"]["placed"]


def test_parents_come_before_children_and_what_is_below_is_one_range(run):
    rows = in_order(tables.rows("reorganized", run["reorganized"]))
    place = {row["pathway_id"]: n for n, row in enumerate(rows)}
    for n, row in enumerate(rows):
        below = [m for m, other in enumerate(rows) if row["name"] in other["path"][:-1]]
        assert below == list(range(n + 1, n + 1 + len(below)))
        assert row["parent_id"] is None or place[row["parent_id"]] < n


def test_without_limits_everything_is_carried(run):
    content = blocks(run, Limits(10**6, 10**6))
    assert len(carried(content)["pathway"]) == 900 == content["tree"]["carried"]["of"]
    assert sorted(content["interactions"]["id"]) == [f"X{n:07}" for n in range(900)]


def test_a_pathway_carries_its_surest_interactions(run):
    everything, few = (carried(blocks(run, Limits(most, 10**6))) for most in (10**6, 3))
    for pathway in set(everything["pathway"]):
        sure = [c for p, c in zip(everything["pathway"], everything["confidence"], strict=True) if p == pathway]
        kept = [c for p, c in zip(few["pathway"], few["confidence"], strict=True) if p == pathway]
        assert kept == sorted(sure, reverse=True)[:3]


def test_when_room_is_short_every_pathway_keeps_some(run):
    pathways = len(set(carried(blocks(run, Limits()))["pathway"]))
    content = blocks(run, Limits(200, pathways))
    assert len(carried(content)["pathway"]) == pathways == len(set(carried(content)["pathway"]))
    assert content["tree"]["carried"] == {"placements": pathways, "of": 900, "per_pathway": 200}


def test_no_interactions_at_all_is_a_page_too(run):
    content = blocks(run, Limits(0, 0))
    assert carried(content)["pathway"] == [] and content["interactions"]["id"] == []


def test_what_the_filters_ask_for_covers_what_is_not_carried(run):
    content = blocks(run, Limits(1, 10))
    words = content["tree"]["words"]["verdict"]
    assert words == ["corrected", "supported", "unsupported"]
    everything = carried(blocks(run, Limits(10**6, 10**6)))
    best = {}
    for pathway, verdict, sure in zip(
        everything["pathway"], everything["verdict"], everything["confidence"], strict=True
    ):
        best[pathway, verdict] = max(sure, best.get((pathway, verdict), 0))
    assert content["tree"]["surest"] == [[*pair, sure] for pair, sure in sorted(best.items())]


def test_without_evidence_there_is_one_empty_verdict(run):
    content = blocks({name: path for name, path in run.items() if name != "evidence"}, Limits())
    assert content["tree"]["words"]["verdict"] == [""] and content["interactions"]["verdict"] == {}


def test_changes_belong_to_the_pathway_that_is_still_there(run):
    told = blocks(run, Limits())["edges"]["changes"]
    ((_, changes),) = told.items()
    assert [change[1] for change in changes] == ["reparent", "merge"]


def test_models_are_named_where_they_are_known(run):
    rows = in_order(tables.rows("reorganized", run["reorganized"]))
    content = blocks(run, Limits(), {rows[5]["call_id"]: "gemini"} if rows[5]["call_id"] else {})
    assert set(content["edges"]["model"].values()) <= {"gemini"}
    assert [row["reasoning"] for row in rows] == content["edges"]["reasoning"]


def test_a_protein_that_the_file_names_otherwise_keeps_that_name(run, tmp_path):
    rows = tables.rows("interactions", run["interactions"])
    rows[0] |= {"given_a": "its other name", "given_b": rows[0]["protein_b"]}
    tables.write("interactions", rows, tmp_path / "interactions.parquet")
    content = blocks({**run, "interactions": str(tmp_path / "interactions.parquet")}, Limits(10**6, 10**6))[
        "interactions"
    ]
    (named,) = content["given"]["a"]
    assert content["given"] == {"a": {named: "its other name"}, "b": {}}
    assert content["id"][named] == rows[0]["interaction_id"]


def test_the_proteins_are_all_there_with_all_their_pathways_however_few_interactions_are(run):
    few, everything = blocks(run, Limits(1, 10)), blocks(run, Limits(10**6, 10**6))
    proteins = few["proteins"]
    assert proteins == everything["proteins"]
    rows = tables.rows("interactions", run["interactions"])
    number = {pathway_id: n for n, pathway_id in enumerate(f"RW:{id_}" for id_ in few["tree"]["id"])}
    placed = {row["interaction_id"]: number[row["pathway_id"]] for row in tables.rows("placements", run["placements"])}
    keys = [[(row[f"protein_{end}"], row[f"uniprot_{end}"] or "") for end in "ab"] for row in rows]
    both = list(zip(proteins["symbol"], proteins["uniprot"], strict=True))
    assert both == sorted({key for ends in keys for key in ends})
    for n, (symbol, accession) in enumerate(both):
        own = [row for row, ends in zip(rows, keys, strict=True) if (symbol, accession) in ends]
        flat = proteins["in"][n]
        assert dict(zip(flat[::2], flat[1::2], strict=True)) == Counter(placed[row["interaction_id"]] for row in own)
        assert proteins["held"][n] == len(own)
        assert set(proteins["called"][n]) == {f"pp{symbol[4:]}", f"Protein-{symbol[4:]}"}


def test_a_protein_is_called_as_the_files_call_it_too(run, tmp_path):
    rows = tables.rows("interactions", run["interactions"])
    rows[0] |= {"given_a": "p62", "given_b": rows[0]["protein_b"]}
    tables.write("interactions", rows, tmp_path / "interactions.parquet")
    proteins = blocks(run | {"interactions": tmp_path / "interactions.parquet"}, Limits(1, 10))["proteins"]
    key = (rows[0]["protein_a"], rows[0]["uniprot_a"] or "")
    n = list(zip(proteins["symbol"], proteins["uniprot"], strict=True)).index(key)
    assert "p62" in proteins["called"][n]
    assert sum("p62" in names for names in proteins["called"].values()) == 1


def test_what_else_came_into_question_is_carried_the_likeliest_first(run, tmp_path):
    def of(*pairs):
        return [{"pathway": name, "confidence": confidence} for name, confidence in pairs]

    rows = {"X0000003": of(("B", 0.2), ("A", 0.6), ("C", 0.01)), "X0000007": of(("A", 0.3)), "NOT HERE": of(("D", 0.9))}
    for n, (interaction, others) in enumerate([*rows.items(), ("X0000001", [])]):
        tables.write("assigned", [assigned(interaction, "P", alternatives=others)], tmp_path / f"{n}.parquet")
    content = blocks(run, Limits(), assigned=sorted(tmp_path.glob("*.parquet")))["interactions"]
    names, at = content["alternatives"]["name"], content["id"].index
    assert content["alternatives"]["of"] == {
        at("X0000003"): [names.index("A"), 0.6, names.index("B"), 0.2],
        at("X0000007"): [names.index("A"), 0.3],
    }
    assert names == ["A", "B"]
