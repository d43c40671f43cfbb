"""Explains why Snakemake runs a job: which input, which setting, which code."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snakemake.settings.enums import RerunTrigger

MOST = 3  # files or steps listed; above that, only their number


@dataclass
class Cause:
    """Why one job runs. Files are paths; new_from: the steps that make an input again; params: the names of the changed
    parameters with their new values; before: the old ones as Snakemake stored them, written as Python. because: why
    Rootward forces it, in words.
    """

    is_forced: bool = False
    because: Sequence[str] = ()
    is_command: bool = False
    missing: Sequence[str] = ()
    n_outputs: int = 0
    incomplete: Sequence[str] = ()
    updated: Sequence[str] = ()
    new_from: Sequence[str] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    before: Iterable[str] = ()
    lost_params: bool = False
    other_inputs: bool = False
    other_code: bool = False
    other_environment: bool = False


# File of results -> why its step is forced, in words; Snakemake cannot know that.
FORCED: dict[str, str] = {}


def force(damaged: Iterable[str], outdated: Mapping[str, Sequence[str]]) -> set[str]:
    """The files to be made again; their reasons are stored for the screen: files that differ from what was made, and
    files made from inputs (by file) that have changed.
    """
    FORCED.update({path: f"{path} was changed after it was made" for path in damaged})
    FORCED.update({path: f"input {_listed(changed)} changed" for path, changed in outdated.items()})
    return {*damaged, *outdated}


def words(cause: Cause, rule: str, config: Mapping[str, Any]) -> str:
    """The cause as in the line of a job: "input x.tsv changed; setting climb.votes changed"."""
    return "; ".join(dict.fromkeys(_words(cause, rule, config=config))) or "asked for"


def _words(cause: Cause, rule: str, config: Mapping[str, Any]) -> Iterator[str]:
    yield from cause.because
    if cause.is_forced and not cause.because:
        yield "forced"
    if cause.is_command:
        yield "a command, run whenever it is asked for"
    if cause.missing and len(cause.missing) == cause.n_outputs:
        yield "not made yet"
        return
    if cause.missing:
        yield f"{_listed(cause.missing)} missing"
    if cause.incomplete:
        yield f"{_listed(cause.incomplete)} left incomplete"
    if cause.updated:
        yield f"input {_listed(cause.updated)} changed"
    if cause.other_inputs:
        yield "different inputs"
    before = [_value(text) for text in cause.before]
    for name, value in cause.params.items():
        yield from _parameter(name, value, before=before, rule=rule, config=config)
    if cause.lost_params and not cause.params:
        yield "a setting was removed"
    if cause.other_code:
        yield f"code of {rule} changed"
    if cause.other_environment:
        yield "software environment changed"
    if cause.new_from:
        yield f"new input from {_listed(_folded(cause.new_from))}"


def _parameter(name: str, value: Any, before: Sequence[Any], rule: str, config: Mapping[str, Any]) -> Iterator[str]:
    if name == "code":
        yield f"code of {rule} changed"
    elif name == "page":
        yield "code of the explorer page changed"
    elif name in ("digest", "digests"):
        yield "its rows or their settings changed"
    elif name == "asked_of":
        yield from _asked_of(value, before)
    elif isinstance(value, Mapping):
        old = _nearest(value, before)
        for key in sorted(key for key in value if old is None or old.get(key) != value[key]):
            yield f"setting {setting(key, rule, config=config)} changed"
    else:
        yield f"setting {setting(name, rule, config=config)} changed"


def _asked_of(value: Any, before: Sequence[Any]) -> Iterator[str]:
    """`asked_of` of rules/common.smk: the curator's name, or the model of each question."""
    old = _nearest(value, before) if isinstance(value, Mapping) else None
    if old is None:
        yield "setting curator changed"
        return
    for question in sorted(value):
        if old.get(question) != value[question]:
            dropped = any("forgotten" in str(part) for part in value[question])
            yield f"answers to {question} forgotten" if dropped else f"model of {question} changed"


def _nearest(value: Mapping[str, Any], before: Sequence[Any]) -> Mapping[str, Any] | None:
    """The earlier value of a mapping: the stored one with the most keys in common."""
    mappings = [old for old in before if isinstance(old, dict) and old.keys() & value.keys()]
    return max(mappings, key=lambda old: len(old.keys() & value.keys()), default=None)


def setting(name: str, rule: str, config: Mapping[str, Any]) -> str:
    """The dotted key of the configuration that a rule's parameter stands for: `votes` of climb is climb.votes."""
    paths = list(_paths(name, config))
    near = [path for path in paths if path.split(".")[0] in rule.split("_") or path == name]
    found = near or paths
    return found[0] if len(found) == 1 or near else name


def _paths(name: str, config: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in config.items():
        if key == name:
            yield f"{above}{key}"
        elif isinstance(value, Mapping):
            yield from _paths(name, value, above=f"{above}{key}.")


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def natural(name: str) -> tuple[Any, ...]:
    """A sort key: L2 before L10."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name))


def _folded(steps: Sequence[str]) -> list[str]:
    """Consecutive steps of one rule as one: climb L1, climb L2, climb L3 -> climb L1 to L3."""
    runs: list[list[str]] = []
    for step in sorted(steps, key=natural):
        if runs and _follows(runs[-1][-1], step):
            runs[-1].append(step)
        else:
            runs.append([step])
    return [run[0] + (f" to {run[-1].split()[-1]}" if len(run) > 1 else "") for run in runs]


def _follows(one: str, other: str) -> bool:
    (before, number), (after, following) = (_split(step) for step in (one, other))
    return before == after and number != "" and following != "" and int(following) == int(number) + 1


def _split(step: str) -> tuple[str, str]:
    """`climb L3` as `climb L` and `3`."""
    words = step.rstrip("0123456789")
    return words, step[len(words) :]


def _listed(names: Sequence[str]) -> str:
    kept = sorted(names, key=natural)[:MOST]
    return ", ".join(kept) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")


def cause_of(job: Any, step_name: Any) -> Cause:
    """Snakemake's `Reason` for a job of its DAG as a Cause; step_name(job) returns the name of another job on screen.

    Snakemake stops at the first reason it finds, so changed parameters are looked up here.
    """
    reason, workflow = job.dag.reason(job), job.dag.workflow
    looks = RerunTrigger.PARAMS in workflow.rerun_triggers and not reason.missing_output
    changed = reason.params_changed or (workflow.persistence.params_changed(job) if looks else None)
    new = set(changed.only_new) if changed else set()
    new_from = [
        step_name(source)
        for source, files in job.dag.dependencies[job].items()
        if any(file in reason.updated_input_run for file in files)
    ]
    return Cause(
        is_forced=reason.forced,
        because=sorted({FORCED[str(file)] for file in job.output if str(file) in FORCED}) if reason.forced else [],
        is_command=reason.noio or reason.nooutput,
        # Among the missing outputs, the reason has only those that another job needs.
        missing=[str(file) for file in job.output if not Path(str(file)).exists()] if reason.missing_output else [],
        n_outputs=len(job.output),
        incomplete=[str(file) for file in reason.incomplete_output],
        updated=[str(file) for file in reason.updated_input - reason.updated_input_run],
        new_from=sorted(set(new_from)),
        params={name: value for name, value in job.params.items() if repr(value) in new},
        before=tuple(changed.only_old) if changed else (),
        lost_params=bool(changed),
        other_inputs=bool(reason.input_changed),
        other_code=bool(reason.code_changed),
        other_environment=bool(reason.software_stack_changed),
    )
