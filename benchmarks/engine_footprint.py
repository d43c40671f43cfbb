"""What the engine costs this machine: CPU per question beyond the SDK's own, and peak memory.

    python benchmarks/engine_footprint.py [QUESTIONS]        (default: 10,000)

`parent` questions, each a call of its own (the dearest case), 64 in flight, against the fake. The SDK's own share is
the same prompts sent by the same client from as many threads, with nothing kept and nothing judged. Bars: 0.6 ms of CPU
per question beyond the SDK's own, and 60 MB for the questions.
"""

import resource
import sys
from concurrent.futures import ThreadPoolExecutor

from bars import Bars
from engine_throughput import ENDLESS, IN_FLIGHT
from harness import Clock, FakeGemini, engine, parent_questions, scratch


def peak_mb() -> float:
    """The most this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int = 10_000) -> None:
    """Print the CPU and the memory of both; exit code 1 when a bar is missed."""
    questions = parent_questions(count + 1)
    with FakeGemini(latency=0.05) as fake, scratch() as folder, engine(fake, folder, **ENDLESS) as (asker, running, _):
        gemini = running.model
        asker.ask_many(questions[-1:])  # imports the SDK, opens the pool
        at_rest = peak_mb()
        with Clock() as ours:
            answers = asker.ask_many(questions[:-1])
        peak = peak_mb()
        assert len(answers) == count
        size = (folder / "answers.sqlite").stat().st_size
        prompts = [([question], gemini.prompt([question])) for question in questions[:-1]]
        with Clock() as sdk, ThreadPoolExecutor(IN_FLIGHT) as pool:
            assert all(pool.map(lambda call: gemini.call(*call), prompts))
    each = [1000 * clock.cpu / count for clock in (ours, sdk)]
    print(f"{count:,} questions, one per call")
    print(f"CPU per question    {each[0]:.2f} ms, the SDK's own {each[1]:.2f} ms: {each[0] - each[1]:.2f} ms beyond it")
    print(f"peak memory         {peak:.0f} MB, {at_rest:.0f} MB of them before the first of the questions")
    print(f"kept on disk        {size / count:.0f} bytes per question, with its prompt and reply")
    bars = Bars()
    bars.most("CPU per question beyond the SDK's", each[0] - each[1], bar=0.6, unit="ms")
    bars.most("memory of the questions", peak - at_rest, bar=60.0, unit="MB")
    bars.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
