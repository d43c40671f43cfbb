"""After a SIGKILL or a power cut Snakemake's own lock stays behind; the next run may take it away when nobody lives."""

import fcntl
from pathlib import Path
from typing import TextIO

_held: list[TextIO] = []  # the lock lives as long as the process


def release_stale_locks(folder: Path) -> None:
    """Remove Snakemake's locks in a `.snakemake` folder when no living process works there.

    Every process that parses the workflow holds a shared lock of the kernel's, which ends with the process however that
    ends. Who gets it exclusively is alone: then locks that lie about are left-overs. Where the file system knows no
    locks (some network mounts) nothing is removed.
    """
    if not folder.is_dir():
        return
    try:
        handle = open(folder / "rootward.lock", "a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for lock in (folder / "locks").glob("*"):
                lock.unlink(missing_ok=True)
        except BlockingIOError:
            pass
        fcntl.flock(handle, fcntl.LOCK_SH)
        _held.append(handle)
    except OSError:
        return
