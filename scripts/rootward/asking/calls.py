"""Asks one batch, call by call, under its model's governor."""

import logging
import time
from collections import Counter
from pathlib import Path

from rootward.asking.budget import Budget
from rootward.asking.governor import Governor
from rootward.asking.judging import Judge
from rootward.asking.ledger import Ledger
from rootward.asking.money import cost, most
from rootward.asking.pace import Pace
from rootward.asking.sent import Sent
from rootward.asking.work import KEPT, Outcome, Work
from rootward.curators.base import BadRequest, Failure, Fatal, Lost, Model, Throttled
from rootward.curators.questions import Question
from rootward.curators.replies import RawReply
from rootward.curators.settings import model_name

log = logging.getLogger("rootward")

FEWEST_CHARACTERS = 2  # per token
MOST_QUERIES = 20  # Google Search queries in one call
MORE_ROOM = 4  # times the configured tokens, for an answer that ran out of them
NEEDED_ROOM = 3  # number of answers of a kind that needed more room before all get it


class Caller:
    """Asks batches, from any number of threads.

    cache: path of the answer cache, beside which processes record the calls they send; slots: the maximum number of
    calls in flight, as allowed by Snakemake; attempts: how many calls of a batch may get no answer, not counting waits
    for a quota.
    """

    def __init__(
        self,
        *,
        model: Model,
        judge: Judge,
        ledger: Ledger,
        cache: Path,
        slots: int,
        attempts: int,
        budget: Budget | None,
    ):
        self._model, self._judge, self._ledger = model, judge, ledger
        self._cache, self._slots, self._attempts, self._budget = cache, slots, attempts, budget
        self._governors: dict[str, Governor] = {}
        self._needed_room: Counter[str] = Counter()

    def governor(self, kind: str) -> Governor:
        """The governor of the model that answers a kind."""
        settings = self._model.settings(kind)
        model = model_name(settings)
        if model not in self._governors:
            pace = Pace(
                concurrency=min(settings["concurrency"], self._slots),
                rpm=settings["rpm"],
                tpm=settings["tpm"],
                shared=Sent(self._cache, model, clock=time.monotonic),
            )
            self._governors[model] = Governor(pace)
        return self._governors[model]

    def _request(self, questions: list[Question], prompt: str, is_searched: bool, room: int) -> RawReply:
        """Send one request within the budget. Raises Spent in addition to the errors of a call."""
        if self._budget is None:
            return self._model.call(questions, prompt, is_searched=is_searched, room=room)
        kind = questions[0].kind.name
        settings = self._model.settings(kind)
        queries = MOST_QUERIES if self._model.question(kind).get("search") and not is_searched else 0
        upper = most(settings, input_tokens=len(prompt) / FEWEST_CHARACTERS, room=room, queries=queries)
        with self._budget.call(upper) as paid:
            try:
                reply = self._model.call(questions, prompt, is_searched=is_searched, room=room)
            except Lost:  # it is unknown whether it is billed
                paid.append(upper)
                raise
            paid.append(cost(settings["price"], reply))
            return reply

    def _room(self, kind: str) -> int:
        """How many times the configured tokens an answer of the kind may take."""
        return MORE_ROOM if self._needed_room[kind] >= NEEDED_ROOM else 1

    def _learn_room(self, kind: str, room: int, outcome: Outcome) -> None:
        if room == 1 or not outcome.answers or self._room(kind) > 1:
            return
        self._needed_room[kind] += 1
        if self._room(kind) > 1:
            role = self._model.question(kind)["model"]
            log.warning("%s: its answers need more output tokens; raise models.%s.max_output_tokens", kind, role)

    def ask(self, work: Work, attempts: Counter[str]) -> Outcome:
        """Ask one batch until it is answered, refused, or out of attempts. Raises Stopped or Fatal."""
        keys, questions = list(work.questions), list(work.questions.values())
        kind, governor = questions[0].kind.name, self.governor(questions[0].kind.name)
        prompt = self._judge.prompt(work.questions)
        self._model.connect(kind)
        if len(keys) > self._model.question(kind)["batch"]:  # the model turned out to take smaller batches
            return Outcome(again=dict(work.questions))
        earlier, is_searched, room = None, False, self._room(kind)
        while True:
            self._judge.faults.check(kind)
            call = governor.acquire(len(prompt))
            try:
                reply = self._request(questions, prompt, is_searched=is_searched, room=room)
            except Throttled as error:
                wait = governor.throttled(call, error.wait, unit=error.unit)
                self._ledger.add(kind, calls=1, throttled=1)
                if governor.is_shut_out:
                    raise Fatal(
                        f"{model_name(self._model.settings(kind))}: only 429 errors for 15 minutes; {KEPT}"
                    ) from None
                if earlier is None:  # otherwise a paid search would be lost
                    return Outcome(refused_for=wait)
                governor.sleep(wait)
                continue
            except Lost as error:
                governor.failed(call, error.overloaded)
                self._ledger.add(kind, calls=1, lost=1)
                if governor.is_down:
                    raise Fatal(f"the API does not answer ({error}); {KEPT}") from None
                work.lost += 1
                if work.lost > 1 and len(keys) > 1:  # a single row may cause the time-outs
                    return Outcome(again=dict(work.questions))
                if work.lost >= self._attempts:
                    return Outcome(failures=dict.fromkeys(keys, Failure("lost", str(error))))
                governor.back_off(work.lost, named=error.wait)
                continue
            except BadRequest as error:
                governor.failed(call, False)
                self._ledger.add(kind, calls=1)
                self._judge.faults.bad(kind, keys, problem=str(error))
                if len(keys) > 1:
                    return Outcome(again=dict(work.questions))
                return Outcome(failures={keys[0]: Failure("request", str(error))})
            except BaseException:
                governor.failed(call, False)
                raise
            governor.succeeded(call, characters=len(prompt), tokens=reply.input_tokens, seconds=reply.seconds)
            self._judge.pay(kind, reply)
            if reply.finish_reason == "MAX_TOKENS" and len(keys) == 1 and room == 1:
                self._judge.faults.short(kind, keys)
                room, earlier = MORE_ROOM, reply.after(earlier)
                continue
            if reply.next_prompt is None:
                outcome = self._judge.judge(
                    work.questions, attempts, prompt=prompt, reply=reply.after(earlier), is_roomy=room > 1
                )
                self._learn_room(kind, room, outcome=outcome)
                return outcome
            is_searched = reply.next_prompt != prompt
            prompt, earlier = reply.next_prompt, reply.after(earlier)
