"""How many answers `snakemake forget` dropped of each kind of question, as noted beside the results.

The steps that ask a question depend on the number, so that results which still stand on the answers are made again.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rootward.files import write_text


def forgotten(path: str | Path) -> dict[str, int]:
    """Kind of question -> answers dropped so far."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(kind): int(number) for kind, number in content.items()}


def note_forgotten(path: str | Path, dropped: Mapping[str, int]) -> None:
    """Add what was dropped now."""
    write_text(path, json.dumps(Counter(forgotten(path)) + Counter(dropped), indent=1, sort_keys=True) + "\n")
