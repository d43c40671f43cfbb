"""`Asker.ask_many`: the only way for a step to ask questions.

It keeps the progress, the ledger and the error budget. How a paid curator is asked is in `engine`.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from rootward.asking.escalation import Escalation
from rootward.asking.ledger import Ledger
from rootward.asking.progress import Progress
from rootward.curators.base import Answer, Curator, Failure, FollowUp, OnProgress
from rootward.curators.questions import OPTIONAL, Question
from rootward.errors import UserError

log = logging.getLogger("rootward")


class Asks(Protocol):
    """The part of an asker that a step uses."""

    def ask_many(self, questions: Sequence[Question], follow_up: FollowUp | None = None, /) -> list[Answer | Failure]:
        """See `Asker.ask_many`."""
        ...


class Asker:
    """Asks a curator within an error budget.

    max_fraction, tolerated: a step fails if more than this share of its questions failed, and more than this number.
    on_answers(n): called with the number of new answers. escalation: the model to ask where the curator is unsure.
    """

    def __init__(
        self,
        curator: Curator,
        ledger: Ledger,
        max_fraction: float = 0.02,
        tolerated: int = 3,
        on_answers: Callable[[int], None] = lambda n: None,
        escalation: Escalation | None = None,
    ):
        self._curator, self._ledger, self._on_answers = curator, ledger, on_answers
        self._escalation = escalation
        self._max_fraction, self._tolerated = max_fraction, tolerated

    def ask_many(self, questions: Sequence[Question], follow_up: FollowUp | None = None) -> list[Answer | Failure]:
        """One answer or failure per question, in the order asked. Raises UserError if the error budget is exceeded.

        follow_up(question, answer): returns the questions that the next steps are certain to ask once they know this
        answer. A curator that takes time may ask them in advance. The result is the same with and without it.
        """
        if not questions:
            return []
        kind = questions[0].kind.name
        self._ledger.add(kind, questions=len(questions))
        answers = self._answers(
            questions, Progress(kind, len(questions), on_answers=self._on_answers).advance, follow_up=follow_up
        )
        self._account(kind, questions, answers=answers)
        return answers

    def _answers(
        self, questions: Sequence[Question], on_progress: OnProgress, follow_up: FollowUp | None
    ) -> list[Answer | Failure]:
        if self._escalation is None:
            return self._curator.answer(questions, on_progress, follow_up=follow_up)
        if self._escalation.takes(questions):
            return self._escalation.ask(questions, on_progress)
        return self._escalation.settled(questions, self._curator.answer(questions, on_progress, follow_up=follow_up))

    def _account(self, kind: str, questions: Sequence[Question], answers: Sequence[Answer | Failure]) -> None:
        failed = [(n, answer) for n, answer in enumerate(answers) if isinstance(answer, Failure)]
        errors = [(questions[n], answer) for n, answer in failed if answer.is_error]
        counted = "unchecked" if kind in OPTIONAL else "failures"
        self._ledger.add(kind, **{"unknown": len(failed) - len(errors), counted: len(errors)})
        self._ledger.methods.update(a.method for a in answers if isinstance(a, Answer))
        for question, failure in errors:
            log.warning("%s %s: %s: %s", kind, question.item_id, failure.kind, failure.message)
        if kind not in OPTIONAL and len(errors) > max(self._tolerated, self._max_fraction * len(questions)):
            named = ", ".join(q.item_id for q, _ in errors[:5]) + (", …" if len(errors) > 5 else "")
            raise UserError(
                f"{kind}: {len(errors)} of {len(questions)} questions failed, more than errors.max_fraction "
                f"({self._max_fraction:.0%}) allows: {named}; the first: {errors[0][1].message}"
            )
