"""Stores the references in the form in which they are used: nearly every step needs them, and building them takes
seconds.

They are stored as pickles, named by a hash of the tables, of this package's code, and of the versions of Python and
NumPy. Reading a pickle executes what it contains, so only a complete file of the same user is read.
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

if TYPE_CHECKING:  # imported when needed, because every step imports this module
    from rootward.knowledge.lexicon import Lexicon
    from rootward.knowledge.reference import Reference

Made = TypeVar("Made")

KEPT = 3  # files of a kind; older ones belong to references or code no longer in use
REFERENCE = "reference"  # what is stored with a lexicon instead of its reference

_folder: Path | None = None


def keep_in(folder: str | Path | None) -> None:
    """Set where this process stores the references; None to store nothing."""
    global _folder  # like the setup of logging: once, by the main program
    _folder = Path(folder, "references") if folder else None


def read_reference(folders: str | Path | Sequence[str | Path]) -> "Reference":
    """`Reference(folders)` with its indexes; its members are read when first needed. Raises the same errors."""
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
    reference.folders = list(listed)  # the folders may have been moved since then
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
    """The path of a stored object for these references; None if nothing is stored, or the references cannot be read."""
    content = _content(folders) if _folder else None
    return _folder / f"{kind}-{os.getuid()}-{content}.pickle" if _folder and content else None


@cache
def _content(folders: tuple[str, ...]) -> str | None:
    """24 hex digits over everything that the result depends on; None if a table is unreadable (reading it gives the
    error).
    """
    from rootward.knowledge.sources import member_tables

    digest = hashlib.sha256(sys.version.encode())
    try:
        for path in [*map(Path, member_tables(folders)), *sorted(Path(__file__).parent.glob("*.py"))]:
            digest.update(path.read_bytes())
    except OSError:
        return None
    return digest.hexdigest()[:24]


def _loaded(path: Path, reference: "Reference | None") -> Any:
    """The object stored at a path; None if there is none, or it cannot be trusted."""
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
    """Pickles an object that uses a reference without the reference."""

    def __init__(self, file: io.BytesIO, reference: "Reference"):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._reference = reference

    def persistent_id(self, part: Any) -> str | None:
        """The placeholder for a part that is not pickled."""
        return REFERENCE if part is self._reference else None


class _Beside(pickle.Unpickler):
    """Unpickles an object that was pickled without its reference, and inserts the given one."""

    def __init__(self, file: io.BytesIO, reference: "Reference"):
        super().__init__(file)
        self._reference = reference

    def persistent_load(self, part: Any) -> "Reference":
        """The part that was left out."""
        return self._reference


def _keep(path: Path, found: Any, reference: "Reference | None") -> None:
    """Store it and delete older ones. If that is impossible, the next step builds it again; nothing else is lost."""
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
    """Without the garbage collector, which would visit the hundred thousand new objects again and again; afterwards
    they are excluded from collection for the lifetime of the process.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
