"""What the exports share: text on one line, whole files, the order of the tree, the join, the streamed table."""

import pytest
import small_tree
from hypothesis import given
from hypothesis import strategies as st
from rootward import tables
from rootward.files import whole_file
from rootward.publish.escape import one_line, xml
from rootward.publish.join import placed, pmids
from rootward.publish.order import top_down


@given(st.text())
def test_one_line_is_one_line_for_every_reader(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line
    assert line == line.strip() == one_line(line)
    assert line == small_tree.one_line(text.translate(dict.fromkeys(range(55296, 57344), " ")))


def test_one_line_keeps_what_is_text():
    assert one_line("𝔓athway\u200b 🧬\u00a0é") == "𝔓athway\u200b 🧬\u00a0é"


def test_xml_escapes_markup():
    assert xml('<a b="c">&]]>\x00</a>') == "&lt;a b=&quot;c&quot;&gt;&amp;]]&gt; &lt;/a&gt;"


def half_a_file(path):
    with whole_file(path) as file:
        file.write("half")
        raise RuntimeError


def test_a_file_that_fails_is_not_there(tmp_path):
    with pytest.raises(RuntimeError):
        half_a_file(tmp_path / "out" / "a.txt")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_fails_leaves_the_one_before(tmp_path):
    (tmp_path / "a.txt").write_text("before")
    with pytest.raises(RuntimeError):
        half_a_file(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "before"


def test_top_down_is_fullest_first_and_never_recursive():
    rows = [
        {"pathway_id": "a", "parent_id": None, "name": "a", "n_total": 1},
        {"pathway_id": "b", "parent_id": None, "name": "b", "n_total": 3},
        {"pathway_id": "c", "parent_id": "b", "name": "c", "n_total": 3},
    ]
    assert [row["pathway_id"] for row in top_down(rows)] == ["b", "c", "a"]
    assert len(list(top_down(small_tree.chain(20_000)))) == 20_000


def joined(interactions, placements, size=4):
    """(placement, id of its interaction, whether it is the first of it)"""
    parts = placed(
        small_tree.batches("interactions", interactions, size), small_tree.batches("placements", placements, size)
    )
    return [
        (row, of, first)
        for part in parts
        for row, of, first in zip(
            part.placements.to_pylist(), part.interactions["interaction_id"].to_pylist(), part.is_first, strict=True
        )
    ]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_join_keeps_every_placement(size):
    found = joined(small_tree.interactions(), small_tree.placements(), size)
    assert [row["pathway_id"] for row, *_ in found] == [row["pathway_id"] for row in small_tree.placements()]
    assert all(row["interaction_id"] == of for row, of, _ in found)
    assert [row["interaction_id"] for row, _, first in found if first] == [
        f"I{n:02d}" for n in range(len(small_tree.NASTY))
    ]


def test_the_join_loses_nothing_silently():
    interactions, placements = small_tree.interactions(), small_tree.placements()
    without = joined(interactions, [row for row in placements if row["interaction_id"] != "I03"])
    assert "I03" not in [of for _, of, _ in without]  # the configuration left it out of the tree
    with pytest.raises(ValueError, match="placement of I20, which is not an interaction"):
        joined(interactions[:-1], placements)


def test_pmids_are_unique_and_in_numeric_order():
    evidence = [[{"text": "", "pmid": pmid} for pmid in given] for given in (["10", "9", "", "10"], [], ["9"])]
    column = tables.from_rows("interactions", [{"evidence": pieces} for pieces in evidence])["evidence"].chunk(0)
    assert pmids(column).to_pylist() == [["9", "10"], [], ["9"]]


def test_a_streamed_table_is_the_table(tmp_path):
    paths = small_tree.write(tmp_path)
    columns = ["interaction_id", "evidence"]
    streamed = list(tables.stream("interactions", paths["interactions"], columns, size=4))
    assert streamed == tables.rows("interactions", paths["interactions"], columns)
    with pytest.raises(ValueError, match="interactions has no column nonsense"):
        next(tables.stream("interactions", paths["interactions"], ["nonsense"]))
    with pytest.raises(tables.UserError, match="not found"):
        next(tables.stream("interactions", tmp_path / "no.parquet", columns))
