"""The ledgers of all steps, summed: what was asked per kind of question, and what was paid per model."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rootward.asking.ledger import FAILED


@dataclass
class Ledgers:
    """asked: kind of question -> its numbers, in pipeline order; paid: model -> calls, input_tokens, output_tokens,
    dollars; versions: model -> the versions that answered in its place; escalated: kind of question -> how many a
    stronger model was asked again (asked), gave another answer to (changed) or not (kept), and what it cost (dollars).
    """

    asked: dict[str, dict[str, int]]
    paid: dict[str, dict[str, float]]
    versions: dict[str, list[str]]
    escalated: dict[str, dict[str, float]]


def read(paths: Iterable[str]) -> Ledgers:
    """What the ledgers (see `rootward.asking.ledger`), given in pipeline order, come to."""
    asked: dict[str, Counter[str]] = {}
    paid: dict[str, Counter[str]] = {}
    versions: dict[str, set[str]] = {}
    escalated: dict[str, Counter[str]] = {}
    for path in paths:
        ledger = json.loads(Path(path).read_text(encoding="utf-8"))
        summed = ((asked, ledger["questions"]), (paid, ledger["models"]), (escalated, ledger.get("escalated", {})))
        for total, part in summed:
            for name, numbers in part.items():
                total.setdefault(name, Counter()).update(numbers)
        for model, others in ledger["other_versions"].items():
            versions.setdefault(model, set()).update(others)
    return Ledgers(
        {kind: dict(sorted(numbers.items())) for kind, numbers in asked.items()},
        {model: dict(sorted(numbers.items())) for model, numbers in sorted(paid.items())},
        versions={model: sorted(others) for model, others in sorted(versions.items())},
        escalated={kind: dict(sorted(numbers.items())) for kind, numbers in escalated.items()},
    )


def of_failed_steps(paths: Iterable[str]) -> list[str]:
    """The ledgers of steps that failed, which stand in a folder beside those of the steps that were done."""
    folders = sorted({Path(path).parent / FAILED for path in paths})
    return sorted(str(path) for folder in folders for path in folder.glob("*.json"))
