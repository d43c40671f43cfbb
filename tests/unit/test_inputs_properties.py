"""What holds for any input: nothing but a UserError comes out, no row is lost, and the order of rows says nothing."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rootward.errors import UserError
from rootward.inputs import collect
from rootward.inputs.collect import read_inputs
from rootward.inputs.options import Options
from rootward.knowledge.names import clean
from rootward.knowledge.proteins import ProteinNames

NAMES = ["TP53", "p53", "MDM2", "EGFR", "p62", "P42771", "", " ", "nobody", "x" * 250, "T\x01P"]
EFFECTS = ["binds", "activates", "", "unheard of"]
COLUMNS = ("interaction_id", "protein_a", "protein_b", "effect", "statement", "pmid", "confidence")

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "I1", "I2", "I3"]),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from(EFFECTS),
        st.sampled_from(["", "short", "a longer one"]),
        st.sampled_from(["", "1", "2|3"]),
        st.sampled_from(["", "0.2", "0.9", "7"]),
    ),
    min_size=1,
    max_size=12,
)
CELL = st.text(st.characters(codec="utf-8"), max_size=8)


@pytest.fixture(scope="module", autouse=True)
def _one_symbol_table(small_reference):
    """The symbol table is read once, not for every example."""
    proteins = ProteinNames(small_reference)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect, "ProteinNames", lambda _: proteins)
        yield


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("any") / "x.tsv"


def read(path: Path, content: str | bytes, input_format: str = "auto"):
    """What is collected from a content, or None when the file is refused in one line with its path."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    line = None
    try:
        return read_inputs([str(path)], Options(input_format=input_format), "")
    except UserError as error:
        line = str(error)
    assert line.startswith(f"{path}:")
    assert "\n" not in line
    return None


def table_of(rows) -> str:
    return "\n".join(["\t".join(COLUMNS), *("\t".join(row) for row in rows)]) + "\n"


def without_source(collected) -> list[dict]:
    return [] if collected is None else collected.interactions.drop_columns("source").to_pylist()


@given(rows=ROWS, random=st.randoms())
def test_the_order_of_rows_changes_nothing_but_where_they_stand(path, rows, random):
    shuffled = random.sample(rows, len(rows))
    assert without_source(read(path, table_of(rows))) == without_source(read(path, table_of(shuffled)))


@given(rows=ROWS, cut=st.integers(0, 12))
def test_how_rows_are_spread_over_files_changes_nothing_but_where_they_stand(path, rows, cut):
    whole = read(path, table_of(rows))
    files = [path.with_name("1.tsv"), path.with_name("2.tsv")]
    for file, part in zip(files, (rows[:cut], rows[cut:]), strict=True):
        file.write_text(table_of(part), encoding="utf-8")
    if whole is not None and rows[:cut] and rows[cut:]:
        parts = read_inputs([str(file) for file in files], Options(), "")
        assert without_source(parts) == without_source(whole)
        assert parts.n_rows == whole.n_rows
        assert len(parts.rejected) == len(whole.rejected)


@given(rows=ROWS)
def test_every_row_is_an_interaction_or_merged_into_one_or_rejected_with_its_line(path, rows):
    collected = read(path, table_of(rows))
    if collected is None:
        return
    lines = [int(rejection.source.rpartition(":")[2]) for rejection in collected.rejected]
    accepted = collected.n_rows - len(lines)
    assert collected.n_rows == len(rows)
    assert len(set(lines)) == len(lines)
    assert set(lines) <= set(range(2, len(rows) + 2))
    assert 0 < collected.interactions.num_rows <= accepted
    ids = collected.interactions["interaction_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    assert all(rejection.reason for rejection in collected.rejected)


@given(rows=st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=8))
def test_any_text_in_cells_is_taken_or_rejected_or_refused(path, rows):
    header = "protein_a\tprotein_b\tinteraction_id\tstatement\n"
    collected = read(path, header + "TP53\tMDM2\t\t\n" + "\n".join(map("\t".join, rows)))
    if collected is not None:
        assert collected.interactions.num_rows + len(collected.rejected) <= collected.n_rows
        shown = "".join(row["statement"] for row in without_source(collected))
        assert not set("\x00\x07\t\r\n\x7f\u200b\u202e\u2066\ufeff") & set(shown)


@given(cells=st.lists(CELL, max_size=6))
def test_quoted_cells_of_any_text_come_back_clean_and_whole(path, cells):
    written = io.StringIO()
    rows = [(f"I{n}", "TP53", "MDM2", cell) for n, cell in enumerate(cells)]
    header = ("interaction_id", "protein_a", "protein_b", "statement")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([header, ("I", "EGFR", "GRB2", "x"), *rows])
    collected = read(path, written.getvalue())
    if any("\x00" in cell for cell in cells):
        assert collected is None
    else:
        statements = {row["interaction_id"]: row["statement"] for row in without_source(collected)}
        assert statements == {"I": "x"} | {f"I{n}": clean(cell) for n, cell in enumerate(cells)}


@given(content=st.binary(max_size=200))
@example(b"\x1c")
def test_any_bytes_are_read_or_refused(path, content):
    read(path, content)


@given(content=st.binary(max_size=60), magic=st.sampled_from([b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"PAR1"]))
@example(b"\x07\x07\x07", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")
def test_any_bytes_behind_a_magic_number_are_read_or_refused(path, content, magic):
    read(path, magic + content)


@given(content=st.binary(max_size=200))
def test_any_bytes_said_to_be_parquet_are_refused(path, content):
    assert read(path, content, "parquet") is None


@given(content=st.binary(max_size=200))
def test_any_bytes_behind_a_good_row_are_taken_or_rejected_or_refused(path, content):
    collected = read(path, b"protein_a\tprotein_b\tstatement\nTP53\tMDM2\tx\n" + content)
    if collected is not None:
        assert collected.interactions.num_rows + len(collected.rejected) <= collected.n_rows
