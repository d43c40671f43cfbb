"""What a step's result depends on, as content hashes that Snakemake compares: code, and the user's rows by shard.

A touch, a clone or a checkout changes none of them; an edit of a module reruns exactly the rules whose scripts use it.
"""

import ast
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward.files import write_text

if TYPE_CHECKING:
    import pyarrow as pa
    from _typeshed import ReadableBuffer

# How questions travel, what is logged and how tables are laid down: nothing of it changes what an answer or a table
# says.
TRANSPORT = frozenset(
    {
        "asking.ask",
        "asking.batch",
        "asking.cache",
        "asking.calls",
        "asking.database",
        "asking.engine",
        "asking.governor",
        "asking.job_book",
        "asking.judging",
        "asking.ledger",
        "asking.lookup",
        "asking.old_cache",
        "asking.packing",
        "asking.pages",
        "asking.progress",
        "asking.run",
        "asking.salvage",
        "asking.schema",
        "asking.sql",
        "asking.work",
        "curators.prompts",
        "curators.wire",
        "curators.replies",
        "errors",
        "files",
        "watch",
        "workflow.config",
        "workflow.config_check",
        "workflow.job",
        "workflow.status",
        "workflow.provenance",
    }
)
PACKAGE = "rootward"


def code(scripts: str | Path, *files: str) -> str:
    """12 hex digits over the bytes of the named files (relative to `scripts`) and of every package module they import.

    Imports are followed through the source text (also those inside functions), except into TRANSPORT.
    """
    folder = Path(scripts)
    found: dict[str, Path] = {}
    waiting = [folder / file for file in files]
    while waiting:
        path = waiting.pop()
        name = path.relative_to(folder).as_posix()
        if name not in found:
            found[name] = path
            waiting.extend(_imported(path, folder))
    return hashlib.sha256(b"".join(name.encode() + found[name].read_bytes() for name in sorted(found))).hexdigest()[:12]


@cache
def _imported(path: Path, folder: Path) -> tuple[Path, ...]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            modules.add(node.module)
            modules.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE)
    files = []
    for module in sorted(modules):
        file = folder / Path(*module.split(".")).with_suffix(".py")
        if module.removeprefix(f"{PACKAGE}.") not in TRANSPORT and file.is_file():
            files.append(file)
    return tuple(files)


def content_hash(files: Iterable[str], values: Sequence[Any]) -> str:
    """16 hex digits over the bytes of files and over plain values."""
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    for file in files:
        digest.update(_file_hash(file))
    return digest.hexdigest()[:16]


@cache
def _file_hash(file: str) -> bytes:
    return hashlib.sha256(Path(file).read_bytes()).digest()


def shard_digests(
    paths: Sequence[str], reading: Mapping[str, Any], reference: str, shards: int, memo: str | Path
) -> list[str]:
    """The content hash of the rows of each shard, read through the same reader as the workflow's.

    reading: the part of the configuration that says how input is read (see `Options.of`).
    Where a row stands in its file does not count. The result is remembered in `memo` under the files' names, sizes and
    times, so that only the first parsing after a change reads the input. The rule that reads does so once more: to hand
    it the rows would save 3.4 s of a first run's 39 s at 100,000 rows, and keep a second copy of them that has to be
    told from an outdated one. Raises UserError for input that cannot be used.
    """
    from rootward.inputs.options import Options

    options = Options.of(reading)
    tables = [f"{reference}/{table}.parquet" for table in naming_tables(reference)]
    watched = [*paths, *tables, *filter(None, (options.string_names, options.orthologs))]
    known = _stamp(watched, reading, shards)
    remembered = _recall(memo, shards)
    if known is not None and remembered.get("of") == known:
        digests: list[str] = remembered["digests"]
        return digests
    from rootward.inputs.collect import read_inputs

    table = read_inputs(paths, options, reference).interactions
    digests = _digests(table, shards)
    _remember(memo, {"of": known, "digests": digests})
    return digests


def naming_tables(reference: str) -> list[str]:
    """The reference tables that names are looked up in; a reference of the user's own may have proteins alone."""
    return ["proteins", *(name for name in ("identifiers", "names") if Path(f"{reference}/{name}.parquet").exists())]


def _stamp(paths: Iterable[str], reading: Mapping[str, Any], shards: int) -> list[Any] | None:
    try:
        stats = [os.stat(path) for path in paths]
    except OSError:
        return None  # let the reader say what is wrong
    reader = code(Path(__file__).resolve().parents[2], f"{PACKAGE}/inputs/collect.py")
    return [reader, dict(reading), shards, *([p, s.st_size, s.st_mtime_ns] for p, s in zip(paths, stats, strict=True))]


def _digests(table: "pa.Table", shards: int) -> list[str]:
    import numpy as np

    counted = table.drop_columns(["given_a", "given_b", "source", "notes", "xrefs", "n_rows", "bucket"])
    bucket = np.asarray(table["bucket"]) % shards
    return [_digest(counted.filter(bucket == shard)) for shard in range(shards)]


class _Hashing(io.RawIOBase):
    """A file that only hashes what is written to it: a large table is then not in memory once more."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        self.hash.update(data)
        return memoryview(data).nbytes


def _digest(table: "pa.Table") -> str:
    import pyarrow as pa

    sink = _Hashing()
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), table.schema) as writer:
        for batch in table.combine_chunks().to_batches(max_chunksize=100_000):
            writer.write_batch(batch)
    return sink.hash.hexdigest()[:16]


def _recall(memo: str | Path, shards: int) -> dict[str, Any]:
    """What the memo holds, or nothing when it is none: it may be damaged, or another program's."""
    try:
        content = json.loads(Path(memo).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    digests = content.get("digests") if isinstance(content, dict) else None
    whole = isinstance(digests, list) and len(digests) == shards and all(isinstance(one, str) for one in digests)
    return content if whole else {}


def _remember(memo: str | Path, content: dict[str, Any]) -> None:
    try:
        write_text(memo, json.dumps(content))
    except OSError:
        pass  # a folder that cannot be written to costs a second reading, nothing else


def forgotten(path: str | Path) -> dict[str, int]:
    """How many answers `forget` has dropped of each kind of question, as noted beside the results."""
    try:
        counts: dict[str, int] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return counts
