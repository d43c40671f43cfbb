"""The curator `openai`: calls a model behind an OpenAI-compatible endpoint, adapted to what the endpoint can do."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rootward.curators.base import BadRequest, Fatal, Lost
from rootward.curators.configured import Configured
from rootward.curators.envelope import OtherShape
from rootward.curators.openai.abilities import Abilities, Kept
from rootward.curators.openai.connection import Connection
from rootward.curators.openai.envelope import raw_reply
from rootward.curators.openai.errors import ErrorBody, explained, is_filtered
from rootward.curators.openai.limits import Limits
from rootward.curators.openai.probe import Probe
from rootward.curators.openai.schemas import detailed, narrowed, response_format, shown, strict
from rootward.curators.prompts import is_asked_again
from rootward.curators.questions import Question
from rootward.curators.replies import RawReply
from rootward.curators.settings import ApiSettings, ModelSettings, QuestionSettings, model_name
from rootward.curators.wire import HttpError

log = logging.getLogger("rootward")

CHARACTERS_PER_TOKEN = 3.0  # low for English with JSON, so that prompts are overestimated rather than underestimated
LEAST = 256  # tokens that an answer needs
LONGEST_REASON = 300  # characters
LESSONS = 3  # refusals of one question from which something may be learned
EACH_ANSWER = 120  # tokens per item in an answer whose texts are limited
EACH = 200  # tokens per item in a prompt and its answer


class OpenAI(Configured):
    """Implements `Model` for the roles whose provider is openai.

    api: section `api` of the configuration; kept: the folder that stores what the endpoints can do, None to store
    nothing.
    """

    jobs = None

    def __init__(
        self,
        models: Mapping[str, ModelSettings],
        questions: Mapping[str, QuestionSettings],
        prompts: Mapping[str, Path],
        api: ApiSettings,
        kept: Path | None,
    ):
        super().__init__(models, questions, prompts=prompts)
        self._kept, self._longest_wait = kept, api["longest_wait"]
        self._connection = Connection(max(model["concurrency"] for model in models.values()))
        self._lock = threading.Lock()
        self._abilities: dict[str, Abilities] = {}
        self._refused: dict[str, Fatal] = {}
        self._limits: dict[str, Limits] = {}

    def question(self, kind: str) -> QuestionSettings:
        """How a kind of question is asked: in smaller batches if the context is known to be too short, or if the answer
        of a small model would be cut off.
        """
        question, model = super().question(kind), self.settings(kind)
        known = self._abilities.get(model_name(model)) or Kept(self._kept, model).read()
        if known is None or known.context is None:
            return question
        room = known.context - len(self._prompts.source(kind)) / CHARACTERS_PER_TOKEN - LEAST
        most = min(room / EACH, model["max_output_tokens"] / EACH_ANSWER) if known.is_small else room / EACH
        return {**question, "batch": max(1, min(question["batch"], int(most)))}

    def connect(self, kind: str) -> None:
        """Import the client, and create it with the model's time-out."""
        self._connection.client(self.settings(kind)["timeout"])

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False, room: int = 1) -> RawReply:
        """Send one request. Raises Throttled, Lost, BadRequest or Fatal.

        There is no search, so is_searched is never true. room: how many times the configured output tokens the answer
        may take.
        """
        kind, model = questions[0].kind, self.settings(questions[0].kind.name)
        abilities, spent = self._known(model)
        tokens = model["max_output_tokens"] * room

        def send(found: Abilities) -> RawReply:
            return self._send(
                model,
                kind.name,
                prompt=prompt,
                schema=_schema(questions, prompt, abilities=found),
                questions=questions,
                abilities=found,
                tokens=tokens,
            )

        return self._taught(model, send, known=abilities, lessons=LESSONS).after(spent)

    def _taught(
        self, model: ModelSettings, send: Callable[[Abilities], RawReply], known: Abilities, lessons: int
    ) -> RawReply:
        """The reply to a question. What a refusal reveals is stored, and the question is sent again accordingly."""
        try:
            return send(known)
        except HttpError as error:
            if is_filtered(error):
                return RawReply("", "CONTENT_FILTER")
            wiser = known.after(error.code, ErrorBody.of(error.body, model.get("key")))
            if wiser == known or not lessons:
                raise explained(error, model, longest_wait=self._longest_wait) from None
        with self._lock:
            self._keep(model, wiser)
        return self._taught(model, send, known=wiser, lessons=lessons - 1)

    def probe(self, kind: str) -> list[str]:
        """Probe the endpoint of a kind of question again, and return the results as lines."""
        model = self.settings(kind)
        found, _ = self._probed(model)
        return found.lines(model_name(model), model["thinking"])

    # --- what the endpoint can do ---

    def _known(self, model: ModelSettings) -> tuple[Abilities, RawReply | None]:
        """What the model's endpoint can do, and the cost of finding out if that was just now."""
        name = model_name(model)
        with self._lock:  # a second thread waits for the first one's result
            known = self._abilities.get(name) or Kept(self._kept, model).read()
            if name in self._refused:
                raise self._refused[name]
            if known is None:
                return self._first_probed(model)
            self._abilities[name] = known
            return known, None

    def _first_probed(self, model: ModelSettings) -> tuple[Abilities, RawReply | None]:
        """The result of a probe, or of the probe of another process if that was waited for."""
        name, kept = model_name(model), Kept(self._kept, model)
        with kept.alone() as probing:
            try:
                if known := kept.read():
                    self._abilities[name] = known
                    return known, None
                if probing.refused:
                    raise Fatal(probing.refused)
                return self._probed(model)
            except Fatal as error:
                self._refused[name] = error
                probing.refuse(str(error))
                raise

    def _probed(self, model: ModelSettings) -> tuple[Abilities, RawReply | None]:
        probe = Probe(
            model,
            ask=lambda prompt, schema, found, tokens: self._send(
                model, "test", prompt=prompt, schema=schema, abilities=found, tokens=tokens
            ),
            look=lambda url: self._connection.look(model, url),
        )
        try:
            found = probe.abilities()
        except HttpError as error:
            explanation = explained(error, model, longest_wait=self._longest_wait)
            if isinstance(explanation, BadRequest):
                explanation = Fatal(f"{model_name(model)} takes no question: {explanation}")
            raise explanation from None
        self._keep(model, found)
        for line in found.lines(model_name(model), model["thinking"]):
            log.info("%s", line)
        return found, probe.spent

    def _keep(self, model: ModelSettings, found: Abilities) -> None:
        self._abilities[model_name(model)] = found
        Kept(self._kept, model).write(found)

    # --- a request ---

    def _send(
        self,
        model: ModelSettings,
        name: str,
        prompt: str,
        schema: dict[str, Any],
        abilities: Abilities,
        tokens: int,
        questions: Sequence[Question] = (),
    ) -> RawReply:
        """Send one request in the form that the endpoint accepts. Raises HttpError as well as the errors of a call."""
        limits = self._limits.setdefault(model_name(model), Limits(self._longest_wait))
        body = _body(model, prompt, schema=schema, abilities=abilities, tokens=tokens)
        if abilities.takes_format:
            is_detailed = abilities.is_small and abilities.takes_detail
            enforced = detailed(schema, questions) if is_detailed else schema
            body["response_format"] = response_format(name, enforced)
        is_new = model_name(model) not in self._abilities
        limits.take(_tokens(prompt))
        started = time.monotonic()
        try:
            content, headers = self._connection.complete(model, body)
            limits.note(headers)
            if "html" in headers.get("content-type", ""):
                page = ErrorBody.of(content, model.get("key")).message
                said = f"{model.get('base_url')} answers with a page ({page:.60}); is that the address of the API?"
                raise Fatal(said) if is_new else Lost(said)
            return _counted(raw_reply(content, time.monotonic() - started), prompt)
        except HttpError as error:
            limits.note(error.headers)
            raise
        except OtherShape as error:
            if is_new:
                raise Fatal(f"{model.get('base_url')}: {error}; is that the address of the API?") from None
            raise
        except Exception as error:
            if type(error).__name__ in ("ConnectError", "UnsupportedProtocol") and is_new:
                raise Fatal(
                    f"nothing answers at {model.get('base_url')} ({error!s:.80}): start the server, or set "
                    f"api.openai.base_url or OPENAI_BASE_URL"
                ) from None
            raise explained(error, model, longest_wait=self._longest_wait) from None


def _tokens(text: str) -> int:
    return int(len(text) / CHARACTERS_PER_TOKEN)


def _schema(questions: Sequence[Question], prompt: str, abilities: Abilities) -> dict[str, Any]:
    """The schema of the answer to a call; for a small model, its texts are limited."""
    kind = questions[0].kind
    if not abilities.is_small:
        return strict(kind.schema(len(questions)), None)
    schema = strict(kind.schema(len(questions)), LONGEST_REASON)
    return narrowed(schema, questions, is_again=is_asked_again(prompt))


def _counted(reply: RawReply, prompt: str) -> RawReply:
    """The reply, with tokens estimated if the server does not count them: a budget depends on them."""
    if reply.input_tokens or reply.output_tokens:
        return reply
    return replace(reply, input_tokens=_tokens(prompt), output_tokens=_tokens(reply.text))


def _body(
    model: ModelSettings, prompt: str, schema: dict[str, Any], abilities: Abilities, tokens: int
) -> dict[str, Any]:
    """The body of a request without `response_format`. Raises BadRequest if prompt and answer exceed the context."""
    context = abilities.context
    tokens = min(tokens, abilities.output or tokens)
    text = shown(schema, prompt) if abilities.shown else prompt
    if context is not None:
        tokens = min(tokens, context - _tokens(text))
        if tokens < LEAST:
            raise BadRequest(f"a prompt of about {_tokens(text)} tokens is too long for a context of {context}")
    body: dict[str, Any] = {
        "model": model["id"],
        "messages": [{"role": "user", "content": text}],
        "stream": False,
        abilities.tokens_key: tokens,
    }
    if model["thinking"] and abilities.takes_thinking:
        body["reasoning_effort"] = model["thinking"]
    return body
