"""Detects a fault that all answers of a kind share, which means that the configuration is wrong: the step then stops
after a few calls instead of paying for all.

One bad answer is asked again, and a few that stay bad are covered by the error budget. But if calls about different
questions are unusable one after another and none is good, the next hundred will be no better: the model cannot follow
the schema, the answer has too few tokens, or a setting is refused.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from rootward.curators.base import Model
from rootward.errors import UserError

CALLS_IN_A_ROW = 16  # unusable calls in a row, none good …
QUESTIONS = 8  # … about at least this many questions: fewer may be the ones an earlier run failed to get answered
KNOWN_FOR_ONE_MORE = 20  # cached answers that raise QUESTIONS by one: they show that the configuration works


class Systematic(UserError):
    """Every answer of a kind is unusable; the message says what to change."""


@dataclass
class _Row:
    """Unusable calls of a kind since the last good one, and the keys of their questions. before: questions that were
    already bad: asking them again says nothing about the others, and at the end of a step only they are left.
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
        """Record that this many answers of the kind, made under the same configuration, are in the cache."""
        with self._lock:
            self._known[kind] = self._known.get(kind, 0) + answers

    def good(self, kind: str) -> None:
        """Record that a call gave a valid answer, or that its content was refused."""
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
        """Record a call without anything usable. problem: what was wrong."""
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
        """Raise Systematic if the answers of the kind share a fault."""
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
