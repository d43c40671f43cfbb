"""What a curator is, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rootward.questions import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid reply: `value` holds the reply's fields; `method` is `model` or `reference:<rung>`; `call_id` leads to its origin.

    call_id: of a model's answer, the first 16 digits of its key in the answer cache, where the call stands; of a reference
    answer, the reference entry that decided it.
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
        return self.kind != "unknown"


class Curator(Protocol):
    """Answers questions at once and for nothing; curators that cost are asked through `ask.Engine`."""

    def answer(self, questions: Sequence[Question]) -> list[Answer | Failure]:
        """One answer per question, in the order asked."""
        ...
