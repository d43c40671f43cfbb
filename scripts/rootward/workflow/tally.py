"""Counts the steps of a run: turns Snakemake's events and the steps' status files into lines of text. Writes
nothing.
"""

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rootward.publish.terminal import counted, plain, shortened
from rootward.workflow.status import StepStatus, beside, read
from rootward.workflow.steps import asks_a_model

WIDTH = 120
NAMES = 20  # columns of the names on the left
RECENT = 60.0  # seconds over which the rate of answers is computed
SOON = 3  # steps done before the remaining time can be estimated


@dataclass
class Step:
    """A running or ended job: its name, its status file, the files it makes, and its start (seconds of a clock)."""

    name: str
    status: Path | None
    outputs: Sequence[str]
    began: float
    content: StepStatus = field(default_factory=StepStatus)

    @property
    def is_counted(self) -> bool:
        """Whether it makes something. Commands print their own output, and the last target only requests the others."""
        return bool(self.outputs)

    def look(self) -> StepStatus:
        """Its latest status."""
        self.content = (self.status and read(self.status)) or self.content
        return self.content


class Questions(NamedTuple):
    """The questions of all steps of the run so far."""

    asked: int
    answered: int
    dollars: float


def step_name(rule: str, wildcards: Mapping[str, str]) -> str:
    """`climb L3`, `assign_terms 0`, `read_interactions`."""
    values = [f"L{value}" if name == "level" else str(value) for name, value in wildcards.items()]
    return " ".join([rule, *values])


class Tally:
    """Counts the steps of one run. clock: seconds, monotonic."""

    def __init__(self, total: int, clock: Callable[[], float]):
        self.total, self._clock = total, clock
        self.started = clock()
        self.running: dict[int, Step] = {}
        self.ended: list[Step] = []
        self._answers: deque[tuple[float, int]] = deque([(self.started, 0)])

    def starts(self, jobid: int, step: Step) -> None:
        """Record that a job starts, and remove the status file of an earlier run."""
        if step.status is not None:
            step.status.unlink(missing_ok=True)
        self.running[jobid] = step

    def ends(self, jobid: int) -> Step | None:
        """Count a job that has ended, successfully or not. None if it is not a step or was already counted."""
        step = self.running.pop(jobid, None)
        if step is not None:
            step.look()
            self.ended.append(step)
        return step

    @property
    def done(self) -> int:
        """Steps that ended successfully."""
        return len({step.name for step in self.ended if step.is_counted and step.content.state != "failed"})

    def questions(self) -> Questions:
        """Questions asked and answered, and dollars paid so far."""
        told = [step.content for step in self.ended] + [step.look() for step in self.running.values()]
        return Questions(
            sum(one.asked for one in told), sum(one.answered for one in told), dollars=sum(one.dollars for one in told)
        )

    def progress(self) -> str:
        """The progress: "12 of 31 steps, 4 of 9 questions, 1.5/s, 0:27 elapsed, about 0:03 left (by steps)"."""
        asked, answered, dollars = self.questions()
        elapsed = self._clock() - self.started
        rate = self._rate(answered)
        parts = [f"{self.done} of {self.total} steps"]
        if asked:
            parts.append(f"{answered:,} of {asked:,} questions")
        if asked > answered and rate:
            parts.append(f"{rate:.1f}/s")
        parts.append(f"{minutes(elapsed)} elapsed")
        if asked > answered and rate:
            parts.append(f"about {minutes((asked - answered) / rate)} left (by questions)")
        elif SOON <= self.done < self.total:
            parts.append(f"about {minutes(elapsed / self.done * (self.total - self.done))} left (by steps)")
        if dollars:
            parts.append(f"US$ {dollars:.2f}")
        return ", ".join(parts)

    def _rate(self, answered: int) -> float:
        """Recent answers per second."""
        now = self._clock()
        while len(self._answers) > 1 and now - self._answers[0][0] > RECENT:
            self._answers.popleft()
        since, before = self._answers[0]
        self._answers.append((now, answered))
        return (answered - before) / (now - since) if now > since else 0.0

    def line(self, step: Step) -> str:
        """The line of a step that ended successfully, of at most WIDTH columns unless a path is longer."""
        told = step.content
        seconds = told.seconds or self._clock() - step.began
        took = "restored" if told.is_restored else f"{seconds:.1f} s"
        words = ", ".join([*dict.fromkeys(told.made), *_asked(told)])
        left = f"{step.name:<{NAMES}} {took:>9}  "
        return left + (shortened(plain(words), WIDTH - len(left)) if words else _files(step.outputs))

    def end(self) -> str:
        """The last line of a finished run."""
        n_restored = sum(step.content.is_restored for step in self.ended)
        restored = f", {n_restored} of them restored" if n_restored else ""
        return f"{counted(self.done, 'steps')} in {minutes(self._clock() - self.started)}{restored}"

    def names(self) -> str:
        """The running steps."""
        names = [step.name for step in self.running.values() if step.is_counted]
        return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""


def _asked(step: StepStatus) -> list[str]:
    if not step.asked or step.is_restored:
        return []
    if not asks_a_model({"curator": step.curator}):
        return [f"{step.asked:,} looked up"]
    return [f"{step.asked - step.hits:,} asked", f"{step.hits:,} from the cache"]


def _files(outputs: Sequence[str]) -> str:
    return outputs[0] + (f" and {len(outputs) - 1} more" if len(outputs) > 1 else "") if outputs else ""


def minutes(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:00`."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def step_of(rule: str, wildcards: Mapping[str, str], logs: Sequence[str], outputs: Sequence[str], began: float) -> Step:
    """A step from Snakemake's description of a job; its files are relative to the working directory of the run."""
    log = next((path for path in logs if path.endswith(".log")), None)
    made = [os.path.relpath(path) if Path(path).is_absolute() else path for path in outputs]
    return Step(step_name(rule, wildcards), beside(log) if log else None, outputs=made, began=began)
