"""How a step reports to the screen of a run: one small JSON file beside its log, valid at any moment.

A step (or the store, if it restores the results) reports through its `Status`, which `Job` has as `job.status`; the
screen reads it with `read`. There is no other connection between a step and the screen, so it works alike for steps on
this machine, in a group, or on another machine that shares the folder.

The file is beside the log, `results/logs/<step>.status.json` for `results/logs/<step>.log`, and always complete. Its
content is defined by `StepStatus`.
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
# The tables worth mentioning. The other steps report something more useful.
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

    state: running, done or failed; seconds: since the step began; made: what it made, in a few words each; is_restored:
    whether its results were restored and nothing was computed; curator: which curator it asked; asked, answered, hits:
    questions asked so far, how many of them are answered, and how many were answered by the cache; dollars: paid so
    far; error: the one-line error of a failed step.
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
    """Updates the status file of one step.

    As a handler of the logger `rootward` it collects reports about files: `extra={"made": words}` of any log line,
    `extra={"table": …, "n_rows": …}` of `tables.write`. numbers: returns the fields of `StepStatus` that are counted
    elsewhere. Without a path nothing is written.
    """

    def __init__(self, path: Path | None, numbers: Callable[[], Mapping[str, float]] = dict):
        super().__init__()
        self._path, self._numbers = path, numbers
        self._started = self._written = time.monotonic()
        self.content = StepStatus()

    def emit(self, record: logging.LogRecord) -> None:
        """Record what a log line reports as made."""
        words = getattr(record, "made", None) or _of_table(record)
        if words:
            self.made(words)

    def made(self, *words: str) -> None:
        """Record what was made, in a few words: "28 pathways"."""
        self.content.made += words

    def restored(self, *made: str) -> None:
        """Record that the results were restored and nothing was computed; made: the summary from when they were
        computed.
        """
        self.content.is_restored, self.content.made = True, list(made)

    def working(self) -> None:
        """Write the progress, at most once a second."""
        if time.monotonic() - self._written >= WRITE_EVERY:
            self.write()

    def ended(self, error: str | None = None) -> None:
        """Write the outcome."""
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
