"""Asking a curator that costs: every answer once, as fast as the quota allows, and nothing paid is lost.

`Engine.answer` looks every question up in the answer cache, puts what is missing into batches in key order, and asks
them from a pool of threads under the governor. Each reply is judged item by item (`replies.read`), and what is valid is
stored at once. What is missing is asked again in smaller batches, until its attempts are used up.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from rootward.asking.batch import BatchRun
from rootward.asking.cache import AnswerCache, Call, old_answers
from rootward.asking.governor import Governor, Stopped
from rootward.asking.ledger import Ledger
from rootward.curators.base import Answer, BadRequest, Failure, Follow, Hear, Lost, Terminal, Throttled
from rootward.curators.questions import KINDS, Question
from rootward.curators.replies import RawReply, read
from rootward.errors import UserError
from rootward.knowledge.names import normalise
from rootward.watch import LOOK_EVERY, Signals, parent_watch

SMALLER = (10, 5, 3, 1)  # sizes a failed batch is asked again in
KEPT = "every answer so far is kept, run the same command again later"


@dataclass
class Work:
    """A batch on its way: questions of one kind with equal shared inputs, by key."""

    questions: dict[str, Question]
    ahead: bool = False  # asked in advance; nobody waits for the answer
    lost: int = 0  # calls of it that got no answer


@dataclass
class Outcome:
    """What came of a batch: answers and final failures by key, and what is to be asked again in smaller batches; or
    that it was refused (429) and is to be asked again as it is.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    again: dict[str, Question] = field(default_factory=dict)
    is_refused: bool = False


class Engine:
    """Implements `Curator` over a model behind `gemini.Gemini` (or anything with its methods).

    slots: calls in flight at most, as granted by Snakemake; attempts: of a question asked alone; waiting for a quota
    never counts, nor does what befell a batch it was in. batch: settings of `BatchRun`, None to ask call by call; what
    is to search is asked call by call in any case.
    """

    def __init__(
        self,
        gemini: Any,
        cache: AnswerCache,
        ledger: Ledger,
        slots: int,
        attempts: int,
        old_cache: str | None = None,
        batch: dict[str, float] | None = None,
    ):
        self.gemini, self.cache, self.ledger = gemini, cache, ledger
        self._slots, self.attempts = slots, attempts
        self._governors: dict[str, Governor] = {}
        self._asked_of: dict[str, str] = {}
        self._old = _old_answers(old_cache)
        self._batch = batch
        self.parent_lives = parent_watch()

    def key(self, question: Question) -> str:
        """The question's key in the answer cache."""
        kind = question.kind
        if kind.name not in self._asked_of:
            self._asked_of[kind.name] = self.gemini.asked_of(kind)
        return question.key(self._asked_of[kind.name])

    def look_up(self, questions: Iterable[Question]) -> tuple[dict[str, Question], dict[str, Answer]]:
        """The distinct questions by key, and the answers that are at hand. Asks nothing."""
        by_key: dict[str, Question] = {}
        for question in questions:
            by_key.setdefault(self.key(question), question)
        known = {key: _answer(key, value) for key, value in self.cache.get_many(by_key).items()}
        for key in by_key.keys() - known.keys() if self._old else ():
            if (value := self._import_old(key, by_key[key])) is not None:
                known[key] = _answer(key, value)
        return by_key, known

    def answer(
        self, questions: Sequence[Question], hear: Hear | None = None, follow: Follow | None = None
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked; equal questions are asked once.

        hear(n, note): called as answers come in. follow(question, answer): further questions that will be asked next,
        to be asked as soon as the answer is there; their answers go to the cache. Raises UserError when no further call
        makes sense; everything answered until then is kept.
        """
        keys = [self.key(question) for question in questions]
        by_key, known = self.look_up(questions)
        kind = questions[0].kind.name
        self.ledger.add(kind, hits=sum(key in known for key in keys))
        if hear and known:
            hear(sum(key in known for key in keys), f"{len(known)} from the cache")
        if self._batch is None or self.gemini.role(kind).get("search"):  # a batch job would not search
            run = _Run(self, kind, Counter(keys), hear, follow)
        else:
            run = BatchRun(self, kind, Counter(keys), hear, **self._batch)
        found = run.finish(by_key, known)
        return [found[key] for key in keys]

    def _import_old(self, key: str, question: Question) -> dict | None:
        kind = question.kind
        value = self._old.get((kind.name, normalise(question.item_id)))
        again = ("excluded", "contradictions", "wording")
        if value is None or any((question.item | question.shared).get(field) for field in again):
            return None
        if kind.name == "siblings":
            value = {"siblings": value["siblings"][: question.shared["limit"]]}
        try:
            value = kind.reply.model_validate(value).model_dump()
        except ValueError:
            return None
        if kind.problem(question, value):
            return None
        self.cache.store(Call(kind.name, "imported", None, "", "", 0), {key: (question.item_id, value)})
        return value

    def governor(self, kind: str) -> Governor:
        """The governor of the model that answers a kind."""
        model = self.gemini.model(kind)
        if model["id"] not in self._governors:
            concurrency = min(model["concurrency"], self._slots)
            # Other jobs hold the other slots, and with them the rest of the quota.
            share = concurrency / model["concurrency"]
            rates = (rate and rate * share for rate in (model["rpm"], model["tpm"]))
            self._governors[model["id"]] = Governor(concurrency, *rates)
        return self._governors[model["id"]]

    def batches(self, questions: dict[str, Question], ahead: bool = False) -> list[Work]:
        """Questions by key as batches of the configured size, in key order, equal shared inputs together."""
        groups: dict[tuple, dict[str, Question]] = {}
        for key in sorted(questions):
            question = questions[key]
            groups.setdefault((question.kind.name, repr(question.shared)), {})[key] = question
        work = []
        for (kind, _), group in groups.items():
            work += _cut(group, self.gemini.role(kind)["batch"], ahead)
        return work

    # --- one batch, in a thread ---

    def ask(self, work: Work, attempts: Counter) -> Outcome:
        """Ask one batch until it is answered, refused, or its attempts are used up. Raises Stopped or Terminal."""
        keys, questions = list(work.questions), list(work.questions.values())
        kind, governor = questions[0].kind.name, self.governor(questions[0].kind.name)
        prompt = self.gemini.prompt(questions)
        earlier, is_searched = None, False
        while True:
            estimate = governor.acquire(len(prompt))
            try:
                reply = self.gemini.call(questions, prompt, is_searched)
            except Throttled as error:
                governor.throttled(estimate, error.wait)
                self.ledger.add(kind, calls=1, throttled=1)
                if governor.is_shut_out:
                    raise Terminal(f"{self.gemini.model(kind)['id']}: nothing but 429 for 15 minutes; {KEPT}") from None
                if earlier is None:  # else a search that was paid for would be lost
                    return Outcome(is_refused=True)
                continue
            except Lost as error:
                governor.failed(estimate, error.overloaded)
                self.ledger.add(kind, calls=1, lost=1)
                if governor.is_down:
                    raise Terminal(f"the API does not answer ({error}); {KEPT}") from None
                work.lost += 1
                if work.lost > 1 and len(keys) > 1:  # one row may be what makes it time out
                    return Outcome(again=dict(work.questions))
                if work.lost >= self.attempts:
                    return Outcome(failures=dict.fromkeys(keys, Failure("lost", str(error))))
                governor.back_off(work.lost)
                continue
            except BadRequest as error:
                governor.failed(estimate, False)
                self.ledger.add(kind, calls=1)
                if len(keys) > 1:
                    return Outcome(again=dict(work.questions))
                return Outcome(failures={keys[0]: Failure("request", str(error))})
            except BaseException:
                governor.failed(estimate, False)
                raise
            governor.succeeded(len(prompt), estimate, reply.input_tokens, reply.seconds)
            self.pay(kind, reply)
            if reply.next_prompt is None:
                return self.judge(work.questions, attempts, prompt, reply.after(earlier))
            is_searched = reply.next_prompt != prompt
            prompt, earlier = reply.next_prompt, reply.after(earlier)

    def pay(self, kind: str, reply: RawReply, discount: float = 1.0) -> None:
        """Enter a reply in the ledger. discount: share of the list price that it cost."""
        model = self.gemini.model(kind)
        self.ledger.add(kind, calls=1)
        self.ledger.pay(
            model["id"], reply.model_version, reply.input_tokens, reply.output_tokens, _dollars(model, reply, discount)
        )

    def judge(
        self, asked: dict[str, Question], attempts: Counter, prompt: str, reply: RawReply, discount: float = 1.0
    ) -> Outcome:
        """Judge the reply to questions (by key), keep what is valid, and say what failed or is to be asked again."""
        keys, questions = list(asked), list(asked.values())
        kind = questions[0].kind.name
        model = self.gemini.model(kind)
        reading = read(questions, reply)
        outcome = Outcome()
        if reading.values:
            answered = {keys[at]: (questions[at].item_id, value) for at, value in reading.values.items()}
            self.cache.store(
                Call(
                    kind,
                    model["id"],
                    reply.model_version,
                    prompt,
                    reply.text,
                    reply.input_tokens,
                    reply.cached_tokens,
                    reply.output_tokens,
                    reply.seconds,
                    _dollars(model, reply, discount),
                ),
                answered,
            )
            outcome.answers = {key: _answer(key, value) for key, (_, value) in answered.items()}
        if reading.problems:
            self.ledger.add(kind, unusable=1)
        for at, problem in reading.problems.items():
            key = keys[at]
            if len(keys) > 1:  # what befell a batch is no fault of each of its rows: they are asked in smaller ones
                outcome.again[key] = questions[at]
                continue
            attempts[key] += 1
            if reading.refused:
                outcome.failures[key] = Failure("refused", problem)
            elif attempts[key] >= self.attempts:
                outcome.failures[key] = Failure("invalid", problem)
            else:
                outcome.again[key] = questions[at]
        return outcome


class _Run:
    """One call of `Engine.answer`: the batches that wait, those under way, and what came of them.

    The threads take their next batch, ask it and note what came of it themselves; the main thread only watches.
    """

    def __init__(self, engine: Engine, kind: str, wanted: Counter, hear: Hear | None, follow: Follow | None):
        self._engine, self._kind, self._wanted = engine, kind, wanted
        self._hear, self._follow = hear, follow
        self._attempts: Counter = Counter()
        self._found: dict[str, Answer | Failure] = {}
        self._seen: set[str] = set()
        self._changed = threading.Condition()
        self._waiting: deque[Work] = deque()
        self._under_way = self._idle = 0
        self._stopped: BaseException | None = None

    def finish(self, by_key: dict[str, Question], known: dict[str, Answer]) -> dict[str, Answer | Failure]:
        """Ask what is not known, until everything is answered or has failed."""
        self._found.update(known)
        self._seen.update(by_key)
        self._waiting.extend(self._engine.batches({k: q for k, q in by_key.items() if k not in known}))
        for key, answer in known.items():
            self._look_ahead(by_key[key], answer)
        if self._waiting:
            self._engine.cache.require_writable()
            self._work_off(self._engine.governor(self._kind))
        if self._stopped is not None:
            raise self._stopped
        return self._found

    def _work_off(self, governor: Governor) -> None:
        crowd = governor.concurrency if self._follow else min(governor.concurrency, len(self._waiting) * 2)
        with Signals() as signals, ThreadPoolExecutor(crowd, thread_name_prefix=self._kind) as pool:
            threads = [pool.submit(self._work, governor) for _ in range(crowd)]
            while wait(threads, timeout=LOOK_EVERY).not_done:
                reason = signals.reason
                if reason is None and not self._engine.parent_lives():
                    reason = "the Snakemake that started it is gone"
                if reason:
                    self._stop(UserError(f"stopped: {reason}; {KEPT}"), governor)
            if signals.reason:  # also one that came while the last answer did
                self._stop(UserError(f"stopped: {signals.reason}; {KEPT}"), governor)

    def _work(self, governor: Governor) -> None:
        while (work := self._next()) is not None:
            try:
                outcome = self._engine.ask(work, self._attempts)
                with self._changed:
                    self._take(work, outcome)
            except Stopped:
                pass
            except BaseException as error:  # Terminal, a full disk, or a bug: nothing further is asked
                self._stop(error, governor)
            with self._changed:
                self._under_way -= 1
                if self._idle and (self._waiting or not self._under_way):
                    self._changed.notify_all()

    def _next(self) -> Work | None:
        with self._changed:
            self._idle += 1
            while not self._waiting and self._under_way and self._stopped is None:
                self._changed.wait()
            self._idle -= 1
            if not self._waiting or self._stopped is not None:
                return None
            self._under_way += 1
            return self._waiting.popleft()

    def _take(self, work: Work, outcome: Outcome) -> None:
        if outcome.is_refused:  # behind the others: it may be what makes it too much
            self._waiting.append(work)
        if not work.ahead:
            self._found |= outcome.answers | outcome.failures
            if self._hear:
                self._hear(sum(self._wanted[key] for key in (*outcome.answers, *outcome.failures)), "")
        for key, answer in outcome.answers.items():
            self._look_ahead(work.questions[key], answer)
        if outcome.again:  # before what was never asked: a step should not end with its hardest questions
            smaller = _cut(outcome.again, _smaller(len(work.questions)), work.ahead)
            self._waiting.extendleft(reversed(smaller))

    def _stop(self, reason: BaseException, governor: Governor) -> None:
        with self._changed:
            if self._stopped is None:
                self._stopped = reason
                governor.stop(reason if isinstance(reason, Exception) else UserError("stopped"))
                self._changed.notify_all()

    def _look_ahead(self, question: Question, answer: Answer) -> None:
        """Queue the questions that will follow from an answer, before all that is not under way yet."""
        if self._follow is None:
            return
        waiting = [(question, answer)]
        while waiting:
            fresh = {}
            for following in self._follow(*waiting.pop()):
                key = self._engine.key(following)
                if key not in self._seen:
                    self._seen.add(key)
                    fresh[key] = following
            _, known = self._engine.look_up(fresh.values())
            waiting += [(fresh[key], known_answer) for key, known_answer in known.items()]
            ahead = self._engine.batches({k: q for k, q in fresh.items() if k not in known}, ahead=True)
            self._waiting.extendleft(reversed(ahead))


def _cut(questions: dict[str, Question], size: int, ahead: bool) -> list[Work]:
    keys = list(questions)
    return [Work({key: questions[key] for key in keys[at : at + size]}, ahead) for at in range(0, len(keys), size)]


def _smaller(size: int) -> int:
    return next((smaller for smaller in SMALLER if smaller < size), 1)


def _dollars(model: dict, reply: RawReply, discount: float) -> float:
    price = model["price"]
    return discount * (reply.input_tokens * price["input"] + reply.output_tokens * price["output"]) / 1e6


def _answer(key: str, value: dict[str, Any]) -> Answer:
    return Answer(value, "model", key[:16])


def _old_answers(path: str | None) -> dict[tuple[str, str], dict]:
    """Answers by kind and normalised name; of two spellings of one name the first of the alphabet is answered for, in
    whatever order they stand in the file.
    """
    found: dict[tuple[str, str], tuple[str, str, dict]] = {}
    for kind, name, value in old_answers(path) if path else ():
        if kind in KINDS:
            key, entry = (kind, normalise(name)), (name, repr(value), value)
            if key not in found or entry[:2] < found[key][:2]:
                found[key] = entry
    return {key: value for key, (_, _, value) in found.items()}
