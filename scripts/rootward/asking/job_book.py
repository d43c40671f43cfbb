"""Records the open batch jobs in the file of the answer cache until they have been read."""

import json
import sqlite3
from dataclasses import dataclass, replace

from rootward.asking.database import Database
from rootward.asking.packing import packed, unpacked
from rootward.asking.schema import seal


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A batch job that was sent, or will be: the keys of each request's questions, and its prompt."""

    display_name: str
    question: str
    requests: list[list[str]]
    prompts: list[str]
    name: str | None

    def named(self, name: str) -> "BatchJob":
        """The same job under the name the API gave it."""
        return replace(self, name=name)


class JobBook:
    """The batch jobs that were sent, or will be."""

    def __init__(self, database: Database):
        self._database = database

    def note(self, job: BatchJob) -> None:
        """Record a batch job until `close`."""
        row = (job.display_name, job.question, job.name, packed(json.dumps([job.requests, job.prompts])))
        insert = "INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?)"
        self._database.guarded(lambda connection: connection.execute(insert, (*row, seal(*row))))

    def open(self, question: str) -> list[BatchJob]:
        """The open jobs of a kind of question."""

        def look(connection: sqlite3.Connection) -> list[BatchJob]:
            rows = connection.execute("SELECT * FROM jobs WHERE question = ? ORDER BY display_name", (question,))
            return [
                BatchJob(display, question, *_content(content), name)
                for display, _, name, content, sealed in rows
                if sealed == seal(display, question, name, content)
            ]

        return self._database.guarded(look)

    def close(self, display_name: str) -> None:
        """Remove a batch job that was read, or was never created."""
        self._database.guarded(lambda c: c.execute("DELETE FROM jobs WHERE display_name = ?", (display_name,)))


def _content(packed_content: str | bytes) -> tuple[list[list[str]], list[str]]:
    requests, prompts = json.loads(unpacked(packed_content))
    return requests, prompts
