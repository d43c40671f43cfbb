"""Batch jobs of the Gemini API."""

from collections.abc import Callable, Sequence
from typing import Any

from rootward.curators.gemini.client import MOST_RESULTS, Clients
from rootward.curators.gemini.envelope import raw_reply
from rootward.curators.gemini.errors import explained
from rootward.curators.gemini.settings import generation
from rootward.curators.questions import Question
from rootward.curators.replies import RawReply
from rootward.curators.settings import ModelSettings

TIMEOUT = 600.0  # seconds of a call about jobs: results come in one piece


class GeminiJobs:
    """Implements `BatchJobs`.

    settings: kind of question -> the model that answers it; longest_wait: see `explained`.
    """

    def __init__(self, clients: Clients, settings: Callable[[str], ModelSettings], longest_wait: float):
        self._clients, self._settings, self._longest_wait = clients, settings, longest_wait

    def create(self, display_name: str, requests: Sequence[tuple[Sequence[Question], str]]) -> str:
        """See `BatchJobs`."""
        from google.genai import types

        model = self._settings(requests[0][0][0].kind.name)
        inlined = [
            types.InlinedRequest(
                contents=prompt,
                config=types.GenerateContentConfig(
                    response_mime_type="application/json",
                    response_json_schema=questions[0].kind.schema(len(questions)),
                    **generation(model),
                ),
            )
            for questions, prompt in requests
        ]
        config = types.CreateBatchJobConfig(display_name=display_name)
        return str(self._do("create", model=model["id"], src=inlined, config=config).name)

    def find(self, display_name: str) -> str | None:
        """See `BatchJobs`."""
        for job in self._do("list", config={"page_size": 100}):
            if job.display_name == display_name:
                return str(job.name)
        return None

    def state(self, name: str) -> str:
        """See `BatchJobs`."""
        job = self._do("get", name=name)
        return str(job.state.name).removeprefix("JOB_STATE_") if job else "EXPIRED"

    def replies(self, name: str) -> list[RawReply | str]:
        """See `BatchJobs`."""
        job = self._do("get", name=name)
        rows = (job.dest.inlined_responses if job and job.dest else None) or []
        return [
            raw_reply(row.response.model_dump_json(by_alias=True), 0.0) if row.response else str(row.error)
            for row in rows
        ]

    def _do(self, action: str, **arguments: Any) -> Any:
        """What the API says to an action on jobs; None to one that gets a job it does not know."""
        try:
            return getattr(self._clients.of(TIMEOUT, MOST_RESULTS).batches, action)(**arguments)
        except Exception as error:
            if action == "get" and getattr(error, "code", None) == 404:  # jobs are deleted after a while
                return None
            raise explained(error, arguments.get("model", ""), self._longest_wait) from None
