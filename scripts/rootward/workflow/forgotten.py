"""The number of answers that `snakemake forget` deleted for each kind of question, recorded beside the results.

The steps that ask a question depend on this number, so that results based on the deleted answers are made again.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rootward.files import write_text


def forgotten(path: str | Path) -> dict[str, int]:
    """Kind of question -> number of answers deleted so far."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(kind): int(number) for kind, number in content.items()}


def note_forgotten(path: str | Path, dropped: Mapping[str, int]) -> None:
    """Add the number of answers deleted now."""
    write_text(path, json.dumps(Counter(forgotten(path)) + Counter(dropped), indent=1, sort_keys=True) + "\n")
