"""What a run would ask, before it asks anything: questions, cache hits, calls, tokens, money, minutes."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rootward.asking.engine import Engine
from rootward.asking.planning import Estimate, Step, lines
from rootward.curators.base import Answer, Curator, Failure
from rootward.curators.questions import Question
from rootward.workflow.job import Job
from rootward.workflow.steps import STEPS, run, wanted


class PlanningAsker:
    """Answers from the cache, and, in place of a model, from the reference: what comes after such an answer is an
    estimate.
    """

    def __init__(self, engine: Engine, stand_in: Curator, estimate: Estimate):
        self._engine, self._stand_in, self._estimate = engine, stand_in, estimate
        self.steps: list[Step] = []
        self.exact = True

    def ask_many(self, questions: Sequence[Question], follow: object = None) -> list[Answer | Failure]:
        """As `Asker.ask_many`, without a call."""
        if not questions:
            return []
        by_key, known = self._engine.look_up(questions)
        missing = {key: question for key, question in by_key.items() if key not in known}
        batches = self._engine.batches(missing)
        hits = sum(self._engine.key(question) in known for question in questions)
        self.steps.append(self._estimate.step(questions[0].kind.name, len(questions), hits, batches, self.exact))
        if missing:
            self.exact = False
            answers = self._stand_in.answer(list(missing.values()))
            # What stands in for a model is doubted like a model: its edges are checked, and voted on.
            said = [replace(answer, method="model") if isinstance(answer, Answer) else answer for answer in answers]
            known |= dict(zip(missing, said, strict=True))
        return [known[self._engine.key(question)] for question in questions]


def replay(
    *, config: dict, files: list[str], roots: str, previous: list[str], ask: PlanningAsker, folder: Path
) -> None:
    """Run the steps up to the last that asks, one after the other, in a folder of their own.

    Rows go in one shard, and nothing is asked ahead: neither changes what is asked.
    """
    names = wanted(config)
    last = max(n for n, name in enumerate(names) if STEPS[name].asks)
    given = {"files": files, "reading": config, "roots": roots, "reference": config["reference"]}
    given |= {"lines": config["decisions"], "previous": previous}
    run(
        names[: last + 1],
        config=config | {"shards": 1},
        given=given | {"spellings": config["reference"]},
        ask=ask,
        folder=folder,
        changed={"climb": {"ahead": False}},
    )


if __name__ == "__main__":
    with Job(snakemake) as job, tempfile.TemporaryDirectory() as folder:
        config, given = snakemake.config, snakemake.params
        if job.asks_a_model:
            engine, stand_in, model, cache = job.planning(given.roots, given.prompts)
            estimate = Estimate(model, cache)
            asker = PlanningAsker(engine, stand_in, estimate)
            replay(
                config=config,
                files=list(given.files),
                roots=given.roots,
                previous=list(given.previous),
                ask=asker,
                folder=Path(folder),
            )
            print("\n".join([*lines(asker.steps), *estimate.old_prices(date.today())]), file=sys.stderr)
        else:
            print(f"curator: {config['curator']} answers everything offline: no calls, no cost", file=sys.stderr)
