"""The references as they are used, read and indexed once: nearly every step needs them, and to make them takes seconds.

They are kept as pickles, named by a hash of the tables, of this room's code and of the Python (and NumPy) that wrote
them. To read a pickle is to run what it says: only a file of the same user is read, and only when it is whole.
"""

import gc
import hashlib
import io
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rootward.files import replacing

if TYPE_CHECKING:  # what this module makes is imported when it is made: every step says where to keep it
    from rootward.knowledge.lexicon import Lexicon
    from rootward.knowledge.reference import Reference

Made = TypeVar("Made")

KEPT = 3  # files of a kind: what is older is of references or code that nobody uses now
REFERENCE = "reference"  # what a lexicon is kept with instead of its reference

_folder: Path | None = None


def keep_in(folder: str | Path | None) -> None:
    """Where this process looks for references and keeps them; None: nowhere."""
    global _folder  # as logging is set up: by what runs the process, once
    _folder = Path(folder, "references") if folder else None


def read_reference(folders: str | Path | Sequence[str | Path]) -> "Reference":
    """`Reference(folders)` with its indexes; its members are read when they are first asked for. Raises what it
    raises.
    """
    from rootward.knowledge.members import Members
    from rootward.knowledge.reference import Reference

    listed = (str(folders),) if isinstance(folders, str | Path) else tuple(map(str, folders))

    def members(of: Reference | None = None) -> Members:
        return _kept(_path("members", listed), made=lambda: (of or Reference(listed)).members)

    def made() -> Reference:
        reference = Reference(listed)
        reference.index()
        members(reference)
        return reference

    reference: Reference = _kept(_path("reference", listed), made=made)
    reference.folders = list(listed)  # which may have been moved since they were read
    reference.read_members = members
    return reference


def read_lexicon(reference: "Reference") -> "Lexicon":
    """`Lexicon(reference)` with the arrays of its lattice."""
    import numpy as np

    from rootward.knowledge.lexicon import Lexicon

    def made() -> Lexicon:
        lexicon = Lexicon(reference)
        lexicon.lattice.index()
        return lexicon

    path = _path(f"lexicon-numpy{np.__version__}", tuple(map(str, reference.folders)))
    return _kept(path, made=made, reference=reference)


def _kept(path: Path | None, made: Callable[[], Made], reference: "Reference | None" = None) -> Made:
    if path is None:
        return made()
    with _uncollected():
        found: Made | None = _loaded(path, reference)
        if found is None:
            found = made()
            _keep(path, found, reference=reference)
    return found


def _path(kind: str, folders: tuple[str, ...]) -> Path | None:
    """Where something of these references is kept; None where nothing is kept, or the references cannot be read."""
    content = _content(folders) if _folder else None
    return _folder / f"{kind}-{os.getuid()}-{content}.pickle" if _folder and content else None


@cache
def _content(folders: tuple[str, ...]) -> str | None:
    """24 hex digits over all that the result depends on; None where a table cannot be read: reading it will say why."""
    from rootward.knowledge.sources import member_tables

    digest = hashlib.sha256(sys.version.encode())
    try:
        for path in [*map(Path, member_tables(folders)), *sorted(Path(__file__).parent.glob("*.py"))]:
            digest.update(path.read_bytes())
    except OSError:
        return None
    return digest.hexdigest()[:24]


def _loaded(path: Path, reference: "Reference | None") -> Any:
    """What is kept at a path; None where nothing is, or nothing that can be trusted."""
    try:
        with path.open("rb") as file:
            content = file.read() if os.fstat(file.fileno()).st_uid == os.getuid() else b""
    except OSError:
        return None
    head, body = content[:32], content[32:]
    if hashlib.sha256(body).digest() != head:
        return None
    return pickle.loads(body) if reference is None else _Beside(io.BytesIO(body), reference).load()


class _Without(pickle.Pickler):
    """Writes what uses a reference without the reference."""

    def __init__(self, file: io.BytesIO, reference: "Reference"):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._reference = reference

    def persistent_id(self, part: Any) -> str | None:
        """What stands for a part that is not written."""
        return REFERENCE if part is self._reference else None


class _Beside(pickle.Unpickler):
    """Reads what was written without its reference, with the one that is there."""

    def __init__(self, file: io.BytesIO, reference: "Reference"):
        super().__init__(file)
        self._reference = reference

    def persistent_load(self, part: Any) -> "Reference":
        """The one part that was left out."""
        return self._reference


def _keep(path: Path, found: Any, reference: "Reference | None") -> None:
    """Keep it and let older ones go. Where that cannot be, the next step makes it again, and nothing else."""
    body = io.BytesIO()
    pickler = pickle.Pickler(body, pickle.HIGHEST_PROTOCOL) if reference is None else _Without(body, reference)
    pickler.dump(found)
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(hashlib.sha256(body.getbuffer()).digest() + body.getbuffer())
        same = path.parent.glob(f"{path.name.rsplit('-', 1)[0]}-*.pickle")
        for old in sorted(same, key=lambda one: -one.stat().st_mtime)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would go through the hundred thousand new objects again and again; after
    it they are left out of what it goes through, as long as the process lives.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
