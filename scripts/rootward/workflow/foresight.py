"""Which steps of a dry-run will be put back from the store: those whose key is known already and is kept there."""

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rootward.workflow.contents import Contents
from rootward.workflow.results import hashes_back, key_of_job
from rootward.workflow.store import Kept, Store


class Restored(NamedTuple):
    """The files that one step will be given back: name of the output -> hash; parts: see `Kept`."""

    files: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]


class Foreseen:
    """Contents as they will be when the steps before have been put back.

    A step after one that is to be computed is not foreseen: it may be put back nevertheless, where that one makes the
    same as before.
    """

    def __init__(self, contents: Contents):
        self._contents = contents
        self._new: dict[str, tuple[str, Mapping[str, str]]] = {}  # result -> its hash, and those of its parts
        self._unknown: set[str] = set()

    def restores(self, outputs: Mapping[str, str], restored: Restored | None) -> None:
        """Take in that a step will be put back, or, with None, that what it makes is not known."""
        for name, path in outputs.items():
            if restored is None:
                self._unknown.add(path)
            else:
                self._new[path] = restored.files[name], restored.parts.get(name, {})

    def is_known(self, paths: Iterable[str]) -> bool:
        """Whether the contents of all these files are known or can be read."""
        return self._unknown.isdisjoint(paths) and all(path in self._new or Path(path).exists() for path in paths)

    def of(self, path: str, reader: str) -> str:
        """As `Contents.of`."""
        if path in self._new:
            content, parts = self._new[path]
            return parts.get(reader, content)
        return self._contents.of(path, reader)


def to_be_restored(
    jobs: Iterable[Any], store: Store, contents: Contents, config: Mapping[str, Any], forced: Container[str] = ()
) -> set[Any]:
    """Those of the jobs of Snakemake's DAG that are to run, in any order, that will be put back. forced: steps that are
    to be computed.
    """
    found, foreseen = set(), Foreseen(contents)
    for job in _in_order(list(jobs)):
        outputs = dict(job.output.items())
        step = Path(job.rule.script or job.rule.name).stem
        kept = None if step in forced else _kept(step, job, store=store, foreseen=foreseen, config=config)
        if kept is not None and outputs.keys() <= kept.files.keys():
            foreseen.restores(outputs, Restored(hashes_back(store, kept), kept.parts))
            found.add(job)
        else:
            foreseen.restores(outputs, None)
    return found


def _kept(step: str, job: Any, store: Store, foreseen: Foreseen, config: Mapping[str, Any]) -> Kept | None:
    if not job.output or not foreseen.is_known(map(str, job.input)):
        return None
    return store.whole(step, key_of_job(step, job, content=foreseen.of, config=config))


def _in_order(jobs: list[Any]) -> Iterator[Any]:
    """Each job after those that make its input."""
    waiting, done = {job: set(job.dag.dependencies[job]).intersection(jobs) for job in jobs}, set[Any]()
    while waiting:
        ready = [job for job, before in waiting.items() if before <= done]
        if not ready:
            return  # Snakemake refuses circles itself
        for job in ready:
            del waiting[job]
            done.add(job)
            yield job
