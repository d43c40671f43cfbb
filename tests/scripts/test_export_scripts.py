"""The functions of the export rules: which files they write, that the bytes are the same, and what they say."""

import itertools
import logging
from pathlib import Path

import pytest
import small_tree
from export_interactions import export_interactions
from export_network import export_network
from export_ontology import export_ontology
from export_sets import export_sets
from rootward import tables
from rootward.errors import UserError
from rootward.publish.exports import formats as registered
from rootward.publish.exports import workbook
from rootward.publish.exports.formats import FILES
from rootward.tree.ids import Known
from rootward.workflow.config import Config
from rootward.workflow.config_check import load
from rootward.workflow.releases import write_ids

REFERENCE = Path(__file__).parents[2] / "resources" / "reactome"
SCRIPTS = (export_sets, export_ontology, export_network, export_interactions)
RULES = {script: tuple(registered.RULES[script.__name__]) for script in SCRIPTS}


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write_ids([Known(row["pathway_id"], row["name"]) for row in small_tree.rows()], folder / "ids.tsv")
    return small_tree.write(folder) | {
        "ids": str(folder / "ids.tsv"),
        "proteins": str(REFERENCE / "proteins.parquet"),
        "pathways": [str(REFERENCE / "pathways.parquet")],
    }


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO, "rootward")
    logging.getLogger("rootward").propagate = True
    return caplog


def test_the_rules_cover_every_format():
    assert {script.__name__ for script in SCRIPTS} == registered.RULES.keys()
    assert list(itertools.chain(*RULES.values())) == list(FILES) == Config().exports.formats


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_same_tree_is_the_same_bytes_and_only_what_is_asked_for(rule, paths, tmp_path, said):
    formats = RULES[rule]
    together = {name: str(tmp_path / "a" / FILES[name]) for name in formats}
    rule(paths, together)
    for name, path in together.items():
        alone = str(tmp_path / name / FILES[name])
        rule(paths, {name: alone})
        assert [file.name for file in Path(alone).parent.iterdir()] == [FILES[name]]
        assert Path(alone).read_bytes() == Path(path).read_bytes()
        assert f"{alone}: " in said.text


def test_rows_in_another_order_are_the_same_bytes(paths, tmp_path):
    shuffled = dict(paths)
    for name in ("reorganized", "interactions", "placements"):
        shuffled[name] = str(tmp_path / f"{name}.parquet")
        tables.write(name, list(reversed(tables.rows(name, paths[name]))), shuffled[name])
    for rule, formats in RULES.items():
        for which, given in (("a", paths), ("b", shuffled)):
            rule(given, {name: str(tmp_path / which / FILES[name]) for name in formats})
    for name in FILES.values():
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_empty_result_is_said(paths, tmp_path, said):
    strangers = str(tmp_path / "interactions.parquet")
    renamed = {"protein_a": "one", "protein_b": "two"}
    tables.write("interactions", [row | renamed for row in small_tree.interactions()], strangers)
    out = str(tmp_path / "pathways.gmt")
    export_sets(paths | {"interactions": strangers}, {"gmt": out})
    assert Path(out).read_bytes() == b""
    warnings = [record.message for record in said.records if record.levelname == "WARNING"]
    assert warnings == [
        "2 proteins are not approved symbols and are in no set: one, two",
        f"{out}: 0 sets: there was nothing to write",
    ]


def test_a_full_sheet_is_said_and_the_table_is_whole(paths, tmp_path, said, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 6)
    out = {name: str(tmp_path / FILES[name]) for name in ("tsv", "xlsx")}
    export_interactions(paths, out)
    more = len(small_tree.placements()) - 5
    assert f"{more} more rows stand only in interactions.tsv: the sheet is full." in said.text
    assert len(Path(out["tsv"]).read_text(encoding="utf-8").splitlines()) > more


def test_the_configuration_chooses_formats_and_helps_with_a_wrong_one():
    assert load({"exports": {"formats": ["obo"]}})["exports"]["formats"] == ["obo"]
    assert load({"exports": {"formats": []}})["exports"]["formats"] == []
    with pytest.raises(UserError, match=r"exports\.formats\.1: .*did you mean .*graphml"):
        load({"exports": {"formats": ["obo", "grafml"]}})
