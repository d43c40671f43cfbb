"""Files that must not be misread: the project's own small ones, and those of ../shared where they are."""

from functools import cache
from pathlib import Path

import pytest
from builders import FALLBACK, REFERENCE, ROOTS
from cases import expected, outcome, wrong
from reading import ROOT
from rootward.curators.base import Failure
from rootward.curators.offline import ReactomeCurator
from rootward.curators.questions import ask_about
from rootward.knowledge import proteins
from rootward.knowledge.roots import read_roots

OWN = ROOT / "tests" / "data" / "cases"
SHARED = ROOT.parent / "shared" / "inputs" / "cases"
CASES = [pytest.param(folder / name, id=name) for folder in (OWN, SHARED) for name in expected(folder)]
WORKFLOW = {"14_a{b}.tsv"}  # about what Snakemake makes of a path: see tests/workflow


@pytest.fixture(scope="module")
def pathways(reference):
    """Function that gives the pathways, with their methods, of a pair of names."""
    roots = read_roots(ROOTS, FALLBACK)
    curator = ReactomeCurator(reference, roots, tuple, 0.5)

    def of(a: str, b: str) -> tuple:
        item = {"interaction_id": "I", "protein_a": a, "protein_b": b, "effect": "", "mechanism": "", "statement": ""}
        (answer,) = curator.answer([ask_about("assign_term", item, roots=[root.name for root in roots])])
        return (answer.kind,) if isinstance(answer, Failure) else (answer.value["pathway"], answer.method)

    return of


@pytest.fixture(scope="module", autouse=True)
def _symbols_read_once():
    """As in a run, which reads many files with the tables of symbols that it read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proteins, "Symbols", cache(proteins.Symbols))
        yield


@pytest.mark.parametrize("path", CASES)
def test_nothing_is_misread(path: Path, pathways):
    if path.name in WORKFLOW:
        pytest.skip("tried by tests/workflow")
    right = expected(path.parent)[path.name]
    found = outcome(path, right.get("config", {}), REFERENCE)
    assert wrong(found, right) == []
    pairs = right.get("read", {}).get("same_pathways_as")
    if pairs:
        of_rows = {pathways(row["protein_a"], row["protein_b"]) for row in found.interactions}
        assert of_rows == {pathways(*pair) for pair in pairs}
