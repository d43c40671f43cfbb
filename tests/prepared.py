"""What whole runs start with, made once for all workers of the suite, since it takes seconds."""

import fcntl
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from builders import REFERENCE
from rootward.knowledge import compiled

Made = TypeVar("Made")


class Prepared:
    """A folder that all workers share."""

    def __init__(self, folder: Path):
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def references_into(self, cache: Path) -> None:
        """Put the indexed references where a run whose cache is at `cache` looks for them."""
        with self._alone("references"):
            compiled.keep_in(self._folder)
            compiled.read_lexicon(compiled.read_reference([REFERENCE, REFERENCE.parent / "go"]))
            compiled.keep_in(None)
        shutil.copytree(self._folder / "references", cache / "steps" / "references")

    def copied(self, name: str, folder: Path, make: Callable[[Path], Made]) -> Made:
        """Copy what `make` leaves in a folder, times included, and return what it returned."""
        original, returned = self._folder / name, self._folder / f"{name}.returned"
        with self._alone(name):
            if not returned.exists():
                original.mkdir()
                returned.write_bytes(pickle.dumps(make(original)))
        shutil.copytree(original, folder)
        return pickle.loads(returned.read_bytes())

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with open(self._folder / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
