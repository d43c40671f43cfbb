"""How the offline curator places interactions that were labelled by hand, read as a biologist would.

    python benchmarks/labelled.py [LABELS [INPUTS]]

LABELS (default labels, beside this file): a folder of NAME.tsv with interaction_id and accepted: pathways of Reactome
by name, of GO by id and name, joined by '|'. A name stands for the pathway or anything below it, with a leading '=' for
it alone; '=Unclassified' means that no place is right. INPUTS: a folder with NAME.tsv, the table that the rows are of;
a table that is not there is left out.

Right: an accepted pathway, or below one. Too general: above one. Abstained: no place where one is accepted. Too
specific: below one that stands for itself alone. Wrong: all else.

Twelve made-up rows whose statement names a pathway while both proteins share another one, and twelve pairs that have
nothing in common and an empty statement, stand in tests/unit/test_likelihood.py, which holds their bars. Exits 1 when a
bar is missed.
"""

import csv
import re
import sys
from collections import Counter
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from rootward.curators.base import Failure  # noqa: E402
from rootward.curators.offline import ReactomeCurator  # noqa: E402
from rootward.curators.questions import ask_about  # noqa: E402
from rootward.inputs.collect import read_inputs  # noqa: E402
from rootward.inputs.options import Options  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402
from rootward.knowledge.roots import read_roots  # noqa: E402
from rootward.workflow.config import Config  # noqa: E402

SHARED = ROOT.parent / "shared"
INPUTS = {
    "example": ROOT / "config" / "interactions.tsv",
    "proteostasis": SHARED / "inputs" / "example_proteostasis.tsv",
}
KINDS = ("right", "too general", "abstained", "too specific", "wrong")  # the kindest first
BARS = {"example": (0.85, 0.05, 1.0), "proteostasis": (0.60, 0.15, 1 / 3)}  # right at least; wrong, unplaced at most
AUC = 0.65  # of the confidence, on the real rows
LABELS = Path(__file__).parent / "labels"
FIELDS = ("interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement")
_REGULATION = re.compile(r"regulation of (.+)")


class Truth:
    """Tells of an answer what it is beside the labels of its row."""

    def __init__(self, reference: Reference):
        self._reference = reference
        self._by_xref = {xref: p.id for p in reference.pathways.values() for xref in (p.id, *p.xrefs)}

    def _label(self, label: str) -> str | None:
        id_, _, name = label.partition(" ") if label.startswith("GO:") else ("", "", label)
        if id_ in self._by_xref:
            return self._by_xref[id_]
        regulated = _REGULATION.fullmatch(name)  # which is folded onto what it regulates
        found = self._reference.find(regulated[1] if regulated else name)
        return found[0].id if found else None

    def grade(self, answer: str | None, accepted: str) -> str:
        """The kindest of KINDS that holds for an answer (None: none) and one of the labels."""
        return min((self._beside(answer, label) for label in accepted.split("|")), key=KINDS.index)

    def _beside(self, answer: str | None, label: str) -> str:
        alone, label = label.startswith("="), label.lstrip("=")
        if label == "Unclassified":
            return "right" if answer is None else "wrong"
        if answer is None:
            return "abstained"
        wanted = self._label(label)
        if wanted is None:
            return "wrong"
        if answer == wanted:
            return "right"
        if wanted in self._reference.above_all(answer):
            return "too specific" if alone else "right"
        return "too general" if answer in self._reference.above_all(wanted) else "wrong"


def auc(judged: list[tuple[float, bool]]) -> float:
    """How often a right answer is surer than another; ties count half."""
    right, other = ([sure for sure, is_right in judged if is_right is kind] for kind in (True, False))
    pairs = len(right) * len(other)
    return sum((a > b) + 0.5 * (a == b) for a in right for b in other) / pairs if pairs else 0.5


def calibration_error(judged: list[tuple[float, bool]], bins: int = 3) -> float:
    """Expected calibration error over bins of equal numbers."""
    ordered, error = sorted(judged), 0.0
    for n in range(bins):
        part = ordered[n * len(ordered) // bins : (n + 1) * len(ordered) // bins]
        if part:
            error += abs(sum(sure for sure, _ in part) - sum(right for _, right in part))
    return error / max(len(ordered), 1)


def shown(curator: ReactomeCurator, truth: Truth, rows: dict[str, dict], labels: list[dict]) -> float:
    """The share of the rows with a place of which a right one is among the candidates that a model is shown."""
    placed = [label for label in labels if "=Unclassified" not in label["accepted"].split("|")]
    items = [rows[label["interaction_id"]] for label in placed]
    hits = 0
    for label, candidates in zip(placed, curator.likeliest(items, limit=Config().assign.candidates), strict=True):
        found = (curator.reference.find(one["pathway"])[0].id for one in candidates)
        hits += any(truth.grade(id_, label["accepted"]) == "right" for id_ in found)
    return hits / len(placed)


def judge(
    curator: ReactomeCurator, truth: Truth, rows: dict[str, dict], labels: list[dict]
) -> tuple[Counter[str], list[tuple[float, bool]]]:
    """How many rows are of each kind, and for the answers (confidence, whether right)."""
    kinds, judged = Counter(), []
    for label in labels:
        row = rows[label["interaction_id"]]
        (answer,) = curator.answer([ask_about("assign_term", {field: row[field] for field in FIELDS}, roots=[])])
        found = None if isinstance(answer, Failure) else curator.reference.find(answer.value["pathway"])[0].id
        kind = truth.grade(found, label["accepted"])
        kinds[kind] += 1
        if found is not None:
            judged.append((answer.value["confidence"], kind == "right"))
    return kinds, judged


def read_table(path: Path) -> list[dict]:
    """The interactions of a table."""
    return read_inputs([str(path)], Options(), reference=ROOT / "resources" / "reactome").interactions.to_pylist()


def labelled(path: Path) -> list[dict[str, str]]:
    """interaction_id and accepted of each labelled row."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def main(labels: Path, inputs: dict[str, Path]) -> int:
    """Print how many rows are of each kind; 1 when a bar is missed."""
    reference = Reference([ROOT / "resources" / "reactome", ROOT / "resources" / "go"])
    roots = read_roots(ROOT / "config" / "roots.tsv", "Unclassified")
    truth, missed = Truth(reference), []
    for name, table in inputs.items():
        rows = read_table(table)
        pairs = [(row["protein_a"], row["protein_b"]) for row in rows]
        curator = ReactomeCurator(reference, roots, pairs=partial(list, pairs), threshold=Config().assign.threshold)
        missed += report(name, curator, truth=truth, rows=rows, labels=labelled(labels / f"{name}.tsv"))
    print("\n".join(f"missed: {line}" for line in missed) or "all bars are met")
    return 1 if missed else 0


def report(name: str, curator: ReactomeCurator, truth: Truth, rows: list[dict], labels: list[dict]) -> list[str]:
    """Print the figures of a table; the bars that it misses."""
    by_id = {row["interaction_id"]: row for row in rows}
    kinds, judged = judge(curator, truth, rows=by_id, labels=labels)
    shares = {kind: kinds[kind] / len(labels) for kind in KINDS}
    none, sure = (len(labels) - len(judged)) / len(labels), auc(judged)
    print(
        f"{name}, {len(labels)} rows: " + ", ".join(f"{kind} {share:.2f}" for kind, share in shares.items()), end="; "
    )
    print(f"unplaced {none:.2f}, AUC {sure:.2f}, calibration error {calibration_error(judged):.2f}; ", end="")
    print(f"a right one among the candidates {shown(curator, truth, rows=by_id, labels=labels):.2f}")
    least, most, unplaced = BARS[name]
    found = [f"{name}: right {shares['right']:.2f} < {least}"] if shares["right"] < least else []
    found += [f"{name}: wrong {shares['wrong']:.2f} > {most}"] if shares["wrong"] > most else []
    found += [f"{name}: unplaced {none:.2f} > {unplaced:.2f}"] if none > unplaced else []
    return found + ([f"{name}: AUC {sure:.2f} < {AUC}"] if name == "proteostasis" and sure < AUC else [])


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    tables = {name: given[1] / f"{name}.tsv" for name in BARS} if len(given) > 1 else INPUTS
    there = {name: path for name, path in tables.items() if path.exists()}
    for left_out in tables.keys() - there:
        print(f"{tables[left_out]}: not there, {left_out} is left out")
    sys.exit(main(given[0] if given else LABELS, there))
