"""Judges a reply: keeps its valid answers, enters its cost, and returns the rest to be asked again."""

from collections import Counter
from collections.abc import Mapping

from rootward.asking.cache import AnswerCache, Call
from rootward.asking.faults import Faults
from rootward.asking.ledger import Ledger
from rootward.asking.lookup import answer_of, refusal
from rootward.asking.money import cost
from rootward.asking.work import Outcome
from rootward.curators.base import Failure, Model
from rootward.curators.prompts import with_rejected
from rootward.curators.questions import Question
from rootward.curators.replies import RawReply, Reading, read
from rootward.curators.settings import model_name

SAME_AGAIN = 2  # equal wrong answers after which a question is not asked again
ROOMY_ATTEMPTS = 2  # for a question whose answers run out of tokens even with more room …
ROOMY_ATTEMPTS_PROVEN = 4  # … and if others of its kind do not: then it may be chance


class Judge:
    """Judges replies. attempts: for a question asked alone; failures of its batch never count."""

    def __init__(self, model: Model, cache: AnswerCache, ledger: Ledger, attempts: int):
        self._model, self._cache, self._ledger = model, cache, ledger
        self._attempts = attempts
        self._wrong: dict[str, list[str]] = {}  # key -> the faults of its answers when asked alone
        self._rejected: dict[str, str] = {}  # key -> what was wrong with its last answer
        self.faults = Faults(model)

    def prompt(self, asked: Mapping[str, Question]) -> str:
        """The prompt of a call with these questions (by key). If one is asked again, the prompt says what was wrong
        with the last answer; its key stays the same, because the question does.
        """
        prompt = self._model.prompt(list(asked.values()))
        rejected = {question.item_id: self._rejected[key] for key, question in asked.items() if key in self._rejected}
        return with_rejected(prompt, rejected) if rejected else prompt

    def pay(self, kind: str, reply: RawReply, discount: float = 1.0) -> None:
        """Enter a reply in the ledger. discount: share of the list price that it cost."""
        settings = self._model.settings(kind)
        self._ledger.add(kind, calls=1)
        version = reply.model_version if reply.model_version != settings["id"] else None
        self._ledger.pay(
            model_name(settings),
            version,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
            dollars=cost(settings["price"], reply, discount=discount),
            searches=reply.searches,
        )

    def judge(
        self,
        asked: dict[str, Question],
        attempts: Counter[str],
        prompt: str,
        reply: RawReply,
        discount: float = 1.0,
        is_roomy: bool = False,
    ) -> Outcome:
        """Judge the reply to questions (by key), store valid answers, and return what failed or has to be asked again.

        attempts: how often each key was asked alone and answered badly, which is updated here. is_roomy: the reply
        before ran out of tokens as well, so another attempt is unlikely to be better.
        """
        keys, questions = list(asked), list(asked.values())
        kind, reading = questions[0].kind.name, read(questions, reply)
        outcome = Outcome()
        if reading.values:
            answered = {keys[at]: (questions[at].item_id, value) for at, value in reading.values.items()}
            self._cache.store(self._call(kind, prompt, reply=reply, discount=discount), answered)
            outcome.answers = {key: answer_of(key, value) for key, (_, value) in answered.items()}
        if reading.problems:
            if reply.finish_reason == "STOP":  # otherwise the content was not the problem
                self._rejected |= {keys[at]: problem for at, problem in reading.problems.items()}
            self._ledger.add(kind, unusable=1)
            if not reading.values:
                settings = self._model.settings(kind)
                self._ledger.waste(model_name(settings), cost(settings["price"], reply, discount=discount))
            self._consider(outcome, asked, attempts=attempts, reading=reading, is_roomy=is_roomy)
        if reading.refused and len(keys) == 1:  # stored like an answer: it would cost the same again
            refused = {keys[0]: (questions[0].item_id, refusal(reading.problems[0]))}
            self._cache.store(self._call(kind, prompt, reply=reply, discount=discount), refused)
        if reading.values or reading.refused:
            self.faults.good(kind)
        else:
            self.faults.bad(kind, keys, problem=reading.problems[0])
        return outcome

    def _consider(
        self, outcome: Outcome, asked: dict[str, Question], attempts: Counter[str], reading: Reading, is_roomy: bool
    ) -> None:
        """Enter into the outcome what has to be asked again, and what failed for good."""
        keys, questions = list(asked), list(asked.values())
        most = self._roomy_attempts(questions[0].kind.name) if is_roomy else self._attempts
        for at, problem in reading.problems.items():
            key = keys[at]
            if len(keys) > 1:  # a failure of a batch is not the fault of each row: they are asked in smaller batches
                outcome.again[key] = questions[at]
                continue
            attempts[key] += 1
            if reading.refused:
                outcome.failures[key] = Failure("refused", problem)
            elif attempts[key] >= most or (at in reading.meant and self._says_it_again(key, problem)):
                outcome.failures[key] = Failure("invalid", problem)
            else:
                outcome.again[key] = questions[at]

    def _says_it_again(self, key: str, problem: str) -> bool:
        """Whether a question got the same wrong answer so often that asking again would be a waste of money."""
        wrong = self._wrong.setdefault(key, [])
        wrong.append(problem)
        return wrong.count(problem) >= SAME_AGAIN

    def _roomy_attempts(self, kind: str) -> int:
        return ROOMY_ATTEMPTS_PROVEN if self.faults.is_proven(kind) else ROOMY_ATTEMPTS

    def _call(self, kind: str, prompt: str, reply: RawReply, discount: float) -> Call:
        settings = self._model.settings(kind)
        return Call(
            kind,
            model_name(settings),
            model_version=reply.model_version,
            prompt=prompt,
            reply=reply.text,
            input_tokens=reply.input_tokens,
            cached_tokens=reply.cached_tokens,
            output_tokens=reply.output_tokens,
            seconds=reply.seconds,
            dollars=cost(settings["price"], reply, discount=discount),
        )
