"""What the export scripts report about each file they wrote."""

import logging
from pathlib import Path

log = logging.getLogger("rootward")


def written(path: str | Path, count: int, unit: str) -> None:
    """Log how much a file contains; a warning if it is empty."""
    if count:
        log.info("%s: %d %s", path, count, unit, extra={"made": f"{count:,} {unit}"})
    else:
        log.warning("%s: 0 %s: there was nothing to write", path, unit)
