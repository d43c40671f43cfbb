"""Removes Snakemake's own lock if it was left behind by a SIGKILL or a power failure."""

import fcntl
from pathlib import Path
from typing import TextIO

_held: list[TextIO] = []  # the lock lives as long as the process


def release_stale_locks(folder: Path) -> None:
    """Remove Snakemake's locks in a `.snakemake` folder if no running process works there.

    Every process that parses the workflow holds a shared kernel lock, which ends with the process in any case. A
    process that gets it exclusively is alone, so existing Snakemake locks are stale. If the file system does not
    support locks (some network mounts), nothing is removed.
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
