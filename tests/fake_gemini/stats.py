"""What was asked and answered: the counts, and the log."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, TextIO

from fake_gemini.config import encode_json
from fake_gemini.errors import Reply
from fake_gemini.questions import Call


class Stats:
    """What was asked and what was answered, since the start or the last reset.

    `requests` are those to generateContent: the sum of `by_status` (where "0" is what was lost on the way),
    `abandoned` (the client hung up first) and those in flight. `answered_ok` counts the answers without any
    fault, rows of batch jobs included. An answer with a fault, even one that a client may well read, counts
    neither there nor towards `duplicates`: the items that were answered well more than once.
    """

    def __init__(self) -> None:
        self.requests = self.answered_ok = self.abandoned = self.peak_in_flight = 0
        self.by_status: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.paths: Counter[str] = Counter()
        self.other_requests: Counter[str] = Counter()
        self.batch: Counter[str] = Counter(jobs=0, rows=0, row_errors=0)
        self.tokens: Counter[str] = Counter(prompt=0, candidates=0, thoughts=0, total=0)
        self.questions: dict[str, Counter[str]] = defaultdict(lambda: Counter(requests=0, items=0, answered=0))
        self.answered: dict[bytes, tuple[str, str, str]] = {}
        self.repeated: set[bytes] = set()
        self.bodies: set[bytes] = set()
        self.repeated_bodies: set[bytes] = set()
        self.times_429: list[float] = []
        self.first: float | None = None
        self.last: float | None = None

    def arrived(self, path: str, now: float, in_flight: int) -> None:
        self.requests += 1
        self.paths[path] += 1
        self.first, self.last = self.first or now, now
        self.peak_in_flight = max(self.peak_in_flight, in_flight)

    def asked(self, call: Call) -> None:
        self.questions[call.question].update(requests=1, items=len(call.items))

    def struck(self, call: Call) -> None:
        if call.fault:
            self.faults[call.fault] += 1

    def replied(self, reply: Reply, call: Call | None, now: float) -> None:
        """Count a reply to generateContent."""
        self.by_status[str(0 if reply.lost else reply.status)] += 1
        self.last = now
        if reply.status == 429:
            self.times_429.append(now)
        if call:
            self.delivered(reply, call)

    def delivered(self, reply: Reply, call: Call) -> None:
        """Count the tokens and the items of an answer, whether it came alone or in a batch job."""
        prompt, candidates, thoughts = reply.tokens
        self.tokens.update(prompt=prompt, candidates=candidates, thoughts=thoughts, total=sum(reply.tokens))
        if not reply.well:
            return
        self.answered_ok += 1
        self.questions[call.question]["answered"] += len(call.items)
        if call.digest in self.bodies:
            self.repeated_bodies.add(call.digest)
        self.bodies.add(call.digest)
        for key, label in zip(call.keys, call.labels, strict=True):
            if key in self.answered:
                self.repeated.add(key)
            self.answered[key] = (call.model, call.question, label)

    def as_dict(self, in_flight: int, with_items: bool) -> dict[str, Any]:
        summary = {
            "requests": self.requests,
            "by_status": self.by_status,
            "answered_ok": self.answered_ok,
            "items_answered": len(self.answered),
            "duplicates": len(self.repeated),
            "duplicate_requests": len(self.repeated_bodies),
            "abandoned": self.abandoned,
            "in_flight": in_flight,
            "peak_in_flight": self.peak_in_flight,
            "questions": self.questions,
            "faults": self.faults,
            "paths": self.paths,
            "tokens": self.tokens,
            "first": self.first,
            "last": self.last,
            "times_429": self.times_429,
            "batch": self.batch,
            "other_requests": self.other_requests,
        }
        if with_items:
            names = ("model", "question", "item")
            summary["answered_items"] = [
                dict(zip(names, item, strict=True), repeated=key in self.repeated)
                for key, item in self.answered.items()
            ]
        return summary


class Log:
    """One JSON line per request, written through at once: it outlives whoever is killed."""

    def __init__(self, path: Path | None) -> None:
        self.file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None

    def write(self, operation: str, status: int, call: Call | None, started: float, **more: Any) -> None:
        if self.file is None:
            return
        now = time.time()
        line = {"time": now, "seconds": round(now - started, 4), "operation": operation, "status": status}
        if call:
            line |= {
                "model": call.model,
                "question": call.question,
                "items": call.labels,
                "fault": call.fault,
            }
        self.file.write(encode_json(line | more).encode("utf-8", "replace").decode() + "\n")
