"""A table as an Excel workbook, written as a stream.

Format: Office Open XML, SpreadsheetML (ECMA-376, part 1, section 18): a zip of XML parts. This module writes the six
that a workbook needs, and a second sheet that describes the first one. It does not use a library because every text
must stay text: all cells are inline strings or numbers, and nothing is read as a formula, a link or markup. (XlsxWriter
3.3.1 in its constant-memory mode puts a text of the form `<r>…</r>` into the sheet unescaped; openpyxl 3.1.5 takes a
leading `=` for a formula and writes the time of day. On 30,000 rows of 17 columns they took 4 and 7 times the CPU time
of this module.)

The limits are Excel's: rows of a sheet, UTF-16 code units in a cell; and those of a zip without the 64-bit extension,
which Excel does not read everywhere. What they cut off is counted, reported on the second sheet, and returned.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rootward.files import replacing
from rootward.publish.escape import one_line, xml
from rootward.publish.exports import texts

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MAX_ROWS = 1_048_576  # with the header
MAX_CELL = 32_767
MAX_SHEET = 2_000_000_000  # bytes of XML; a zip entry ends at 2 GiB
LEVEL = 3  # of deflate: half the time of the usual 6, an eighth more bytes
WIDTHS = {"path": 60, "statement": 60, "pathway": 36, "effect": 22, "pmids": 14}
SHEETS = ("interactions", "about")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT, _TEXT_END = ' t="inlineStr"><is><t>', "</t></is></c>"
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # `_x0041_` is the format's own escape for `A`


@dataclass
class Written:
    """The size of a workbook, and what the limits left out of it."""

    rows: int = 0
    rows_left_out: int = 0
    cells_cut: int = 0

    def lines(self) -> list[str]:
        """The lines of the second sheet."""
        text = [f"{self.rows} rows, made by Rootward. interactions.tsv holds the same table."]
        if self.rows_left_out:
            text.append(f"{self.rows_left_out} more rows stand only in interactions.tsv: the sheet is full.")
        if self.cells_cut:
            text.append(f"{self.cells_cut} texts are cut to {MAX_CELL} characters; interactions.tsv has them whole.")
        return text


def clip(text: str, limit: int = MAX_CELL) -> str:
    """The longest beginning of a text that Excel takes: it counts characters outside the BMP as two."""
    if 2 * len(text) <= limit or len(text.encode("utf-16-le")) <= 2 * limit:
        return text
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def column_name(index: int) -> str:
    """A, B, … Z, AA, … for 0, 1, … ."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def content(text: str) -> str:
    """A text as the content of a cell."""
    text = xml(text)
    return _LOOKS_ESCAPED.sub("_x005F_", text) if "_x" in text else text


def cell(at: str, text: str, style: str = "") -> str:
    """A cell with a text as XML."""
    return f'<c r="{at}"{style}{_TEXT}{content(text)}{_TEXT_END}'


def write(
    header: Sequence[str], batches: "Iterable[pa.RecordBatch]", path: str | Path, max_rows: int = MAX_ROWS
) -> Written:
    """Write a header and at most max_rows - 1 rows. Returns what was left out."""
    with (
        replacing(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive,
    ):
        for name, content in _frame().items():
            with _part(archive, name) as part:
                part.write(_XML + content)
        with _part(archive, "xl/worksheets/sheet1.xml") as part:
            written = _write_table(part, header, batches=batches, max_rows=max_rows)
        with _part(archive, "xl/worksheets/sheet2.xml") as part:
            said = (f'<row r="{n}">{cell(f"A{n}", line)}</row>' for n, line in enumerate(written.lines(), start=1))
            part.writelines(chain((_XML, f'<worksheet xmlns="{_MAIN}"><sheetData>'), said))
            part.write("</sheetData></worksheet>")
    return written


def _write_table(part: TextIO, header: Sequence[str], batches: "Iterable[pa.RecordBatch]", max_rows: int) -> Written:
    import numpy as np
    import pyarrow.compute as pc

    widths = [WIDTHS.get(name, 16) for name in header]
    columns = (f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, start=1))
    part.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{''.join(columns)}</cols><sheetData>"
    )
    bold = "".join(cell(f"{column_name(index)}1", name, style=' s="1"') for index, name in enumerate(header))
    part.write(f'<row r="1">{bold}</row>\n')
    written, size = Written(), 0
    for batch in batches:
        fitting, n_cut = _cut(batch)
        lines = _lines(fitting, first=written.rows + 2)
        sizes = size + np.cumsum(pc.binary_length(lines))
        room = 0 if written.rows_left_out else min(max_rows - 1 - written.rows, int((sizes <= MAX_SHEET).sum()))
        taken = lines[:room]
        part.writelines(taken.to_pylist())
        size = int(sizes[-1])
        written.rows += len(taken)
        written.rows_left_out += len(lines) - len(taken)
        written.cells_cut += int(n_cut[:room].sum())
    corner = f"{column_name(len(header) - 1)}{written.rows + 1}"
    part.write(f'</sheetData><autoFilter ref="A1:{corner}"/></worksheet>')
    return written


def _cut(batch: "pa.RecordBatch") -> "tuple[pa.RecordBatch, np.ndarray]":
    """A batch whose texts fit into cells, and the number of texts of each row shortened for it."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    n_cut = np.zeros(batch.num_rows, np.int64)
    for index, column in enumerate(batch.columns):
        if not texts.is_text(column) or (pc.max(pc.binary_length(column)).as_py() or 0) <= MAX_CELL // 2:
            continue
        whole = [text and one_line(text) for text in column.to_pylist()]
        fitting = [text and clip(text) for text in whole]
        n_cut += [a is not b for a, b in zip(whole, fitting, strict=True)]
        batch = batch.set_column(index, batch.schema.field(index), pa.array(fitting, pa.string()))
    return batch, n_cut


def _lines(batch: "pa.RecordBatch", first: int) -> "pa.Array":
    """The rows of a batch as XML, a line each. first: the number of the first row."""
    import pyarrow as pa

    number = pa.array(range(first, first + batch.num_rows)).cast(pa.string())
    cells = (
        texts.joined(f'<c r="{column_name(index)}', number, _content_of(column))
        for index, column in enumerate(batch.columns)
    )
    return texts.listed((texts.joined('<row r="', number, '">'), *cells, "</row>\n"), "")


def _content_of(column: "pa.Array") -> "pa.Array":
    """Each cell of a column after its address: a number for numbers, text for everything else, null for null and empty
    text.
    """
    import pyarrow.compute as pc

    if texts.is_text(column):
        text = texts.mended(column, content, where=f'{texts.NOT_ONE_LINE}|[&<>"]|_x')
        return texts.joined('"', _TEXT, texts.known(text), _TEXT_END)
    shown = texts.numbers(column)
    as_number, as_text = (texts.joined('"', *kind) for kind in (("><v>", shown, "</v></c>"), (_TEXT, shown, _TEXT_END)))
    return pc.if_else(pc.is_finite(column), as_number, as_text)


@contextmanager
def _part(archive: zipfile.ZipFile, name: str) -> Iterator[TextIO]:
    """A part of the package, open for text. It has no date and no system, so the same table gives the same bytes."""
    with archive.open(name, "w") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as text:
        yield text
    archive.getinfo(name).create_system = 0


def _frame() -> dict[str, str]:
    """The parts that say where the others are, and the two styles (plain and bold)."""
    numbered = list(enumerate(SHEETS, start=1))
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    related = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered]
    overrides = [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n, _ in numbered]
    overrides += [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in overrides)
        + "</Types>",
        "_rels/.rels": _relationships([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relationships([*related, (f"rId{len(SHEETS) + 1}", "styles", "styles.xml")]),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    }


def _relationships(entries: Iterable[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{id_}" Type="{_RELATED}/{kind}" Target="{to}"/>' for id_, kind, to in entries)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'
