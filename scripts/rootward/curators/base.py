"""The interfaces of curators and of the models behind the engine, their answers, and the errors of a call."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rootward.curators.questions import Kind, Question
from rootward.curators.settings import ModelSettings, QuestionSettings
from rootward.errors import UserError

if TYPE_CHECKING:
    from rootward.curators.replies import RawReply


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid reply: its fields, who gave it (`model` or `reference:<rung>`), and a `call_id` that leads to its origin.

    call_id: for a model's answer, the first 16 digits of its key in the answer cache, which has the call; for a
    reference answer, the reference entry that decided it. alternatives: the next best (pathway, confidence).
    """

    value: dict[str, Any]
    method: str
    call_id: str | None
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `unknown` means that the curator does not know, which is not an error; every other kind is an error.

    rejected: the answers that were refused, as in the `parents` table.
    """

    kind: str
    message: str
    rejected: tuple[dict[str, str], ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it counts against the error budget."""
        return self.kind != "unknown"


OnProgress = Callable[[int, str], None]  # (number of new answers, a note)
FollowUp = Callable[[Question, Answer], Iterable[Question]]


class Curator(Protocol):
    """Answers questions: at once and free from a reference, or at a cost through `engine.Engine`."""

    def answer(
        self,
        questions: Sequence[Question],
        on_progress: OnProgress | None = None,
        follow_up: FollowUp | None = None,
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked. `on_progress` is called as answers arrive.

        follow_up(question, answer) returns the questions that will be asked next. A curator that answers at once may
        ignore it.
        """
        ...


@dataclass(frozen=True, slots=True)
class JobState:
    """The state of a batch job (PENDING, RUNNING, SUCCEEDED, FAILED, …), and the reason if it failed."""

    name: str
    reason: str

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.name in ("SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED")


class BatchJobs(Protocol):
    """Jobs of many requests that a service processes in its own time, at a lower price. Raises the errors of
    `Model.call`.
    """

    def create(self, display_name: str, requests: Sequence[tuple[Sequence[Question], str]]) -> str:
        """Send prompts (each with its questions, all of one kind) as a job. Returns the service's name for it."""
        ...

    def find(self, display_name: str) -> str | None:
        """The name of the job with this display name, the newest if there are several; None if there is none."""
        ...

    def look(self, name: str) -> JobState:
        """The state of a job; EXPIRED also if the service no longer knows it."""
        ...

    def replies(self, name: str) -> "dict[int, RawReply | str]":
        """A job's replies by the position of their request; a description of the error for requests without a reply."""
        ...


class Model(Protocol):
    """The language models of one service, as the engine needs them: a prompt in, a reply or one of four errors out."""

    @property
    def jobs(self) -> BatchJobs | None:
        """Batch jobs, if the service has them."""
        ...

    def settings(self, kind: str) -> ModelSettings:
        """The model that answers a kind of question."""
        ...

    def question(self, kind: str) -> QuestionSettings:
        """How a kind of question is asked."""
        ...

    def asked_of(self, kind: Kind) -> str:
        """A digest of everything that an answer depends on besides its inputs; part of its key."""
        ...

    def prompt(self, questions: Sequence[Question]) -> str:
        """The prompt of a call. All its questions are of one kind, with equal shared inputs."""
        ...

    def connect(self, kind: str) -> None:
        """Prepare the first call of a kind, so that the preparation is not counted as its latency. Raises Fatal."""
        ...

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> "RawReply":
        """Send one request. Raises Throttled, Lost, BadRequest or Fatal.

        If the reply has a `next_prompt`, it is not an answer yet: call again with that prompt. is_searched: the prompt
        contains search results; room: how many times the configured output tokens the answer may take.
        """
        ...


class Throttled(Exception):
    """429: too many requests or tokens (unit). wait: the seconds named by the service, None if it named none."""

    def __init__(self, wait: float | None, unit: Literal["requests", "tokens"] = "requests"):
        super().__init__("429")
        self.wait, self.unit = wait, unit


class Lost(Exception):
    """The call got no answer (5xx, dropped connection, time-out); a retry may work.

    overloaded: 503 or 504; wait: the seconds named by the service, 0 if it named none.
    """

    def __init__(self, message: str, overloaded: bool = False, wait: float = 0.0):
        super().__init__(message)
        self.overloaded, self.wait = overloaded, wait


class BadRequest(Exception):
    """The service rejects this request (400); a retry would not help."""


class Fatal(UserError):
    """No further call can succeed: the daily quota is used up, the key is refused, billing stopped, or the model is
    unknown.
    """
