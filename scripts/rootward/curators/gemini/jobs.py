"""Batch jobs of the Gemini API: requests are uploaded as a file, and replies are downloaded as one."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from rootward.curators.base import JobState, Lost
from rootward.curators.gemini.envelope import raw_reply
from rootward.curators.gemini.errors import explained
from rootward.curators.gemini.rest import Rest, parsed
from rootward.curators.questions import Question
from rootward.curators.replies import RawReply
from rootward.curators.settings import ApiSettings, ModelSettings
from rootward.curators.wire import HttpError

T = TypeVar("T")
MOST_PAGES = 100  # of the list of jobs


class GeminiJobs:
    """Implements `BatchJobs`. settings: kind of question -> the model that answers it."""

    def __init__(self, api: ApiSettings, settings: Callable[[str], ModelSettings]):
        self._api, self._settings = api, settings
        self._rest = Rest(api)

    def create(self, display_name: str, requests: Sequence[tuple[Sequence[Question], str]]) -> str:
        """See `BatchJobs`."""
        model = self._settings(requests[0][0][0].kind.name)
        lines = (
            json.dumps({"key": str(number), "request": _request(model, questions, prompt=prompt)})
            for number, (questions, prompt) in enumerate(requests)
        )
        content = "\n".join(lines).encode()

        def send() -> str:
            file = _text(parsed(self._rest.upload(content, display_name)), "file", "name")
            batch = {"displayName": display_name, "inputConfig": {"fileName": file}}
            return _text(
                parsed(self._rest.post(f"models/{model['id']}:batchGenerateContent", {"batch": batch})), "name"
            )

        return self._asked(send, model["id"])

    def find(self, display_name: str) -> str | None:
        """See `BatchJobs`."""
        return self._asked(lambda: next(self._named(display_name), None))

    def look(self, name: str) -> JobState:
        """See `BatchJobs`."""
        job = self._asked(lambda: self._job(name))
        if job is None:  # the service deletes jobs after a while
            return JobState("EXPIRED", "the API no longer knows it")
        state = str(_at(job, "metadata", "state")).removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        reason = _at(job, "error", "message")
        return JobState(state, str(reason)[:200] if reason else "no reason given")

    def replies(self, name: str) -> dict[int, RawReply | str]:
        """See `BatchJobs`."""
        return self._asked(lambda: dict(self._rows(name)))

    def _named(self, display_name: str) -> Iterator[str]:
        token = ""
        for _ in range(MOST_PAGES):
            page = parsed(self._rest.get("batches", pageSize="100", **({"pageToken": token} if token else {})))
            for job in _rows_of(page, "operations"):
                if _at(job, "metadata", "displayName") == display_name:
                    yield _text(job, "name")
            token = str(page.get("nextPageToken") or "")
            if not token:
                return

    def _job(self, name: str) -> dict[str, Any] | None:
        try:
            return parsed(self._rest.get(name))
        except HttpError as error:
            if error.code == 404:
                return None
            raise

    def _rows(self, name: str) -> Iterator[tuple[int, RawReply | str]]:
        job = self._job(name) or {}
        output = _at(job, "response") or _at(job, "metadata", "output") or {}
        if file := _at(output, "responsesFile"):
            lines = self._rest.get(f"{file}:download", alt="media").splitlines()
            rows = [row for line in lines if (row := _row(line)) is not None]
        else:  # a job of an earlier version, with its requests inline
            rows = _rows_of(_at(output, "inlinedResponses"), "inlinedResponses")
        for number, row in enumerate(rows):
            key = str(row.get("key", number))
            if key.isdecimal() and len(key) < 10:
                yield int(key), _reply(row)

    def _asked(self, action: Callable[[], T], model: str = "") -> T:
        try:
            return action()
        except Exception as error:
            raise explained(error, model, longest_wait=self._api["longest_wait"]) from None


def _request(model: ModelSettings, questions: Sequence[Question], prompt: str) -> dict[str, Any]:
    """A request in the API's format."""
    config: dict[str, Any] = {
        "maxOutputTokens": model["max_output_tokens"],
        "responseMimeType": "application/json",
        "responseJsonSchema": questions[0].kind.schema(len(questions)),
    }
    if model["thinking"]:
        config["thinkingConfig"] = {"thinkingLevel": model["thinking"].upper()}
    return {"contents": [{"role": "user", "parts": [{"text": prompt}]}], "generationConfig": config}


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        return parsed(line)
    except Lost:  # only this row is missing; the others count
        return None


def _reply(row: dict[str, Any]) -> RawReply | str:
    """The reply in a row; a description of the error if it has none."""
    response = row.get("response")
    if not isinstance(response, dict):
        return f"{_at(row, 'error', 'message') or _at(row, 'error') or 'no reply'}"[:200]
    try:
        return raw_reply(json.dumps(response), 0.0)
    except Lost as error:
        return str(error)


def _at(content: Any, *names: str) -> Any:
    """The value below these names; None if there is none, or if a value on the way is not an object."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _text(content: Any, *names: str) -> str:
    found = _at(content, *names)
    if not isinstance(found, str) or not found:
        raise Lost(f"the reply is not in the API's format (no {'.'.join(names)})")
    return found


def _rows_of(content: Any, name: str) -> list[dict[str, Any]]:
    rows = _at(content, name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
