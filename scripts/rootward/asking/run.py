"""One call of the engine, asked from a pool of threads, with or without asking ahead."""

import heapq
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from rootward.asking.cache import AnswerCache
from rootward.asking.calls import Caller
from rootward.asking.governor import Governor, Stopped
from rootward.asking.lookup import Lookup
from rootward.asking.work import KEPT, Outcome, Work, cut_smaller
from rootward.curators.base import Answer, Failure, FollowUp, OnProgress
from rootward.curators.questions import Question
from rootward.errors import UserError
from rootward.watch import LOOK_EVERY, Signals

# Batches in flight before the first good answer of a kind. Together with `faults.CALLS_IN_A_ROW`, this limits the cost
# of a fault in the configuration to 40 calls.
UNPROVEN = 24


class CallRun:
    """One call of `Engine.answer`: the batches that wait, those in flight, and their results.

    The threads take their next batch, ask it and record the result themselves; the main thread only watches. batches:
    cuts questions by key into batches, asked ahead or not; wanted: how many times each key was asked; is_borne: whether
    the step continues without the questions that a reason to stop has left unasked.
    """

    def __init__(
        self,
        *,
        caller: Caller,
        lookup: Lookup,
        batches: Callable[[dict[str, Question], bool], list[Work]],
        cache: AnswerCache,
        parent_lives: Callable[[], bool],
        kind: str,
        wanted: Counter[str],
        on_progress: OnProgress | None,
        follow_up: FollowUp | None,
        is_borne: Callable[[BaseException], bool],
    ):
        self._caller, self._lookup, self._batches, self._cache = caller, lookup, batches, cache
        self._parent_lives, self._kind, self._wanted = parent_lives, kind, wanted
        self._on_progress, self._follow_up, self._is_borne = on_progress, follow_up, is_borne
        self._attempts: Counter[str] = Counter()
        self._found: dict[str, Answer | Failure] = {}
        self._seen: set[str] = set()
        self._changed = threading.Condition()
        self._waiting: deque[Work] = deque()
        self._later: list[tuple[float, int, Work]] = []  # heap of refused batches, by the time of the next attempt
        self._under_way = self._idle = 0
        self._is_proven = False
        self.reason: BaseException | None = None

    def finish(self, by_key: dict[str, Question], known: dict[str, Answer | Failure]) -> dict[str, Answer | Failure]:
        """Ask the questions without a known answer, until all are answered or have failed.

        If the run stopped for a `reason` that is borne, its questions are left out; any other reason is raised.
        """
        self._is_proven = bool(known)
        self._found.update(known)
        self._seen.update(by_key)
        self._waiting.extend(self._batches({k: q for k, q in by_key.items() if k not in known}, False))
        for key, answer in known.items():
            if isinstance(answer, Answer):
                self._look_ahead(by_key[key], answer)
        if self._waiting:
            self._cache.require_writable()
            self._work_off(self._caller.governor(self._kind))
        if self.reason is not None and not self._is_borne(self.reason):
            raise self.reason
        return self._found

    def _work_off(self, governor: Governor) -> None:
        crowd = governor.concurrency if self._follow_up else min(governor.concurrency, len(self._waiting) * 2)
        with Signals() as signals, ThreadPoolExecutor(crowd, thread_name_prefix=self._kind) as pool:
            threads = [pool.submit(self._work, governor) for _ in range(crowd)]
            while wait(threads, timeout=LOOK_EVERY).not_done:
                reason = signals.reason
                if reason is None and not self._parent_lives():
                    reason = "because the parent Snakemake process has exited"
                if reason:
                    self._stop(UserError(f"stopped {reason}; {KEPT}"), governor)
            if signals.reason:  # also one that arrived with the last answer
                self._stop(UserError(f"stopped {signals.reason}; {KEPT}"), governor)

    def _work(self, governor: Governor) -> None:
        while (work := self._next()) is not None:
            try:
                outcome = self._caller.ask(work, self._attempts)
                with self._changed:
                    self._take(work, outcome)
            except Stopped:
                pass
            except BaseException as error:  # Fatal, a full disk, or a bug: nothing more is asked
                self._stop(error, governor)
            with self._changed:
                self._under_way -= 1
                if self._idle and (self._waiting or self._later or not self._under_way):
                    self._changed.notify_all()

    def _next(self) -> Work | None:
        with self._changed:
            self._idle += 1
            while ((not self._is_due and (self._under_way or self._later)) or self._is_crowded) and self.reason is None:
                soon = self._later and not self._is_crowded
                self._changed.wait(max(0.0, self._later[0][0] - time.monotonic()) if soon else None)
            self._idle -= 1
            if not self._is_due or self.reason is not None:
                return None
            self._under_way += 1
            # Refused batches go to the end: they may be what exceeds the limit.
            return self._waiting.popleft() if self._waiting else heapq.heappop(self._later)[2]

    @property
    def _is_crowded(self) -> bool:
        """Whether to wait for a first good answer, so that a setting that spoils all answers is noticed after few
        calls.
        """
        return not self._is_proven and self._under_way >= UNPROVEN

    @property
    def _is_due(self) -> bool:
        return bool(self._waiting) or bool(self._later and self._later[0][0] <= time.monotonic())

    def _take(self, work: Work, outcome: Outcome) -> None:
        if outcome.refused_for is not None:
            heapq.heappush(self._later, (time.monotonic() + outcome.refused_for, id(work), work))
        if not work.ahead:
            self._found |= outcome.answers
            self._found |= outcome.failures
            if self._on_progress:
                self._on_progress(sum(self._wanted[key] for key in (*outcome.answers, *outcome.failures)), "")
        if outcome.answers and not self._is_proven:
            self._is_proven = True
            self._changed.notify_all()
        for key, answer in outcome.answers.items():
            self._look_ahead(work.questions[key], answer)
        if outcome.again:  # before new questions, so that a step does not end with its hardest ones
            self._waiting.extendleft(reversed(cut_smaller(work, outcome.again)))

    def _stop(self, reason: BaseException, governor: Governor) -> None:
        with self._changed:
            if self.reason is None:
                self.reason = reason
                if not self._is_borne(reason):  # otherwise other kinds may still be asked
                    governor.stop(reason if isinstance(reason, Exception) else UserError("stopped"))
                self._changed.notify_all()

    def _look_ahead(self, question: Question, answer: Answer) -> None:
        """Queue the questions that follow from an answer, before everything that is not in flight yet."""
        if self._follow_up is None:
            return
        waiting = [(question, answer)]
        while waiting:
            fresh = {}
            for following in self._follow_up(*waiting.pop()):
                key = self._lookup.key(following)
                if key not in self._seen:
                    self._seen.add(key)
                    fresh[key] = following
            _, known = self._lookup.look_up(fresh.values())
            waiting += [(fresh[key], said) for key, said in known.items() if isinstance(said, Answer)]
            ahead = self._batches({k: q for k, q in fresh.items() if k not in known}, True)
            self._waiting.extendleft(reversed(ahead))
