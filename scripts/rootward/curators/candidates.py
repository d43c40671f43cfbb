"""Which pathways of the references a model is shown before it names the pathway of an interaction."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rootward.curators.questions import Question

if TYPE_CHECKING:
    from rootward.curators.offline import ReactomeCurator


class Candidates:
    """Adds the likeliest pathways of the references to questions about the pathway of an interaction.

    They are context: the key of an answer does not include them, and they are looked up only for questions that are
    really asked. offline: makes the curator that weighs the interactions; limit: the maximum number shown.
    """

    def __init__(self, offline: "Callable[[], ReactomeCurator]", limit: int):
        self._offline, self._limit = offline, limit

    def __call__(self, questions: Mapping[str, Question]) -> dict[str, Question]:
        """The questions by key, as the model gets them."""
        if not self._limit or not questions or next(iter(questions.values())).kind.name != "assign_term":
            return dict(questions)
        likeliest = self._offline().likeliest([question.item for question in questions.values()], limit=self._limit)
        return {
            key: replace(question, item=dict(question.item) | {"candidates": shown})
            for (key, question), shown in zip(questions.items(), likeliest, strict=True)
        }
