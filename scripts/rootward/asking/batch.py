"""Asking through the batch API: half the price, an answer within a day.

A job is recorded in the answer cache with the keys of its questions, from before it is created until it has been read.
After a kill, the same command finds the job by its name or planned display name, and waits for it instead of sending it
again. Only a few jobs at a time are in the service's queue, which has a token limit; the others wait here for as long
as necessary. Results are judged like any reply; rows that failed in a job go into the next one.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar

from rootward.asking.cache import AnswerCache
from rootward.asking.faults import Systematic
from rootward.asking.job_book import BatchJob
from rootward.asking.judging import Judge
from rootward.asking.ledger import Ledger
from rootward.asking.work import Work
from rootward.curators.base import Answer, BadRequest, BatchJobs, Failure, JobState, Lost, OnProgress, Throttled
from rootward.curators.questions import OPTIONAL, Question, asked_in, digest
from rootward.curators.replies import RawReply
from rootward.errors import UserError
from rootward.watch import LOOK_EVERY, Signals

log = logging.getLogger("rootward")
T = TypeVar("T")

DISCOUNT = 0.5
CHARACTERS_PER_TOKEN = 4.0
MOST_IN_VAIN = 2  # jobs in a row that end without a reply
LONGEST_PAUSE = 60.0  # seconds between two polls of the jobs


class BatchSettings(TypedDict):
    """Section `batch` of the configuration, checked there."""

    tokens: int
    jobs: int
    poll: float


Request = tuple[list[str], list[Question], str]  # the keys of its questions, the questions, the prompt


class BatchRun:
    """One call of `Engine.answer` through batch jobs.

    batches: cuts questions by key into batches; attempts: for a question, and for a request about jobs; wanted: how
    many times each key was asked.
    """

    def __init__(
        self,
        *,
        jobs: BatchJobs,
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
        self._jobs, self._judge, self._batches = jobs, judge, batches
        self._cache, self._ledger, self._tries, self._settings = cache, ledger, attempts, settings
        self._parent_lives, self._kind, self._wanted, self._on_progress = parent_lives, kind, wanted, on_progress
        self._attempts: Counter[str] = Counter()
        self._found: dict[str, Answer | Failure] = {}
        self._signals = Signals()
        self._in_vain = 0  # jobs in a row without a single reply

    reason: BaseException | None = None  # why some questions were not asked

    def finish(self, by_key: dict[str, Question], known: Mapping[str, Answer | Failure]) -> dict[str, Answer | Failure]:
        """Ask the questions without a known answer, job after job, until all are answered or have failed."""
        self._found.update(known)
        if by_key.keys() - known.keys():
            self._cache.require_writable()
        with self._signals:
            while missing := {key: question for key, question in by_key.items() if key not in self._found}:
                if self._is_in_vain():
                    break
                under_way = self._open_jobs(missing)
                covered = {key for job in under_way for keys in job.requests for key in keys}
                left = {key: question for key, question in missing.items() if key not in covered}
                self._work_off(under_way, deque(self._parts(left)))
        return self._found

    def _is_in_vain(self) -> bool:
        """Whether all replies to an optional question have the same fault; raises Systematic for any other question."""
        try:
            self._judge.faults.check(self._kind)
        except Systematic as fault:
            if self._kind not in OPTIONAL:
                raise
            self.reason = fault
        return self.reason is not None

    def _open_jobs(self, missing: dict[str, Question]) -> list[BatchJob]:
        """The jobs of an earlier run that contain missing questions."""
        found = []
        for job in self._cache.jobs.open(self._kind):
            name = job.name or self._patiently(self._jobs.find, job.display_name)
            if name is None:  # recorded, but the run was killed before it was created
                self._cache.jobs.close(job.display_name)
            elif any(key in missing for keys in job.requests for key in keys):
                log.info("%s: waiting for batch job %s of an earlier run", self._kind, name)
                found.append(job.named(name))
            elif self._patiently(self._jobs.look, name).is_final:  # no longer needed, but paid for
                self._read(job.named(name))
        return found

    def _parts(self, missing: dict[str, Question]) -> list[list[Request]]:
        """The questions to ask, cut into jobs."""
        parts: list[list[Request]] = []
        room = 0.0
        for work in self._batches(missing):
            questions = list(work.questions.values())
            prompt = self._judge.prompt(work.questions)
            tokens = len(prompt) / CHARACTERS_PER_TOKEN
            if not parts or tokens > room:
                parts.append([])
                room = self._settings["tokens"]
            parts[-1].append((list(work.questions), questions, prompt))
            room -= tokens
        return parts

    def _work_off(self, under_way: list[BatchJob], parts: deque[list[Request]]) -> None:
        """Keep the queue filled, and read each job that ends, until none is left."""
        pause = self._settings["poll"]
        while under_way or parts:
            created = self._fill(under_way, parts)
            states = [(job, self._patiently(self._jobs.look, str(job.name))) for job in under_way]
            self._say(states, len(parts))
            ended = [(job, state) for job, state in states if state.is_final]
            for job, state in ended:
                under_way.remove(job)
                self._count(job, state, replies=self._read(job))
            if ended or created:
                pause = self._settings["poll"]
            if not ended:
                self._sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 1.5)

    def _fill(self, under_way: list[BatchJob], parts: deque[list[Request]]) -> bool:
        """Send jobs as long as there is room; return whether one was sent. A full queue is not an error: retried."""
        before = len(parts)
        while parts and len(under_way) < self._settings["jobs"]:
            try:
                under_way.append(self._create(parts[0]))
            except Throttled:
                break
            parts.popleft()
        return len(parts) < before

    def _create(self, part: Sequence[Request]) -> BatchJob:
        requests = [keys for keys, _, _ in part]
        rounds = max(self._attempts[key] for keys in requests for key in keys)
        name = f"rootward-{self._kind}-{digest([rounds, self._in_vain, requests])[:16]}"
        job = BatchJob(name, self._kind, requests=requests, prompts=[prompt for _, _, prompt in part], name=None)
        self._cache.jobs.note(job)
        sent = [(questions, prompt) for _, questions, prompt in part]
        tried: list[bool] = []

        def send() -> str:
            """Create it, unless an attempt whose reply was lost has created it."""
            found = self._jobs.find(name) if tried else None
            tried.append(True)
            return found or self._jobs.create(name, sent)

        try:
            created = self._patiently(send, is_queued=True)
        except Throttled:  # nothing was sent
            self._cache.jobs.close(name)
            raise
        job = job.named(created)
        self._cache.jobs.note(job)
        log.info("%s: batch job %s with %d requests", self._kind, created, len(requests))
        return job

    def _say(self, states: Sequence[tuple[BatchJob, JobState]], waiting: int) -> None:
        counts = Counter(state.name.lower() for _, state in states) + Counter({"not sent yet": waiting})
        if self._on_progress:
            self._on_progress(0, "batch: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))

    def _count(self, job: BatchJob, state: JobState, replies: int) -> None:
        """Stop if several jobs in a row ended without a reply: the next one would, too."""
        self._in_vain = 0 if replies else self._in_vain + 1
        if not replies:
            log.warning("%s: batch job %s ended as %s: %s", self._kind, job.name, state.name, state.reason)
        if self._in_vain >= MOST_IN_VAIN:
            raise UserError(
                f"{self._kind}: {self._in_vain} batch jobs in a row ended without a reply, the last as {state.name} "
                f"({state.reason}); every answer so far is kept: run the same command again later, or with mode: "
                "interactive"
            )

    def _read(self, job: BatchJob) -> int:
        """Read the results of a job that ended. Returns the number of replies."""
        replies = self._patiently(self._jobs.replies, str(job.name))
        answered = 0
        for number, (keys, prompt) in enumerate(zip(job.requests, job.prompts, strict=True)):
            reply = replies.get(number)
            if isinstance(reply, RawReply):
                answered += 1
                self._take(keys, prompt, reply=reply)
            elif replies:  # if a job has no replies at all, its rows are not to blame
                self._lose(keys, str(reply or "the batch job ended without this row"))
            if self._on_progress:
                self._on_progress(sum(self._wanted[key] for key in keys if key in self._found), "")
        self._cache.jobs.close(job.display_name)
        return answered

    def _take(self, keys: Sequence[str], prompt: str, reply: RawReply) -> None:
        """Judge a reply to all questions of its prompt: answers that are no longer needed are paid for, too."""
        self._judge.pay(self._kind, reply, discount=DISCOUNT)
        asked = dict(zip(keys, asked_in(prompt), strict=True))
        outcome = self._judge.judge(asked, self._attempts, prompt=prompt, reply=reply, discount=DISCOUNT)
        self._found |= outcome.answers
        self._found |= outcome.failures

    def _lose(self, keys: Sequence[str], reason: str) -> None:
        self._attempts.update(keys)
        self._ledger.add(self._kind, calls=1, lost=1)
        gone = Failure("lost", reason)
        self._found |= {key: gone for key in keys if self._attempts[key] >= self._tries}

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

    def _patiently(self, action: Callable[..., T], *args: Any, is_queued: bool = False) -> T:
        """Send a request about jobs, and wait out what passes: lost replies up to the attempts of a question, and
        refusals (429) for as long as they say. is_queued: a refusal that names no wait means that the queue is full,
        and is raised.
        """
        lost = refused = 0
        while True:
            try:
                return action(*args)
            except BadRequest as error:
                raise UserError(f"the batch API refuses a job ({error}); see batch.tokens, or mode") from None
            except Throttled as error:
                if is_queued and error.wait is None:
                    raise
                refused += 1
                self._sleep(error.wait or min(LONGEST_PAUSE, 2.0**refused))
            except Lost as error:
                lost += 1
                if lost >= self._tries:
                    raise UserError(
                        f"the batch API does not answer ({error}); run the same command again later"
                    ) from None
                self._sleep(min(LONGEST_PAUSE, 2.0**lost))
