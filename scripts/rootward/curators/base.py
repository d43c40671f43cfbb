"""What a curator is, what it says, what a model behind the engine must do, and how asking can go wrong."""

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

    call_id: of a model's answer, the first 16 digits of its key in the answer cache, where the call stands; of a
    reference answer, the reference entry that decided it. alternatives: the next best (pathway, confidence).
    """

    value: dict[str, Any]
    method: str
    call_id: str | None
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `unknown`: the curator honestly does not know, which is no error; any other kind counts as one.

    rejected: what was answered and did not hold, as in the `parents` table.
    """

    kind: str
    message: str
    rejected: tuple[dict[str, str], ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it counts against the error budget."""
        return self.kind != "unknown"


OnProgress = Callable[[int, str], None]  # (answers more, a note)
FollowUp = Callable[[Question, Answer], Iterable[Question]]


class Curator(Protocol):
    """Answers questions: at once and for nothing from a reference, or for money through `engine.Engine`."""

    def answer(
        self,
        questions: Sequence[Question],
        on_progress: OnProgress | None = None,
        follow_up: FollowUp | None = None,
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked; `on_progress` is told as they come in.

        follow_up(question, answer) names the questions that will be asked next; who answers at once need not care.
        """
        ...


@dataclass(frozen=True, slots=True)
class JobState:
    """How a batch job stands (PENDING, RUNNING, SUCCEEDED, FAILED, …), and why, where it ended badly."""

    name: str
    reason: str

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of it."""
        return self.name in ("SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED")


class BatchJobs(Protocol):
    """Jobs of many requests that a service works off in its own time, for a lower price. Raises as `Model.call`."""

    def create(self, display_name: str, requests: Sequence[tuple[Sequence[Question], str]]) -> str:
        """Send prompts (each with its questions, all of one kind) as a job; the name that the service gives it."""
        ...

    def find(self, display_name: str) -> str | None:
        """The name of the job of that display name, the newest if there are several; None when there is none."""
        ...

    def look(self, name: str) -> JobState:
        """How a job stands; EXPIRED also when the service no longer knows it."""
        ...

    def replies(self, name: str) -> "dict[int, RawReply | str]":
        """A job's replies by the position of their request; what went wrong, where a request has none."""
        ...


class Model(Protocol):
    """The language models of one service, as the engine needs them: a prompt in, a reply or one of four errors out."""

    @property
    def jobs(self) -> BatchJobs | None:
        """Batch jobs, where the service has them."""
        ...

    def settings(self, kind: str) -> ModelSettings:
        """The model that answers a kind of question."""
        ...

    def question(self, kind: str) -> QuestionSettings:
        """How a kind of question is asked."""
        ...

    def asked_of(self, kind: Kind) -> str:
        """A digest of all that an answer depends on besides its inputs; part of its key."""
        ...

    def prompt(self, questions: Sequence[Question]) -> str:
        """The prompt of a call, its questions all of one kind with equal shared inputs."""
        ...

    def connect(self, kind: str) -> None:
        """Do beforehand what makes the first call of a kind take longer, lest it be timed. Raises Fatal."""
        ...

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> "RawReply":
        """Send one request. Raises Throttled, Lost, BadRequest or Fatal.

        A reply with a `next_prompt` answers nothing yet: that prompt is to be called with in turn; is_searched: the
        prompt holds what a search found; room: times the configured tokens that the answer may take.
        """
        ...


class Throttled(Exception):
    """429: too much at once. wait: the seconds the service named, None when it named none; unit: of what."""

    def __init__(self, wait: float | None, unit: Literal["requests", "tokens"] = "requests"):
        super().__init__("429")
        self.wait, self.unit = wait, unit


class Lost(Exception):
    """The call got no answer (5xx, dropped connection, time-out); the same again may work.

    overloaded: 503 or 504; wait: the seconds that the service named, 0 when it named none.
    """

    def __init__(self, message: str, overloaded: bool = False, wait: float = 0.0):
        super().__init__(message)
        self.overloaded, self.wait = overloaded, wait


class BadRequest(Exception):
    """The service will not take this call (400); the same again changes nothing."""


class Fatal(UserError):
    """No further call makes sense: a day's quota, a refused key, a billing stop, an unknown model."""
