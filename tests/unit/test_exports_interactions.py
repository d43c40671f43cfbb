"""interactions.tsv, read by pandas and by lines; interactions.xlsx, read by openpyxl."""

import csv
import re
import zipfile

import openpyxl
import pandas
import pyarrow
import pytest
import small_tree
from hypothesis import given
from hypothesis import strategies as st
from rootward.publish.exports import delimited, flat, workbook
from rootward.publish.exports.interactions import EXPORTS, Placed


def texts(*columns):
    """One batch with columns of texts."""
    return [pyarrow.record_batch(list(columns), names=[str(n) for n in range(len(columns))])]


@pytest.fixture
def expected():
    """The rows as they should come back: text on one line, nothing for nothing."""
    rows = [row.values() for batch in small_tree.flat_batches() for row in batch.to_pylist()]
    return [[small_tree.one_line(value) if isinstance(value, str) else value for value in row] for row in rows]


def test_there_is_one_row_per_placement_with_its_path(expected):
    assert len(expected) == len(small_tree.placements())
    first = dict(zip(flat.COLUMNS, expected[0], strict=True))
    assert first["path"] in ("Root > <script>alert('x')</script>", "Root > <r><t>rich</t></r>")
    assert first["level"] == 1
    assert first["pmids"] == "9|10"
    assert {row[flat.COLUMNS.index("reasoning")] for row in expected} == {
        small_tree.one_line(placement["reasoning"]) for placement in small_tree.placements()
    }


# --- TSV ---


@pytest.fixture
def tsv(tmp_path):
    placed = Placed(small_tree.rows(), small_tree.flat_batches)
    assert EXPORTS["tsv"].write(placed, str(tmp_path / "a.tsv")) == len(small_tree.placements())
    return tmp_path / "a.tsv"


def test_pandas_reads_every_cell(tsv, expected):
    frame = pandas.read_csv(tsv, sep="\t", dtype=str, keep_default_na=False)
    assert tuple(frame.columns) == flat.COLUMNS
    inert = [["" if v is None else re.sub("^(?=[=+@-])", "'", str(v)) for v in row] for row in expected]
    assert frame.to_numpy().tolist() == inert


def test_no_text_is_a_formula_to_a_spreadsheet(tsv):
    frame = pandas.read_csv(tsv, sep="\t", keep_default_na=False, dtype=str)
    texts = [cell for column in frame.columns if column not in ("level", "confidence") for cell in frame[column]]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert any(text.startswith("'=") for text in texts)
    assert set(frame["level"]) <= set("1234") and set(frame["confidence"]) == {"0.5"}


def test_a_line_is_a_row_with_a_tab_between_cells(tsv, expected):
    lines = tsv.read_bytes().decode().split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(expected) + 1
    assert {line.count("\t") for line in lines} == {len(flat.COLUMNS) - 1}


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_text_comes_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    cells = [tuple(cell.encode("utf-8", "replace").decode() for cell in row) for row in cells]
    delimited.write(("a", "b"), cells, path)
    with open(path, encoding="utf-8", newline="") as file:
        found = [tuple(row) for row in csv.reader(file, delimiter="\t")][1:]
    assert found == [tuple(map(small_tree.one_line, row)) for row in cells]


# --- XLSX ---


def cells_of(path, sheet="interactions"):
    book = openpyxl.load_workbook(path)
    return [list(row) for row in book[sheet].iter_rows()]


def test_openpyxl_reads_every_cell_as_text_or_number(tmp_path, expected):
    written = workbook.write(flat.COLUMNS, small_tree.flat_batches(), tmp_path / "a.xlsx")
    assert (written.rows, written.rows_left_out, written.cells_cut) == (len(expected), 0, 0)
    header, *found = cells_of(tmp_path / "a.xlsx")
    assert [cell.value for cell in header] == list(flat.COLUMNS)
    assert all(cell.font.b for cell in header)
    numbers = {flat.COLUMNS.index("level"), flat.COLUMNS.index("confidence")}
    for row, should in zip(found, expected, strict=True):
        for index, (cell, value) in enumerate(zip(row, should, strict=True)):
            assert cell.data_type in ("n", "inlineStr", "s"), cell.value
            assert (cell.data_type == "n") == (index in numbers or value in (None, ""))
            # openpyxl leaves the format's own escape as it stands in the file; Excel and calamine undo it.
            read = cell.value.replace("_x005F_", "_") if isinstance(cell.value, str) else cell.value
            assert read == (None if value == "" else value)


def test_the_header_stays_in_sight_and_filters(tmp_path):
    workbook.write(flat.COLUMNS, small_tree.flat_batches(), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions


def test_no_text_is_ever_markup_or_formula(tmp_path):
    evil = ["=1+1", "+1", "-1", "@x", "<r></t></is></c>", "<r>x</r>", "]]>", "http://x.org", "1e5", "007", "_x0041_"]
    workbook.write(["text"], texts(evil), tmp_path / "a.xlsx")
    found = cells_of(tmp_path / "a.xlsx")[1:]
    assert [row[0].value for row in found] == [*evil[:-1], "_x005F_x0041_"]
    assert not any(row[0].data_type == "f" or row[0].hyperlink for row in found)


def test_a_full_sheet_says_so(tmp_path):
    written = workbook.write(
        ["n"], texts(range(2)) + texts(range(2, 8)) + texts(range(2)), tmp_path / "a.xlsx", max_rows=4
    )
    assert (written.rows, written.rows_left_out) == (3, 7)
    assert [row[0].value for row in cells_of(tmp_path / "a.xlsx")] == ["n", 0, 1, 2]
    about = [row[0].value for row in cells_of(tmp_path / "a.xlsx", "about")]
    assert about == written.lines()
    assert about[1] == "7 more rows stand only in interactions.tsv: the sheet is full."


def test_a_sheet_too_large_for_a_zip_ends_before(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_SHEET", 200)
    written = workbook.write(["n"], texts(["x" * 50] * 9) + texts(["x"]), tmp_path / "a.xlsx")
    assert 0 < written.rows < 4
    assert written.rows + written.rows_left_out == 10


def test_a_text_too_long_for_a_cell_is_cut_between_characters(tmp_path):
    long = ["🧬" * 16_384, "a" * 32_767, "b" * 32_768]
    written = workbook.write(["a", "b", "c"], texts(*([text] for text in long)), tmp_path / "a.xlsx")
    assert written.cells_cut == 2
    assert [len(cell.value) for cell in cells_of(tmp_path / "a.xlsx")[1]] == [16_383, 32_767, 32_767]
    assert "2 texts are cut" in written.lines()[1]


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_excel_does(index, name):
    assert workbook.column_name(index) == name


def test_a_number_that_is_none_is_text(tmp_path):
    workbook.write(["n"], texts([float("nan"), None, 0.1]), tmp_path / "a.xlsx")
    assert [row[0].value for row in cells_of(tmp_path / "a.xlsx")[1:]] == ["nan", None, 0.1]


def test_the_package_has_no_clock_and_no_system(tmp_path):
    workbook.write(["n"], texts([1]), tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {(info.date_time, info.create_system) for info in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert archive.testzip() is None
