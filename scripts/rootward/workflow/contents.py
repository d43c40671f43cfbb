"""Hashes of files: of inputs, and of the results that steps made, recorded beside the results.

A step records in `results/made/<step>.json` what it made, and the inputs it read that no step makes: for each file the
size, times and hash, and for tables of which steps read only a part, the hash of each part. Later, the recorded hash is
used as long as size and times agree; otherwise the file is read.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from rootward.files import write_text

FOLDER = "made"
BLOCK = 1 << 20


def file_hash(path: str | Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _stamp(path: str | Path) -> list[int]:
    stat = os.stat(path)
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


@dataclass
class Content:
    """The content of a result. parts: reader -> hash of the part it reads."""

    hash: str
    stamp: list[int]
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str | Path, known: str | None = None, parts: Mapping[str, str] | None = None) -> "Content":
        """The current content of a file; known: its hash, if already known."""
        return cls(known or file_hash(path), _stamp(path), parts=dict(parts or {}))


@dataclass
class Made:
    """What one step made. key: of its result in the store; files: path -> content; inputs: the files it read that no
    step makes.
    """

    key: str
    is_restored: bool
    files: dict[str, Content]
    inputs: dict[str, Content] = field(default_factory=dict)


def note(path: Path, made: Made) -> None:
    """Record what a step made."""
    write_text(path, json.dumps(asdict(made)) + "\n")


def _noted(path: Path) -> Made | None:
    """A record; None if it is missing or invalid."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files, inputs = (
            {str(name): Content(**given) for name, given in content[which].items()} for which in ("files", "inputs")
        )
        return Made(str(content["key"]), bool(content["is_restored"]), files=files, inputs=inputs)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


class Check(NamedTuple):
    """What has changed. damaged: results that differ from what was made; outdated: results of steps with an input, made
    by no step, that has changed, and these inputs. Snakemake overlooks the latter if the input is older than the
    results.
    """

    damaged: list[str]
    outdated: dict[str, list[str]]


class Contents:
    """The contents of files, from the records of a folder or from the files."""

    def __init__(self, folder: Path):
        self._folder = folder
        notes = {path: _noted(path) for path in sorted(folder.glob("*.json"))}
        self._notes = {path: made for path, made in notes.items() if made is not None}
        self._files = {name: content for made in self._notes.values() for name, content in made.files.items()}
        self._inputs = {name: content for made in self._notes.values() for name, content in made.inputs.items()}

    def given(self, path: str) -> Content | None:
        """The content of a file that no step makes; None if a step makes it."""
        return None if path in self._files else self._given(path)

    def _given(self, path: str) -> Content:
        known = self._inputs.get(path)
        if known is None or known.stamp != _stamp(path):
            known = self._inputs[path] = Content.of(path)
        return known

    def of(self, path: str, reader: str) -> str:
        """The hash of a file, or of the part that a reader reads, if recorded."""
        known = self._files.get(path)
        if known is None:
            return self._given(path).hash
        if known.stamp != _stamp(path):  # the content changed, or only the time
            found = file_hash(path)
            if found != known.hash:
                return found
        return known.parts.get(reader, known.hash)

    def check(self) -> Check:
        """Compare the recorded files with the current ones. This is cheap if sizes and times agree; for a file that was
        only copied or touched, the new times are recorded.
        """
        damaged, outdated = list[str](), dict[str, list[str]]()
        for path, made in self._notes.items():
            files, inputs = _states(made.files), _states(made.inputs)
            damaged += [name for name, state in files.items() if state == "other"]
            changed = [name for name, state in inputs.items() if state == "other"]
            outdated |= dict.fromkeys(made.files, changed) if changed else {}
            if "touched" in {*files.values(), *inputs.values()}:
                _note_again(path, made)
        return Check(damaged, outdated)


def _states(files: Mapping[str, Content]) -> dict[str, str]:
    return {name: _state(name, content) for name, content in files.items()}


def _state(name: str, content: Content) -> str:
    try:
        stamp = _stamp(name)
        if stamp == content.stamp:
            return "same"
        if stamp[0] != content.stamp[0] or _hash_as_of(name, *stamp) != content.hash:
            return "other"
    except FileNotFoundError:
        return "gone"
    content.stamp = stamp
    return "touched"


@cache
def _hash_as_of(name: str, *stamp: int) -> str:
    return file_hash(name)


def _note_again(path: Path, made: Made) -> None:
    try:
        note(path, made)
    except OSError:
        pass  # it is checked again next time


def table_parts(path: str, readers: Mapping[str, Iterable[str]], shards: int) -> dict[str, str]:
    """The hashes of the parts of the interactions table that steps read. readers: step -> its columns.

    A step that works shard by shard may read only the rows of one shard: those parts are `<step>/<shard>`. The hash of
    a part does not change with a column that the step does not read, such as the line a row came from.
    """
    import pyarrow.parquet as pq

    found: dict[str, str] = {}
    with pq.ParquetFile(path) as file:
        columns = sorted({column for wanted in readers.values() for column in wanted})
        of_column = {column: _table_hash(file.read(columns=[column])) for column in columns}
        for step, wanted in readers.items():
            found[step] = _joined(of_column[column] for column in sorted(wanted))
            if "bucket" in wanted:
                found |= _shard_parts(step, file.read(columns=sorted(wanted)), shards=shards)
    return found


def _shard_parts(step: str, table: Any, shards: int) -> dict[str, str]:
    import numpy as np

    shard_of = np.asarray(table["bucket"]) % shards
    return {f"{step}/{shard}": _table_hash(table.filter(shard_of == shard)) for shard in range(shards)}


def _joined(hashes: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()


class _Hashing:
    """A file object that only hashes what is written, so that a long table is not copied in memory."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.closed = False

    def write(self, data: Any) -> int:
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def close(self) -> None:
        """Nothing is open."""
        self.closed = True


def _table_hash(table: Any) -> str:
    import pyarrow as pa

    sink = _Hashing()
    table = table.combine_chunks().replace_schema_metadata(None)
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), table.schema) as writer:
        for batch in table.to_batches(max_chunksize=100_000):
            writer.write_batch(batch)
    return sink.hash.hexdigest()
