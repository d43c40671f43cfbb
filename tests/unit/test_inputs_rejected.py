"""Rows that are set aside: each with its line and its reason."""

import pytest
from rootward.inputs.collect import read_inputs
from rootward.inputs.options import Options

HEADER = b"interaction_id\tprotein_a\tprotein_b\teffect\tstatement\n"
GOOD = b"I1\tTP53\tMDM2\tbinds\tTP53 binds MDM2.\n"
MANY = HEADER + b"".join(b"I%d\tTP53\tMDM2\tbinds\tTP53 binds MDM2, %d times.\n" % (n, n * n) for n in range(3000))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.tsv"


@pytest.fixture
def rejected(path, small_reference):
    """Read a header, a good row and a bad one; the bad one's line number and reason."""

    def read(row: bytes, header: bytes = HEADER, good: bytes = GOOD) -> tuple[int, str]:
        path.write_bytes(header + good + row)
        collected = read_inputs([str(path)], Options(), small_reference)
        assert collected.n_rows == 2
        assert collected.interactions.num_rows == 1
        (rejection,) = collected.rejected
        file, _, line = rejection.source.rpartition(":")
        assert file == str(path)
        return int(line), rejection.reason

    return read


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"I2\tTP53\tMDM2\tbinds\tx\textra\n", "6 cells where the header has 5"),
        (b"I2\n", "protein_a is empty"),
        (b"I2\tTP53\n", "protein_b is empty"),
        (b"I2,TP53,MDM2,binds,x\n", "protein_a is empty"),
        (b"I2\tTP53\tMDM2\tbinds\tcaf\xe9\n", "not UTF-8 text"),
        (b"I2\tTP\xff53\tMDM2\tbinds\tx\n", "not UTF-8 text"),
        (b"I2\t\tMDM2\tbinds\tx\n", "protein_a is empty"),
        (b"I2\tTP53\t  \tbinds\tx\n", "protein_b is empty"),
        (b"I2\tTP\x0153\tMDM2\tbinds\tx\n", "protein_a holds a control character"),
        (b'I2\tTP53\t"MDM2\nX"\tbinds\tx\n', "protein_b holds a control character"),
        (b"I2\tTP53\t" + b"M" * 201 + b"\tbinds\tx\n", "protein_b is 201 characters long"),
        (b"I\x072\tTP53\tMDM2\tbinds\tx\n", "interaction_id holds a control character"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_line_and_reason(rejected, row, reason):
    line, said = rejected(row)
    assert said.startswith(reason)
    assert line == 3


def test_the_line_of_a_row_is_the_line_in_its_file(rejected):
    assert rejected(b"\n\n\nI2\tTP53\t\tbinds\tx\n")[0] == 6


@pytest.mark.parametrize(
    "row", [b"I1\tEGFR\tGRB2\tbinds\tx\n", b"I1\tMDM2\tTP53\tbinds\tx\n", b"I1\tTP53\tMDM2\tactivates\tx\n"]
)
def test_of_two_rows_that_use_an_id_for_different_things_one_is_kept_in_whatever_order(path, small_reference, row):
    def kept(content):
        path.write_bytes(content)
        collected = read_inputs([str(path)], Options(), small_reference)
        assert collected.n_rows == 2
        (rejection,) = collected.rejected
        (interaction,) = collected.interactions.to_pylist()
        says = f"{interaction['protein_a']} {interaction['effect']} {interaction['protein_b']}"
        assert rejection.reason == f"interaction_id 'I1' already stands for '{says}'"
        return says

    assert kept(HEADER + GOOD + row) == kept(HEADER + row + GOOD)


def test_rows_of_an_id_that_says_most_often_the_same_are_kept(path, small_reference):
    path.write_bytes(HEADER + b"I1\tEGFR\tGRB2\tbinds\tx\n" + GOOD + GOOD)
    collected = read_inputs([str(path)], Options(), small_reference)
    assert [row["protein_a"] for row in collected.interactions.to_pylist()] == ["TP53"]
    assert [rejection.source for rejection in collected.rejected] == [f"{path}:2"]


def test_a_rejected_row_is_kept_for_inspection_cut_to_size(path, small_reference):
    path.write_bytes(HEADER + GOOD + b"I2\tTP53\t\tbinds\t" + b"y" * 5000 + b"\n")
    (rejection,) = read_inputs([str(path)], Options(), small_reference).rejected
    assert rejection.raw.startswith("I2 TP53 binds yyy")
    assert 290 <= len(rejection.raw) <= 300


def test_a_null_byte_far_into_a_file_rejects_its_row_only(path, small_reference):
    path.write_bytes(MANY + b"I9999\tTP\x0053\tMDM2\tbinds\tx\n")
    collected = read_inputs([str(path)], Options(), small_reference)
    assert collected.interactions.num_rows == 3000
    assert [(r.source, r.reason) for r in collected.rejected] == [
        (f"{path}:3002", "protein_a holds a control character")
    ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("\u200b", "is empty"),
        ("\ufeff\u200e", "is empty"),
        ("gene:", "is missing ('gene:')"),
        ("uniprotkb: ", "is missing ('uniprotkb:')"),
    ],
)
def test_a_protein_of_which_no_name_is_left_is_missing(rejected, cell, reason):
    assert rejected(f"I2\t{cell}\tMDM2\tbinds\tx\n".encode()) == (3, f"protein_a {reason}")


def test_a_quoted_cell_of_several_lines_is_checked_on_each(rejected):
    assert rejected(b'I2\tTP53\tMDM2\tbinds\t"caf\xe9\nx"\n')[1] == "not UTF-8 text"


def test_a_row_of_empty_cells_is_blank_whatever_its_width(path, small_reference):
    path.write_bytes(HEADER + GOOD + b"\t\t\t\t\n\t\t\n\t\t\t\t\t\t\n")
    collected = read_inputs([str(path)], Options(), small_reference)
    assert (collected.n_rows, collected.rejected) == (1, [])
