"""What a curator is, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rootward.questions import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid reply: its fields, who gave it (`model` or `reference:<rung>`), and a `call_id` that leads to its origin.

    call_id: of a model's answer, the first 16 digits of its key in the answer cache, where the call stands; of a
    reference answer, the reference entry that decided it.
    """

    value: dict[str, Any]
    method: str
    call_id: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `unknown`: the curator honestly does not know, which is no error; any other kind counts as one."""

    kind: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether it counts against the error budget."""
        return self.kind != "unknown"


class Curator(Protocol):
    """Answers questions at once and for nothing; curators that cost are asked through `ask.Engine`."""

    def answer(self, questions: Sequence[Question]) -> list[Answer | Failure]:
        """One answer per question, in the order asked."""
        ...
