"""The answers of an earlier pipeline, read from its JSON file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rootward.knowledge.names import normalise

OldAnswers = dict[tuple[str, str], dict[str, Any]]  # (kind, normalised name) -> value


def read_old_answers(path: str | Path) -> OldAnswers:
    """Answers by kind and normalised name. For two spellings of one name, the answer of the alphabetically first one is
    used, whatever their order in the file.
    """
    found: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {}
    for kind, name, value in old_answers(path):
        key, entry = (kind, normalise(name)), (name, repr(value), value)
        if key not in found or entry[:2] < found[key][:2]:
            found[key] = entry
    return {key: value for key, (_, _, value) in found.items()}


def old_answers(path: str | Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The answers in an earlier pipeline's JSON cache: (kind, name in lower case, value).

    Keys are `parent:<name>` and `siblings:<name>`; a value is a name, a list of names, or an object with them. Anything
    else is left out.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for key, value in content.items() if isinstance(content, dict) else ():
        kind, _, name = key.partition(":")
        reasoning = (value.get("reasoning") or "") if isinstance(value, dict) else ""
        if isinstance(value, dict):
            value = value.get(kind)
        if kind == "parent" and isinstance(value, str) and value.strip():
            yield kind, name, {"parent": value, "reasoning": str(reasoning)}
        elif kind == "siblings" and isinstance(value, list):
            names = [item.get("name") if isinstance(item, dict) else item for item in value]
            named = [name_ for name_ in names if isinstance(name_, str) and name_.strip()]
            yield kind, name, {"siblings": [{"name": name_, "reasoning": str(reasoning)} for name_ in named]}


def made_at(path: str | Path) -> str:
    """The modification time of the file (ISO 8601): no answer in it is newer."""
    return datetime.fromtimestamp(Path(path).stat().st_mtime, UTC).isoformat(timespec="seconds")
