"""A quota of 50 requests in any 10 s that nobody tells, shared with others and refused in words that do not help.

    python benchmarks/shared_quota.py [SCENARIO …]

200 questions of 0.5 s, 15 in flight; the ideal is 32 s, of which a window that others have used costs 10 more.
"""

import sys
import time
from pathlib import Path

from bars import Bars
from harness import FakeGemini, engine, parent_questions, scratch

QUOTA = {"requests": 50, "seconds": 10}
QUESTIONS, LATENCY, IN_FLIGHT = 200, 0.5, 15
FREE = {"concurrency": IN_FLIGHT, "rpm": None, "tpm": None}


class Asked:
    """The questions put through an engine of its own, in its own folder: seconds, requests, and when which came."""

    def __init__(self, fake: FakeGemini, folder: Path, questions: int = QUESTIONS, first: int = 0):
        before = fake.stats()["requests"]
        came: list[float] = []
        with engine(fake, folder, **FREE) as (_, running, _):
            running.model.connect("parent")
            begun = time.monotonic()
            asked = parent_questions(first + questions)[first:]
            answers = running.answer(asked, lambda n, note: came.extend([time.monotonic() - begun] * n))
        self.seconds = time.monotonic() - begun
        self.requests = fake.stats()["requests"] - before
        self.lost = sum(not hasattr(answer, "value") for answer in answers)
        self.came = came

    def within(self, begin: float, end: float) -> int:
        """Answers to calls that were admitted between two times: they come a latency later."""
        return sum(begin <= at - LATENCY < end for at in self.came)


def second_client(fake: FakeGemini, folder: Path, bars: Bars) -> None:
    """Another client uses 45 of the 50, and leaves."""
    fake.configure(limit=QUOTA)
    Asked(fake, folder / "other", questions=45, first=QUESTIONS)
    run = Asked(fake, folder / "ours")
    bars.most("a second client left: wall", run.seconds, bar=48.0, unit="s", note="ideal 42")
    bars.least("  of the allowed rate, second window", run.within(10, 20) / 50, bar=0.7)
    bars.most("  requests", run.requests, bar=250)
    bars.most("  lost", run.lost, bar=0)


def one_stray(fake: FakeGemini, folder: Path, bars: Bars) -> None:
    """The first refusal names 10 s, and means one call only."""
    fake.configure(first_n={"429": 1}, retry_delay=10.0)
    run = Asked(fake, folder, questions=780)
    bars.most("one stray 429 of 10 s, 780 questions", run.seconds, bar=26 * 1.35, unit="s", note="ideal 26")
    bars.most("  requests", run.requests, bar=781)


def proxy(fake: FakeGemini, folder: Path, bars: Bars) -> None:
    """A proxy says Retry-After: 2, whatever is left of the window."""
    fake.configure(limit=QUOTA, limit_names="proxy", retry_delay=2.0)
    run = Asked(fake, folder)
    bars.most("a proxy that always says 2 s: wall", run.seconds, bar=40.0, unit="s", note="ideal 32")
    bars.most("  requests", run.requests, bar=230)
    bars.most("  lost", run.lost, bar=0)


def no_wait(fake: FakeGemini, folder: Path, bars: Bars) -> None:
    """Refusals name no wait."""
    fake.configure(limit=QUOTA, limit_names="nothing")
    run = Asked(fake, folder)
    bars.most("429 that names no wait: wall", run.seconds, bar=60.0, unit="s", note="ideal 32")
    bars.most("  requests", run.requests, bar=260)
    bars.most("  lost", run.lost, bar=0)


def at_random(fake: FakeGemini, folder: Path, bars: Bars) -> None:
    """One call in ten is refused for 3 s, whatever the rate."""
    fake.configure(faults={"429": 0.1}, retry_delay=3.0)
    run = Asked(fake, folder, questions=469)
    bars.most("one in ten refused at random: wall", run.seconds, bar=61.0, unit="s", note="469 questions, ideal 17")
    bars.most("  lost", run.lost, bar=0)


SCENARIOS = (second_client, one_stray, proxy, no_wait, at_random)


def main(*wanted: str) -> None:
    """Run the scenarios, all or those named; exit code 1 when a bar is missed."""
    bars = Bars()
    with FakeGemini(latency=LATENCY) as fake:
        for scenario in SCENARIOS:
            if not wanted or scenario.__name__ in wanted:
                fake.reset()
                with scratch() as folder:
                    scenario(fake, folder, bars)
    bars.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
