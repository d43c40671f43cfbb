"""Calls per second at 50 ms latency and 64 in flight: the engine against the SDK used plainly, in one run.

    python benchmarks/engine_throughput.py [QUESTIONS]

The plain use: one client, 64 threads, a pydantic class as response_schema, `.parsed`. The engine does the whole of its work:
keys, cache, governor, strict reading, one transaction per answer. Bar: at least 1.5 times the plain use.
"""

import statistics
import sys
from concurrent.futures import ThreadPoolExecutor

from harness import KEY, Clock, FakeGemini, engine, parent_questions, scratch
from pydantic import BaseModel

IN_FLIGHT = 64
ROUNDS = 3
ENDLESS = {"concurrency": IN_FLIGHT, "rpm": None, "tpm": None}


class Parent(BaseModel):
    """The answer's shape, as the SDK's documentation shows it."""

    parent: str
    reasoning: str


def plain(fake: FakeGemini, prompts: list[str]) -> Clock:
    """The SDK as its documentation shows it."""
    from google import genai
    from google.genai import types

    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=fake.url, api_version="v1beta"))
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Parent)

    def ask(prompt: str) -> str:
        return client.models.generate_content(model="gemini-3.8-flash", contents=prompt, config=config).parsed.parent

    ask(prompts[0])  # the first call reads the fake's tables and opens the pool
    with Clock() as clock, ThreadPoolExecutor(IN_FLIGHT) as pool:
        answered = list(pool.map(ask, prompts))
    assert all(answered)
    return clock


def main(count: int = 2000) -> None:
    """Print calls per second and CPU per question of both, and the ratio."""
    questions = parent_questions(count + 1)
    rounds = []
    with FakeGemini(latency=0.05) as fake:
        for _ in range(ROUNDS):  # in turn, so that what else the machine does falls on both
            with scratch() as folder, engine(fake, folder, **ENDLESS) as (asker, running, ledger):
                asker.ask_many(questions[-1:])
                prompts = [running._gemini.prompt([question]) for question in questions[:-1]]
                usual = plain(fake, prompts)
                with Clock() as ours:
                    answers = asker.ask_many(questions[:-1])
                assert len(answers) == count and ledger.counts["parent"]["failures"] == 0
                rounds.append((usual, ours))
    for label, at in (("plain SDK", 0), ("engine", 1)):
        wall, cpu = (statistics.median(getattr(r[at], what) for r in rounds) for what in ("wall", "cpu"))
        print(f"{label:10s} {count / wall:6.0f} calls/s   {1000 * cpu / count:.2f} ms CPU per question")
    ratios = sorted(usual.wall / ours.wall for usual, ours in rounds)
    print(f"ratio      {statistics.median(ratios):6.2f} (median of {', '.join(f'{r:.2f}' for r in ratios)}; bar: 1.5)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
