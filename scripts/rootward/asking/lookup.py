"""Known answers: from the cache or from an earlier pipeline."""

from collections.abc import Iterable
from typing import Any

from rootward.asking.cache import AnswerCache, Call
from rootward.asking.old_cache import made_at, read_old_answers
from rootward.curators.answers import has_shape
from rootward.curators.base import Answer, Failure, Model
from rootward.curators.questions import Question
from rootward.knowledge.names import normalise

IMPORTED = "imported"  # the model of answers from an earlier pipeline
ASKED_ANEW = ("excluded", "contradictions", "wording")  # inputs that an earlier pipeline did not have

REFUSED = "refused"


class Lookup:
    """Keys of questions, and their known answers. Asks nothing. old: the answers of an earlier pipeline."""

    def __init__(self, model: Model, cache: AnswerCache, old: str | None):
        self._model, self._cache = model, cache
        self._old = read_old_answers(old) if old else {}
        self._old_made = made_at(old) if self._old and old else ""
        self._asked_of: dict[str, str] = {}

    def key(self, question: Question) -> str:
        """The question's key in the answer cache."""
        kind = question.kind
        if kind.name not in self._asked_of:
            self._asked_of[kind.name] = self._model.asked_of(kind)
        return question.key(self._asked_of[kind.name])

    def look_up(self, questions: Iterable[Question]) -> tuple[dict[str, Question], dict[str, Answer | Failure]]:
        """The distinct questions by key, and their known answers; a Failure if the model refused the content."""
        by_key: dict[str, Question] = {}
        for question in questions:
            by_key.setdefault(self.key(question), question)
        stored = self._cache.get_many(by_key)
        known: dict[str, Answer | Failure] = {
            key: _said(key, value) for key, value in stored.items() if _is_usable(by_key[key], value)
        }
        for key in by_key.keys() - known.keys() if self._old else ():
            if (value := self._taken_over(key, by_key[key])) is not None:
                known[key] = answer_of(key, value)
        return by_key, known

    def _taken_over(self, key: str, question: Question) -> dict[str, Any] | None:
        """The answer of an earlier pipeline, put into the cache; None if none fits the question."""
        kind = question.kind
        value = self._old.get((kind.name, normalise(question.item_id)))
        if value is None or self._cache.is_forgotten(kind.name, question.item_id, model=IMPORTED, made=self._old_made):
            return None
        if any((question.item | question.shared).get(field) for field in ASKED_ANEW):
            return None
        if kind.name == "siblings":
            value = {"siblings": value["siblings"][: question.shared["limit"]]}
        try:
            value = kind.reply.model_validate(value).model_dump()
        except ValueError:
            return None
        if kind.problem(question, value):
            return None
        self._cache.store(
            Call(kind.name, IMPORTED, model_version=None, prompt="", reply="", input_tokens=0),
            {key: (question.item_id, value)},
        )
        return value


def answer_of(key: str, value: dict[str, Any]) -> Answer:
    """A model's answer; its call_id leads to the call in the cache."""
    return Answer(value, "model", call_id=key[:16])


def refusal(reason: str) -> dict[str, Any]:
    """What the cache stores if the model refused the content."""
    return {REFUSED: reason}


def _said(key: str, value: dict[str, Any]) -> Answer | Failure:
    """The stored value of a key: an answer, or a refusal."""
    if value.keys() == {REFUSED}:
        return Failure("refused", value[REFUSED])  # the original wording, because tables quote it
    return answer_of(key, value)


def _is_usable(question: Question, value: dict[str, Any]) -> bool:
    """Whether a stored value is usable; if not, the question is asked again."""
    return value.keys() == {REFUSED} or has_shape(question.kind.name, value)
