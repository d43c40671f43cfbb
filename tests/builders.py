"""Small things that many tests are made of: rows, trees, answers, and a curator that says what a test wants."""

import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.ledger import Ledger
from rootward.curators.base import Answer, Failure
from rootward.curators.questions import Question
from rootward.knowledge.names import pathway_id
from rootward.tree.nodes import Edge, Forest, Node

REPOSITORY = Path(__file__).resolve().parents[1]
SCRIPTS = REPOSITORY / "scripts"
REFERENCE = REPOSITORY / "resources" / "reactome"
ROOTS = REPOSITORY / "config" / "roots.tsv"
TEN_ROOTS = REPOSITORY / "config" / "roots.ten.tsv"
FALLBACK = "Unclassified"

UNKNOWN = Failure("unknown", "nobody knows")


# --- asking ---


def said(call_id: str | None = "call", method: str = "model", **value: Any) -> Answer:
    """An answer with the given fields, and a reasoning where the test does not care for one."""
    return Answer({"reasoning": "because"} | value, method, call_id)


class FunctionCurator:
    """Answers by a function of the question; keeps what it was asked."""

    def __init__(self, reply: Callable[[Question], Answer | Failure]):
        self._reply = reply
        self.asked: list[Question] = []

    def answer(self, questions: Sequence[Question], on_progress=None, follow_up=None) -> list[Answer | Failure]:
        self.asked.extend(questions)
        if on_progress:
            on_progress(len(questions), "")
        return [self._reply(question) for question in questions]

    def items(self, kind: str) -> list[dict]:
        """The items of the questions of one kind, in the order asked."""
        return [question.item for question in self.asked if question.kind.name == kind]


def make_asker(curator, **limits: Any) -> Asker:
    """The asker of a step, as `Job.asker` makes it; the one place that knows its constructor."""
    return Asker(curator, Ledger(), **limits)


@cache
def load_script(rule: str) -> ModuleType:
    """A rule script as a module; its Snakemake tail stands under `__main__` and does not run."""
    spec = importlib.util.spec_from_file_location(f"rule_{rule}", SCRIPTS / f"{rule}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- rows and tables ---


def write(folder: Path, table: str, rows: list[dict], name: str | None = None, **labels: str) -> str:
    """Write a table into a folder; its path."""
    path = str(folder / f"{name or table}.parquet")
    tables.write(table, rows, path, **labels)
    return path


def interaction(interaction_id: str, a: str = "TP53", b: str = "MDM2", **given: Any) -> dict:
    """A row of `interactions`."""
    plain = {
        "interaction_id": interaction_id,
        "protein_a": a,
        "protein_b": b,
        "uniprot_a": None,
        "uniprot_b": None,
        "human_a": None,
        "human_b": None,
        "effect": "unknown",
        "mechanism": "",
        "mediators": None,
        "statement": "",
        "evidence": [],
        "confidence": None,
        "source": "x.tsv:2",
        "notes": [],
        "xrefs": [],
        "n_rows": 1,
        "bucket": 0,
    }
    row = plain | given
    return row | {side: given.get(side, row[side.replace("given", "protein")]) for side in ("given_a", "given_b")}


def rejected(reason: str, line: int = 2, **given: Any) -> dict:
    """A row of `rejected`."""
    return {"source": f"x.tsv:{line}", "reason": reason, "raw": "", "n_rows": 1} | given


def assigned(interaction_id: str, pathway: str, **given: Any) -> dict:
    """A row of `assigned`."""
    plain = {"confidence": 0.9, "method": "model", "reasoning": "because", "call_id": "call"}
    return {"interaction_id": interaction_id, "pathway": pathway} | plain | given


def placement(interaction_id: str, pathway: str, **given: Any) -> dict:
    """A row of `memberships` or `placements`."""
    plain = {"method": "model", "confidence": 0.9, "reasoning": "because", "call_id": "call"}
    return {"interaction_id": interaction_id, "pathway_id": pathway_id(pathway)} | plain | given


def leaf(name: str, n_interactions: int = 1) -> dict:
    """A row of `leaves`."""
    return {"pathway_id": pathway_id(name), "name": name, "n_interactions": n_interactions, "proteins": ["TP53"]}


def edge_row(child: str, parent: str | None, **given: Any) -> dict:
    """A row of `parents` or `hierarchy`."""
    decided = {"method": "model", "reasoning": "because", "call_id": "call"}
    parent_id = None if parent is None else pathway_id(parent)
    return {"child_id": pathway_id(child), "child": child, "parent_id": parent_id, "parent": parent} | decided | given


def sibling_row(parent: str, name: str, **given: Any) -> dict:
    """A row of `siblings`."""
    decided = {"method": "model", "reasoning": "because", "call_id": "call"}
    return {"parent_id": pathway_id(parent), "pathway_id": pathway_id(name), "name": name} | decided | given


def roots_file(folder: Path, *names: str) -> str:
    """A roots.tsv with the given names; its path."""
    path = folder / "roots.tsv"
    path.write_text("\n".join(["name", *names]) + "\n", encoding="utf-8")
    return str(path)


def write_small_reference(folder: Path) -> Path:
    """A proteins.parquet of a few proteins: what reading the user's files needs of the reference."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    proteins = [
        ("P04637", "TP53", "P53|LFS1"),
        ("Q00987", "MDM2", "HDM2"),
        ("P00533", "EGFR", "ERBB1|HER1"),
        ("P62993", "GRB2", "ASH"),
        ("P01116", "KRAS", "KRAS2"),
        ("P04049", "RAF1", "CRAF"),
        ("Q13501", "SQSTM1", "p62"),
        ("P37198", "NUP62", "p62"),
        ("P42771", "CDKN2A", "MTS1"),
        ("Q8N726", "CDKN2A", "MTS1"),
    ]
    columns = dict(zip(("uniprot", "symbol", "synonyms"), zip(*proteins, strict=True), strict=True))
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), folder / "proteins.parquet")
    return folder


# --- trees ---

EDGE = Edge("model", "because", "call")


def grown(parents: Mapping[str, str | Iterable[str] | None], **origins: Iterable[str]) -> Forest:
    """A forest from child -> parent (several in the order of preference, None for a root), by names.

    origins: `leaf=["A"]`, `sibling=["B"]` …; the others are roots without a parent, and climbed with one.
    """
    origin_of = {name: origin for origin, names in origins.items() for name in names}
    forest: Forest = {}
    for child, given in parents.items():
        above = [] if given is None else [given] if isinstance(given, str) else list(given)
        origin = origin_of.get(child, "climbed" if above else "root")
        candidates = {pathway_id(name): EDGE for name in above}
        forest[pathway_id(child)] = Node(pathway_id(child), child, origin, candidates)
    return forest


def parents_by_name(forest: Forest) -> dict[str, str | list[str] | None]:
    """The reverse of `grown`: None for no parent, a name for one, a list of names for several."""
    names = {id_: node.name for id_, node in forest.items()}
    above = {node.name: [names.get(parent, parent) for parent in node.parents] for node in forest.values()}
    return {child: None if not found else found[0] if len(found) == 1 else found for child, found in above.items()}


def ids(*names: str) -> list[str]:
    """The ids of names, sorted."""
    return sorted(map(pathway_id, names))


def by_id(*names: str) -> list[str]:
    """Names in the order of their ids, for tests in which that order matters."""
    return sorted(names, key=pathway_id)


# --- publishing ---


def table_rows(page: str) -> list[list[str]]:
    """The text of the cells of each row of a page's tables."""
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S) for row in re.findall(r"<tr.*?</tr>", page, re.S)]


class Named(dict):
    """Values by name that are attributes too, as Snakemake hands them over."""

    __getattr__ = dict.__getitem__


def given_job(folder: Path, **changed: Any) -> SimpleNamespace:
    """What Snakemake hands to the script of climb, with its log and its store of results in a folder."""
    plain = {
        "rule": "climb",
        "log": [str(folder / "results" / "logs" / "climb_L1.log")],
        "input": Named(),
        "output": Named(ledger=str(folder / "ledger.json")),
        "params": Named(),
        "wildcards": Named(),
        "config": {"curator": "gemini", "cache": {"steps": str(folder / "steps"), "gigabytes": 1}},
    }
    return SimpleNamespace(**plain | changed)
