"""Asks a paid curator: each question once, as fast as the quota allows, and without losing a paid answer.

`Engine.answer` looks up every question in the answer cache, groups the missing ones into batches in key order, and asks
them from a pool of threads under the governor (`run`), or through batch jobs (`batch`). Each reply is judged item by
item (`judging`), and valid answers are stored at once. What is missing is asked again in smaller batches until it is
out of attempts.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from rootward.asking.batch import BatchRun, BatchSettings
from rootward.asking.budget import Budget, Spent
from rootward.asking.cache import AnswerCache
from rootward.asking.calls import Caller
from rootward.asking.faults import Systematic
from rootward.asking.governor import Governor
from rootward.asking.judging import Judge
from rootward.asking.ledger import Ledger
from rootward.asking.lookup import Lookup
from rootward.asking.run import CallRun
from rootward.asking.work import Work, batched
from rootward.curators.base import Answer, Curator, Failure, FollowUp, Model, OnProgress
from rootward.curators.questions import OPTIONAL, Question
from rootward.watch import parent_watch

log = logging.getLogger("rootward")


class Engine:
    """Implements `Curator` over a `Model`.

    slots: the maximum number of calls in flight, as allowed by Snakemake; attempts: for a question asked alone, not
    counting waits for a quota or failures of its batch. old_cache: the answers of an earlier pipeline; batch: section
    `batch` of the configuration, None to ask call by call (questions that search are always asked call by call).
    budget: what may be spent; stand_in: makes the curator that answers the rest after that, None to stop. in_context:
    adds what only the model needs to see to questions that will be asked.
    """

    def __init__(
        self,
        model: Model,
        cache: AnswerCache,
        ledger: Ledger,
        slots: int,
        attempts: int,
        old_cache: str | None = None,
        batch: BatchSettings | None = None,
        budget: Budget | None = None,
        stand_in: Callable[[], Curator] | None = None,
        in_context: Callable[[Mapping[str, Question]], dict[str, Question]] = dict,
    ):
        self.model, self.cache, self.ledger = model, cache, ledger
        self._lookup = Lookup(model, cache, old=old_cache)
        self._judge = Judge(model, cache, ledger=ledger, attempts=attempts)
        self._caller = Caller(
            model=model,
            judge=self._judge,
            ledger=ledger,
            cache=cache.path,
            slots=slots,
            attempts=attempts,
            budget=budget,
        )
        self._attempts, self._batch, self._stand_in = attempts, batch, stand_in
        self.in_context = in_context
        self._parent_lives = parent_watch()

    def key(self, question: Question) -> str:
        """The question's key in the answer cache."""
        return self._lookup.key(question)

    def look_up(self, questions: Iterable[Question]) -> tuple[dict[str, Question], dict[str, Answer | Failure]]:
        """The distinct questions by key, and their known answers. Asks nothing."""
        return self._lookup.look_up(questions)

    def governor(self, kind: str) -> Governor:
        """The governor of the model that answers a kind."""
        return self._caller.governor(kind)

    def batches(self, questions: dict[str, Question], ahead: bool = False) -> list[Work]:
        """Questions by key as batches of the configured size, in key order, equal shared inputs together."""
        return batched(questions, lambda kind: self.model.question(kind)["batch"], ahead=ahead)

    def answer(
        self,
        questions: Sequence[Question],
        on_progress: OnProgress | None = None,
        follow_up: FollowUp | None = None,
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked; equal questions are asked once.

        on_progress(n, note): called as answers arrive. follow_up(question, answer): returns further questions to ask as
        soon as the answer is known; their answers go to the cache. Raises UserError if no further call can succeed; all
        answers until then are stored.
        """
        keys = [self.key(question) for question in questions]
        by_key, known = self.look_up(questions)
        kind = questions[0].kind.name
        self._judge.faults.know(kind, len(known))
        self.ledger.add(kind, hits=sum(key in known for key in keys))
        if on_progress and known:
            on_progress(sum(key in known for key in keys), f"{len(known)} from the cache")
        run = self._run(kind, Counter(keys), on_progress=on_progress, follow_up=follow_up)
        by_key |= self.in_context({key: question for key, question in by_key.items() if key not in known})
        found = run.finish(by_key, known)
        left = {key: question for key, question in by_key.items() if key not in found}
        if left:
            found |= self._without_asking(kind, left, reason=run.reason)
        return [found[key] for key in keys]

    def _without_asking(
        self, kind: str, left: dict[str, Question], reason: BaseException | None
    ) -> dict[str, Answer | Failure]:
        """The results for questions that are not asked: answers of the stand-in, or failures."""
        if not isinstance(reason, Spent) or self._stand_in is None:
            log.warning("%s", reason)
            return dict.fromkeys(left, Failure("unasked", str(reason)))
        log.warning("%s: %d questions are answered offline: %s", kind, len(left), reason)
        self.ledger.add(kind, offline=len(left))
        return dict(zip(left, self._stand_in().answer(list(left.values())), strict=True))

    def _run(
        self, kind: str, wanted: Counter[str], on_progress: OnProgress | None, follow_up: FollowUp | None
    ) -> CallRun | BatchRun:
        jobs = None
        if self._batch is not None and not self.model.question(kind).get("search"):  # a job would not search
            jobs = self.model.jobs
        if jobs is None or self._batch is None:
            return CallRun(
                caller=self._caller,
                lookup=self._lookup,
                batches=self.batches,
                cache=self.cache,
                parent_lives=self._parent_lives,
                kind=kind,
                wanted=wanted,
                on_progress=on_progress,
                follow_up=follow_up,
                is_borne=lambda reason: (
                    (isinstance(reason, Systematic) and kind in OPTIONAL)
                    or (isinstance(reason, Spent) and self._stand_in is not None)
                ),
            )
        return BatchRun(
            jobs=jobs,
            judge=self._judge,
            batches=self.batches,
            cache=self.cache,
            ledger=self.ledger,
            attempts=self._attempts,
            settings=self._batch,
            parent_lives=self._parent_lives,
            kind=kind,
            wanted=wanted,
            on_progress=on_progress,
        )
