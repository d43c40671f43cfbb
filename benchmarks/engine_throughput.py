"""Calls per second at 50 ms latency and 64 in flight: the engine against the SDK used plainly, in one run.

    python benchmarks/engine_throughput.py [QUESTIONS]

The plain use: one client, 64 threads, a pydantic class as response_schema, `.parsed`. The engine does the whole of its work:
keys, cache, governor, strict reading, one transaction per answer. Bar: at least 1.5 times the plain use.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from harness import KEY, Clock, FakeGemini, engine, parent_questions, scratch
from pydantic import BaseModel

IN_FLIGHT = 64
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


def main(count: int = 3000) -> None:
    """Print calls per second and CPU per question of both, and the ratio."""
    questions = parent_questions(count + 1)
    with FakeGemini(latency=0.05) as fake, scratch() as folder, engine(fake, folder, **ENDLESS) as (asker, running, ledger):
        asker.ask_many(questions[-1:])
        prompts = [running._gemini.prompt([question]) for question in questions[:-1]]
        usual = plain(fake, prompts)
        with Clock() as ours:
            answers = asker.ask_many(questions[:-1])
        assert len(answers) == count and ledger.counts["parent"]["failures"] == 0
    print(f"plain SDK   {count / usual.wall:6.0f} calls/s   {1000 * usual.cpu / count:.2f} ms CPU per question")
    print(f"engine      {count / ours.wall:6.0f} calls/s   {1000 * ours.cpu / count:.2f} ms CPU per question")
    print(f"ratio       {usual.wall / ours.wall:6.2f}             (bar: 1.5)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
