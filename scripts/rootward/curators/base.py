"""What a curator is, what it says, and how asking can go wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rootward.curators.questions import Question
from rootward.errors import UserError


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid reply: its fields, who gave it (`model` or `reference:<rung>`), and a `call_id` that leads to its origin.

    call_id: of a model's answer, the first 16 digits of its key in the answer cache, where the call stands; of a
    reference answer, the reference entry that decided it. alternatives: the next best (pathway, confidence).
    """

    value: dict[str, Any]
    method: str
    call_id: str | None
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `unknown`: the curator honestly does not know, which is no error; any other kind counts as one.

    rejected: what was answered and did not hold, as in the `parents` table.
    """

    kind: str
    message: str
    rejected: tuple[dict[str, str], ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it counts against the error budget."""
        return self.kind != "unknown"


Hear = Callable[[int, str], None]  # (answers more, a note)
Follow = Callable[[Question, Answer], Iterable[Question]]


class Curator(Protocol):
    """Answers questions: at once and for nothing from a reference, or for money through `engine.Engine`."""

    def answer(
        self, questions: Sequence[Question], hear: Hear | None = None, follow: Follow | None = None
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked; `hear` is told as they come in.

        follow(question, answer) names the questions that will be asked next; who answers at once need not care.
        """
        ...


class Throttled(Exception):
    """429: too much at once. `wait`: the seconds the service named, None when it named none."""

    def __init__(self, wait: float | None):
        super().__init__("429")
        self.wait = wait


class Lost(Exception):
    """The call got no answer (5xx, dropped connection, time-out); the same again may work. `overloaded`: 503 or 504."""

    def __init__(self, message: str, overloaded: bool = False):
        super().__init__(message)
        self.overloaded = overloaded


class BadRequest(Exception):
    """The service will not take this call (400); the same again changes nothing."""


class Terminal(UserError):
    """No further call makes sense: a day's quota, a refused key, a billing stop, an unknown model."""
