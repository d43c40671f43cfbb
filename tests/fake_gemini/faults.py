"""What goes wrong: which request fails, and how an answer is spoiled."""

from __future__ import annotations

import json
import math
from collections import Counter
from statistics import NormalDist
from typing import Any

from fake_gemini.config import BROKEN_IDS, FAMILIES, Config, chance, encode_json, pick
from fake_gemini.questions import Call

HALF = "HALF"  # stands for half of a surrogate pair until the text is written


class FaultPlan:
    """Decides what goes wrong with a call.

    Sticky faults come first, since they must strike at every attempt, then `first_n`, then the fractions. A
    draw depends on the request and on how often it has been made, not on the order in which requests arrive:
    with the same questions, a parallel run meets the same faults as a serial one.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.attempts: Counter[bytes] = Counter()
        self.arm_first(config.first_n)

    def arm_first(self, first_n: dict[str, int]) -> None:
        self.remaining = {fault: count for fault, count in first_n.items() if count > 0}
        self.struck: set[bytes] = set()  # the items it has struck, so that their retry succeeds

    def strike(self, call: Call) -> None:
        """Set the call's attempt, fault and victim."""
        self.attempts[call.digest] += 1
        call.attempt = self.attempts[call.digest]
        if call.items:
            call.victim = int(chance("victim", call.digest, call.attempt) * len(call.items))
        fault = self._sticky(call) or self._first(call) or self._drawn(call)
        if fault in FAMILIES:
            fault = pick(FAMILIES[fault], "family", call.digest, call.attempt)
        call.fault = fault

    def _sticky(self, call: Call) -> str | None:
        for fault, target in self.config.sticky.items():
            for index, item in enumerate(call.items):
                if self._sticks(fault, target, item, call.keys[index]):
                    call.victim = index
                    return fault
        return None

    def _sticks(self, fault: str, target: float | list[str], item: dict[str, Any], key: bytes) -> bool:
        if isinstance(target, list):
            return any(value in target for value in item.values() if isinstance(value, str))
        return chance(self.config.seed, "sticky", fault, key) < target

    def _first(self, call: Call) -> str | None:
        if not self.remaining or not self.struck.isdisjoint(call.keys):
            return None
        fault, left = next(iter(self.remaining.items()))
        if left > 1:
            self.remaining[fault] = left - 1
        else:
            del self.remaining[fault]
        self.struck.update(call.keys)
        return fault

    def _drawn(self, call: Call) -> str | None:
        if not self.config.faults:
            return None
        draw = chance(self.config.seed, "fault", call.digest, call.attempt)
        for fault, share in self.config.faults.items():
            draw -= share
            if draw < 0:
                return fault
        return None


def seconds_to_answer(call: Call, config: Config) -> float:
    """The latency of this attempt, stragglers included."""
    seconds = config.latency
    draw = (config.seed, call.digest, call.attempt)
    if spread := config.latency_lognormal:
        z = NormalDist().inv_cdf(min(max(chance("latency", *draw), 1e-9), 1 - 1e-9))
        seconds = spread["median"] * math.exp(spread["sigma"] * z)
    if (late := config.stragglers) and chance("straggler", *draw) < late["fraction"]:
        seconds *= late["factor"]
    return seconds


def spoil_answer(answer: dict[str, Any], call: Call, huge: int) -> dict[str, Any]:
    """The answer with its structure broken, if that is the call's fault."""
    rows = answer.get(call.shape.answers) if call.shape.answers else None
    row = rows[call.victim] if rows else answer
    if call.fault in BROKEN_IDS and rows:
        _spoil_ids(rows, call)
    elif call.fault == "missing_field" or call.fault in BROKEN_IDS:
        row.pop(next(reversed(row)), None)
    elif call.fault == "extra_field":
        row["note"] = "Please note that this is my best estimate."
    elif call.fault == "wrong_type":
        row[next(reversed(row))] = ["not", "a", "string"]
    elif call.fault == "huge_field":
        row[next(reversed(row))] = "long " * (huge // 5)
    elif call.fault == "half_character":
        row[next(reversed(row))] = HALF
    elif call.fault == "nan":
        numbers = [name for name, value in row.items() if isinstance(value, float)]
        row[numbers[0] if numbers else next(reversed(row))] = math.nan
    return answer


def _spoil_ids(rows: list[dict[str, Any]], call: Call) -> None:
    row, label = rows[call.victim], call.shape.label
    if call.fault == "id_changed":
        row[label] = f"{row[label]}0"
    elif call.fault == "id_dropped":
        del rows[call.victim]
    elif call.fault == "id_invented":
        rows.append({**row, label: f"{row[label]}-extra"})
    elif call.fault == "id_twice":
        rows.append(dict(row))


def spoil_text(text: str, call: Call) -> str:
    """The answer's text, broken if that is the call's fault."""
    if call.fault == "truncated":
        # Before the last character at the latest, which closes the JSON: what is left is never complete.
        return text[: int(len(text) * (0.3 + 0.6 * chance("cut", call.digest, call.attempt)))]
    if call.fault == "fenced":
        return f"```json\n{text}\n```"
    if call.fault == "prose":
        return f"Here is the answer you asked for:\n\n{text}\n\nLet me know if you need anything else."
    if call.fault == "duplicate_keys":
        name, value = next(iter(json.loads(text).items()))
        first = encode_json({name: [] if isinstance(value, list) else "a first thought"})
        return f"{first[:-1]},{text[1:]}"
    if call.fault == "half_character":
        return text.replace(HALF, "half a \\ud83d character")
    if call.fault == "empty_text":
        return ""
    return text
