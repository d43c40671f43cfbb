"""What is refused or set aside, and in which words: one line with the path, the line and the reason."""

import gzip
import io
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rootward.errors import UserError
from rootward.inputs import text
from rootward.inputs.collect import read_inputs
from rootward.inputs.options import Options

HEADER = b"interaction_id\tprotein_a\tprotein_b\teffect\tstatement\n"
GOOD = b"I1\tTP53\tMDM2\tbinds\tTP53 binds MDM2.\n"
MANY = HEADER + b"".join(b"I%d\tTP53\tMDM2\tbinds\tTP53 binds MDM2, %d times.\n" % (n, n * n) for n in range(3000))


NOT_SEPARATED = "; cells must be separated by tabs, commas or semicolons"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.tsv"


@pytest.fixture
def refused(path, small_reference):
    """Read a file that cannot be used; its one line without the path."""

    def read(content: bytes | None = None, at=None, input_format: str = "auto") -> str:
        at = at or path
        if content is not None:
            at.write_bytes(content)
        with pytest.raises(UserError) as error:
            read_inputs([str(at)], Options(input_format=input_format), small_reference)
        line = str(error.value)
        assert line.startswith(str(at))
        assert "\n" not in line
        assert len(line) < 600 + len(str(at))
        return line.removeprefix(str(at))

    return read


def spreadsheet() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


def parquet(folder, columns, names=None) -> bytes:
    pq.write_table(pa.table(columns, names=names), folder / "made.parquet")
    return (folder / "made.parquet").read_bytes()


def damaged(content: bytes, start: int, length: int) -> bytes:
    """The content with some bytes turned over."""
    return content[:start] + bytes(b ^ 0x5A for b in content[start : start + length]) + content[start + length :]


def does_not_inflate(content: bytes) -> bool:
    """Whether unpacking fails by the bytes themselves, not only by the checksum behind them."""
    try:
        gzip.decompress(content)
    except zlib.error:
        return True
    except (OSError, EOFError):
        pass
    return False


# --- files that are no table ---


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", ": is empty"),
        (b" \n\t\r\n  \n", ": is empty"),
        (bytes(range(256)), ": is a binary file, not a table"),
        (HEADER + b"I1\tTP\x0053\tMDM2\tbinds\tx\n", ": is a binary file, not a table"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, ": is a binary file, not a table"),
        ((HEADER + GOOD).decode().encode("utf-16-le"), ": is UTF-16 text without a byte order mark; save it"),
        (spreadsheet(), ": cannot be read as an Excel workbook ("),
        (HEADER, ": contains no rows"),
        (HEADER + b"\n \n\t\t\n", ": contains no rows"),
        (
            b"name\tprotein_b\nTP53\tMDM2\n",
            ":1: no column protein_a in the header (name, protein_b); or say",
        ),
        (
            b"protein_a\tprotien_b\nTP53\tMDM2\n",
            ":1: no column protein_b in the header (protein_a, protien_b); is it protien_b?",
        ),
        (
            b"TP53\tMDM2\tEGFR\nEGFR\tGRB2\tTP53\n",
            ":1: has no header (TP53, MDM2, EGFR); add one, or say in the configuration columns: ",
        ),
        (
            b"protein_a:protein_b\nTP53:MDM2\n",
            f":1: no column protein_a in the header (protein_a:protein_b){NOT_SEPARATED}",
        ),
        (
            b"protein_a  protein_b\nTP53 MDM2 EGFR GRB2 SOS1\n",
            f":1: no column protein_a in the header (protein_a__protein_b){NOT_SEPARATED}",
        ),
        (
            b"protein_a\nTP53\n",
            f":1: no column protein_b in the header (protein_a){NOT_SEPARATED}",
        ),
        (b"%PDF-1.7 something\n", ": is a document, not a table; "),
        (b"<!DOCTYPE html>\n<p>502 Bad Gateway", ": is a web page, not a table: the download has failed; "),
        (b'<?xml version="1.0"?>\n<entrySet/>\n', ": is XML (BioPAX, PSI-MI XML, SBML …); export it as SIF, "),
        (b"version https://git-lfs.github.com/spec/v1\noid x\n", ": is a pointer of Git LFS, not the file itself; "),
        (
            b"number\tpartner x\tpartner y\n1\tTP53\tMDM2\n",
            ":1: no column protein_a in the header (number, partner_x, partner_y); "
            "or say which they are, columns: {protein_a: partner_x, protein_b: partner_y}",
        ),
        (
            b'{"protein_a": "TP53", "partner": "MDM2"}\n',
            ':1: JSON ({"protein_a": …) is not in a known format; known formats: Parquet, ',
        ),
        (
            HEADER + b"I1\t\tMDM2\tbinds\tx\nI2\tTP53\t\tbinds\tx\n",
            ":2: no row can be used; 1 of 2: protein_a is empty",
        ),
    ],
    ids=[
        "empty",
        "white",
        "binary",
        "nul",
        "png",
        "utf16_without_mark",
        "spreadsheet",
        "header_only",
        "blank_rows",
        "missing_column",
        "misspelt_column",
        "no_header",
        "colons",
        "spaces",
        "one_column",
        "pdf",
        "web_page",
        "xml",
        "lfs",
        "proteins_elsewhere",
        "json",
        "all_rows_bad",
    ],
)
def test_a_file_that_is_no_table_is_refused(refused, content, line):
    assert refused(content).startswith(line)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", "\u00a0\n".encode(), "\u3000".encode(), b"\x1c\n", b'""\n', b'"",""\n'],
)
def test_a_file_of_nothing_but_marks_blanks_and_quotes_is_empty(refused, content):
    assert refused(content).startswith(": is empty")


def test_a_missing_file_is_told_with_the_nearest_name(refused, tmp_path):
    (tmp_path / "interactions.tsv").write_bytes(HEADER + GOOD)
    assert refused(at=tmp_path / "interaction.tsv") == f": not found; did you mean {tmp_path}/interactions.tsv?"
    assert refused(at=tmp_path / "no" / "folder.tsv") == ": not found"


def test_a_folder_is_no_file(refused, tmp_path):
    assert refused(at=tmp_path) == ": is a directory; input takes files"


def test_a_name_too_long_for_the_file_system_is_not_called_a_damaged_file(refused, tmp_path):
    assert "gzip" not in refused(at=tmp_path / ("x" * 300))


def test_an_input_of_several_files_names_the_one_that_is_broken(small_reference, tmp_path):
    good, bad = tmp_path / "good.tsv", tmp_path / "bad.tsv"
    good.write_bytes(HEADER + GOOD)
    bad.write_bytes(HEADER)
    with pytest.raises(UserError, match=f"^{bad}: contains no rows$"):
        read_inputs([str(good), str(bad)], Options(), small_reference)


def test_a_line_longer_than_any_table_has_is_refused(refused, monkeypatch):
    monkeypatch.setattr(text, "MAX_LINE", 200)
    assert refused(HEADER + GOOD + b"I2\tTP53\tMDM2\tbinds\t" + b"x" * 200 + b"\n") == (
        ":3: a line of more than 200 bytes; this is not a table"
    )


@pytest.mark.parametrize("longest", [200, text.MAX_LINE])
@pytest.mark.parametrize(
    "rows",
    [
        b'%d\tTP53\tMDM2\tbinds\t"open\n',
        b'%d\tTP53\tMDM2\tbinds\t"open\n%d\tEGFR\tGRB2\n%d\tTP53\tGRB2\n',  # spreadsheets drop empty cells
        b'%d\tTP53\tMDM2\tbinds\t"open\n%d\tEGFR\tGRB2\tbinds\tit is 5\'-3"\n',
        b'%d\tTP53\tMDM2\tbinds\t"open\n%d\tEGFR\tGRB2\tbinds\t"closed"\n',
        b'%d\tTP53\tMDM2\tbinds\t"x\t1\n%d\tEGFR\tGRB2\tbinds\ty"\t2\n',  # as wide as a row all the same
        b'%d\tTP53\tMDM2\t"binds\tx\n%d\tEGFR\tGRB2\tbinds\tx\n',
    ],
)
def test_a_quote_never_closed_swallows_no_row(path, small_reference, monkeypatch, rows, longest):
    monkeypatch.setattr(text, "MAX_LINE", longest)
    rows += b"%d\tTP53\tEGFR\tbinds\tx\n" * 20
    path.write_bytes(HEADER.replace(b"\n", b"\tpmid\n") + rows % tuple(range(rows.count(b"%d"))))
    collected = read_inputs([str(path)], Options(), small_reference)
    assert collected.n_rows == rows.count(b"\n")
    assert collected.interactions.num_rows + len(collected.rejected) == collected.n_rows
    assert collected.rejected == []


def test_a_stray_quote_takes_no_cell_of_its_own_line(path, small_reference):
    header = b"protein_a,protein_b,statement,pmid\n"
    path.write_bytes(header + b'TP53,MDM2,"open,1\nEGFR,GRB2,x,2\n')
    found = {
        row["protein_a"]: row for row in read_inputs([str(path)], Options(), small_reference).interactions.to_pylist()
    }
    assert found["TP53"]["evidence"] == [{"text": '"open', "pmid": "1"}]


def test_prose_of_several_lines_with_many_commas_is_one_cell(path, small_reference):
    cell = b'"First, second, third.\nThen, much later, and once more, this.\n\nThe end."'
    path.write_bytes(b"protein_a,protein_b,statement,pmid\nTP53,MDM2," + cell + b",1\nEGFR,GRB2,x,2\n")
    collected = read_inputs([str(path)], Options(), small_reference)
    assert (collected.n_rows, collected.rejected) == (2, [])


def test_a_header_that_begins_with_pk_is_no_archive(path, small_reference):
    path.write_bytes(b"PK_id\tprotein_a\tprotein_b\n1\tTP53\tMDM2\n")
    assert read_inputs([str(path)], Options(), small_reference).interactions.num_rows == 1


def test_line_ends_of_an_old_mac_are_told_as_what_they_are(refused):
    line = refused((HEADER + GOOD).replace(b"\n", b"\r"))
    assert line == ": lines end in carriage returns (old Mac format); save it with line feeds"


# --- gzip and Parquet ---


def test_a_gzip_file_cut_short_is_refused_with_the_line_it_reaches(refused):
    line = refused(gzip.compress(MANY)[:-200])
    assert line.startswith(": damaged gzip file after line ")
    assert int(line.split("line ")[1].split()[0]) > 1000


def test_a_gzip_file_cut_within_its_beginning_is_refused(refused):
    assert refused(gzip.compress(HEADER + GOOD)[:30]).startswith(": damaged gzip file (")
    assert refused(b"\x1f\x8b").startswith(": damaged gzip file (")
    assert refused(b"\x1f\x8bnot gzip at all").startswith(": damaged gzip file (")


def test_a_gzip_file_with_a_wrong_checksum_is_refused(refused):
    content = gzip.compress(MANY)
    line = refused(damaged(content, len(content) - 8, 4))
    assert line.startswith(": damaged gzip file after line ")
    assert "CRC check failed" in line


@pytest.mark.parametrize("beyond", [0, 70_000], ids=["in_the_head", "behind_the_head"])
def test_a_gzip_file_damaged_inside_is_refused(refused, beyond):
    plain = MANY * 3
    content = gzip.compress(plain, mtime=0)
    first = 12 if not beyond else len(content) // 2
    broken = next(
        found for start in range(first, len(content), 7) if does_not_inflate(found := damaged(content, start, 40))
    )
    assert ": damaged gzip file" in refused(broken)


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"a": ["TP53"], "protein_b": ["MDM2"]}, ": no column protein_a in the header (a, protein_b)"),
        ({"protein_a": ["TP53"]}, ": no column protein_b in the header (protein_a)"),
        ({"protein_a": [["TP53"]], "protein_b": ["MDM2"]}, ": column protein_a does not hold plain values"),
        ({"protein_a": [{"x": "TP53"}], "protein_b": ["MDM2"]}, ": column protein_a does not hold plain values"),
        (
            {"protein_a": pa.array([], pa.string()), "protein_b": pa.array([], pa.string())},
            ": contains no rows",
        ),
        ({"protein_a": [b"\xff\xfe"], "protein_b": ["MDM2"]}, ": column protein_a does not hold plain values"),
        (
            {"protein_a": pa.array([None], pa.string()), "protein_b": ["MDM2"]},
            ":1: no row can be used; 1 of 1: protein_a is empty",
        ),
    ],
    ids=["no_protein_a", "no_protein_b", "list", "struct", "no_rows", "bytes", "nulls"],
)
def test_parquet_without_what_is_needed_is_refused(refused, tmp_path, columns, line):
    assert refused(parquet(tmp_path, columns)).startswith(line)


def test_damaged_parquet_is_refused(refused, tmp_path):
    content = parquet(tmp_path, {"protein_a": ["TP53"], "protein_b": ["MDM2"]})
    assert refused(content[:-10]).startswith(": cannot be read as Parquet (")
    assert refused(b"PAR1").startswith(": cannot be read as Parquet (")
    assert refused(HEADER + GOOD, input_format="parquet").startswith(": cannot be read as Parquet (")


def test_parquet_read_as_a_table_is_a_binary_file(refused, tmp_path):
    content = parquet(tmp_path, {"protein_a": ["TP53"], "protein_b": ["MDM2"]})
    assert refused(content, input_format="table") == ": is a binary file, not a table"


def test_parquet_with_a_whole_footer_and_damaged_pages_is_refused(refused, tmp_path):
    content = parquet(tmp_path, {"protein_a": [f"P{n}" for n in range(5000)], "protein_b": ["MDM2"] * 5000})
    assert "Parquet" in refused(damaged(content, 20, 380))


def test_of_two_parquet_columns_with_one_name_the_first_counts(path, tmp_path, small_reference):
    path.write_bytes(parquet(tmp_path, [["TP53"], ["EGFR"], ["MDM2"]], ["protein_a", "protein_a", "protein_b"]))
    (row,) = read_inputs([str(path)], Options(), small_reference).interactions.to_pylist()
    assert row["protein_a"] == "TP53"


def test_parquet_text_that_is_not_utf8_is_refused(refused, tmp_path):
    not_text = pa.array([b"\xff"], pa.binary()).view(pa.string())
    assert "protein_a" in refused(parquet(tmp_path, {"protein_a": not_text, "protein_b": ["MDM2"]}))
