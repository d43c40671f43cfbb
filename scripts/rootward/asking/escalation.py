"""Asks a stronger model where the first one is unsure, and records what that cost and changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rootward.asking.ledger import Ledger
from rootward.curators.base import Answer, Curator, Failure, OnProgress
from rootward.curators.questions import Question
from rootward.knowledge.names import pathway_id

BY_STRONGER = "by_stronger"


def escalated(questions: Mapping[str, Any]) -> dict[str, Any]:
    """The questions that escalate, as the stronger model gets them."""
    return {kind: {**said, "model": said["escalate"]} for kind, said in questions.items() if said.get("escalate")}


class Escalation:
    """Asks a stronger curator.

    below: kind of question that escalates -> the confidence below which an answer is unsure; None if the question
    itself says that the first model was unsure (`Question.stronger`).
    """

    def __init__(self, curator: Curator, ledger: Ledger, below: Mapping[str, float | None]):
        self._curator, self._ledger, self._below = curator, ledger, below
        self._first: dict[tuple[str, str], str] = {}  # what the first model answered about an item

    def takes(self, questions: Sequence[Question]) -> bool:
        """Whether these questions are only for the stronger model."""
        return questions[0].stronger and questions[0].kind.name in self._below

    def ask(self, questions: Sequence[Question], on_progress: OnProgress | None) -> list[Answer | Failure]:
        """The answers of the stronger model, entered in the ledger."""
        kind, before = questions[0].kind.name, self._ledger.dollars
        answers = self._curator.answer(questions, on_progress)
        changed = sum(
            isinstance(answer, Answer) and said_of(answer) != self._first.get((kind, question.item_id))
            for question, answer in zip(questions, answers, strict=True)
        )
        self._ledger.escalate(kind, len(questions), changed=changed, dollars=self._ledger.dollars - before)
        return [_marked(answer) for answer in answers] if questions[0].stronger else answers

    def settled(self, questions: Sequence[Question], answers: Sequence[Answer | Failure]) -> list[Answer | Failure]:
        """The first model's answers, with unsure ones replaced by those of the stronger model."""
        kind, settled = questions[0].kind.name, list(answers)
        if kind not in self._below:
            return settled
        below, unsure = self._below[kind], []
        for at, (question, answer) in enumerate(zip(questions, answers, strict=True)):
            if isinstance(answer, Answer):
                self._first[kind, question.item_id] = said_of(answer)
            if below is not None and (isinstance(answer, Failure) or answer.value["confidence"] < below):
                unsure.append(at)
        if unsure:
            for at, better in zip(unsure, self.ask([questions[at] for at in unsure], None), strict=True):
                settled[at] = better if isinstance(better, Answer) else settled[at]
        return settled


def _marked(answer: Answer | Failure) -> Answer | Failure:
    """One of several opinions, marked as having more weight."""
    return replace(answer, value=answer.value | {BY_STRONGER: True}) if isinstance(answer, Answer) else answer


def said_of(answer: Answer) -> str:
    """What an answer names, as an id: the first field of every reply is what was asked for."""
    return pathway_id(str(next(iter(answer.value.values()))))
