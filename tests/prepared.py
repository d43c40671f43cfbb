"""The indexed references that whole runs start with: made once for all workers of the suite, since it takes seconds."""

import fcntl
import shutil
from pathlib import Path

from builders import REFERENCE
from rootward.knowledge import compiled


class Prepared:
    """A folder that all workers share."""

    def __init__(self, folder: Path):
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def references_into(self, cache: Path) -> None:
        """Put the indexed references where a run whose cache is at `cache` looks for them."""
        with open(self._folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            compiled.keep_in(self._folder)
            compiled.read_lexicon(compiled.read_reference([REFERENCE, REFERENCE.parent / "go"]))
            compiled.keep_in(None)
        shutil.copytree(self._folder / "references", cache / "steps" / "references")
