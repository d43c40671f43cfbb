"""What a step tells the screen of a run: one small JSON file beside its log, true at any moment of its work.

A step (or the store that puts its results back) says what it made through its `Status`, which `Job` keeps as
`job.status`; whoever shows a run reads it with `read`. No other way leads from a step to the screen, so that it is the
same for a step on this machine, in a group, or on another machine that shares the folder.

The file stands where the log does, `results/logs/<step>.status.json` beside `results/logs/<step>.log`, and is always
whole. `StepStatus` says what is in it.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from rootward.files import write_text
from rootward.publish.terminal import counted

WRITE_EVERY = 1.0  # seconds; answers may come by the thousand
# What is worth a word of the tables a step writes. Of the others their step has more telling ones.
THINGS = {
    "interactions": "interactions",
    "evidence": "interactions checked",
    "assigned": "interactions assigned",
    "refined": "names",
    "leaves": "pathways",
    "parents": "pathways",
    "hierarchy": "edges",
    "siblings": "siblings",
    "tree": "pathways",
    "reorganized": "pathways",
    "changes": "changes",
}
UNSAID_WHEN_NONE = frozenset(["changes"])


@dataclass
class StepStatus:
    """The content of a status file.

    state: running, done or failed; seconds: since the step began; made: what it made, in a few words each;
    is_restored: whether its results were put back from the store and nothing was computed; curator: whom it asked;
    asked, answered, hits: questions put so far, those of them that are answered, and those that the cache answered;
    dollars: paid so far; error: the one line of a step that failed.
    """

    state: str = "running"
    seconds: float = 0.0
    made: list[str] = field(default_factory=list)
    is_restored: bool = False
    curator: str = ""
    asked: int = 0
    answered: int = 0
    hits: int = 0
    dollars: float = 0.0
    error: str | None = None


class Status(logging.Handler):
    """Keeps the status file of one step.

    As a handler of the logger `rootward` it picks up what is said of files on the way: `extra={"made": words}` of any
    line of the log, `extra={"table": …, "n_rows": …}` of `tables.write`. numbers: the fields of `StepStatus` that are
    counted elsewhere, as they are now. Without a path nothing is written.
    """

    def __init__(self, path: Path | None, numbers: Callable[[], Mapping[str, float]] = dict):
        super().__init__()
        self._path, self._numbers = path, numbers
        self._started = self._written = time.monotonic()
        self.content = StepStatus()

    def emit(self, record: logging.LogRecord) -> None:
        """Note what a line of the log says was made."""
        words = getattr(record, "made", None) or _of_table(record)
        if words:
            self.made(words)

    def made(self, *words: str) -> None:
        """Note what was made, in a few words: "28 pathways"."""
        self.content.made += words

    def restored(self, *made: str) -> None:
        """Note that the results were restored and nothing was computed; made: what they hold, as reported back then."""
        self.content.is_restored, self.content.made = True, list(made)

    def working(self) -> None:
        """Write how far it is, at most once a second."""
        if time.monotonic() - self._written >= WRITE_EVERY:
            self.write()

    def ended(self, error: str | None = None) -> None:
        """Write how it ended."""
        self.content.state, self.content.error = ("failed", error) if error else ("done", None)
        self.write()

    def write(self) -> None:
        """Write the file. A full disk is ignored here: the step reports it itself."""
        self._written = time.monotonic()
        self.content.seconds = round(self._written - self._started, 2)
        for name, number in self._numbers().items():
            setattr(self.content, name, number)
        if self._path is not None:
            try:
                write_text(self._path, json.dumps(asdict(self.content)) + "\n")
            except OSError:
                pass


def _of_table(record: logging.LogRecord) -> str | None:
    table, n_rows = getattr(record, "table", ""), getattr(record, "n_rows", 0)
    if table not in THINGS or (not n_rows and table in UNSAID_WHEN_NONE):
        return None
    return counted(n_rows, THINGS[table])


def beside(log: str | Path) -> Path:
    """The status file of the step with this log."""
    return Path(log).with_suffix(".status.json")


def read(path: Path) -> StepStatus | None:
    """A step's status; None if it has not written any yet."""
    try:
        content = dict(json.loads(path.read_text(encoding="utf-8")))
        return StepStatus(**{known.name: content[known.name] for known in fields(StepStatus) if known.name in content})
    except (OSError, ValueError, TypeError):
        return None
