"""The results of one job: restored from the step store, or stored there; and recorded beside the results in either
case.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rootward.asking.ledger import unpaid
from rootward.files import write_text
from rootward.workflow import contents
from rootward.workflow.codehash import versions_here
from rootward.workflow.contents import Content, Contents, Made, file_hash
from rootward.workflow.steps import COLUMNS, asks_a_model
from rootward.workflow.store import Kept, Store

FORMAT = 1  # of the store; other formats are not read
LEDGER = "ledger"


def store_of(config: Mapping[str, Any]) -> Store | None:
    """The step store, if one is configured."""
    cache = config["cache"]
    return Store(Path(cache["steps"]), cache["gigabytes"] * 1e9) if cache["steps"] else None


def key_of(step: str, inputs: Mapping[str, list[str]], params: Mapping[str, Any], wildcards: Mapping[str, str]) -> str:
    """The key of a result: 32 hex digits over everything it depends on. inputs: argument -> hashes of the contents."""
    depends = [FORMAT, step, dict(inputs), dict(params), dict(wildcards), versions_here()]
    return hashlib.sha256(json.dumps(depends, sort_keys=True, default=str).encode()).hexdigest()[:32]


def key_of_job(step: str, job: Any, content: Callable[[str, str], str], config: Mapping[str, Any]) -> str:
    """The key of a job's result; the job is from Snakemake's DAG, or as its script sees it. content: see
    `Contents.of`.
    """
    wildcards = dict(job.wildcards.items())
    # The reference considers a row in the context of all rows, a model the row alone.
    is_alone = "shard" in wildcards and asks_a_model(config)
    reader = f"{step}/{wildcards['shard']}" if is_alone else step
    inputs = {name: [content(path, reader) for path in paths] for name, paths in _inputs(job, config)}
    return key_of(step, inputs, params=dict(job.params.items()), wildcards=wildcards)


def _inputs(job: Any, config: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in job.input.items():
        if name != "prompts" or asks_a_model(config):  # the reference does not use prompts
            yield name, [str(path) for path in ([value] if isinstance(value, str) else value)]


def hashes_back(store: Store, kept: Kept) -> dict[str, str]:
    """The hashes of a result's files (by output) after restoring them: a ledger then shows no payment."""
    if LEDGER not in kept.files:
        return kept.files
    text = store.text(kept.files[LEDGER])
    return kept.files | {LEDGER: hashlib.sha256(_without_payment(text).encode()).hexdigest()}


class Results:
    """The results of a job. step: the name of its script."""

    def __init__(self, snakemake: Any, step: str):
        self._job, self._step = snakemake, step
        self._outputs: dict[str, str] = dict(snakemake.output.items())
        log = Path(snakemake.log[0])
        folder = log.parents[1] / contents.FOLDER
        self._note = folder / f"{log.stem}.json"
        self._store = store_of(snakemake.config)
        self._started = time.monotonic()
        self._given: dict[str, Content] = {}
        self._key = self._key_now(Contents(folder)) if self._store else ""

    def _key_now(self, known: Contents) -> str:
        config = self._job.config
        key = key_of_job(self._step, self._job, content=known.of, config=config)
        given = {path: known.given(path) for _, paths in _inputs(self._job, config) for path in paths}
        self._given = {path: content for path, content in given.items() if content is not None}
        return key

    def put_back(self) -> Kept | None:
        """Restore the results; None if they have to be computed."""
        kept = self._store.put_back(self._step, self._key, outputs=self._outputs) if self._store else None
        if kept is None:
            return None
        hashes = {name: kept.files[name] for name in self._outputs}
        if LEDGER in self._outputs:
            path = self._outputs[LEDGER]
            text = Path(path).read_text(encoding="utf-8")
            if (unpaid_text := _without_payment(text)) != text:
                write_text(path, unpaid_text)
            hashes[LEDGER] = file_hash(path)
        self._write_note(hashes, kept.parts, is_restored=True)
        return kept

    def keep(self, made: list[str], is_sound: bool) -> None:
        """Store what was computed. made: the step's summary of what it made; is_sound: whether the result would be the
        same again, which is uncertain if a question found no answer.
        """
        hashes = {name: file_hash(path) for name, path in self._outputs.items()}
        parts = {}
        if self._step == "read_interactions":
            shards = self._job.config["shards"]
            parts["interactions"] = contents.table_parts(self._outputs["interactions"], COLUMNS, shards=shards)
        if self._store and is_sound:
            kept = Kept(hashes, parts, made=made, seconds=round(time.monotonic() - self._started, 3))
            self._store.keep(self._step, self._key, outputs=self._outputs, kept=kept)
        self._write_note(hashes, parts, is_restored=False)

    def _write_note(self, hashes: Mapping[str, str], parts: Mapping[str, dict[str, str]], is_restored: bool) -> None:
        files = {path: Content.of(path, hashes[name], parts=parts.get(name)) for name, path in self._outputs.items()}
        contents.note(self._note, Made(self._key, is_restored, files=files, inputs=self._given))


def _without_payment(ledger: str) -> str:
    """The text of a ledger as if the step had paid nothing."""
    content = json.loads(ledger)
    return ledger if unpaid(content) == content else json.dumps(unpaid(content), indent=2) + "\n"
