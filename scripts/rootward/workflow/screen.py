"""What a run shows: one line per step when it ends, one progress bar for all steps, and errors and reasons in full.

`attach` replaces the handler that writes Snakemake's own text to the terminal. A Snakemake logger plugin receives the
same events, but would have to be an installed package, and a workflow is not installed. The handler of Snakemake's log
file is left alone.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from functools import cache, partial
from pathlib import Path
from typing import Any

from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent

from rootward.publish.terminal import counted, shortened, styled, wants_colour
from rootward.workflow.bar import Bar, Lines, is_terminal
from rootward.workflow.contents import FOLDER, Contents
from rootward.workflow.foresight import to_be_restored
from rootward.workflow.job import SHOWN
from rootward.workflow.results import store_of
from rootward.workflow.steps import forced_steps
from rootward.workflow.tally import NAMES, WIDTH, Tally, step_name, step_of
from rootward.workflow.why import cause_of, natural, words

# Snakemake's messages that matter during a run. All messages are in its log.
TELLING = (
    "Nothing to be done",
    "Terminating processes",
    "Will exit after",
    "Trying to restart",
    "This was a dry-run",
    "Creating conda environment",
    "Pulling singularity",
)
MISSING_METADATA = "jobs have missing provenance/metadata"
SWITCH = "Snakemake's own text is in .snakemake/log, and here with --config screen=snakemake"
# Messages that follow an error already shown, and add nothing.
ECHOES = ("Exiting because a job execution failed", "WorkflowError:\nAt least one job did not complete successfully")


def attach(workflow: Any, config: Mapping[str, Any]) -> None:
    """Show this run, unless another output was chosen with `screen: snakemake`, --quiet all, --verbose, --debug-dag or
    a logger plugin. Call it from the Snakefile of the main process, and not when Rootward is used as a module.
    """
    os.environ.pop(SHOWN, None)
    settings = workflow.output_settings
    quiet = frozenset(settings.quiet or ())
    logger = logging.getLogger("snakemake.logging")
    plain = next((handler for handler in logger.handlers if handler.name == "DefaultStreamHandler"), None)
    is_other = config["screen"] != "rootward" or Quietness.ALL in quiet or settings.verbose or settings.debug_dag
    if plain is None or is_other:
        return
    logger.removeHandler(plain)
    logger.addHandler(
        Screen(
            plain,
            quiet,
            config=config,
            jobs=partial(_jobs, workflow),
            restored=partial(_restored, workflow, config),
            is_dryrun=bool(settings.dryrun),
        )
    )
    if not settings.dryrun:
        os.environ[SHOWN] = "1"


def _jobs(workflow: Any) -> dict[int, Any]:
    """jobid -> Snakemake's job, for every job of this run."""
    return {job.jobid: job for job in workflow.dag.needrun_jobs(exclude_finished=False)}


def _restored(workflow: Any, config: Mapping[str, Any], jobs: Iterable[Any]) -> set[Any]:
    """The jobs whose results will come from the step store."""
    store, forced = store_of(config), forced_steps(workflow.dag_settings)
    if store is None or forced is None:
        return set()
    return to_be_restored(jobs, store, contents=Contents(Path("results", FOLDER)), config=config, forced=forced)


class Screen(logging.Handler):
    """Shows Snakemake's events.

    plain: Snakemake's handler, used for commands that run no jobs (--lint, --unlock), and for the rest of the run if
    this handler fails; quiet: the values of Snakemake's --quiet; jobs, restored: see `_jobs` and `_restored`.
    """

    def __init__(
        self,
        plain: Any,
        quiet: frozenset[Quietness],
        config: Mapping[str, Any],
        jobs: Callable[[], dict[int, Any]],
        restored: Callable[[Iterable[Any]], set[Any]],
        is_dryrun: bool,
    ):
        super().__init__()
        self.name = "RootwardScreen"
        self._plain, self._quiet, self._config, self._is_dryrun = plain, quiet, config, is_dryrun
        self._jobs = cache(jobs)
        self._restored = cache(lambda: restored(self._jobs().values()))
        self._out = (Bar if is_terminal(plain.stream) else Lines)(plain.stream)
        self._coloured = not plain.nocolor and wants_colour(plain.stream)
        self._tally: Tally | None = None
        self._is_begun = self._is_following = False
        self._stats = self._log = ""
        self._why: dict[tuple[int, tuple[Any, ...]], str] = {}
        self._order: list[str] = []
        self._errors: dict[str, str] = {}
        self._held: dict[int | None, list[str]] = {}
        self._last = ""
        self._said: set[str] = set()
        self._on: dict[LogEvent | None, Callable[[Any], None]] = {
            LogEvent.WORKFLOW_STARTED: self._begin,
            LogEvent.RUN_INFO: self._take_stock,
            LogEvent.JOB_INFO: self._explain if is_dryrun else self._start,
            LogEvent.JOB_FINISHED: self._finish,
            LogEvent.JOB_ERROR: self._fail,
            LogEvent.GROUP_ERROR: self._fail_group,
            LogEvent.ERROR: self._hold,
        }

    def emit(self, record: logging.LogRecord) -> None:
        """Show the event if it matters. If this fails, Snakemake's own handler takes over for the rest of the run."""
        if self._plain is None:
            return
        event = getattr(record, "event", None)
        if not self._is_begun and event != LogEvent.WORKFLOW_STARTED:
            self._plain.handle(record)
            return
        try:
            self._on.get(event, self._other)(record)
        except Exception as error:
            self._out.end()
            self._is_begun, self._on = False, {}
            print(f"the screen of the run failed ({error!r}); here is Snakemake's own", file=self._plain.stream)
            self._plain.handle(record)

    def close(self) -> None:
        """Finish the output, and repeat the failures unless they were the last thing shown."""
        plain, self._plain = self._plain, None
        if plain is not None:
            self._out.end()
            self._show_stats()
            for held in self._held.values():
                self._complain(*held)
            if self._errors and self._last not in self._errors.values():
                failed = counted(len(self._errors), "errors")
                self._write(f"{failed} in this run:", "bold")
                for text in self._errors.values():
                    self._write(text, "red")
            if self._log:
                self._write(f"log: {self._log}", "dim")
            plain.close()
        super().close()

    # --- events ---

    def _begin(self, record: Any) -> None:
        self._is_begun = True

    def _take_stock(self, record: Any) -> None:
        self._stats, self._order = record.getMessage(), list(record.stats)
        if not self._is_dryrun:
            self._tally = Tally(sum(bool(job.output) for job in self._jobs().values()), time.monotonic)

    def _explain(self, record: Any) -> None:
        """Show a job of a dry run and why it would run."""
        job = self._jobs()[record.jobid]
        if not job.output or Quietness.RULES in self._quiet:
            return
        name = step_name(record.rule_name, record.wildcards)
        line = f"{name:<{NAMES}}  {'restored: ' if job in self._restored() else ''}"
        if Quietness.REASON not in self._quiet:
            why = words(cause_of(job, _name_of), record.rule_name, config=self._config)
            line += why if "/" in why else shortened(why, WIDTH - len(line))
        # Snakemake's job order means nothing to a reader.
        self._why[self._order.index(record.rule_name), natural(name)] = line.rstrip()

    def _start(self, record: Any) -> None:
        if self._tally is None:
            return
        step = step_of(
            record.rule_name, record.wildcards, logs=record.log, outputs=record.output, began=time.monotonic()
        )
        self._tally.starts(record.jobid, step)
        if step.is_counted and not self._is_following and Quietness.PROGRESS not in self._quiet:
            self._is_following = True
            self._write(f"{counted(self._tally.total, 'steps')} to do; {SWITCH}", "dim")
            self._out.follow(self._progress)

    def _progress(self) -> tuple[int, int, str, str]:
        with self.lock or nullcontext():
            tally = self._tally or Tally(0, time.monotonic)
            return tally.done, tally.total, tally.names(), tally.progress()

    def _finish(self, record: Any) -> None:
        if self._tally is None or (step := self._tally.ends(record.job_id)) is None:
            return
        self._errors.pop(step.name, None)
        if not step.is_counted:
            return
        if Quietness.RULES not in self._quiet:
            self._write(self._tally.line(step))
        if self._tally.done == self._tally.total:
            self._out.end()
            self._write(self._tally.end(), "bold")

    def _fail(self, record: Any) -> None:
        """A job failed: show its own line of explanation, or else all that Snakemake knows about it."""
        step = self._tally.ends(record.jobid) if self._tally else None
        name = step.name if step else record.rule_name
        held = self._held.pop(record.thread, [])
        if step and step.content.error:
            self._errors[name] = f"{name}: {step.content.error}"
        else:
            self._errors[name] = "\n".join([*held, self._plain.format(record)])
        self._write(self._errors[name], "red")

    def _fail_group(self, record: Any) -> None:
        """Show the logs, which only the event of the group has. An event for each of its jobs follows."""
        for path in record.aux_logs or ():
            self._write(f"log of group {record.groupid}: {path}", "red")

    def _hold(self, record: Any) -> None:
        """Hold an exception back. The event that says which job failed follows on the same thread."""
        text = record.getMessage()
        if not text.startswith(ECHOES):
            self._held.setdefault(record.thread, []).append(text)

    def _other(self, record: Any) -> None:
        text = str(record.msg or "").strip()
        if text.startswith("Complete log(s): "):
            self._log = os.path.relpath(text.removeprefix("Complete log(s): "))
        elif record.levelno >= logging.ERROR and not text.startswith(ECHOES):
            self._complain(text)
        elif record.levelno == logging.WARNING and text not in self._said:
            self._said.add(text)
            self._write(text, "yellow")
        elif getattr(record, "event", None) is None and (text.startswith(TELLING) or MISSING_METADATA in text):
            self._show_stats()
            self._write(text)

    # --- output ---

    def _show_stats(self) -> None:
        if self._is_dryrun and self._stats:
            for _, line in sorted(self._why.items()):
                self._write(line)
            self._write(f"\n{self._stats}")
            if self._restored():
                count = counted(len(self._restored()), "steps")
                self._write(f"restored: {count} will be taken from the step store instead of computed")
            self._stats = ""

    def _complain(self, *texts: str) -> None:
        for text in texts:
            if text not in self._errors.values():
                self._errors[text] = text
                self._write(text, "red")

    def _write(self, text: str, style: str = "plain") -> None:
        self._last = text
        for line in text.splitlines():
            self._out.write(styled(line, style, coloured=self._coloured))


def _name_of(job: Any) -> str:
    return step_name(job.rule.name, job.wildcards_dict)
