"""What is accepted, and what becomes of it."""

import gzip
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import REPOSITORY
from rootward import tables
from rootward.inputs import columns
from rootward.inputs.collect import read_inputs
from rootward.inputs.merge import bucket
from rootward.inputs.options import Options

HEADER = "interaction_id\tprotein_a\tprotein_b\teffect\tmechanism\tstatement\tpmid\tconfidence\n"
TWO_ROWS = (
    HEADER
    + "I1\tp53\tMDM2\tactivates\tBinding\tTP53 acts on MDM2.\t123\t0.9\n"
    + "I2\tEGFR\tGRB2\t\t\t\t\t\n"
)  # fmt: skip


@pytest.fixture
def read(tmp_path, small_reference):
    """Write contents (text or bytes) as files and read them; their names are x0.tsv, x1.tsv, …"""

    def read_contents(*contents, input_format="auto", suffix="tsv"):
        paths = []
        for n, content in enumerate(contents):
            path = tmp_path / f"x{n}.{suffix}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(str(path))
        collected = read_inputs(paths, Options(input_format=input_format), small_reference)
        tables.write("interactions", collected.interactions, tmp_path / "out.parquet")  # keeps the table's contract
        return collected

    return read_contents


def rows(collected) -> list[dict]:
    return collected.interactions.to_pylist()


def as_parquet(columns: dict, folder: Path) -> bytes:
    pq.write_table(pa.table(columns), folder / "made.parquet")
    return (folder / "made.parquet").read_bytes()


def test_a_row_becomes_an_interaction_with_approved_names_and_words(read, tmp_path):
    collected = read(TWO_ROWS)
    first, second = rows(collected)
    assert first == {
        "interaction_id": "I1",
        "protein_a": "TP53",
        "protein_b": "MDM2",
        "uniprot_a": "P04637",
        "uniprot_b": "Q00987",
        "given_a": "p53",
        "given_b": "MDM2",
        "human_a": None,
        "human_b": None,
        "effect": "up-regulates",
        "mechanism": "binding",
        "mediators": None,
        "statement": "TP53 acts on MDM2.",
        "evidence": [{"text": "TP53 acts on MDM2.", "pmid": "123"}],
        "confidence": 0.9,
        "source": f"{tmp_path}/x0.tsv:2",
        "notes": [],
        "xrefs": [],
        "n_rows": 1,
        "bucket": bucket("I1"),
    }
    assert (second["effect"], second["mechanism"], second["evidence"], second["confidence"]) == (
        "unknown",
        "",
        [],
        None,
    )
    assert (collected.n_rows, collected.rejected) == (2, [])


# --- formats ---


@pytest.mark.parametrize(
    "content",
    [
        TWO_ROWS.replace("\t", ","),
        TWO_ROWS.replace("\t", ";"),
        TWO_ROWS.replace("\t", "|"),
        TWO_ROWS.replace("\n", "\r\n"),
        TWO_ROWS.rstrip("\n"),
        "\ufeff" + TWO_ROWS,
        "\n\n" + TWO_ROWS + "\n \n",
        TWO_ROWS.replace("p53", '"p53"').replace("protein_a", '"protein_a"'),
        "\ufeff" + TWO_ROWS.replace("interaction_id", '"interaction_id"').replace("\t", ","),
        TWO_ROWS.replace("\t\t\t\t\t\n", "\n"),  # spreadsheets drop trailing empty cells
        TWO_ROWS.replace("\t0.9\n", "\t0.9\t\t\n"),  # and add some
        gzip.compress(TWO_ROWS.encode()),
        gzip.compress(TWO_ROWS[:40].encode()) + gzip.compress(TWO_ROWS[40:].encode()),  # bgzip writes several members
    ],
    ids=[
        "comma",
        "semicolon",
        "bar",
        "crlf",
        "no_last_newline",
        "bom",
        "blank_lines",
        "quotes",
        "bom_and_quotes",
        "cells_dropped",
        "cells_added",
        "gzip",
        "gzip_members",
    ],
)
def test_every_make_of_table_gives_the_same_interactions(read, content):
    def without_source(collected):
        return [row | {"source": None} for row in rows(collected)]

    collected = read(content)
    assert without_source(collected) == without_source(read(TWO_ROWS))
    assert collected.rejected == []


def test_parquet_gives_the_same_interactions_as_text(read, tmp_path):
    names = HEADER.split()
    cells = [line.split("\t") for line in TWO_ROWS.splitlines()[1:]]
    columns = {name: [row[n] or None for row in cells] for n, name in enumerate(names)}
    columns["confidence"] = [0.9, None]
    columns["pmid"] = [123, None]
    from_parquet, from_text = rows(read(as_parquet(columns, tmp_path))), rows(read(TWO_ROWS))
    assert [row["source"].rsplit(":")[-1] for row in from_parquet] == ["1", "2"]
    assert [row | {"source": ""} for row in from_parquet] == [row | {"source": ""} for row in from_text]


@pytest.mark.parametrize("kind", ["dictionary", "large_string", "binary", "dotted_name"])
def test_parquet_columns_of_any_plain_type_are_text(read, tmp_path, kind):
    values = pa.array(["TP53", "EGFR"])
    if kind == "dictionary":
        values = values.dictionary_encode()
    elif kind != "dotted_name":
        values = values.cast(getattr(pa, kind)())
    name = "Protein.A" if kind == "dotted_name" else "protein_a"
    found = rows(read(as_parquet({name: values, "protein_b": ["MDM2", "GRB2"]}, tmp_path)))
    assert {row["protein_a"] for row in found} == {"TP53", "EGFR"}


def test_the_shipped_example_is_read_whole(small_reference):
    path = REPOSITORY / "config" / "interactions.tsv"
    collected = read_inputs([str(path)], Options(), small_reference)
    assert collected.rejected == []
    assert collected.n_rows == len(path.read_text(encoding="utf-8").splitlines()) - 1


# --- headers ---


@pytest.mark.parametrize(
    "header",
    ["protein_a\tprotein_b\tstatement", "Protein A\tProtein-B\tSTATEMENT", "source\ttarget\tstatement",
     "Gene1\tGene2\tStatement", " interactor.a \tinteractor.b\t statement ", "symbol_a\tsymbol_b\tstatement"],
)  # fmt: skip
def test_headers_are_known_by_many_names_in_any_case(read, header):
    (row,) = rows(read(f"{header}\nTP53\tMDM2\tTP53 binds MDM2.\n"))
    assert (row["protein_a"], row["protein_b"], row["statement"]) == ("TP53", "MDM2", "TP53 binds MDM2.")


def test_the_order_of_columns_and_unknown_columns_do_not_matter(read):
    (row,) = rows(read("colour\tprotein_b\tpmid\tprotein_a\nred\tMDM2\t7\tTP53\n"))
    assert (row["protein_a"], row["protein_b"], row["evidence"]) == ("TP53", "MDM2", [{"text": "", "pmid": "7"}])


def test_of_two_headers_for_one_column_the_first_counts(read):
    (row,) = rows(read("protein_a\tprotein_a\tprotein_b\tgene2\nTP53\tEGFR\tMDM2\tGRB2\n"))
    assert (row["protein_a"], row["protein_b"]) == ("TP53", "MDM2")


@pytest.mark.parametrize(
    ("column", "other_name"),
    [
        ("protein_a", "source"),
        ("protein_b", "target"),
        ("interaction_id", "id"),
        ("confidence", "score"),
        ("text", "evidence"),
    ],
)
def test_a_columns_own_name_goes_before_its_other_names(column, other_name):
    header = dict.fromkeys(["source", "target", other_name, "protein_a", "protein_b", column])
    assert columns.find([*header], {}).at[column] == list(header).index(column)


def test_a_sure_name_goes_before_one_that_may_mean_something_else():
    found = columns.find(["source", "target", "gene_a", "gene_b", "evidence", "sentence"], {})
    assert found.at == {"protein_a": 2, "protein_b": 3, "text": 5}


# --- cells ---


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends(read):
    content = 'protein_a,protein_b,statement\nTP53,MDM2,"a, b ""c""\nd"\nEGFR,GRB2,x\n'
    found = {row["protein_a"]: row for row in rows(read(content))}
    assert found["TP53"]["statement"] == 'a, b "c" d'
    assert found["EGFR"]["source"].endswith(":4")


@pytest.mark.parametrize(
    ("cell", "pmids"),
    [
        ("123", ["123"]),
        ("123|456", ["123", "456"]),
        ("PMID:456; PMID:123", ["123", "456"]),
        ("PMID123, pmid: 456", ["123", "456"]),
        ("https://pubmed.ncbi.nlm.nih.gov/123/", ["123"]),
        ("123.0", ["123"]),
        ("['123', '456']", ["123", "456"]),
        ("9,9", ["9"]),
        ("", []),
    ],
)
def test_a_cell_may_hold_several_pubmed_ids(read, cell, pmids):
    (row,) = rows(read(f"protein_a\tprotein_b\tpmid\nTP53\tMDM2\t{cell}\n"))
    assert [piece["pmid"] for piece in row["evidence"]] == pmids


@pytest.mark.parametrize(
    "cell", ["PMC3166564", "10.1038/nature12345", "1234567890123", "123456789", "GSE12345", "doi:10.1000/123"]
)
def test_digits_of_another_identifier_are_no_pubmed_id(read, cell):
    (row,) = rows(read(f"protein_a\tprotein_b\tpmid\nTP53\tMDM2\t{cell}\n"))
    assert row["evidence"] == []


@pytest.mark.parametrize(
    ("cell", "confidence"),
    [("0.5", 0.5), ("1", 1.0), ("0", 0.0), ("1e-3", 0.001), ("", None), ("high", None), ("1.2", None), ("-1", None),
     ("nan", None), ("inf", None)],
)  # fmt: skip
def test_a_confidence_is_a_number_from_zero_to_one_or_absent(read, cell, confidence):
    (row,) = rows(read(f"protein_a\tprotein_b\tconfidence\nTP53\tMDM2\t{cell}\n"))
    assert row["confidence"] == confidence


@pytest.mark.parametrize(
    ("cell", "effect"),
    [
        ("up-regulates activity", "up-regulates activity"),
        ("UP-REGULATES   Activity", "up-regulates activity"),
        ("activation", "up-regulates"),
        ("Inhibits", "down-regulates"),
        ("physical_association", "form complex"),
        ("physical association", "form complex"),
        ("binds", "form complex"),
        ("-1", "down-regulates"),
        ("+", "up-regulates"),
        ("", "unknown"),
        ("N/A", "unknown"),
    ],
)
def test_effects_are_brought_to_signors_words(read, cell, effect):
    (row,) = rows(read(f"protein_a\tprotein_b\teffect\nTP53\tMDM2\t{cell}\n"))
    assert row["effect"] == effect


def test_statement_and_evidence_stand_in_for_each_other(read):
    header = "protein_a\tprotein_b\tstatement\ttext\n"
    both, only_text, only_statement = (
        rows(read(header + f"TP53\tMDM2\t{cells}\n"))[0] for cells in ("said\tread", "\tread", "said\t")
    )
    assert (both["statement"], both["evidence"][0]["text"]) == ("said", "read")
    assert (only_text["statement"], only_text["evidence"][0]["text"]) == ("read", "read")
    assert (only_statement["statement"], only_statement["evidence"][0]["text"]) == ("said", "said")


def test_invisible_characters_in_a_statement_vanish_and_are_no_reason_to_reject(read):
    collected = read("protein_a\tprotein_b\tstatement\nTP53\tMDM2\t\u202eTP53\u200b binds\x07 MDM2\ufeff\n")
    assert rows(collected)[0]["statement"] == "TP53 binds MDM2"
    assert collected.rejected == []


def test_a_protein_may_act_on_itself_and_is_noted_once(read):
    (row,) = rows(read("protein_a\tprotein_b\tstatement\nnobody\tnobody\tx\n"))
    assert (row["protein_a"], row["protein_b"], row["notes"]) == (
        "nobody",
        "nobody",
        ["nobody: not in the symbol table"],
    )


def test_what_could_not_be_identified_is_noted(read):
    (row,) = rows(read("protein_a\tprotein_b\np62\tNOTAPROTEIN\n"))
    assert (row["protein_a"], row["uniprot_a"], row["protein_b"], row["uniprot_b"]) == (
        "p62",
        None,
        "NOTAPROTEIN",
        None,
    )
    assert row["notes"] == ["p62: ambiguous alias of NUP62, SQSTM1", "NOTAPROTEIN: not in the symbol table"]


def test_an_accession_that_was_given_is_kept(read):
    (row,) = rows(read("protein_a\tprotein_b\nP42771\tMDM2\n"))
    assert (row["protein_a"], row["uniprot_a"], row["notes"]) == ("CDKN2A", "P42771", [])


def test_the_several_proteins_of_a_symbol_are_kept_apart_where_they_are_told_apart(read):
    found = rows(read("protein_a\tprotein_b\nP42771\tMDM2\nQ8N726\tMDM2\nuniprotkb:P42771-2\tMDM2\nCDKN2A\tMDM2\n"))
    assert sorted((row["protein_a"], row["uniprot_a"] or "", row["n_rows"]) for row in found) == [
        ("CDKN2A", "", 1),
        ("CDKN2A", "P42771", 2),
        ("CDKN2A", "Q8N726", 1),
    ]


# --- ids and repetition ---


def test_a_row_without_an_id_gets_one_from_its_content(read):
    header = "protein_a\tprotein_b\teffect\tstatement\n"
    one = rows(read(header + "TP53\tMDM2\tbinds\tx\n"))[0]["interaction_id"]
    same = rows(read(header + "p53\tHDM2\tcomplex\tanother sentence\n"))[0]["interaction_id"]
    turned = rows(read(header + "MDM2\tTP53\tbinds\tx\n"))[0]["interaction_id"]  # binding has no direction
    assert re.fullmatch("I[0-9a-f]{16}", one)
    assert one == same == turned
    there, back = rows(read(header + "TP53\tMDM2\tactivates\tx\nMDM2\tTP53\tactivates\tx\n"))
    assert len({one, there["interaction_id"], back["interaction_id"]}) == 3


def test_rows_of_one_interaction_are_merged_with_all_their_evidence(read):
    content = (
        "interaction_id\tprotein_a\tprotein_b\tstatement\tpmid\tconfidence\n"
        "I1\tTP53\tMDM2\tshort\t2\t0.4\n"
        "I1\tp53\tMDM2\tthe longest\t1\t0.8\n"
        "I1\tTP53\tMDM2\tshort\t2\t\n"
    )
    collected = read(content)
    (row,) = rows(collected)
    assert row["evidence"] == [{"text": "the longest", "pmid": "1"}, {"text": "short", "pmid": "2"}]
    assert (row["statement"], row["confidence"]) == ("the longest", 0.8)
    assert row["source"].endswith(":2")
    assert (collected.n_rows, collected.rejected) == (3, [])


def test_of_statements_of_one_length_the_last_in_order_is_kept(read):
    letters = "gbjaifchde"
    content = "protein_a\tprotein_b\tstatement\n" + "".join(f"TP53\tMDM2\tsays {letter}\n" for letter in letters)
    (row,) = rows(read(content))
    assert row["statement"] == "says j"


def test_several_files_are_one_table_in_whatever_order(read, tmp_path, small_reference):
    header = "protein_a\tprotein_b\tpmid\n"
    read(header + "TP53\tMDM2\t1\n", header + "EGFR\tGRB2\t2\nTP53\tMDM2\t3\n")
    paths = [str(tmp_path / "x0.tsv"), str(tmp_path / "x1.tsv")]
    forward, backward = (read_inputs(order, Options(), small_reference) for order in (paths, paths[::-1]))
    assert forward.interactions.equals(backward.interactions)
    evidence = {row["protein_a"]: [piece["pmid"] for piece in row["evidence"]] for row in rows(forward)}
    assert evidence == {"TP53": ["1", "3"], "EGFR": ["2"]}


def test_rows_beyond_one_chunk_are_read_with_their_lines(read, monkeypatch):
    monkeypatch.setattr("rootward.inputs.records.CHUNK_ROWS", 3)
    content = "interaction_id\tprotein_a\tprotein_b\n" + "".join(f"I{n}\tTP53\tMDM2\n" for n in range(10))
    found = rows(read(content))
    assert [row["source"].rsplit(":")[-1] for row in found] == [str(n + 2) for n in range(10)]


def test_a_bucket_is_two_bytes_of_the_id_alone():
    buckets = [bucket(f"I{n}") for n in range(2000)]
    assert all(0 <= b < 65_536 for b in buckets)
    assert len(set(buckets)) > 1900
    assert bucket("I1") == 24913  # results of earlier runs are sharded by it
