"""What the tests of the readers share: a small reference, reading with the books balanced, and the real files."""

import gzip
import os
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rootward.errors import UserError
from rootward.inputs.collect import Collected, read_inputs
from rootward.inputs.options import Options

ROOT = Path(__file__).resolve().parents[1]
PROTEINS = {
    "AKT1": ("P31749", "PKB|RAC"),
    "BAD": ("Q92934", ""),
    "CDK1": ("P06493", "CDC2"),
    "EGFR": ("P00533", "ERBB1"),
    "GRB2": ("P62993", ""),
    "MDM2": ("Q00987", ""),
    "SOS1": ("Q07889", ""),
    "TP53": ("P04637", "P53"),
}


def small_reference(folder: Path) -> Path:
    """A reference of eight proteins."""
    columns = {
        "uniprot": [uniprot for uniprot, _ in PROTEINS.values()],
        "symbol": list(PROTEINS),
        "name": [""] * len(PROTEINS),
        "synonyms": [synonyms for _, synonyms in PROTEINS.values()],
    }
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), folder / "proteins.parquet")
    return folder


class Reading:
    """Reads files made of text in a folder of the test's, and checks that all their rows are accounted for."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.reference = small_reference(folder / "reference")

    def file(self, name: str, content: str | bytes) -> str:
        """A file of that name and content; gzipped when the name ends so."""
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        path = self.folder / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(path)

    def __call__(self, *paths: str | Path, **options) -> Collected:
        """Read files; the rows of both tables must add up to the rows read."""
        collected = read_inputs(list(map(str, paths)), Options(**options), self.reference)
        accepted = sum(collected.interactions["n_rows"].to_pylist())
        assert accepted + sum(row.n_rows for row in collected.rejected) == collected.n_rows
        assert sum(collected.by_reason.values()) == collected.n_rows - accepted
        return collected

    def rows(self, *paths: str | Path, **options) -> list[dict]:
        """The interactions as dicts, sorted by pair and effect."""
        rows = self(*paths, **options).interactions.to_pylist()
        return sorted(rows, key=lambda row: (row["protein_a"], row["protein_b"], row["effect"]))

    def survives(self, data: str | bytes, input_format: str) -> Collected | None:
        """Read anything: all rows are accounted for, or one line says why the file cannot be read."""
        path = self.file("fuzz", data)
        said = None
        try:
            return self(path, input_format=input_format)
        except UserError as error:
            said = str(error)
        assert said.startswith(path)
        assert "\n" not in said
        return None


def reasons(collected: Collected) -> dict[str, int]:
    """Number of rows per reason, as worded."""
    found: dict[str, int] = {}
    for row in collected.rejected:
        found[row.reason] = found.get(row.reason, 0) + row.n_rows
    return found


def damaged(text: str, rng: random.Random, delimiter: str = "\t") -> str:
    """A file with something done to it: cut, lines or columns shuffled, characters lost, doubled or strange."""
    lines = text.splitlines(keepends=True)
    for _ in range(rng.randrange(1, 4)):
        kind = rng.randrange(8)
        if not lines:
            break
        at = rng.randrange(len(lines))
        line = lines[at]
        if kind == 0:
            lines = "".join(lines)[: rng.randrange(len("".join(lines)) + 1)].splitlines(keepends=True)
        elif kind == 1:
            rng.shuffle(lines)
        elif kind == 2:
            cells = line.rstrip("\n").split(delimiter)
            rng.shuffle(cells)
            lines[at] = delimiter.join(cells) + "\n"
        elif kind == 3:
            where = rng.randrange(len(line) + 1)
            lines[at] = (
                line[:where]
                + rng.choice(['"', "|", "\t", "\x00", "\r", "-", "\ufeff", "é", ";", "\\", "{", "]"])
                + line[where:]
            )
        elif kind == 4:
            lines[at] = line[: rng.randrange(len(line) + 1)] + "\n"
        elif kind == 5:
            lines.insert(at, line)
        elif kind == 6:
            del lines[at]
        else:
            lines[at] = line.replace(rng.choice(line), rng.choice(["", "x", "\u2028", '"']))
    return "".join(lines)


def shared(name: str) -> Path:
    """A real file of ../shared/inputs (or of $ROOTWARD_SHARED); the test is skipped where there is none."""
    folder = Path(os.environ.get("ROOTWARD_SHARED", ROOT.parent / "shared")) / "inputs"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: the real files are tried only where they are")
    return folder / name
