"""Predicts which steps of a dry run will be restored from the store: those with a known key that is in the store."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from rootward.workflow.contents import Contents
from rootward.workflow.results import hashes_back, key_of_job
from rootward.workflow.store import Kept, Store


class Foreseen:
    """The contents of files after the preceding steps have been restored.

    Steps after a step that must be computed are not predicted. They may be restored nevertheless, if that one makes the
    same result as before.
    """

    def __init__(self, contents: Contents):
        self._contents = contents
        self._new: dict[str, tuple[str, Mapping[str, str]]] = {}  # result -> its hash, and the hashes of its parts
        self._unknown: set[str] = set()

    def restores(self, outputs: Mapping[str, str], kept: Kept | None) -> None:
        """Record that a step will be restored or, with None, that its results are unknown."""
        for name, path in outputs.items():
            if kept is None:
                self._unknown.add(path)
            else:
                self._new[path] = kept.files[name], kept.parts.get(name, {})

    def is_known(self, paths: Iterable[str]) -> bool:
        """Whether the contents of all these files are known or can be read."""
        return self._unknown.isdisjoint(paths) and all(path in self._new or Path(path).exists() for path in paths)

    def of(self, path: str, reader: str) -> str:
        """Like `Contents.of`."""
        if path in self._new:
            content, parts = self._new[path]
            return parts.get(reader, content)
        return self._contents.of(path, reader)


def to_be_restored(
    jobs: Iterable[Any], store: Store, contents: Contents, config: Mapping[str, Any], forced: Container[str] = ()
) -> set[Any]:
    """The jobs that will be restored, among the given jobs of Snakemake's DAG (in any order). forced: steps that must
    be computed.
    """
    found, foreseen, running = set(), Foreseen(contents), set(jobs)
    before = {job: running.intersection(job.dag.dependencies[job]) for job in running}
    for job in TopologicalSorter(before).static_order():
        step = Path(job.rule.script or job.rule.name).stem
        kept = None if step in forced else _kept(step, job, store=store, foreseen=foreseen, config=config)
        foreseen.restores(dict(job.output.items()), kept)
        if kept is not None:
            found.add(job)
    return found


def _kept(step: str, job: Any, store: Store, foreseen: Foreseen, config: Mapping[str, Any]) -> Kept | None:
    """The result that will be restored for a job, by its future hashes; None if unknown or damaged."""
    if not job.output or not foreseen.is_known(map(str, job.input)):
        return None
    kept = store.whole(step, key_of_job(step, job, content=foreseen.of, config=config))
    if kept is None or not dict(job.output.items()).keys() <= kept.files.keys():
        return None
    try:
        return replace(kept, files=hashes_back(store, kept))
    except (OSError, ValueError, KeyError, TypeError):
        return None
