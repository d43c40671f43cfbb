"""What the models of all providers share: the model for a question, its prompt, and what its answer depends on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rootward.curators.prompts import Prompts
from rootward.curators.questions import Kind, Question, digest
from rootward.curators.settings import ModelSettings, QuestionSettings, answer_settings


class Configured:
    """The part of `Model` that depends only on the configuration.

    models: role -> section `models.<role>`, with its address (see `endpoints.resolved`); questions: kind of question ->
    section `questions.<kind>`; prompts: kind of question -> its template.
    """

    def __init__(
        self,
        models: Mapping[str, ModelSettings],
        questions: Mapping[str, QuestionSettings],
        prompts: Mapping[str, Path],
    ):
        self._models, self._questions, self._prompts = models, questions, Prompts(prompts)

    def question(self, kind: str) -> QuestionSettings:
        """How a kind of question is asked."""
        return self._questions[kind]

    def settings(self, kind: str) -> ModelSettings:
        """The model that answers a kind of question."""
        return self._models[self._questions[kind]["model"]]

    def asked_of(self, kind: Kind) -> str:
        """What an answer depends on besides its inputs, for its key: template, schema, model, address, sampling."""
        settings = answer_settings(self._questions[kind.name], self.settings(kind.name))
        return digest([self._prompts.source(kind.name), settings.pop("id"), kind.schema_digest, settings])

    def prompt(self, questions: Sequence[Question]) -> str:
        """The prompt of a call: the instructions of its kind, then the data block."""
        return self._prompts.of(questions)
