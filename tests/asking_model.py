"""A model for the tests of the engine: it stands where `Gemini` does and answers by a function."""

import json
import threading
from collections.abc import Callable, Iterable, Sequence

from rootward.curators.base import Failure
from rootward.curators.questions import Question, ask_about, block
from rootward.curators.replies import RawReply

ROOTS = ["Autophagy", "Metabolism"]


class Model:
    """Stands where `Gemini` does and answers by `reply`; keeps the ids of each call."""

    def __init__(self, reply: Callable[[Sequence[Question]], RawReply] | None = None, batch: int = 1, asked_of="v1"):
        self._reply, self._batch, self._asked_of = reply or well, batch, asked_of
        self.calls: list[list[str]] = []
        self.rooms: list[int] = []
        self.prompts: list[str] = []
        self._lock = threading.Lock()

    def asked_of(self, kind) -> str:
        return self._asked_of

    jobs = None

    def question(self, kind: str) -> dict:
        return {"model": "flash", "batch": self._batch}

    def settings(self, kind: str) -> dict:
        rates = {"rpm": None, "tpm": None, "price": {"input": 1.0, "output": 2.0}}
        return {"id": "flash", "concurrency": 4, "max_output_tokens": 100, "thinking": None, **rates}

    def connect(self, kind: str) -> None:
        pass

    def prompt(self, questions: Sequence[Question]) -> str:
        return f"Answer.\n\n{block(questions)}"

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> RawReply:
        with self._lock:
            self.rooms.append(room)
            self.prompts.append(prompt)
            self.calls.append([question.item_id for question in questions])
        return self._reply(questions)

    @property
    def asked(self) -> list[str]:
        """The ids of all calls."""
        return [id_ for call in self.calls for id_ in call]

    def sizes_with(self, id_: str) -> list[int]:
        """The sizes of the calls that asked about an item, in order."""
        return [len(call) for call in self.calls if id_ in call]


def well(questions: Sequence[Question], leave_out: Iterable[str] = ()) -> RawReply:
    """The reply of a model that knows: each merge is none, and the parent of x is 'above x'."""
    kind = questions[0].kind
    if kind.name == "parent":
        content = {"parent": f"above {questions[0].item_id}", "reasoning": "so"}
    else:
        row = {"same": False, "canonical": None, "reasoning": "so"}
        content = {kind.answers: [{kind.item_id: q.item_id, **row} for q in questions if q.item_id not in leave_out]}
    return RawReply(json.dumps(content), "STOP", "flash", 1000, 0, 500, 0.001)


def spoiling(bad: str, how: Callable[[], RawReply]) -> Callable[[Sequence[Question]], RawReply]:
    """A reply that is spoilt whenever the call asks about one item."""
    return lambda questions: how() if bad in [q.item_id for q in questions] else well(questions)


def raising(*errors: Exception) -> Callable[[Sequence[Question]], RawReply]:
    """A reply that fails with each of the errors once, then is well."""
    left = list(errors)

    def reply(questions: Sequence[Question]) -> RawReply:
        if left:
            raise left.pop(0)
        return well(questions)

    return reply


def merges(count: int) -> list[Question]:
    return [ask_about("merge", {"pair_id": f"p{n}", "a": f"a{n}", "b": f"b{n}"}) for n in range(count)]


# The first in the order of the keys, so that it is in the largest part of each batch that is cut.
BAD = min(merges(20), key=lambda question: question.key("v1")).item_id


def parents(*names: str, roots=ROOTS) -> list[Question]:
    return [ask_about("parent", {"child": name, "excluded": []}, roots=list(roots)) for name in names]


def failures(questions, answers) -> dict[str, str]:
    pairs = zip(questions, answers, strict=True)
    return {question.item_id: answer.kind for question, answer in pairs if isinstance(answer, Failure)}
