"""The answer cache when it is large: filling it from two processes at once, looking up, and planning.

    python benchmarks/cache_scale.py [ITEMS]        (default: 2000000; needs about 1.5 gigabytes of disk)

Two processes write half of the items each, 20 to a call as the engine does. At each size a step looks its questions up,
and `snakemake plan` counts what it would ask, a hundredth of it unknown; at last every item is read back. Bars: time
per question does not grow with the cache, what reads all of it (`statistics`) is linear, memory does not grow with it,
no row is lost or torn.
"""

import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from bars import Bars
from harness import ROOT, configuration
from plan import Plan, Planner
from rootward.asking.cache import AnswerCache, Call
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.asking.planning import Estimate
from rootward.curators.base import Failure
from rootward.curators.gemini import Gemini, templates
from rootward.curators.questions import KINDS, Question, ask_about

BATCH = 20
LOOK = 100_000  # questions of a step
CONFIG = configuration()
PROMPTS = templates((ROOT / "config" / "prompts").glob("*.md"))
GEMINI = Gemini(CONFIG["models"], CONFIG["questions"], prompts=PROMPTS, api=CONFIG["api"])
ASKED_OF = GEMINI.asked_of(KINDS["assign_term"])


def question(number: int) -> Question:
    """The question about an item."""
    item = {"interaction_id": f"I{number}", "protein_a": f"A{number % 997}", "protein_b": f"B{number % 1009}"}
    item |= {"effect": "unknown", "mechanism": "", "statement": f"A acts on B, observation {number}."}
    return ask_about("assign_term", item, roots=["Autophagy", "Metabolism"])


def key(number: int) -> str:
    """The key of an item."""
    return question(number).key(ASKED_OF)


def value(number: int) -> dict:
    """The answer of an item, of a usual size."""
    return {"pathway": f"Pathway {number % 5000}", "confidence": 0.9, "reasoning": f"item {number} " + "as it is " * 8}


def fill(path: Path, numbers: range) -> None:
    """Store the items of a range, a call at a time."""
    cache = AnswerCache(path, "wal")
    for start in range(numbers.start, numbers.stop, BATCH):
        items = {key(n): (f"I{n}", value(n)) for n in range(start, min(start + BATCH, numbers.stop))}
        cache.store(
            Call(
                "assign_term",
                "made-up",
                model_version=None,
                prompt=f"prompt {start}",
                reply=f"reply {start}",
                input_tokens=900,
                cached_tokens=0,
                output_tokens=400,
                seconds=2.0,
            ),
            items,
        )
    cache.close()


def megabytes() -> float:
    """The largest size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(action) -> tuple:
    """The result, and wall and CPU seconds."""
    start = time.monotonic(), time.process_time()
    result = action()
    return result, time.monotonic() - start[0], time.process_time() - start[1]


def grow(path: Path, numbers: range) -> float:
    """Write a range from two processes at once, then look some of it up: the CPU seconds of a question looked up."""
    half = (numbers.start + numbers.stop) // 2
    parts = (range(numbers.start, half), range(half, numbers.stop))
    writers = [multiprocessing.Process(target=fill, args=(path, part)) for part in parts]
    start = time.monotonic()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    wall = time.monotonic() - start
    if any(writer.exitcode for writer in writers):
        sys.exit("a writer failed")
    cache = AnswerCache(path, "wal")
    wanted = [key(n) for n in range(0, numbers.stop, max(1, numbers.stop // LOOK))][:LOOK]
    found, look, cpu = timed(lambda: cache.get_many(wanted))
    if len(found) != len(wanted):
        sys.exit(f"{len(wanted) - len(found)} rows lost")
    known, count, _ = timed(cache.statistics)
    print(
        f"{numbers.stop:>10,} items, {path.stat().st_size / 1e6:6.0f} MB: "
        f"two writers {len(numbers) / wall:,.0f} items/s, look-up of {len(wanted):,} {look:.1f} s ({cpu:.1f} s CPU), "
        f"statistics {count:.1f} s, {megabytes():.0f} MB",
        flush=True,
    )
    if known[0]["answers"] != numbers.stop:
        sys.exit(f"{numbers.stop - known[0]['answers']} rows lost")
    cache.close()
    return cpu / len(wanted)


class Nobody:
    """Stands in for the model in a plan: what is unknown stays unanswered."""

    def answer(self, questions: list[Question]) -> list[Failure]:
        """A failure for each."""
        return [Failure("unknown", "")] * len(questions)


def plan(path: Path, known: int, count: int) -> None:
    """Plan a step of `count` questions, a hundredth of which is not among the first `known` items."""
    cache = AnswerCache(path, "wal")
    engine = Engine(GEMINI, cache, ledger=Ledger(), slots=15, attempts=5)
    numbers = [n * known // count if n % 100 else known + n for n in range(count)]
    questions = [question(n) for n in numbers]
    told = Plan()
    planner, counting, _ = timed(lambda: Planner(told, engine, stand_in=Nobody(), estimate=Estimate(GEMINI, cache)))
    _, seconds, _ = timed(lambda: planner.answer(questions))
    (step,) = told.steps
    print(f"           plan of {count:,} questions {counting + seconds:.1f} s, {megabytes():.0f} MB", flush=True)
    if step.questions - step.hits != len(range(0, count, 100)):
        sys.exit(f"{step.hits} of {step.questions} found")
    cache.close()


def check(path: Path, count: int) -> None:
    """Read everything back, a step's worth at a time, and compare; ask SQLite for its own check."""
    cache = AnswerCache(path, "wal")
    for start in range(0, count, LOOK):
        numbers = range(start, min(start + LOOK, count))
        found = cache.get_many(key(n) for n in numbers)
        torn = [n for n in numbers if found.get(key(n)) != value(n)]
        if torn:
            sys.exit(f"{len(torn)} rows lost or torn, the first {torn[0]}")
    cache.close()
    with sqlite3.connect(path) as file:
        said = file.execute("PRAGMA quick_check").fetchone()[0]
    print(f"every row read back whole; quick_check: {said}; {megabytes():.0f} MB")


def main(count: int) -> None:
    """Grow a cache in steps of ten and print a line for each; exit code 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sqlite"
        done, each = 0, []
        for size in sorted({count // 100, count // 10, count // 2, count}):
            each.append(grow(path, range(done, size)))
            plan(path, size, count=min(size, LOOK))
            done = size
        plan(path, count, count=min(count, 5 * LOOK))
        check(path, count)
    bars = Bars()
    bars.most("a look-up, the largest / the smallest", each[-1] / each[0], bar=2.0)
    bars.most("peak memory", megabytes(), bar=500.0, unit="MB")
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
