"""The curator `gemini`: calls a Gemini model through google-genai, with or without a Google Search first."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootward.curators.base import BadRequest, Fatal
from rootward.curators.configured import Configured
from rootward.curators.gemini.client import Clients, is_vertex
from rootward.curators.gemini.envelope import raw_reply
from rootward.curators.gemini.errors import explained
from rootward.curators.gemini.settings import RequestConfigs
from rootward.curators.questions import Question, fenced, parted
from rootward.curators.replies import RawReply
from rootward.curators.settings import ApiSettings, ModelSettings, QuestionSettings

MOST_TOKENS = 65_536  # the most that a Gemini model writes

if TYPE_CHECKING:
    from rootward.curators.gemini.jobs import GeminiJobs


class Gemini(Configured):
    """Implements `Model` for the roles whose provider is gemini. api: section `api` of the configuration."""

    def __init__(
        self,
        models: Mapping[str, ModelSettings],
        questions: Mapping[str, QuestionSettings],
        prompts: Mapping[str, Path],
        api: ApiSettings,
    ):
        super().__init__(models, questions, prompts=prompts)
        self._api = api
        self._clients = Clients(api, max(model["concurrency"] for model in models.values()))
        self._configs = RequestConfigs()
        self._searches_in_json: dict[str, bool] = {}  # by model id, once known
        self._jobs: GeminiJobs | None = None

    @property
    def jobs(self) -> "GeminiJobs":
        """Batch jobs. Raises Fatal on Vertex AI, where jobs read from and write to storage buckets."""
        if is_vertex(self._api):
            raise Fatal("mode: batch: is not available on Vertex AI; set mode: interactive")
        from rootward.curators.gemini.jobs import GeminiJobs

        self._jobs = self._jobs or GeminiJobs(self._api, self.settings)
        return self._jobs

    def connect(self, kind: str) -> None:
        """Import the SDK and create the client with the model's time-out. Raises Fatal without a key."""
        self._clients.of(self.settings(kind)["timeout"])

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> RawReply:
        """Send one request. Raises Throttled, Lost, BadRequest or Fatal.

        If a search comes first, the reply is not an answer yet: call again with its `next_prompt`. is_searched: the
        prompt contains search results; room: how many times the configured output tokens the answer may take.
        """
        kind, model = questions[0].kind, self.settings(questions[0].kind.name)
        if room > 1:
            tokens = max(model["max_output_tokens"], min(MOST_TOKENS, room * model["max_output_tokens"]))
            model = {**model, "max_output_tokens": tokens}
        schema = kind.schema(len(questions))
        if is_searched or not self.question(kind.name).get("search"):
            return self._send(model, prompt, schema=schema)
        if self._searches_in_json.get(model["id"]) is not False:
            return self._search_in_json(model, prompt, schema=schema)
        found = self._send(model, prompt, schema=None, search=True)
        if found.finish_reason not in ("STOP", "MAX_TOKENS"):
            return found
        return replace(found, next_prompt=with_findings(prompt, found.text))

    def _search_in_json(self, model: ModelSettings, prompt: str, schema: dict[str, Any]) -> RawReply:
        """Search and answer in JSON in one call. Some models refuse that and others skip the search; from then on they
        search first and judge in a second call. A model that has done both may skip a search that it does not need.
        """
        try:
            reply = self._send(model, prompt, schema=schema, search=True)
        except BadRequest as error:
            if "response mime type" not in str(error):
                raise
            self._searches_in_json[model["id"]] = False
            return RawReply("", "STOP", next_prompt=prompt)
        if reply.is_grounded:
            self._searches_in_json[model["id"]] = True
        if self._searches_in_json.get(model["id"]) or reply.finish_reason != "STOP":
            return reply
        self._searches_in_json[model["id"]] = False
        return replace(reply, next_prompt=prompt)

    def _send(self, model: ModelSettings, prompt: str, schema: dict[str, Any] | None, search: bool = False) -> RawReply:
        started = time.monotonic()
        try:
            response = self._clients.of(model["timeout"]).models.generate_content(
                model=model["id"], contents=prompt, config=self._configs.of(model, schema, search=search)
            )
        except Exception as error:
            raise explained(error, model["id"], longest_wait=self._api["longest_wait"]) from None
        body = response.sdk_http_response and response.sdk_http_response.body
        return raw_reply(body or "", time.monotonic() - started)


def with_findings(prompt: str, findings: str) -> str:
    """The prompt with the results of a search as one more input: data, like everything in the block."""
    instructions, content = parted(prompt)
    content["inputs"]["findings"] = findings
    return instructions + fenced(content)
