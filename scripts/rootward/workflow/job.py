"""What every rule script does around its function: logging, one-line errors, and the curator that it asks."""

import gc
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rootward.asking.ledger import FAILED, Ledger
from rootward.errors import UserError
from rootward.knowledge.compiled import keep_in
from rootward.workflow.results import Results
from rootward.workflow.status import Status, beside
from rootward.workflow.steps import STEPS, Step, asks_a_model, setting
from rootward.workflow.store import Kept

if TYPE_CHECKING:
    from rootward.asking.ask import Asker
    from rootward.asking.budget import Budget
    from rootward.asking.cache import AnswerCache
    from rootward.asking.engine import Engine
    from rootward.asking.escalation import Escalation
    from rootward.curators.base import Curator, Model
    from rootward.curators.offline import ReactomeCurator
    from rootward.curators.providers import Providers
    from rootward.curators.settings import QuestionSettings

SHOWN = "ROOTWARD_SCREEN"  # set in the environment of steps when `screen` shows the run, and with it their errors

log = logging.getLogger("rootward")


def configure_logging(snakemake: Any) -> None:
    """Append log lines to the rule's log file; show warnings and errors on screen as well."""
    lines = logging.Formatter("%(asctime)s %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
    logger = logging.getLogger("rootward")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if snakemake.log:
        Path(snakemake.log[0]).parent.mkdir(parents=True, exist_ok=True)
        to_file = logging.FileHandler(snakemake.log[0], mode="a", encoding="utf-8")
        to_file.setFormatter(lines)
        logger.addHandler(to_file)


def _step() -> str:
    """The name of the running script."""
    # In a worker process of the tests, the main module has no file.
    return Path(str(getattr(sys.modules["__main__"], "__file__", None) or "step")).stem


class NoPandas:
    """Import hook that keeps pyarrow from importing pandas: this saves 0.3 s in every job.

    Setting sys.modules["pandas"] to None would not work, because some libraries use whatever is there as the module. A
    script that needs pandas imports it at the top, before this hook is installed.
    """

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas; leave everything else to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is kept out of the steps", name=name)


class Job:
    """Runs a rule script: `Job(snakemake).run(step)`; for a script that is not in `steps.STEPS`, use it as a context
    manager.

    A UserError ends the script with its one line on screen and exit code 1. Any other exception is a bug: its traceback
    goes to the log, and one line on screen names the log. `job.status` reports the step's progress to the screen.
    """

    def __init__(self, snakemake: Any):
        self._snakemake = snakemake
        self._ledger = Ledger()
        self._answered = 0
        self._results: Results | None = None
        self.status = Status(beside(snakemake.log[0]) if snakemake.log else None, self._numbers)

    def __enter__(self) -> "Job":
        sys.meta_path.insert(0, NoPandas())
        # A step makes objects that stay: looking for garbage after every 700 of them takes a tenth of its time.
        gc.set_threshold(20_000)
        configure_logging(self._snakemake)
        log.addHandler(self.status)
        self.status.write()
        if self._snakemake.output:
            self._results = Results(self._snakemake, _step())
            if (kept := self._results.put_back()) is not None:
                self._end_restored(kept)
        keep_in(self._snakemake.config["cache"]["steps"])
        return self

    def _end_restored(self, kept: Kept) -> None:
        """End the script before it imports anything else: its outputs have been restored."""
        self.status.restored(*kept.made)
        self.status.ended()
        log.info("restored, nothing computed (it took %.1f s when it was)", kept.seconds)
        logging.shutdown()
        sys.exit()

    def run(self, function: Callable[..., None]) -> None:
        """Call the function of a step with the arguments listed in `steps`, and with an asker if the step asks
        questions.
        """
        with self:
            function(**self._arguments(STEPS[function.__name__]))

    def _arguments(self, step: Step) -> dict[str, Any]:
        job = self._snakemake
        found = {argument: self._from_outside(argument) for argument in step.from_outside}
        for argument, made in step.reads.items():
            read = job.input.get(argument)
            found[argument] = list(read) if made.is_many else read or None
        found |= {argument: job.output[argument] for argument in step.writes}
        found |= {argument: job.params[argument] for argument in step.settings}
        found |= {argument: setting(job.config, key) for argument, key in step.tuning.items()}
        found |= step.fixed
        return found | {"ask": self.asker} if step.asks else found

    def _from_outside(self, argument: str) -> Any:
        """An argument of a step that is not one of the results."""
        job = self._snakemake
        match argument:
            case "files":
                return list(job.input.files)
            case "roots":
                return job.input.roots
            case "previous":
                return list(job.input.previous)
            case "lines":
                return job.input.lines
            case "reference":
                return job.config["reference"]
            case "spellings":  # the spelling that the reference's answers use
                return job.config["reference"] if self.asks_a_model else None
            case "shard":
                return int(job.wildcards.shard)
        return job.params[argument]

    @property
    def asks_a_model(self) -> bool:
        """Whether the configured curator is a language model."""
        return asks_a_model(self._snakemake.config)

    def _numbers(self) -> dict[str, int | float]:
        counts = list(self._ledger.counts.values())
        return {
            "asked": sum(numbers["questions"] for numbers in counts),
            "answered": self._answered,
            "hits": sum(numbers["hits"] for numbers in counts),
            "dollars": sum(paid["dollars"] for paid in list(self._ledger.models.values())),
        }

    def _count(self, answers: int) -> None:
        self._answered += answers
        self.status.working()

    @cached_property
    def asker(self) -> "Asker":
        """The asker for the configured curator. Its counts go to the `ledger` output if the script succeeds."""
        from rootward.asking.ask import Asker

        errors, given = self._snakemake.config["errors"], self._snakemake.input
        curator = self._engine(given.prompts)[0] if self.asks_a_model else self._offline
        self.status.content.curator = self._snakemake.config["curator"]
        escalation = self._escalation(given.prompts) if self.asks_a_model else None
        return Asker(
            curator,
            self._ledger,
            max_fraction=errors["max_fraction"],
            tolerated=errors["tolerated"],
            on_answers=self._count,
            escalation=escalation,
        )

    def _escalation(self, prompts: Iterable[str]) -> "Escalation | None":
        """The model to ask when the first one is unsure; None if none is configured."""
        from rootward.asking.escalation import Escalation, escalated

        questions = escalated(self._snakemake.config["questions"])
        if not questions:
            return None
        engine = self._engine(prompts, self._snakemake.config["questions"] | questions)[0]
        below = {kind: question.get("escalate_below") for kind, question in questions.items()}
        return Escalation(engine, self._ledger, below=below)

    @cached_property
    def cache(self) -> "AnswerCache":
        """The answer cache, opened with the configured journal mode."""
        from rootward.asking.cache import AnswerCache

        return AnswerCache(self._snakemake.config["cache"]["answers"], self._snakemake.config["cache"]["journal_mode"])

    def planning(
        self, prompts: Iterable[str], questions: "Mapping[str, QuestionSettings]"
    ) -> tuple["Engine", "ReactomeCurator", "Model", "AnswerCache"]:
        """Engine, offline stand-in, models and cache for planning these questions without asking them."""
        engine, model, cache = self._engine(prompts, questions)
        return engine, self._offline, model, cache

    @cached_property
    def _offline(self) -> "ReactomeCurator":
        from rootward.curators.offline import ReactomeCurator
        from rootward.knowledge.compiled import read_reference
        from rootward.knowledge.roots import read_roots

        config = self._snakemake.config
        roots = self._snakemake.input.get("roots") or self._snakemake.params.roots  # a plan runs before the steps
        reference, known_roots = read_reference(config["reference"]), read_roots(roots, config["fallback_root"])
        return ReactomeCurator(reference, known_roots, pairs=self._pairs, threshold=config["assign"]["threshold"])

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """The pairs of proteins of all interactions, which the offline curator uses as context."""
        import pyarrow.compute as pc

        from rootward import tables

        path = self._snakemake.input.get("interactions")
        if path is None:  # a plan runs before the table exists
            return
        table = tables.read("interactions", path, columns=["protein_a", "protein_b", "human_a", "human_b"])
        for batch in table.to_batches():
            a, b = (pc.coalesce(batch[f"human_{side}"], batch[f"protein_{side}"]).to_pylist() for side in "ab")
            yield from zip(a, b, strict=True)

    def model(self, prompts: Iterable[str], questions: Mapping[str, "QuestionSettings"] | None = None) -> "Providers":
        """The configured language models. questions: overrides how questions are asked."""
        from rootward.curators.prompts import templates
        from rootward.curators.providers import model_of

        config = self._snakemake.config
        kept = self.cache.path.parent / "endpoints"
        return model_of(
            config["models"], questions or config["questions"], prompts=templates(prompts), api=config["api"], kept=kept
        )

    def _engine(
        self, prompts: Iterable[str], questions: Mapping[str, "QuestionSettings"] | None = None
    ) -> tuple["Engine", "Model", "AnswerCache"]:
        from rootward.asking.engine import Engine
        from rootward.curators.candidates import Candidates

        config, cache, model = self._snakemake.config, self.cache, self.model(prompts, questions)
        slots = self._snakemake.resources.get("llm_slots") or 1
        batch = config["batch"] if config["mode"] == "batch" else None
        attempts, old = config["errors"]["attempts"], config["cache"]["old"]
        budget, stand_in = self._budget(cache.path)
        engine = Engine(
            model,
            cache,
            ledger=self._ledger,
            slots=slots,
            attempts=attempts,
            old_cache=old,
            batch=batch,
            budget=budget,
            stand_in=stand_in,
            in_context=Candidates(lambda: self._offline, limit=config["assign"]["candidates"]),
        )
        return engine, model, cache

    def _budget(self, cache: Path) -> tuple["Budget | None", "Callable[[], Curator] | None"]:
        """What the run may spend, and which curator answers after that."""
        from rootward.asking.budget import Budget, run_of_this_process

        budget = self._snakemake.config["budget"]
        if budget["dollars"] is None:
            return None, None
        stand_in = (lambda: self._offline) if budget["then"] == "fallback" else None
        return Budget(budget["dollars"], cache, run=run_of_this_process()), stand_in

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._sum_up(is_done=error is None)
        if error is None:
            if self._results is not None:
                self._results.keep(self.status.content.made, is_sound=not self._ledger.has_failures)
            self.status.ended()
            return
        if isinstance(error, SystemExit):
            return
        is_users = isinstance(error, UserError)
        log.error("%s", error if is_users else "".join(traceback.format_exception(error)))
        self._fail(self._in_a_line(error))
        logging.shutdown()
        sys.exit(1)

    def _in_a_line(self, error: BaseException) -> str:
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, OSError) and error.errno in (28, 30, 13):  # no space, read-only, no permission
            return f"{error.filename or 'a result'}: {os.strerror(error.errno)}"
        where = self._snakemake.log[0] if self._snakemake.log else "its log"
        return f"{type(error).__name__}: {error!s:.200} (traceback in {where})"

    def _fail(self, line: str) -> None:
        """Report an error in one line: through the status if a screen reads it, otherwise directly."""
        self.status.ended(line)
        if not os.environ.get(SHOWN) or not self._snakemake.log:
            print(f"{self._snakemake.rule}: {line}", file=sys.stderr)

    def _sum_up(self, is_done: bool) -> None:
        """Log what was asked and paid, even if the script failed. The ledger output is written only if it succeeded."""
        path = getattr(self._snakemake.output, "ledger", None)
        if path and is_done:
            self._ledger.write(path)
        elif path and self._ledger.models:  # a failed step has paid, too
            made = datetime.now().strftime("%Y%m%d-%H%M%S")
            self._ledger.write(Path(path).parent / FAILED / f"{Path(path).stem}-{made}-{os.getpid()}.json")
        for line in self._ledger.lines() or ["asked nothing"]:
            log.info("%s", line)
