"""Many files, one table: what is one interaction, independence of order, the books, memory for what is set aside."""

import csv
import io
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import reasons
from rootward import tables
from rootward.errors import UserError
from rootward.inputs import rejections
from rootward.inputs.options import Options
from rootward.inputs.rejections import Rejections
from test_inputs_biogrid import tab3
from test_inputs_indra import COMPLEX, INHIBITION
from test_inputs_mitab import row as mitab
from test_inputs_propaths import FUNCTION, snapshot
from test_inputs_signor import export
from test_inputs_string import BULK, INFO, WEB, WEB_ROWS


def table(*rows: dict, delimiter: str = "\t") -> str:
    """A plain table with the columns that the rows have."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def pair(a: str = "MDM2", b: str = "TP53", effect: str = "inhibits", **more: str) -> dict:
    return {"protein_a": a, "protein_b": b, "effect": effect, **more}


# --- what is one interaction -----------------------------------------------------------------------------------------


def test_one_pair_and_effect_from_two_sources_is_one_interaction_with_both_evidences(read):
    signor = export([{"EFFECT": "down-regulates", "MECHANISM": "ubiquitination", "PMID": "1"}])
    own = table(pair(effect="inhibits", text="They say so.", pmid="2"))
    (found,) = read.rows(read.file("signor.tsv", signor), read.file("own.tsv", own))
    assert [(e["pmid"], e["text"]) for e in found["evidence"]] == [
        ("1", "Mdm2 ubiquitinates p53."),
        ("2", "They say so."),
    ]
    assert (found["mechanism"], found["xrefs"], found["n_rows"]) == ("ubiquitination", ["SIGNOR-1"], 2)


def test_binding_from_three_databases_is_one_interaction(read):
    files = [
        read.file("intact.txt", mitab()),
        read.file("biogrid.txt", tab3({"Publication Source": "PUBMED:9"})),
        read.file("own.csv", table(pair("TP53", "MDM2", "binds"), delimiter=",")),
        read.file("signor.tsv", export([{"EFFECT": "form complex", "MECHANISM": "binding", "PMID": "7"}])),
    ]
    (found,) = read.rows(*files)
    assert (found["protein_a"], found["protein_b"], found["n_rows"]) == ("MDM2", "TP53", 4)
    assert found["mechanism"] == "binding; direct interaction; physical association"
    assert {e["pmid"] for e in found["evidence"]} == {"12345", "9", "7"}
    assert found["xrefs"] == ["SIGNOR-1", "biogrid:101", "intact:EBI-77"]


def test_a_bare_article_is_no_second_evidence_beside_its_sentence(read):
    text = table(pair(text="A sentence.", pmid="1"), pair(pmid="1"), pair(pmid="2"), pair(text="Without article."))
    (found,) = read.rows(read.file("a.tsv", text))
    assert [(e["pmid"], e["text"]) for e in found["evidence"]] == [
        ("", "Without article."),
        ("1", "A sentence."),
        ("2", ""),
    ]


def test_an_effect_or_its_direction_tells_two_interactions_apart(read):
    text = table(pair(), pair("TP53", "MDM2"), pair(effect="activates"))
    assert len(read.rows(read.file("a.tsv", text))) == 3


def test_ids_of_the_user_stay_and_what_can_only_mean_them_joins(read):
    own = read.file("own.tsv", table(pair(interaction_id="E1", pmid="1"), pair("AKT1", "BAD", interaction_id="E2")))
    other = read.file("signor.tsv", export([{"EFFECT": "down-regulates", "PMID": "2"}]))
    found = {row["interaction_id"]: row for row in read.rows(own, other)}
    assert found.keys() == {"E1", "E2"}
    assert [e["pmid"] for e in found["E1"]["evidence"]] == ["1", "2"]
    # Two ids for one pair and effect: nobody can know which of them SIGNOR means.
    both = read.file("both.tsv", table(pair(interaction_id="E1"), pair(interaction_id="E3")))
    assert len(read.rows(both, other)) == 3


def test_an_id_stands_for_one_thing(read):
    text = table(
        pair(interaction_id="E1"), pair(interaction_id="E1"), pair("AKT1", "BAD", interaction_id="E1", statement="x")
    )
    found = read(read.file("a.tsv", text))
    assert found.interactions["protein_a"].to_pylist() == ["MDM2"]
    assert reasons(found) == {"interaction_id 'E1' already stands for 'MDM2 down-regulates TP53'": 1}


def test_ids_fed_back_do_not_collide(read):
    signor = read.file("signor.tsv", export([{"EFFECT": "down-regulates"}]))
    (first,) = read.rows(signor)
    back = read.file("back.tsv", table(pair(interaction_id=first["interaction_id"]), pair(interaction_id="E2")))
    assert {row["interaction_id"] for row in read.rows(signor, back)} == {first["interaction_id"], "E2"}


def test_functions_stay_apart_and_one_function_takes_in_the_rest(read):
    functions = [FUNCTION, FUNCTION | {"function": "another"}]
    inhibits = {"primary": "TP53", "arrow": "inhibits", "direction": "main_to_primary"}
    two = read.file("two.json", snapshot(inhibits | {"functions": functions}, main="MDM2"))
    one = read.file("one.json", snapshot(inhibits | {"functions": functions[:1]}, main="MDM2"))
    own = read.file("own.tsv", table(pair(pmid="99")))
    assert len(read.rows(two, own)) == 3
    (found,) = read.rows(one, own)
    assert {e["pmid"] for e in found["evidence"]} == {"11", "22", "99"}


def test_links_without_direction_join_the_direction_that_is_known(read):
    info = read.file("info.txt", INFO)
    links = read.file("links.txt", BULK)
    known = read.file("own.tsv", table(pair("TP53", "MDM2", "regulates")))
    (found,) = read.rows(links, known, string_names=info)
    assert (found["protein_a"], found["protein_b"], found["confidence"]) == ("TP53", "MDM2", 0.999)
    both = read.file("both.tsv", table(pair("TP53", "MDM2", "regulates"), pair("MDM2", "TP53", "regulates")))
    assert len(read.rows(links, both, string_names=info)) == 3


def test_names_of_one_protein_are_one(read):
    names = ["TP53", "tp53", "P53", "P04637", "P04637-2", "uniprotkb:P04637", "P04637-PRO_0000000001"]
    (found,) = read.rows(read.file("a.tsv", table(*(pair(b=name) for name in names))))
    assert (found["protein_b"], found["uniprot_b"], found["n_rows"]) == ("TP53", "P04637", len(names))


# --- order -----------------------------------------------------------------------------------------------------------


def everything(read) -> list[str]:
    own = table(
        pair(pmid="1"), pair(interaction_id="E1"), pair("P53", "MDM2", "binds"), pair("AKT1", "BAD", "levitates")
    )
    return [
        read.file("own.tsv", own),
        read.file("signor.tsv", export([{}, {"EFFECT": "down-regulates"}, {"TAX_ID": "10090"}])),
        read.file("mitab.txt", mitab() + mitab(42, {35: "true"}) + mitab(15, {0: "uniprotkb:P31749"})),
        read.file("biogrid.txt", tab3({}, {"Experimental System Type": "genetic"})),
        read.file("web.tsv", WEB + "".join(WEB_ROWS)),
        read.file("indra.json", f"[{__import__('json').dumps(INHIBITION)}, {__import__('json').dumps(COMPLEX)}]"),
        read.file("propaths.json", snapshot({"primary": "MDM2", "arrow": "binds", "functions": [FUNCTION]})),
    ]


def test_the_order_of_files_does_not_count(read):
    files = everything(read)
    first = read(*files)
    for seed in range(5):
        random.Random(seed).shuffle(files)
        again = read(*files)
        assert again.interactions.equals(first.interactions)
        assert sorted(again.rejected) == sorted(first.rejected)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            pair,
            st.sampled_from(["MDM2", "TP53", "P53", "Q00987", "AKT1", "who?"]),
            st.sampled_from(["MDM2", "TP53", "AKT1"]),
            st.sampled_from(["inhibits", "binds", "", "down"]),
            interaction_id=st.sampled_from(["", "", "", "E1", "E2"]),
            mechanism=st.sampled_from(["", "Binding", "phosphorylation"]),
            text=st.sampled_from(["", "One.", "Two."]),
            pmid=st.sampled_from(["", "1", "2;3", "10.1/23"]),
            confidence=st.sampled_from(["", "0.5", "1", "7", "nan"]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.randoms(),
)
def test_the_order_of_rows_does_not_count(fuzz, rows, rng):
    def content(rows):
        columns = fuzz(fuzz.file("a.tsv", table(*rows))).interactions.drop_columns(["source"])
        return columns.to_pylist()

    shuffled = list(rows)
    rng.shuffle(shuffled)
    first = content(rows)
    assert content(shuffled) == first
    assert len({row["interaction_id"] for row in first}) == len(first)
    _agree(rows, first)


def _agree(rows: list[dict], found: list[dict]) -> None:
    """All that the rows say is in the table, and nothing else: told row by row, the slow way."""
    assert {e["text"] for row in found for e in row["evidence"]} - {""} <= {row["text"] for row in rows}
    pmids = {"": set(), "1": {"1"}, "2;3": {"2", "3"}, "10.1/23": set()}
    kept = sum(row["n_rows"] for row in found)
    if kept == len(rows):
        assert {e["pmid"] for row in found for e in row["evidence"]} - {""} == set().union(
            *(pmids[row["pmid"]] for row in rows)
        )
        said = {float(row["confidence"]) for row in rows if row["confidence"] in ("0.5", "1")}
        assert {row["confidence"] for row in found} - {None} <= said


# --- plain tables ----------------------------------------------------------------------------------------------------


def test_taxa_and_kinds_are_welcome_in_tables(read):
    rows = [
        pair(taxon="9606"),
        pair(taxon="10090"),
        pair(taxon="taxid:9606(human)|taxid:4932(yeast)"),
        pair(taxon="Homo sapiens"),
        pair(taxon="somewhere"),
        pair("nutlin", type_a="chemical"),
    ]
    found = read(read.file("a.tsv", table(*rows)))
    assert reasons(found) == {
        "protein_a is of species 10090, which is not kept": 1,
        "protein_a is of taxon 'somewhere', which is no NCBI taxon id": 1,
        "protein_a is a chemical, no protein (entities.chemicals: drop)": 1,
    }


def test_parquet_says_the_same_as_text(read):
    rows = [pair(statement="A statement.", pmid="1", confidence="0.5"), pair("AKT1", "BAD", "activates")]
    text = read.rows(read.file("a.tsv", table(*rows)))
    path = read.folder / "a.parquet"
    pq.write_table(pa.Table.from_pylist([{"confidence": None} | row for row in rows]), path)
    drop = {"source": "", "bucket": 0}
    assert [row | drop for row in read.rows(path)] == [row | drop for row in text]
    assert text[1]["evidence"] == [{"text": "A statement.", "pmid": "1"}]


@pytest.mark.parametrize("name", ["a.tsv.gz", "a.parquet"])
def test_damaged_containers_are_said(read, name):
    if name.endswith("gz"):
        path = read.file(name, table(*[pair()] * 5000))
    else:
        path = str(read.folder / name)
        pq.write_table(pa.Table.from_pylist([pair()] * 5000), path)
    with open(path, "rb") as file:
        data = file.read()
    for cut in (len(data) // 2, len(data) - 3):
        with pytest.raises(UserError, match="cut-a.*(damaged|Parquet)"):
            read(read.file("cut-" + name.removesuffix(".gz"), data[:cut]))


# --- which format it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["x,y,z\n1,2,3\n", "ROWA\tROWB\nA\tB\n", mitab().replace("taxid:", "")],
)
def test_what_is_no_known_format_is_refused_with_the_known_ones(read, text):
    with pytest.raises(UserError, match="(no column protein_a|has no header).*known formats: .*PSI-MITAB, SIF or a"):
        read(read.file("a.txt", text))


@pytest.mark.parametrize("text", ["{}", '{"a": 1}', "[1, 2]", '[{"type": "thing"}]', "{broken"])
def test_json_of_another_kind(read, text):
    with pytest.raises(UserError, match=r"a\.json:1: JSON .* is not in a known format; known formats: .*INDRA JSON"):
        read(read.file("a.json", text))


@pytest.mark.parametrize("data", [b"", b"\n \n", "\u2028\u3000".encode(), b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_blank_files(read, data):
    for input_format in ("auto", "table", "mitab", "signor", "biogrid", "string", "indra", "propaths"):
        with pytest.raises(UserError, match=r"a\.txt: is empty"):
            read(read.file("a.txt", data), input_format=input_format)


def test_a_quote_in_a_header_moves_no_column(read):
    text = export([{}]).replace("SCORE", '"SCORE')
    assert len(read.rows(read.file("a.tsv", text))) == 1


# --- what is set aside -----------------------------------------------------------------------------------------------


def test_many_rejections_of_a_kind_are_only_counted(read, monkeypatch):
    monkeypatch.setattr(rejections, "LISTED", 3)
    rows = [pair(), *(pair(taxon=str(10000 + i % 2)) for i in range(10)), pair(a="NA")]
    found = read(read.file("a.tsv", table(*[row | {"taxon": row.get("taxon", "")} for row in rows])))
    assert found.by_reason == {
        "protein_a is of species …, which is not kept": 10,
        "protein_a is missing (…)": 1,
    }
    assert len(found.rejected) == 3 + 2 + 1
    assert sorted(row.n_rows for row in found.rejected) == [1, 1, 1, 1, 3, 4]
    tables.write("rejected", [row._asdict() for row in found.rejected], read.folder / "rejected.parquet")


def test_rejections_of_many_wordings_stay_few(monkeypatch):
    monkeypatch.setattr(rejections, "LISTED", 10)
    collected = Rejections()
    for i in range(5000):
        collected.add("f", i, f"unknown effect 'word {i}'", "raw")
    assert len(collected.rows()) <= 10 + rejections._REASONS + 1
    assert sum(row.n_rows for row in collected.rows()) == len(collected) == 5000


def test_nothing_left_says_what_is_wrong_most(read):
    with pytest.raises(UserError, match=r"a\.tsv:2: no row can be used; 2 of 3: protein_b is missing \('x?-'\)"):
        read(read.file("a.tsv", table(pair(b="-"), pair(b="-"), pair(a=""))))


def test_options_come_from_the_configuration():
    from rootward.workflow.config_check import load

    config = load(
        {
            "entities": {"families": "keep"},
            "species": [9606, 10090],
            "orthologs": "mouse.tsv",
            "genetic": "keep",
            "string": {"min_score": 0.4},
        }
    )
    options = Options.of(config)
    assert options.kinds == {"protein", "family"} and options.species == {"9606", "10090"}
    assert options.orthologs == "mouse.tsv"
    assert options.genetic and options.min_score == 0.4 and options.string_names is None
    assert Options.of(load({})) == Options()
