"""decisions.tsv in whole runs of the example: what people decided holds, whatever else changes, and comes back out."""

import random
import re

import pyarrow.parquet as pq
import pytest
from fake_gemini import FakeGemini

LINES = """\
parent\tMitophagy\tMacroautophagy\tit is one, whatever the cargo\tAB\t2026-11-26
name\tERAD pathway\tER-associated degradation\tour name for it\tAB
remove\tSelective autophagy\t\twe do without this level\tAB
place\tEX0098\tPexophagy\tread in the paper\tCD
not_parent\tresponse to topologically incorrect protein\tCellular responses to stimuli\ttoo broad\tCD
different\tCellular Senescence\tNowhere\tno such pathway\tCD
"""
TREE = ("--", "results/verification.json", "results/exports/pathways.obo", "results/run_summary.json")


def tree(workspace):
    rows = pq.read_table(workspace.folder / "results" / "reorganized.parquet").to_pylist()
    placed = pq.read_table(workspace.folder / "results" / "placements.parquet").to_pylist()
    return {row["name"]: row for row in rows}, {row["interaction_id"]: row for row in placed}


def assert_they_hold(workspace):
    pathways, placed = tree(workspace)
    assert pathways["Mitophagy"]["path"][-2:] == ["Macroautophagy", "Mitophagy"]
    assert pathways["Mitophagy"]["method"] == "curated"
    assert pathways["Mitophagy"]["reasoning"] == "it is one, whatever the cargo (AB, 2026-11-26)"
    assert "ERAD pathway" not in pathways and "ERAD pathway" in pathways["ER-associated degradation"]["aliases"]
    assert "Selective autophagy" not in pathways
    assert placed["EX0098"]["pathway_id"] == pathways["Pexophagy"]["pathway_id"]
    assert (placed["EX0098"]["method"], placed["EX0098"]["reasoning"]) == ("curated", "read in the paper (CD)")
    refused = pathways.get("response to topologically incorrect protein")
    assert refused is None or refused["path"][-2] != "Cellular responses to stimuli"


def test_an_unknown_pathway_is_refused_before_anything_is_asked(workspace):
    with workspace.edit("config/decisions.tsv", LINES):
        done = workspace.run(*TREE, check=False)
    assert done.returncode == 1
    told = "config/decisions.tsv:7: different: unknown pathway 'Nowhere'; neither the reference nor the roots"
    assert done.stderr.count(told) == 1
    assert not list((workspace.folder / "results").glob("assigned/*"))


@pytest.mark.trial
def test_decisions_hold_for_other_rows_settings_and_curators_and_go_without_a_question(workspace):
    folder = workspace.folder
    header = (folder / "config" / "decisions.tsv").read_text()
    workspace.run(*TREE)
    before = workspace.hashes()
    kept = LINES.replace("different\tCellular Senescence\tNowhere", "different\tCellular Senescence\tDNA Repair")
    (folder / "config" / "decisions.tsv").write_text(header + kept)
    said = workspace.run(*TREE)
    assert re.search(r"decisions +6 hold", said.stdout + said.stderr)
    assert_they_hold(workspace)
    obo = (folder / "results" / "exports" / "pathways.obo").read_text()
    assert "it is one, whatever the cargo (AB, 2026-11-26)" in obo
    told = workspace.run("explain", "--config", "name=Mitophagy").stderr
    assert "decided by a person, decision:" in told and "it is one, whatever the cargo (AB" in told
    rows = folder / "config" / "interactions.tsv"
    first, *others = rows.read_text().splitlines(keepends=True)
    random.Random(3).shuffle(others)
    rows.write_text("".join([first, *others]))
    workspace.run(*TREE)
    assert_they_hold(workspace)
    workspace.run("--config", "siblings={limit: 1}", *TREE)
    assert_they_hold(workspace)
    models = "models={flash: {rpm: null, tpm: null}}"
    gemini = ("--config", "curator=gemini", "climb={max_levels: 4}", models, *TREE)
    with FakeGemini() as fake:
        environment = fake.environment("AIzaSecret-0123456789")
        workspace.run(*gemini, **environment)
        pathways, placed = tree(workspace)
        assert (placed["EX0098"]["method"], placed["EX0098"]["reasoning"]) == ("curated", "read in the paper (CD)")
        assert pathways["Mitophagy"]["method"] == "curated"
        asked = fake.stats()["questions"]["assign_term"]["answered"]
        (folder / "config" / "decisions.tsv").write_text(header + kept.replace("place\tEX0098", "place\tEX0099"))
        workspace.run(*gemini, **environment)
        assert fake.stats()["questions"]["assign_term"]["answered"] == asked + 1  # EX0098, which no line settles now
    (folder / "config" / "decisions.tsv").write_text(header)
    rows.write_text("".join([first, *sorted(others)]))
    workspace.run(*TREE)
    after = workspace.hashes()
    assert {name for name in before if before[name] != after[name]} <= {"interactions.parquet"}
