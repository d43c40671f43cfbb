"""One batch, asked call by call under its model's governor."""

from collections import Counter

from rootward.asking.governor import Governor
from rootward.asking.judging import Judge
from rootward.asking.ledger import Ledger
from rootward.asking.work import KEPT, Outcome, Work
from rootward.curators.base import BadRequest, Failure, Fatal, Lost, Model, Throttled


class Caller:
    """Asks batches, from any number of threads.

    slots: calls in flight at most, as granted by Snakemake; attempts: calls of a batch that may get no answer; waiting
    for a quota never counts.
    """

    def __init__(self, model: Model, judge: Judge, ledger: Ledger, slots: int, attempts: int):
        self._model, self._judge, self._ledger = model, judge, ledger
        self._slots, self._attempts = slots, attempts
        self._governors: dict[str, Governor] = {}

    def governor(self, kind: str) -> Governor:
        """The governor of the model that answers a kind."""
        settings = self._model.settings(kind)
        if settings["id"] not in self._governors:
            concurrency = min(settings["concurrency"], self._slots)
            # Other jobs hold the other slots, and with them the rest of the quota.
            share = concurrency / settings["concurrency"]
            rpm, tpm = (rate and rate * share for rate in (settings["rpm"], settings["tpm"]))
            self._governors[settings["id"]] = Governor(concurrency, rpm, tpm)
        return self._governors[settings["id"]]

    def ask(self, work: Work, attempts: Counter[str]) -> Outcome:
        """Ask one batch until it is answered, refused, or its attempts are used up. Raises Stopped or Fatal."""
        keys, questions = list(work.questions), list(work.questions.values())
        kind, governor = questions[0].kind.name, self.governor(questions[0].kind.name)
        prompt = self._model.prompt(questions)
        earlier, is_searched = None, False
        while True:
            estimate = governor.acquire(len(prompt))
            try:
                reply = self._model.call(questions, prompt, is_searched)
            except Throttled as error:
                governor.throttled(estimate, error.wait)
                self._ledger.add(kind, calls=1, throttled=1)
                if governor.is_shut_out:
                    raise Fatal(f"{self._model.settings(kind)['id']}: nothing but 429 for 15 minutes; {KEPT}") from None
                if earlier is None:  # else a search that was paid for would be lost
                    return Outcome(is_refused=True)
                continue
            except Lost as error:
                governor.failed(estimate, error.overloaded)
                self._ledger.add(kind, calls=1, lost=1)
                if governor.is_down:
                    raise Fatal(f"the API does not answer ({error}); {KEPT}") from None
                work.lost += 1
                if work.lost > 1 and len(keys) > 1:  # one row may be what makes it time out
                    return Outcome(again=dict(work.questions))
                if work.lost >= self._attempts:
                    return Outcome(failures=dict.fromkeys(keys, Failure("lost", str(error))))
                governor.back_off(work.lost)
                continue
            except BadRequest as error:
                governor.failed(estimate, False)
                self._ledger.add(kind, calls=1)
                if len(keys) > 1:
                    return Outcome(again=dict(work.questions))
                return Outcome(failures={keys[0]: Failure("request", str(error))})
            except BaseException:
                governor.failed(estimate, False)
                raise
            governor.succeeded(len(prompt), estimate, reply.input_tokens, reply.seconds)
            self._judge.pay(kind, reply)
            if reply.next_prompt is None:
                return self._judge.judge(work.questions, attempts, prompt, reply.after(earlier))
            is_searched = reply.next_prompt != prompt
            prompt, earlier = reply.next_prompt, reply.after(earlier)
