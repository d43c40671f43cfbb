"""1200 questions where 50 requests per second are allowed: requests sent, answers 429, questions lost, wall time.

    python benchmarks/rate_limited.py

The fake allows 300 requests in any 6 seconds; the engine is told the rate (rpm 3000). Latency lognormal, median 0.3 s;
64 in flight. Bars: requests <= 1.03 x questions, at most 3 answers 429, none lost, wall <= 1.10 x the floor 1200 / 50 =
24 s.
"""

from bars import Bars
from harness import Clock, FakeGemini, engine, parent_questions, scratch
from rootward.curators.base import Failure

QUESTIONS, PER_SECOND, WINDOW = 1200, 50, 6


def main() -> None:
    """Print the four figures and their bars; exit code 1 when one is missed."""
    limit = {"requests": PER_SECOND * WINDOW, "seconds": WINDOW}
    with FakeGemini(latency_lognormal={"median": 0.3, "sigma": 0.5}, limit=limit) as fake, scratch() as folder:
        with engine(fake, folder, concurrency=64, rpm=PER_SECOND * 60, tpm=None) as (asker, _, _):
            with Clock() as clock:
                answers = asker.ask_many(parent_questions(QUESTIONS))
            stats = fake.stats()
    lost = sum(isinstance(answer, Failure) for answer in answers)
    floor = QUESTIONS / PER_SECOND
    bars = Bars()
    bars.most("requests / questions", stats["requests"] / QUESTIONS, bar=1.03, note=f"{stats['requests']} requests")
    bars.most("answers 429", stats["by_status"].get("429", 0), bar=3)
    bars.most("questions lost", lost, bar=0)
    bars.most("wall / floor", clock.wall / floor, bar=1.10, note=f"{clock.wall:.1f} s, floor {floor:.0f} s")
    bars.end()


if __name__ == "__main__":
    main()
