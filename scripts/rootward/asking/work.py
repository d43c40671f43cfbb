"""A batch of questions on its way to a model, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rootward.curators.base import Answer, Failure
from rootward.curators.questions import Question

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
    that it was refused (429) and is to be asked again as it is after so many seconds.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    again: dict[str, Question] = field(default_factory=dict)
    refused_for: float | None = None


def batched(questions: dict[str, Question], size_of: Callable[[str], int], ahead: bool = False) -> list[Work]:
    """Questions by key as batches, in key order, equal shared inputs together. size_of: kind -> questions in a call."""
    groups: dict[tuple[str, str], dict[str, Question]] = {}
    for key in sorted(questions):
        question = questions[key]
        groups.setdefault((question.kind.name, repr(question.shared)), {})[key] = question
    return [work for (kind, _), group in groups.items() for work in _cut(group, size_of(kind), ahead=ahead)]


def cut_smaller(work: Work, questions: dict[str, Question]) -> list[Work]:
    """What is left of a batch, in smaller ones."""
    size = next((smaller for smaller in SMALLER if smaller < len(work.questions)), 1)
    return _cut(questions, size, ahead=work.ahead)


def _cut(questions: dict[str, Question], size: int, ahead: bool) -> list[Work]:
    keys = list(questions)
    return [Work({key: questions[key] for key in keys[at : at + size]}, ahead) for at in range(0, len(keys), size)]
