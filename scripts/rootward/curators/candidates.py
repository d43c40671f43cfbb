"""What a model is shown of the references before it names the pathway of an interaction."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rootward.curators.questions import Question

if TYPE_CHECKING:
    from rootward.curators.offline import ReactomeCurator


class Candidates:
    """Shows with a question about the pathway of an interaction the likeliest pathways of the references.

    They are context: an answer is kept under a key without them, and they are looked up only for what is really asked.
    offline: makes the curator that weighs the interactions; limit: how many are shown at most.
    """

    def __init__(self, offline: "Callable[[], ReactomeCurator]", limit: int):
        self._offline, self._limit = offline, limit

    def __call__(self, questions: Mapping[str, Question]) -> dict[str, Question]:
        """The questions by key, as a model is asked them."""
        if not self._limit or not questions or next(iter(questions.values())).kind.name != "assign_term":
            return dict(questions)
        likeliest = self._offline().likeliest([question.item for question in questions.values()], limit=self._limit)
        return {
            key: replace(question, item=dict(question.item) | {"candidates": shown})
            for (key, question), shown in zip(questions.items(), likeliest, strict=True)
        }
