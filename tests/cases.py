"""Small inputs with what is right about them: files, and checks in an expected.json as ../shared/inputs/cases has."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rootward.errors import UserError
from rootward.inputs.collect import Collected, read_inputs
from rootward.inputs.options import Options
from rootward.workflow.config_check import load

Row = dict[str, Any]


def expected(folder: Path) -> dict[str, dict]:
    """file -> {config, read, refused} of a folder of cases."""
    file = folder / "expected.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


@dataclass
class Outcome:
    """What came of reading a file: the tables, or the line that refuses it."""

    interactions: list[Row]
    rejected: list[Row]
    refused: str | None
    said: list[str]


def outcome(path: Path, config: dict[str, Any], reference: Path) -> Outcome:
    """Read one file as the workflow does."""
    try:
        collected: Collected = read_inputs([str(path)], Options.of(load({"input": str(path), **config})), reference)
    except UserError as error:
        line = str(error)
        assert "\n" not in line
        return Outcome([], [], line.replace(str(path), "").replace(path.name, ""), [line])
    rejected = [row._asdict() for row in collected.rejected]
    interactions = collected.interactions.to_pylist()
    notes = [note for row in interactions for note in row["notes"]]
    said = [*collected.said, *(row["reason"] for row in rejected), *notes]
    return Outcome(interactions, rejected, None, said)


def wrong(found: Outcome, right: dict[str, Any]) -> list[str]:
    """What of the checks of a case does not hold."""
    if found.refused is not None:
        fits = "refused" in right and re.search(right["refused"], found.refused)
        return [] if fits else [f"refused: {found.refused}"]
    if "read" not in right:
        return [f"read, and not refused: {_shown(found)}"]
    return [f"{check}: {_shown(found)}" for check in _failing(found, right["read"])]


def _failing(found: Outcome, checks: dict[str, Any]) -> list[str]:
    return [f"{name} {value}" for name, value in checks.items() if not _holds(found, name, value)]


def _holds(found: Outcome, name: str, value: Any) -> bool:
    n_rows = sum(row["n_rows"] for row in found.interactions)
    n_rejected = sum(row["n_rows"] for row in found.rejected)
    interactions, rejected = map(_interaction, found.interactions), [row | _line(row) for row in found.rejected]
    known = list(interactions)
    checks = {
        "rows": lambda: len(known) == value,
        "rejected": lambda: n_rejected == value,
        "total": lambda: n_rows + n_rejected == value,
        "has": lambda: all(any(_fits(row, pattern) for row in known) for pattern in value),
        "never": lambda: not any(_fits(row, pattern) for row in known for pattern in value),
        "has_rejected": lambda: all(any(_fits(row, pattern) for row in rejected) for pattern in value),
        "said": lambda: all(any(re.search(form, line) for line in found.said) for form in value),
        "all": lambda: all(not _failing(found, one) for one in value),
        "any": lambda: any(not _failing(found, one) for one in value),
        "same_pathways_as": lambda: True,  # see test_input_cases
    }
    return checks[name]()


def _interaction(row: Row) -> Row:
    pmids = [piece["pmid"] for piece in row["evidence"] if piece["pmid"]]
    return row | {
        "pair": [row["protein_a"], row["protein_b"]],
        "protein": [row["protein_a"], row["protein_b"]],
        "uniprot": [row["uniprot_a"], row["uniprot_b"]],
        "pmids": pmids,
        "pmid": pmids,
        "notes": "; ".join(row["notes"]) or None,
        **_line(row),
    }


def _line(row: Row) -> Row:
    return {"line": int(row["source"].rpartition(":")[2])}


def _fits(row: Row, pattern: Row) -> bool:
    for column, wanted in pattern.items():
        cell = row[column]
        if column == "pair":
            a, b = cell
            fits = any(_is(x, wanted[0]) and _is(y, wanted[1]) for x, y in ((a, b), (b, a)))
        elif column == "pmids":
            fits = sorted(cell) == sorted(wanted)
        elif column in ("protein", "uniprot", "pmid"):
            fits = any(_is(one, wanted) for one in cell)
        else:
            fits = _is(cell, wanted)
        if not fits:
            return False
    return True


def _is(cell: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and wanted.startswith("~"):
        return re.search(wanted[1:], str(cell or "")) is not None
    return cell == wanted


def _shown(found: Outcome) -> str:
    columns = (
        "protein_a",
        "protein_b",
        "uniprot_a",
        "uniprot_b",
        "effect",
        "mechanism",
        "confidence",
        "evidence",
        "notes",
    )
    rows = [{column: row[column] for column in columns} for row in found.interactions]
    return f"{rows} {[(row['source'].rpartition(':')[2], row['reason']) for row in found.rejected]}"
