"""The options of reading count in what Snakemake compares, and the files of config/ say what the model says."""

from pathlib import Path

from reading import ROOT
from rootward.workflow.config_check import load
from rootward.workflow.config_files import generated
from rootward.workflow.provenance import shard_digests
from test_inputs_signor import export

READING = ("input_format", "columns", "species", "orthologs", "entities", "genetic", "string")


def reading(**config) -> dict:
    whole = load(config)
    return {key: whole[key] for key in READING}


def test_every_option_is_in_the_memo(read):
    path = read.file(
        "signor.tsv", export([{}, {"TYPEA": "complex", "ENTITYA": "C", "DATABASEA": ""}, {"TAX_ID": "10090"}])
    )
    memo = read.folder / "memo.json"
    orthologs = read.file("mouse.tsv", "Trp53\tTP53\n")

    def digests(**config) -> list[str]:
        return shard_digests([path], reading(**config), str(read.reference), 1, memo)

    plain = digests()
    assert digests() == plain
    assert digests(entities={"complexes": "keep"}) != plain
    assert digests(species=[9606, 10090], orthologs=orthologs) != plain
    assert memo.read_text().count("10090") == 1
    assert digests() == plain


def test_where_a_row_stands_and_who_else_says_it_without_more_evidence_is_no_reason_to_ask_again(read):
    one, twice = (
        read.file("one.tsv", export([{}])),
        read.file("two.tsv", "\n" + export([{}, {"SIGNOR_ID": "SIGNOR-2"}])),
    )
    first, second = (shard_digests([p], reading(), str(read.reference), 1, read.folder / "m") for p in (one, twice))
    assert first == second


def test_generated_files_are_in_step():
    for path, wanted in generated(Path(ROOT) / "config").items():
        assert path.read_text(encoding="utf-8") == wanted, f"{path}: run `make config`"
