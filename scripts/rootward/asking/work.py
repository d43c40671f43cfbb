"""A batch of questions to be asked, and its outcome."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rootward.curators.base import Answer, Failure
from rootward.curators.questions import Question

SMALLER = (10, 5, 3, 1)  # batch sizes used when a failed batch is asked again
KEPT = "every answer so far is kept, run the same command again later"


@dataclass
class Work:
    """A batch to be asked: questions of one kind with equal shared inputs, by key."""

    questions: dict[str, Question]
    ahead: bool = False  # asked in advance; nobody waits for the answer
    lost: int = 0  # calls that got no answer


@dataclass
class Outcome:
    """The outcome of a batch: answers and final failures by key, and the questions to ask again in smaller batches; or
    that it was refused (429), and is to be asked again unchanged after this many seconds.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    again: dict[str, Question] = field(default_factory=dict)
    refused_for: float | None = None


def batched(questions: dict[str, Question], size_of: Callable[[str], int], ahead: bool = False) -> list[Work]:
    """Questions by key as batches, in key order, grouped by shared inputs. size_of: kind -> questions in a call."""
    groups: dict[tuple[str, str], dict[str, Question]] = {}
    for key in sorted(questions):
        question = questions[key]
        groups.setdefault((question.kind.name, repr(question.shared)), {})[key] = question
    return [work for (kind, _), group in groups.items() for work in _cut(group, size_of(kind), ahead=ahead)]


def cut_smaller(work: Work, questions: dict[str, Question]) -> list[Work]:
    """The remaining questions of a batch, in smaller batches."""
    size = next((smaller for smaller in SMALLER if smaller < len(work.questions)), 1)
    return _cut(questions, size, ahead=work.ahead)


def _cut(questions: dict[str, Question], size: int, ahead: bool) -> list[Work]:
    keys = list(questions)
    return [Work({key: questions[key] for key in keys[at : at + size]}, ahead) for at in range(0, len(keys), size)]
