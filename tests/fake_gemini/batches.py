"""Files, and the batch jobs that read and write them."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_gemini.config import to_bytes
from fake_gemini.errors import bad_request, not_found
from fake_gemini.limits import full_queue

if TYPE_CHECKING:
    from fake_gemini.server import Server

BATCH_TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"
ROWS_BETWEEN_BREATHS = 50


def timestamp(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e6):06d}Z"


class Files:
    """Uploaded files, and the result files of batch jobs."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.uploads: dict[str, bytearray] = {}
        self.numbers = 0

    def add(self, content: bytes) -> str:
        self.numbers += 1
        name = f"files/fake{self.numbers:06d}"
        self.contents[name] = content
        return name

    def start_upload(self) -> str:
        self.numbers += 1
        upload_id = f"upload{self.numbers:06d}"
        self.uploads[upload_id] = bytearray()
        return upload_id

    def read(self, name: str) -> bytes:
        if name not in self.contents:
            raise not_found(f"File {name} does not exist.")
        return self.contents[name]

    def describe(self, name: str) -> dict[str, Any]:
        size = len(self.read(name))
        return {"name": name, "mimeType": "application/jsonl", "sizeBytes": str(size), "state": "ACTIVE"}


@dataclass(slots=True)
class Job:
    """A batch job. A row is its tag ({"metadata": ...} or {"key": ...}) and its request."""

    name: str
    model: str
    display_name: str
    rows: list[tuple[dict[str, Any], dict[str, Any]]]
    from_file: bool
    created: float
    state: str = "PENDING"
    ended: float | None = None
    reason: str = "The batch job failed."
    output: dict[str, Any] | None = None
    task: asyncio.Task | None = None

    def end(self, state: str) -> None:
        self.state, self.ended = state, time.time()

    def operation(self, with_output: bool) -> dict[str, Any]:
        """The job as the long-running operation that the API shows."""
        metadata: dict[str, Any] = {
            "@type": BATCH_TYPE,
            "model": f"models/{self.model}",
            "displayName": self.display_name,
            "createTime": timestamp(self.created),
            "updateTime": timestamp(self.ended or self.created),
            "batchStats": {"requestCount": str(len(self.rows))},
            "state": f"BATCH_STATE_{self.state}",
            "name": self.name,
        }
        operation: dict[str, Any] = {"name": self.name, "metadata": metadata}
        if self.ended:
            metadata["endTime"] = timestamp(self.ended)
            operation["done"] = True
        if self.output and with_output:
            metadata["output"] = self.output
            operation["response"] = {"@type": f"{BATCH_TYPE}Output", **self.output}
        if self.state == "FAILED":
            operation["error"] = {"code": 13, "message": self.reason}
        return operation


class Batches:
    """The batch jobs of a server: PENDING for a quarter of their time, then RUNNING, then at their end."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jobs: dict[str, Job] = {}
        self.first_faults = dict(server.config.batch_first_n)
        self.first_ends = dict(server.config.batch_first_end)

    def create(self, model: str, body: bytes) -> Job:
        try:
            batch = json.loads(body)["batch"]
            rows = self._rows(batch["inputConfig"])
        except (ValueError, KeyError, TypeError) as error:
            raise bad_request(f"Invalid batch: {error!r}") from None
        queue = self.server.config.batch_queue
        if queue is not None and sum(job.ended is None for job in self.jobs.values()) >= queue:
            raise full_queue()
        name = f"batches/{os.urandom(10).hex()}"
        from_file = "fileName" in batch["inputConfig"]
        job = Job(name, model, batch.get("displayName", ""), rows, from_file, time.time())
        job.task = asyncio.get_running_loop().create_task(self._run(job))
        self.jobs[name] = job
        self.server.stats.batch["jobs"] += 1
        return job

    def _rows(self, source: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        if "fileName" in source:
            lines = map(json.loads, self.server.files.read(source["fileName"]).splitlines())
            return [({"key": line["key"]}, line["request"]) for line in lines]
        rows = source["requests"]["requests"]
        return [({"metadata": row["metadata"]} if "metadata" in row else {}, row["request"]) for row in rows]

    async def _run(self, job: Job) -> None:
        seconds = self.server.config.batch_seconds
        await asyncio.sleep(seconds / 4)
        job.state = "RUNNING"
        await asyncio.sleep(seconds * 3 / 4)
        outcome = _next(self.first_ends) or self.server.config.batch_outcome
        if outcome == "SUCCEEDED":
            job.output = self._packed(job, await self._results(job))
        job.end(outcome)

    async def _results(self, job: Job) -> list[dict[str, Any]]:
        results = []
        for number, (tag, request) in enumerate(job.rows, 1):
            results.append({**tag, **self.server.answer_row(job, request)})
            if number % ROWS_BETWEEN_BREATHS == 0:
                await asyncio.sleep(0)  # a large job must not stall the other connections
        return results

    def _packed(self, job: Job, results: list[dict[str, Any]]) -> dict[str, Any]:
        if job.from_file:
            return {"responsesFile": self.server.files.add(b"".join(to_bytes(row) + b"\n" for row in results))}
        return {"inlinedResponses": {"inlinedResponses": results}}

    def get(self, name: str) -> Job:
        if name not in self.jobs:
            raise not_found(f"Batch {name} does not exist.")
        return self.jobs[name]

    def cancel(self, name: str) -> None:
        job = self.get(name)
        if job.ended is None:
            job.task.cancel()
            job.end("CANCELLED")

    def close(self) -> None:
        for job in self.jobs.values():
            job.task.cancel()

    def page(self, size: int, start: int) -> dict[str, Any]:
        """Operations from `start` on, the newest first. Results stand only in the job itself."""
        jobs = list(reversed(self.jobs.values()))
        page = {"operations": [job.operation(with_output=False) for job in jobs[start : start + size]]}
        if start + size < len(jobs):
            page["nextPageToken"] = str(start + size)
        return page

    def creation_fault(self) -> str | None:
        return _next(self.first_faults)


def _next(counts: dict[str, int]) -> str | None:
    """The first of what is still to come, counted down."""
    for name, left in counts.items():
        if left > 0:
            counts[name] -= 1
            return name
    return None
