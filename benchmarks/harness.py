"""What the engine's benchmarks share: an engine against the fake Gemini, and questions to put."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

from fake_gemini import FakeGemini  # noqa: E402
from fake_openai import FakeOpenAI as FakeOpenAI  # noqa: E402
from rootward.asking.ask import Asker  # noqa: E402
from rootward.asking.cache import AnswerCache  # noqa: E402
from rootward.asking.engine import Engine  # noqa: E402
from rootward.asking.ledger import Ledger  # noqa: E402
from rootward.curators.gemini import Gemini, templates  # noqa: E402
from rootward.curators.questions import Question, ask_about  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402
from rootward.workflow.config import Config  # noqa: E402

KEY = "benchmark-key"
ROOTS = ["Autophagy", "Cell Cycle", "DNA Repair", "Metabolism", "Signal Transduction"]


def names(count: int) -> list[str]:
    """That many different pathway names, none of ROOTS: Reactome's first, numbered ones after."""
    known = sorted({p.name for p in Reference(ROOT / "resources" / "reactome").pathways.values()} - set(ROOTS))
    return (known + [f"Made-up pathway {n}" for n in range(max(0, count - len(known)))])[:count]


def parent_questions(count: int) -> list[Question]:
    """`count` different parent questions."""
    return [ask_about("parent", {"child": name, "excluded": []}, roots=ROOTS) for name in names(count)]


def configuration(**flash: Any) -> dict:
    """The shipped configuration with other settings for the quick model."""
    return Config.model_validate({"models": {"flash": flash}}).model_dump(mode="json")


@contextmanager
def engine(fake: FakeGemini, folder: Path, **flash: Any) -> Iterator[tuple[Asker, Engine, Ledger]]:
    """An asker over an engine over the fake, with the answer cache in `folder`; roles as shipped."""
    os.environ.update({"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": fake.url, "NO_PROXY": "127.0.0.1"})
    config = configuration(**flash)
    ledger = Ledger()
    prompts = templates((ROOT / "config" / "prompts").glob("*.md"))
    gemini = Gemini(config["models"], config["questions"], prompts=prompts, api=config["api"])
    cache = AnswerCache(folder / "answers.sqlite", "wal")
    running = Engine(
        gemini,
        cache,
        ledger=ledger,
        slots=config["models"]["flash"]["concurrency"],
        attempts=config["errors"]["attempts"],
    )
    yield (
        Asker(running, ledger, max_fraction=config["errors"]["max_fraction"], tolerated=config["errors"]["tolerated"]),
        running,
        ledger,
    )
    cache.close()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


class Clock:
    """Wall and CPU seconds of a block."""

    def __enter__(self) -> "Clock":
        self._wall, self._cpu = time.monotonic(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.monotonic() - self._wall, time.process_time() - self._cpu
