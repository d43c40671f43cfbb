"""What all answers of a kind have in common is the configuration's fault: it is named after a few, before all are paid.

One bad answer is asked again, and a few that stay bad are what the error budget is for. But where one call after
another is unusable, of different questions, and none is good, the next hundred will be no better: a schema the model
cannot keep to, no room for the answer, a setting it refuses.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from rootward.curators.base import Model
from rootward.errors import UserError

CALLS_IN_A_ROW = 16  # unusable, none good …
QUESTIONS = 8  # … of at least so many questions: fewer may be what an earlier run could not get answered
KNOWN_FOR_ONE_MORE = 20  # answers at hand speak for the configuration: each so many of them for one question more


class Systematic(UserError):
    """Every answer of a kind is unusable, and says by its message what to change."""


@dataclass
class _Row:
    """Unusable calls of a kind since the last good one, and their questions (keys); before: questions that were bad
    before it. Asked again they say nothing of the others: at the end of a step only they are left.
    """

    calls: int = 0
    questions: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)


class Faults:
    """Counts unusable calls per kind of question. Safe for threads."""

    def __init__(self, model: Model):
        self._model = model
        self._lock = threading.Lock()
        self._rows: dict[str, _Row] = {}
        self._known: dict[str, int] = {}
        self._proven: set[str] = set()  # kinds that had a good answer
        self._named: dict[str, Systematic] = {}

    def know(self, kind: str, answers: int) -> None:
        """So many answers of the kind are at hand, given under the same configuration."""
        with self._lock:
            self._known[kind] = self._known.get(kind, 0) + answers

    def good(self, kind: str) -> None:
        """A call gave a valid answer, or a refusal of what was asked."""
        with self._lock:
            row = self._rows.setdefault(kind, _Row())
            self._rows[kind] = _Row(before=row.before | row.questions)
            self._proven.add(kind)

    def is_proven(self, kind: str) -> bool:
        """Whether the kind had a good answer."""
        return kind in self._proven

    def short(self, kind: str, questions: Iterable[str]) -> None:
        """A call ran out of output tokens and gets more. Not counted as bad once the kind had a good answer."""
        if not self.is_proven(kind):
            self.bad(kind, questions, problem="finished with MAX_TOKENS")

    def bad(self, kind: str, questions: Iterable[str], problem: str) -> None:
        """A call gave nothing that could be used. problem: what was wrong."""
        with self._lock:
            row = self._rows.setdefault(kind, _Row())
            if not (new := set(questions) - row.before):
                return
            row.calls += 1
            row.questions |= new
            most = QUESTIONS + self._known.get(kind, 0) // KNOWN_FOR_ONE_MORE
            if row.calls >= CALLS_IN_A_ROW and len(row.questions) >= most and kind not in self._named:
                self._named[kind] = Systematic(self._advice(kind, row.calls, problem=problem))

    def check(self, kind: str) -> None:
        """Raise Systematic when the answers of the kind have a fault in common."""
        if kind in self._named:
            raise self._named[kind]

    def _advice(self, kind: str, calls: int, problem: str) -> str:
        role, settings = self._model.question(kind)["model"], self._model.settings(kind)
        said = f"{kind}: {calls} calls in a row returned nothing usable ({problem:.120})"
        if "MAX_TOKENS" in problem:
            room = settings["max_output_tokens"]
            return f"{said}: raise models.{role}.max_output_tokens ({room} now), or lower models.{role}.thinking"
        return (
            f"{said}: more calls would not help; see models.{role} ({settings['id']}, thinking: "
            f"{settings['thinking'] or 'null'}) and the prompt {kind}.md"
        )
