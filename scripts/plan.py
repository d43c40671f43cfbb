"""Estimates what a run would ask: questions, cache hits, calls, tokens, money and minutes. Makes no call."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from rootward.asking.ask import Asker, Asks
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.escalation import Escalation, escalated
from rootward.asking.ledger import Ledger
from rootward.asking.planning import Estimate, Step, lines
from rootward.curators.base import Answer, Curator, Failure, FollowUp, Model, OnProgress
from rootward.curators.questions import Question
from rootward.workflow.job import Job
from rootward.workflow.steps import STEPS, run, wanted


class Plan:
    """The questions to be asked, in order. exact: no earlier answer had to be guessed."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.exact = True
        self.estimates: list[Estimate] = []

    def remarks(self, today: date) -> list[str]:
        """Remarks about its prices."""
        return sorted({line for estimate in self.estimates for line in estimate.remarks(today)})


class Planner:
    """Implements `Curator`: answers from the cache, or with the reference in place of a model; what follows from such
    an answer is an estimate. stronger: also ask the stronger models where the others were unsure.
    """

    def __init__(self, plan: Plan, engine: Engine, stand_in: Curator, estimate: Estimate, stronger: bool = False):
        self._plan, self._engine, self._stand_in, self._estimate = plan, engine, stand_in, estimate
        self._stronger = stronger

    def answer(
        self, questions: Sequence[Question], on_progress: OnProgress | None = None, follow_up: FollowUp | None = None
    ) -> list[Answer | Failure]:
        """Like `Engine.answer`, but without calls."""
        by_key, known = self._engine.look_up(questions)
        missing = {key: question for key, question in by_key.items() if key not in known}
        batches = self._engine.batches(self._engine.in_context(missing))
        hits = sum(self._engine.key(question) in known for question in questions)
        step = self._estimate.step(
            questions[0].kind.name, len(questions), hits=hits, batches=batches, exact=self._plan.exact
        )
        self._plan.steps.append(replace(step, kind=f"{step.kind} > {step.role}") if self._stronger else step)
        if missing:
            self._plan.exact = False
            answers = self._stand_in.answer(list(missing.values()))
            # The stand-in's answers are treated like a model's: edges are checked, and votes are counted.
            said = [replace(answer, method="model") if isinstance(answer, Answer) else answer for answer in answers]
            known |= dict(zip(missing, said, strict=True))
        return [known[self._engine.key(question)] for question in questions]


Engines = Callable[[dict], tuple[Engine, Curator, Model, AnswerCache]]


def planning_asker(plan: Plan, questions: dict, engines: Engines) -> Asker:
    """An asker that enters what it would ask in a plan. engines(questions): see `Job.planning`."""

    def planner(asked: dict, stronger: bool) -> Planner:
        engine, stand_in, model, cache = engines(asked)
        estimate = Estimate(model, cache)
        plan.estimates.append(estimate)
        return Planner(plan, engine, stand_in=stand_in, estimate=estimate, stronger=stronger)

    escalation, stronger = None, escalated(questions)
    if stronger:
        below = {kind: question.get("escalate_below") for kind, question in stronger.items()}
        escalation = Escalation(planner(questions | stronger, stronger=True), Ledger(), below=below)
    return Asker(planner(questions, stronger=False), Ledger(), max_fraction=1.0, escalation=escalation)


def replay(*, config: dict, files: list[str], roots: str, previous: list[str], ask: Asks, folder: Path) -> None:
    """Run the steps up to the last one that asks, one after another, in a separate folder.

    All rows are in one shard, and nothing is asked ahead: neither changes the questions.
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
            plan, engines = Plan(), partial(job.planning, given.prompts)
            replay(
                config=config,
                files=list(given.files),
                roots=given.roots,
                previous=list(given.previous),
                ask=planning_asker(plan, config["questions"], engines=engines),
                folder=Path(folder),
            )
            print("\n".join([*lines(plan.steps), *plan.remarks(date.today())]), file=sys.stderr)
        else:
            print(f"curator: {config['curator']} answers everything offline: no calls, no cost", file=sys.stderr)
