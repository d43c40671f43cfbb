"""Calls per second at 50 ms latency and 64 in flight: the engine against the SDK used plainly, in one run.

    python benchmarks/engine_throughput.py [QUESTIONS]

The plain use: one client, 64 threads, a pydantic class as response_schema, `.parsed`. The engine does the whole of its
work: keys, cache, governor, strict reading, every answer kept. What the plain use loses depends on its schema, so three
are compared, one item per call: `validate_evidence` (four fields, two of them enumerations, in a list), `assign_term`
(four fields in a list, the shape most of a run's answers have) and `parent` (two fields, the least there can be).
Bars: 1.5 times the plain use, 1.2 for `parent`.
"""

import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from bars import Bars
from harness import KEY, Clock, FakeGemini, engine, parent_questions, scratch
from pydantic import BaseModel
from rootward.curators.questions import Question, ask_about
from rootward.knowledge.vocabulary import EFFECTS

IN_FLIGHT = 64
ROUNDS = 3
ENDLESS = {"concurrency": IN_FLIGHT, "rpm": None, "tpm": None}


class Parent(BaseModel):
    """The answer to `parent`."""

    parent: str
    reasoning: str


class Assignment(BaseModel):
    """One entry of the answer to `assign_term`."""

    interaction_id: str
    pathway: str
    confidence: float
    reasoning: str


class Assignments(BaseModel):
    """The answer to `assign_term`."""

    assignments: list[Assignment]


class Verdict(BaseModel):
    """One entry of the answer to `validate_evidence`."""

    interaction_id: str
    verdict: Literal["supported", "corrected", "unsupported"]
    effect: Literal[EFFECTS] | None
    reasoning: str


class Verdicts(BaseModel):
    """The answer to `validate_evidence`."""

    verdicts: list[Verdict]


def evidence_questions(count: int) -> list[Question]:
    """`count` different interactions, each with a sentence of evidence."""
    text = "TP53 is phosphorylated by it after DNA damage, and the cell cycle is held at the G1/S checkpoint."
    rows = [{**question.item, "evidence": [{"text": text, "pmid": "1"}]} for question in assign_questions(count)]
    return [ask_about("validate_evidence", row) for row in rows]


def assign_questions(count: int) -> list[Question]:
    """`count` different interactions."""
    roots = parent_questions(1)[0].shared["roots"]
    rows = [
        {
            "interaction_id": f"I{n}",
            "protein_a": "TP53",
            "protein_b": f"GENE{n}",
            "effect": "up-regulates activity",
            "mechanism": "phosphorylation",
            "statement": f"TP53 acts on GENE{n} after DNA damage and holds the cell cycle at the G1/S checkpoint.",
        }
        for n in range(count)
    ]
    return [ask_about("assign_term", row, roots=roots) for row in rows]


def plain(fake: FakeGemini, prompts: list[str], schema: type[BaseModel]) -> Clock:
    """The SDK as its documentation shows it."""
    from google import genai
    from google.genai import types

    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=fake.url, api_version="v1beta"))
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=schema)

    def ask(prompt: str) -> BaseModel:
        return client.models.generate_content(model="gemini-3.8-flash", contents=prompt, config=config).parsed

    ask(prompts[0])  # the first call reads the fake's tables and opens the pool
    with Clock() as clock, ThreadPoolExecutor(IN_FLIGHT) as pool:
        answered = list(pool.map(ask, prompts))
    assert all(answered)
    return clock


def compare(fake: FakeGemini, questions: list[Question], schema: type[BaseModel], bars: Bars, bar: float) -> None:
    """Print calls per second and CPU per question of both, and the ratio with its bar."""
    count = len(questions) - 1
    kind = questions[0].kind.name
    rounds = []
    for _ in range(ROUNDS):  # in turn, so that what else the machine does falls on both
        with scratch() as folder, engine(fake, folder, **ENDLESS) as (asker, running, ledger):
            running.model.question(kind).update(model="flash", batch=1, search=False)
            asker.ask_many(questions[-1:])
            prompts = [running.model.prompt([question]) for question in questions[:-1]]
            usual = plain(fake, prompts, schema=schema)
            with Clock() as ours:
                answers = asker.ask_many(questions[:-1])
            assert len(answers) == count
            assert ledger.counts[kind]["failures"] == 0
            rounds.append((usual, ours))
    for label, at in (("plain SDK", 0), ("engine", 1)):
        wall, cpu = (statistics.median(getattr(r[at], what) for r in rounds) for what in ("wall", "cpu"))
        print(f"{kind:17s} {label:10s} {count / wall:6.0f} calls/s   {1000 * cpu / count:.2f} ms CPU per question")
    ratios = sorted(usual.wall / ours.wall for usual, ours in rounds)
    bars.least(f"{kind}: ratio", statistics.median(ratios), bar=bar, note=f"of {', '.join(f'{r:.2f}' for r in ratios)}")


def main(count: int = 2000) -> None:
    """Compare for the three questions; exit code 1 when a bar is missed."""
    bars = Bars()
    with FakeGemini(latency=0.05) as fake:
        compare(fake, evidence_questions(count + 1), schema=Verdicts, bars=bars, bar=1.5)
        compare(fake, assign_questions(count + 1), schema=Assignments, bars=bars, bar=1.5)
        compare(fake, parent_questions(count + 1), schema=Parent, bars=bars, bar=1.2)  # its schema is the smallest
    bars.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
