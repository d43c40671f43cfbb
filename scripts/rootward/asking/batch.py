"""Asking through the batch API: half the price, an answer within a day.

A job is noted in the answer cache before it is created and until it is read, with the keys of its questions: after a
kill the same command finds the job again, by name or by the display name it was to get, and waits for it instead of
sending twice. Results are judged like any reply; rows that failed inside a job that succeeded go into the next one.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypedDict, TypeVar

from rootward.asking.cache import AnswerCache
from rootward.asking.job_book import BatchJob
from rootward.asking.judging import Judge
from rootward.asking.ledger import Ledger
from rootward.asking.work import Work
from rootward.curators.base import Answer, BadRequest, BatchJobs, Failure, Lost, OnProgress, Throttled
from rootward.curators.questions import Question, digest
from rootward.curators.replies import RawReply
from rootward.errors import UserError
from rootward.watch import LOOK_EVERY, Signals

log = logging.getLogger("rootward")
P = ParamSpec("P")
T = TypeVar("T")

DISCOUNT = 0.5
LONGEST_PAUSE = 60.0  # seconds between two looks at the jobs


class BatchSettings(TypedDict):
    """Section `batch` of the configuration, checked there."""

    megabytes: float
    poll: float


class BatchRun:
    """One call of `Engine.answer` through batch jobs.

    batches: cuts questions by key into batches; attempts: of a question, and of a call about jobs; wanted: how often
    each key was asked.
    """

    def __init__(
        self,
        *,
        jobs: BatchJobs,
        prompt: Callable[[Sequence[Question]], str],
        judge: Judge,
        batches: Callable[[dict[str, Question]], list[Work]],
        cache: AnswerCache,
        ledger: Ledger,
        attempts: int,
        settings: BatchSettings,
        parent_lives: Callable[[], bool],
        kind: str,
        wanted: Counter[str],
        on_progress: OnProgress | None,
    ):
        self._jobs, self._prompt, self._judge, self._batches = jobs, prompt, judge, batches
        self._cache, self._ledger, self._tries = cache, ledger, attempts
        self._most, self._poll = settings["megabytes"] * 1e6, settings["poll"]
        self._parent_lives, self._kind, self._wanted, self._on_progress = parent_lives, kind, wanted, on_progress
        self._attempts: Counter[str] = Counter()
        self._found: dict[str, Answer | Failure] = {}
        self._signals = Signals()

    def finish(self, by_key: dict[str, Question], known: dict[str, Answer | Failure]) -> dict[str, Answer | Failure]:
        """Ask what is not known, job after job, until everything is answered or has failed."""
        self._found.update(known)
        missing = {key: question for key, question in by_key.items() if key not in known}
        if missing:
            self._cache.require_writable()
        with self._signals:
            while missing:
                jobs = self._open_jobs(missing) or self._new_jobs(missing)
                self._wait(jobs)
                for job in jobs:
                    self._read(job, missing)
                missing = {key: question for key, question in by_key.items() if key not in self._found}
        return self._found

    def _open_jobs(self, missing: dict[str, Question]) -> list[BatchJob]:
        """The jobs an earlier run left that hold questions still missing."""
        found = []
        for job in self._cache.jobs.open(self._kind):
            if not any(key in missing for keys in job.requests for key in keys):
                self._cache.jobs.close(job.display_name)
                continue
            name = job.name or self._patiently(self._jobs.find, job.display_name)
            if name is None:  # noted, but killed before it was created
                self._cache.jobs.close(job.display_name)
                continue
            log.info("%s: waiting for batch job %s of an earlier run", self._kind, name)
            found.append(job.named(name))
        return found

    def _new_jobs(self, missing: dict[str, Question]) -> list[BatchJob]:
        jobs: list[BatchJob] = []
        part: list[tuple[list[str], list[Question], str]] = []
        size = 0
        for work in self._batches(missing):
            questions = list(work.questions.values())
            prompt = self._prompt(questions)
            if part and size + len(prompt) > self._most:
                jobs.append(self._create(part))
                part, size = [], 0
            part.append((list(work.questions), questions, prompt))
            size += len(prompt)
        jobs.append(self._create(part))
        return jobs

    def _create(self, part: Sequence[tuple[list[str], list[Question], str]]) -> BatchJob:
        requests = [keys for keys, _, _ in part]
        rounds = max(self._attempts[key] for keys in requests for key in keys)
        name = f"rootward-{self._kind}-{digest([rounds, requests])[:16]}"
        job = BatchJob(name, self._kind, requests, [prompt for _, _, prompt in part], None)
        self._cache.jobs.note(job)
        created = self._patiently(self._jobs.create, name, [(q, prompt) for _, q, prompt in part])
        job = job.named(created)
        self._cache.jobs.note(job)
        log.info("%s: batch job %s with %d requests", self._kind, created, len(requests))
        return job

    def _wait(self, jobs: Sequence[BatchJob]) -> None:
        pause = self._poll
        while True:
            states = Counter(self._patiently(self._jobs.state, str(job.name)) for job in jobs)
            if self._on_progress:
                counts = ", ".join(f"{n} {state.lower()}" for state, n in sorted(states.items()))
                self._on_progress(0, f"batch: {counts}")
            if not states.keys() - {"SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"}:
                return
            self._sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)

    def _read(self, job: BatchJob, missing: dict[str, Question]) -> None:
        replies = self._patiently(self._jobs.replies, str(job.name))
        for keys, prompt, reply in zip(
            job.requests, job.prompts, [*replies, *[None] * len(job.requests)], strict=False
        ):
            questions = {key: missing[key] for key in keys if key in missing}
            if len(questions) != len(keys):
                continue  # answered meanwhile, or no longer asked
            if isinstance(reply, RawReply):
                self._judge.pay(self._kind, reply, DISCOUNT)
                outcome = self._judge.judge(questions, self._attempts, prompt, reply, DISCOUNT)
                failures = outcome.failures
                self._found |= outcome.answers
            else:
                self._attempts.update(keys)
                self._ledger.add(self._kind, calls=1, lost=1)
                gone = Failure("lost", str(reply or "the batch job ended without this row"))
                failures = {key: gone for key in keys if self._attempts[key] >= self._tries}
            self._found |= failures
            if self._on_progress:
                self._on_progress(sum(self._wanted[key] for key in keys if key in self._found), "")
        self._cache.jobs.close(job.display_name)

    def _sleep(self, seconds: float) -> None:
        """Wait, unless there is a reason to stop."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._signals.reason or not self._parent_lives():
                reason = self._signals.reason or "because the parent Snakemake process has exited"
                raise UserError(
                    f"stopped {reason}; the batch jobs continue: run the same command again to collect them"
                )
            time.sleep(min(LOOK_EVERY, left))

    def _patiently(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the API about jobs; what passes by itself is waited for, up to the attempts of a question."""
        attempt = 1
        while True:
            try:
                return action(*args, **kwargs)
            except BadRequest as error:
                raise UserError(f"the batch API refuses a job ({error}); see batch.megabytes, or mode") from None
            except (Throttled, Lost) as error:
                if attempt == self._tries:
                    raise UserError(
                        f"the batch API does not answer ({error}); run the same command again later"
                    ) from None
                self._sleep(getattr(error, "wait", None) or min(LONGEST_PAUSE, 2.0**attempt))
                attempt += 1
