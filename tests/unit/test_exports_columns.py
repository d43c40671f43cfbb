"""Columns of text: what the exports make of a column is what their rule makes of each text."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rootward.publish.escape import one_line, xml
from rootward.publish.exports import cx2, delimited, graphml, sql, texts, workbook

PLAIN = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126))  # what most texts are made of
COLUMNS = st.lists(st.none() | PLAIN | st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5)


def lines(column):
    return delimited.lines(pa.record_batch([column], ["a"]))


@pytest.mark.parametrize(
    ("of_column", "of_text"),
    [
        (lambda column: texts.mended(column, one_line, texts.NOT_ONE_LINE), lambda text: text and one_line(text)),
        (lines, lambda text: delimited.inert(text or "") + "\n"),
        (sql._literals, sql.literal),
        (graphml._texts, lambda text: text and xml(text)),
        (cx2._json, lambda text: text if text is None else json.dumps(text, ensure_ascii=False)),
    ],
    ids=["one_line", "tsv", "sql", "xml", "json"],
)
@given(column=COLUMNS)
def test_a_column_is_its_texts(of_column, of_text, column):
    assert of_column(pa.array(column, pa.string())).to_pylist() == list(map(of_text, column))


@given(COLUMNS)
def test_a_column_of_a_workbook_is_its_cells(column):
    shown = [None if text is None or not workbook.content(text) else workbook.cell("", text) for text in column]
    assert workbook._content_of(pa.array(column, pa.string())).to_pylist() == [
        text and text.removeprefix('<c r="') for text in shown
    ]


@given(st.lists(st.none() | st.floats(allow_nan=False) | st.integers().map(float), min_size=1))
def test_numbers_are_as_python_writes_them(column):
    assert texts.numbers(pa.array(column, pa.float64())).to_pylist() == [n if n is None else repr(n) for n in column]
