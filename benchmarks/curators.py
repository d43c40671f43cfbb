"""Which model shall answer? Every configured one, the offline curator and two fakes judged on the same questions.

    python benchmarks/curators.py                                       offline and fakes only: no key, no cost
    python benchmarks/curators.py --config config/config.yaml           and every role of that configuration
    python benchmarks/curators.py --config mine.yaml --rows 20 --parents 20

Two questions: the pathway of rows that were labelled by hand (../shared/labels, graded as in labelled.py), and the
immediate parent of pathways of Reactome and GO, drawn by hash. A model sees the name of the child and those of the
roots; no candidate is shown, and the reference's parents stand nowhere in the prompt. Right is a parent that is an
ancestor of the child, or the root of one, wrong any other that the reference knows; what it does not know, and what was
not answered, is neither.

The offline curator answers parents from Reactome and GO themselves, the fakes from Reactome: their figures only show
that the measure works (the second fake names a wrong parent 20 times in 100). Bars: the offline curator and the honest
fake are right on at least 95 of 100 of Reactome's parents, the noisy fake is told from it.
"""

import argparse
import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from bars import Bars
from harness import ROOT, AnswerCache, Asker, Engine, FakeOpenAI, Ledger, Reference, ask_about, templates
from labelled import FIELDS, INPUTS, SHARED, Truth, calibration_error
from rootward.curators.base import Answer, Failure
from rootward.curators.endpoints import resolved
from rootward.curators.offline import ReactomeCurator
from rootward.curators.providers import model_of
from rootward.curators.questions import Question, digest
from rootward.errors import UserError
from rootward.inputs.collect import read_inputs
from rootward.inputs.options import Options
from rootward.knowledge.roots import read_roots
from rootward.workflow.config_check import load

REACTOME, GO = ROOT / "resources" / "reactome", ROOT / "resources" / "go"
SOURCES = {"Reactome": "R-HSA", "GO": "GO:"}


@dataclass
class Asked:
    """A curator with what it is called and its ledger."""

    name: str
    ask: Asker
    ledger: Ledger

    def answers(self, questions: Sequence[Question]) -> list[Answer | Failure]:
        """Its answers, in order."""
        return self.ask.ask_many(questions)


@contextmanager
def of_model(name: str, config: dict[str, Any], role: str) -> Iterator[Asked]:
    """The model of a role, asked every question."""
    questions = {kind: question | {"model": role} for kind, question in config["questions"].items()}
    prompts = templates((ROOT / "config" / "prompts").glob("*.md"))
    with tempfile.TemporaryDirectory() as folder:
        ledger, models = Ledger(), resolved(config)
        cache = AnswerCache(Path(folder) / "answers.sqlite", "wal")
        model = model_of(models, questions, prompts=prompts, api=config["api"], kept=Path(folder) / "endpoints")
        engine = Engine(
            model, cache, ledger=ledger, slots=models[role]["concurrency"], attempts=config["errors"]["attempts"]
        )
        yield Asked(name, Asker(engine, ledger, max_fraction=1.0), ledger=ledger)
        cache.close()


@contextmanager
def of_fake(name: str, **noise: float) -> Iterator[Asked]:
    """A fake behind OpenAI's wire."""
    with FakeOpenAI(**noise) as fake:
        os.environ.update({"OPENAI_BASE_URL": fake.address, "OPENAI_API_KEY": "benchmark", "NO_PROXY": "127.0.0.1"})
        config = load({"curator": "openai", "models": {"flash": {"id": "fake"}}})
        with of_model(name, config, role="flash") as asked:
            yield asked


def labelled_rows(most: int) -> list[tuple[dict[str, Any], str]]:
    """(row, accepted) of the labelled rows; none where the tables are not there."""
    found = []
    for name, path in INPUTS.items():
        labels = SHARED / "labels" / f"{name}.tsv"
        if not (path.exists() and labels.exists()):
            continue
        rows = {
            row["interaction_id"]: row
            for row in read_inputs([str(path)], Options(), reference=REACTOME).interactions.to_pylist()
        }
        with open(labels, encoding="utf-8", newline="") as file:
            found += [(rows[line["interaction_id"]], line["accepted"]) for line in csv.DictReader(file, delimiter="\t")]
    return sorted(found, key=lambda pair: digest(pair[0]["interaction_id"]))[:most]


def judge_terms(asked: Asked, rows: list[tuple[dict[str, Any], str]], roots: list[str], reference: Reference) -> str:
    """Right, wrong and the calibration error on the labelled rows."""
    truth, judged, right, wrong = Truth(reference), list[tuple[float, bool]](), 0, 0
    questions = [ask_about("assign_term", {field: row[field] for field in FIELDS}, roots=roots) for row, _ in rows]
    for answer, (_, accepted) in zip(asked.answers(questions), rows, strict=True):
        known = None if isinstance(answer, Failure) else reference.find(answer.value["pathway"])
        kind = truth.grade(known[0].id if known else None, accepted)
        right, wrong = right + (kind == "right"), wrong + (kind == "wrong")
        if isinstance(answer, Answer):
            judged.append((answer.value["confidence"], kind == "right"))
    return f"{right / len(rows):6.2f} {wrong / len(rows):6.2f} {calibration_error(judged):6.2f}" if rows else " " * 20


def children(reference: Reference, prefix: str, most: int) -> list[str]:
    """Names of pathways with parents, drawn by hash."""
    ids = [id_ for id_, pathway in reference.pathways.items() if id_.startswith(prefix) and pathway.parents]
    return [reference.pathways[id_].name for id_ in sorted(ids, key=digest)[:most]]


def judge_parents(asked: Asked, names: list[str], roots: list[str], reference: Reference) -> tuple[float, float]:
    """The shares of parents that are ancestors of their child, and that are other pathways."""
    right = wrong = 0
    questions = [ask_about("parent", {"child": name, "excluded": []}, roots=roots) for name in names]
    for answer, name in zip(asked.answers(questions), names, strict=True):
        known = None if isinstance(answer, Failure) else reference.find(answer.value["parent"])
        child = reference.find(name)
        is_right = bool(known and child and known[0].id in reference.above_all(child[0].id))
        right, wrong = right + is_right, wrong + bool(known and not is_right)
    return right / len(names), wrong / len(names)


def spent(ledger: Ledger) -> str:
    """Calls, tokens and dollars; no dollars where nothing has a price."""
    paid = list(ledger.models.values())
    calls, read, written = (sum(p[name] for p in paid) for name in ("calls", "input_tokens", "output_tokens"))
    dollars = f"{ledger.dollars:8.4f}" if ledger.dollars else f"{'-':>8s}"
    return f"{calls:7,.0f} {read:10,.0f} {written:9,.0f} {dollars}"


def main(config: dict[str, Any] | None, most_rows: int, most_parents: int, bars: Bars) -> None:
    """A line for each curator."""
    reference = Reference([REACTOME, GO])
    known_roots = read_roots(ROOT / "config" / "roots.tsv", "Unclassified")
    roots, rows = [root.name for root in known_roots], labelled_rows(most_rows)
    names = {
        source: children(Reference(folder), SOURCES[source], most=most_parents)
        for source, folder in (("Reactome", REACTOME), ("GO", GO))
    }
    labels = f"{len(rows)} labelled rows" if rows else "no labelled rows (there is no ../shared/labels)"
    print(f"{labels}; {most_parents} parents of Reactome and of GO each")
    print(f"{'':34s} {'labelled rows':>20s} | {'Reactome':>12s} | {'GO':>12s} |")
    print(f"{'':34s}  right  wrong  calib |  right  wrong |  right  wrong |   calls  tokens in       out      US$")

    def line(asked: Asked) -> float:
        terms = judge_terms(asked, rows, roots=roots, reference=reference)
        judged = [judge_parents(asked, names[source], roots=roots, reference=reference) for source in SOURCES]
        parents = " | ".join(f"{right:6.2f} {wrong:6.2f}".rjust(12) for right, wrong in judged)
        print(f"{asked.name:34.34s} {terms} | {parents} | {spent(asked.ledger)}", flush=True)
        return judged[0][0]

    pairs = [(row["protein_a"], row["protein_b"]) for row, _ in rows]
    threshold, ledger = load({})["assign"]["threshold"], Ledger()
    offline = ReactomeCurator(reference, known_roots, pairs=lambda: pairs, threshold=threshold)
    known = line(Asked("offline", Asker(offline, ledger, max_fraction=1.0), ledger=ledger))
    with of_fake("fake, honest") as asked:
        honest = line(asked)
    with of_fake("fake, 20 % wrong parents", wrong_parent=0.2) as asked:
        noisy = line(asked)
    judged = list[dict[str, Any]]()
    for role, model in (config or {"models": {}})["models"].items():
        if model in judged:  # a role that is not named is as another
            continue
        judged.append(model)
        with of_model(f"{role}: {model['id']}", config, role=role) as asked:
            try:
                line(asked)
            except UserError as error:
                print(f"{asked.name:34.34s} {error}", flush=True)
    print()
    bars.least("offline: Reactome's parents", known, bar=0.95)
    bars.least("honest fake: Reactome's parents", honest, bar=0.95)
    bars.most("noisy fake: Reactome's parents", noisy, bar=honest - 0.05)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--config", type=Path, help="a configuration file; without one no model is asked")
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--parents", type=int, default=60)
    options = parser.parse_args()
    given = load(yaml.safe_load(options.config.read_text(encoding="utf-8")) or {}) if options.config else None
    bars = Bars()
    main(given, options.rows, most_parents=options.parents, bars=bars)
    bars.end()
