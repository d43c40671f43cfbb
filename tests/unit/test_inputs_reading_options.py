"""What of the rows read counts for the steps that ask, and the files of config/ say what the model says."""

from pathlib import Path

from reading import ROOT
from rootward import tables
from rootward.inputs.collect import read_inputs
from rootward.inputs.options import Options
from rootward.workflow.config_check import load
from rootward.workflow.config_files import generated
from rootward.workflow.contents import table_parts
from rootward.workflow.steps import COLUMNS
from test_inputs_signor import export

READING = ("input_format", "columns", "species", "orthologs", "entities", "genetic", "string")


def reading(**config) -> dict:
    whole = load(config)
    return {key: whole[key] for key in READING}


def test_where_a_row_stands_and_who_else_says_it_without_more_evidence_is_no_reason_to_ask_again(read, tmp_path):
    one, twice = (
        read.file("one.tsv", export([{}])),
        read.file("two.tsv", "\n" + export([{}, {"SIGNOR_ID": "SIGNOR-2"}])),
    )
    found = []
    for path in (one, twice):
        collected = read_inputs([path], Options.of(reading()), str(read.reference))
        tables.write("interactions", collected.interactions, tmp_path / "interactions.parquet")
        found.append(table_parts(str(tmp_path / "interactions.parquet"), COLUMNS, 2))
    assert found[0]["assign_terms"] == found[1]["assign_terms"]
    assert found[0]["assign_terms/1"] == found[1]["assign_terms/1"]


def test_generated_files_are_in_step():
    for path, wanted in generated(Path(ROOT) / "config").items():
        assert path.read_text(encoding="utf-8") == wanted, f"{path}: run `make config`"
