"""The models of a run: each kind of question goes to the provider of its role."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from rootward.curators.base import BatchJobs, Fatal, Model
from rootward.curators.questions import Kind, Question
from rootward.curators.replies import RawReply
from rootward.curators.settings import ApiSettings, ModelSettings, QuestionSettings, model_name

Maker = Callable[[], Model]


@runtime_checkable
class Probed(Protocol):
    """Models behind an endpoint whose abilities must be probed."""

    def probe(self, kind: str) -> list[str]:
        """See `openai.OpenAI.probe`."""
        ...


class Providers:
    """Implements `Model` over several providers. Each is created at its first question."""

    def __init__(
        self, models: Mapping[str, ModelSettings], questions: Mapping[str, QuestionSettings], made: Mapping[str, Maker]
    ):
        self._models, self._questions, self._makers = models, questions, made
        self._made: dict[str, Model] = {}

    def _of(self, kind: str) -> Model:
        provider = self._models[self._questions[kind]["model"]].get("provider") or "gemini"
        if provider not in self._made:
            self._made[provider] = self._makers[provider]()
        return self._made[provider]

    @property
    def jobs(self) -> BatchJobs | None:
        """Batch jobs, if all questions go to one provider that has them. Raises Fatal otherwise."""
        for kind in self._questions:
            if (jobs := self._of(kind).jobs) is None:
                raise Fatal("mode: batch: works only with Gemini; set mode: interactive")
        return jobs

    def settings(self, kind: str) -> ModelSettings:
        """See `Model`."""
        return self._of(kind).settings(kind)

    def question(self, kind: str) -> QuestionSettings:
        """See `Model`."""
        return self._of(kind).question(kind)

    def asked_of(self, kind: Kind) -> str:
        """See `Model`."""
        return self._of(kind.name).asked_of(kind)

    def prompt(self, questions: Sequence[Question]) -> str:
        """See `Model`."""
        return self._of(questions[0].kind.name).prompt(questions)

    def probe(self) -> list[str]:
        """Probe every endpoint again and return the results as lines; Gemini's abilities are known."""
        lines, seen = list[str](), set[str]()
        for kind, question in self._questions.items():
            model, serves = self._models[question["model"]], self._of(kind)
            name = model_name(model)
            if name not in seen:
                seen.add(name)
                lines += serves.probe(kind) if isinstance(serves, Probed) else [f"{name}: Gemini, not probed"]
        return lines

    def connect(self, kind: str) -> None:
        """See `Model`."""
        self._of(kind).connect(kind)

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> RawReply:
        """See `Model`."""
        return self._of(questions[0].kind.name).call(questions, prompt, is_searched=is_searched, room=room)


def model_of(
    models: Mapping[str, ModelSettings],
    questions: Mapping[str, QuestionSettings],
    prompts: Mapping[str, Path],
    api: ApiSettings,
    kept: Path | None,
) -> Providers:
    """The models of a configuration (see `endpoints.resolved`) behind one `Model`. kept: see `openai.OpenAI`."""

    def gemini() -> Model:
        from rootward.curators.gemini import Gemini

        return Gemini(models, questions, prompts=prompts, api=api)

    def openai() -> Model:
        from rootward.curators.openai import OpenAI

        return OpenAI(models, questions, prompts=prompts, api=api, kept=kept)

    return Providers(models, questions, made={"gemini": gemini, "openai": openai})
