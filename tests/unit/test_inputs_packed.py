"""What a table comes packed in: compressed, in an archive, in a workbook, in another encoding."""

import bz2
import datetime
import gzip
import io
import lzma
import random
import zipfile

import openpyxl
import pytest
from rootward.errors import UserError

TABLE = "protein_a\tprotein_b\teffect\tstatement\nMDM2\tTP53\tinhibits\tMDM2 keeps p53 low – ‘always’.\n"
TABLE += "EGFR\tGRB2\tbinds\t\n"
FOUND = [("EGFR", "GRB2"), ("MDM2", "TP53")]


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def pairs(read, content: bytes) -> list[tuple[str, str]]:
    return [(row["protein_a"], row["protein_b"]) for row in read.rows(read.file("any", content))]


UTF8 = TABLE.encode()
KINDS = {
    "gzip": gzip.compress(UTF8),
    "bzip2": bz2.compress(UTF8),
    "xz": lzma.compress(UTF8),
    "zip": zipped({"t.tsv": UTF8, "__MACOSX/._t.tsv": b"x"}),
    "utf-16": TABLE.encode("utf-16"),
    "utf-16-be": b"\xfe\xff" + TABLE.encode("utf-16-be"),
    "zip of utf-16": zipped({"folder/": b"", "folder/t.tsv": TABLE.encode("utf-16")}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_packed_table_is_read_as_the_plain_one(read, kind):
    plain = read.rows(read.file("plain", UTF8))
    packed = read.rows(read.file("packed", KINDS[kind]))
    assert len(packed) == 2
    assert [{**row, "source": None} for row in packed] == [{**row, "source": None} for row in plain]
    assert packed[1]["statement"] == "MDM2 keeps p53 low – ‘always’."


@pytest.mark.parametrize("kind", ["bzip2", "xz", "zip"])
def test_a_cut_or_damaged_file_is_refused_in_one_line(read, kind):
    lines = "".join(f"MDM2\tTP53\tinhibits\t{random.Random(n).random()}\n" for n in range(20_000))
    whole = (TABLE + lines).encode()
    content = {"bzip2": bz2.compress, "xz": lzma.compress, "zip": lambda data: zipped({"t.tsv": data})}[kind](whole)
    half = len(content) // 2
    for broken in (content[:half], content[:half] + bytes(200) + content[half + 200 :]):
        with pytest.raises(UserError, match=f"^[^\n]*any: damaged {kind} file[^\n]*$"):
            read(read.file("any", broken))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"folder/": b""}, "is a zip archive of 0 files"),
        ({"a.tsv": UTF8, "b.tsv": UTF8}, r"zip archive of 2 files \(a.tsv, b.tsv\); unpack it"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}, "OpenDocument"),
        ({"a.xlsx": workbook([["protein_a"]])}, "within a zip archive; unpack it first"),
    ],
)
def test_an_archive_that_is_no_one_table_says_what_to_do(read, files, said):
    with pytest.raises(UserError, match=said):
        read(read.file("any", zipped(files)))


def test_an_old_workbook_says_what_to_do(read):
    with pytest.raises(UserError, match=r"old or protected Excel workbook; save it as \.xlsx or as tab-sep"):
        read(read.file("any", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)))


def test_half_a_character_of_utf16_costs_its_row(read):
    good, bad = (TABLE + "AKT1\tBAD\tactivates\tx").encode("utf-16-le"), b"\x00\xd8"
    found = read(read.file("any", b"\xff\xfe" + good + bad + b"\n\x00"))
    assert [row.reason for row in found.rejected] == ["not UTF-8 text"]
    assert [row.reason for row in read(read.file("any", b"\xff\xfe" + good + b"\x41")).rejected] == ["not UTF-8 text"]


def test_the_sheet_with_the_proteins_is_read(read):
    notes = [["Supplementary table 1"], ["read me", "please"]]
    rows = [
        ["Table S1"],
        [],
        ["Gene A", "Gene B", "effect", "PMID", "statement"],
        ["MDM2", "TP53", "inhibits", 12345678, 'one\n"two"\tthree'],
        ["EGFR", "GRB2", None, 2.0, True],
        [datetime.datetime(2026, 9, 5), "BAD", None, None, None],
    ]
    path = read.file("any.xlsx", workbook(notes, rows))
    first, second = read.rows(path)
    assert [(row["protein_a"], row["protein_b"]) for row in (first, second)] == FOUND
    assert (second["source"], second["statement"]) == (f"{path}:4", 'one "two" three')
    assert [e["pmid"] for e in second["evidence"]] == ["12345678"]
    (dated,) = read(path).rejected
    assert "date" in dated.reason


def test_a_workbook_of_a_database_is_read_by_its_reader(read):
    rows = [["ENTITYA", "ENTITYB", "EFFECT"], ["MDM2", "TP53", "down-regulates activity"]]
    assert pairs(read, workbook(rows)) == [("MDM2", "TP53")]


@pytest.mark.parametrize("sheets", [[[]], [[["x"]], [["y"]]]])
def test_a_workbook_without_a_table_is_refused(read, sheets):
    with pytest.raises(UserError, match=": is empty"):
        read(read.file("any", workbook(*sheets)))


def test_a_damaged_workbook_is_refused_in_one_line(read):
    content = workbook([["protein_a", "protein_b"], *[["MDM2", f"P{n}"] for n in range(3000)]])
    rng = random.Random(5)
    refused = 0
    for _ in range(40):
        at = rng.randrange(len(content))
        refused += read.survives(content[:at] + bytes([rng.randrange(256)]) * 30 + content[at + 30 :], "auto") is None
    assert refused
