"""The step store: results of steps under a hash of everything they depend on, so that nothing is computed twice.

It has two folders. `objects` holds the content of each result once, under its hash; `keys` lists, for each step and
key, the hash of each output. Results are stored and restored as reflinks, or as copies if the file system does not
support reflinks; never as hard links, because editing a result must not change the store. Restored files are checked
against their hash.

Several processes, also on different machines that share the folder, may use it at once, and any of them may be killed.
So every file is moved into place when complete, an object before the key that names it; and if an object is missing or
damaged, the step is computed again.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rootward.files import replacing, write_text
from rootward.workflow.contents import file_hash

CLONE = 0x40049409  # ioctl FICLONE: share the blocks until one of the two files is written to
UNNAMED_FOR = 600  # seconds that an object may exist without a key: it is stored first


@dataclass(frozen=True)
class Kept:
    """A stored result. files: output -> hash; parts: output -> reader -> hash; made: the step's summary of what it
    made.

    seconds: how long it took to compute.
    """

    files: dict[str, str]
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Store:
    """The store in a folder, of at most `limit` bytes."""

    def __init__(self, folder: Path, limit: float):
        self._keys, self._objects, self._limit = folder / "keys", folder / "objects", limit

    def find(self, step: str, key: str) -> Kept | None:
        """The stored result of a step under a key; None if there is none."""
        try:
            return Kept(**json.loads(self._key(step, key).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def whole(self, step: str, key: str) -> Kept | None:
        """Like `find`, but None unless all contents are present."""
        kept = self.find(step, key)
        return kept if kept and all((self._objects / content).exists() for content in kept.files.values()) else None

    def text(self, content: str) -> str:
        """The text of a result, by its hash."""
        return (self._objects / content).read_text(encoding="utf-8")

    def put_back(self, step: str, key: str, outputs: Mapping[str, str]) -> Kept | None:
        """Restore the outputs (name -> path); None if any is missing or damaged."""
        kept = self.find(step, key)
        if kept is None or not outputs.keys() <= kept.files.keys():
            return None
        try:
            for name, path in outputs.items():
                self._copy_back(kept.files[name], path)
            os.utime(self._key(step, key))
        except (OSError, Damaged):
            self._key(step, key).unlink(missing_ok=True)
            return None
        return kept

    def _copy_back(self, content: str, path: str) -> None:
        with replacing(path) as temporary:
            copy(self._objects / content, temporary)
            if file_hash(temporary) != content:
                (self._objects / content).unlink(missing_ok=True)
                raise Damaged(content)

    def keep(self, step: str, key: str, outputs: Mapping[str, str], kept: Kept) -> None:
        """Store the outputs (name -> path) of a step. If the disk is full or the folder is not writable, the result is
        not stored, which costs only another computation.
        """
        if sum(os.stat(path).st_size for path in outputs.values()) > self._limit:
            return
        try:
            for name, path in outputs.items():
                self._put_down(kept.files[name], path)
            write_text(self._key(step, key), json.dumps(asdict(kept)) + "\n")
            self.bound()
        except OSError:
            return

    def _put_down(self, content: str, path: str) -> None:
        target = self._objects / content
        try:
            os.utime(target)
        except FileNotFoundError:
            with replacing(target) as temporary:
                copy(path, temporary)

    def drop(self, steps: Iterable[str] | None) -> None:
        """Delete the stored results of some steps, or of all steps if None."""
        for step in ["*"] if steps is None else steps:
            for path in self._keys.glob(f"{step}-*.json"):
                path.unlink(missing_ok=True)

    def bound(self) -> None:
        """Delete the results that were unused for longest until the store is within its limit."""
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(self._objects)}
        if sum(sizes.values()) <= self._limit:
            return
        with _alone(self._objects.parent) as is_alone:
            if is_alone:
                self._let_go(sizes)

    def _let_go(self, sizes: dict[str, int]) -> None:
        named: set[str] = set()
        dropped: set[str] = set()
        for path in sorted(self._keys.glob("*.json"), key=lambda path: -path.stat().st_mtime_ns):
            kept = self.find(*_parsed(path))
            files = set(kept.files.values()) if kept else set()
            if kept and sum(sizes.get(content, 0) for content in named | files) <= self._limit:
                named |= files
            else:
                path.unlink(missing_ok=True)
                dropped |= files
        for content in sizes.keys() - named:
            path = self._objects / content
            if content in dropped or time.time() - path.stat().st_mtime > UNNAMED_FOR:
                path.unlink(missing_ok=True)

    def _key(self, step: str, key: str) -> Path:
        return self._keys / f"{step}-{key}.json"


class Damaged(Exception):
    """An object whose content does not match its hash."""


def _parsed(path: Path) -> tuple[str, str]:
    step, _, key = path.stem.rpartition("-")
    return step, key


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether this process alone may tidy up. On file systems without locks several may at once, which does no harm."""
    with open(folder / "lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
        yield True


def copy(source: str | Path, target: str | Path) -> None:
    """Copy a file, sharing its blocks where the file system can."""
    with open(source, "rb") as here, open(target, "wb") as there:
        try:
            fcntl.ioctl(there.fileno(), CLONE, here.fileno())
            return
        except OSError:
            pass
        shutil.copyfileobj(here, there, 1 << 20)
