"""The curator `gemini`: one call of a Gemini model through google-genai, its errors told apart.

The only place that reads the API key; it is read when the first call is made, and stands in no message. What the SDK
would do by itself (retries, continuation, function calling) is switched off: `engine` does it within the limits.
"""

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from rootward.curators.base import BadRequest, Lost, Terminal, Throttled
from rootward.curators.questions import Kind, Question, block, digest, escaped
from rootward.curators.replies import RawReply
from rootward.errors import UserError

KEY_NAMES = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
LONGEST_WAIT = 120.0  # seconds; who is told to wait longer is out of quota for the day
MARK = "\x00block\x00"
# A stop for money, not for speed; the usual 429 speaks of "plan and billing details" too and means neither.
MONEY = re.compile(r"spend|credit|payment|billing (?!details)", re.IGNORECASE)


class Gemini:
    """Asks the models of the configuration.

    models: role -> section `models.<role>`; roles: kind of question -> section `questions.<kind>`; prompts: kind of
    question -> its template; api: section `api`.
    """

    def __init__(
        self,
        models: Mapping[str, dict],
        roles: Mapping[str, dict],
        prompts: Mapping[str, Path],
        api: Mapping[str, Any],
    ):
        self._models, self._roles, self._api = models, roles, api
        self._prompts = prompts
        self._templates: dict[tuple[str, int], Any] = {}
        self._clients: dict[float, Any] = {}
        self._lock = threading.Lock()
        self._configs: dict[tuple, Any] = {}
        self._searches_in_json: dict[str, bool] = {}

    def role(self, kind: str) -> dict:
        """The configuration of a kind of question."""
        return self._roles[kind]

    def model(self, kind: str) -> dict:
        """The configuration of the model that answers a kind of question."""
        return self._models[self._roles[kind]["model"]]

    def asked_of(self, kind: Kind) -> str:
        """What an answer depends on besides its inputs: template, model, schema, sampling; part of its key."""
        model = self.model(kind.name)
        sampling = {"thinking": model["thinking"], "search": self._roles[kind.name].get("search", False)}
        return digest([self._template_source(kind.name), model["id"], kind.schema_digest, sampling])

    def _template_source(self, kind: str) -> str:
        try:
            return self._prompts[kind].read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{self._prompts[kind]}: cannot be read ({error})") from None

    def prompt(self, questions: Sequence[Question]) -> str:
        """The prompt of a call: the instructions of its kind, then the data block."""
        kind, wording = questions[0].kind.name, questions[0].shared.get("wording", 1)
        template = self._templates.get((kind, wording))
        if template is None:
            template = _template(self._template_source(kind), self._prompts[kind], wording)
            self._templates[kind, wording] = template
        data = block(questions)
        text = template(data).rstrip()
        if not text.endswith(data):
            raise UserError(f"{self._prompts[kind]}: must end with {{{{ block }}}}, the data of the question")
        return text

    def call(self, questions: Sequence[Question], prompt: str, is_searched: bool = False) -> RawReply:
        """Send one request. Raises Throttled, Lost, BadRequest or Terminal.

        Where a search comes first, the reply answers nothing yet and has the `next_prompt`, to be called with in turn;
        is_searched: the prompt holds what was found.
        """
        kind, model = questions[0].kind, self.model(questions[0].kind.name)
        schema = kind.schema(len(questions))
        if is_searched or not self._roles[kind.name].get("search"):
            return self._send(model, prompt, schema)
        if self._searches_in_json.get(model["id"]) is not False:
            return self._search_in_json(model, prompt, schema)
        found = self._send(model, prompt, None, search=True)
        if found.finish_reason not in ("STOP", "MAX_TOKENS"):
            return found
        return replace(found, next_prompt=_with_findings(prompt, found.text))

    def _search_in_json(self, model: dict, prompt: str, schema: dict) -> RawReply:
        """With Google Search and in JSON at once. Some models refuse that, others forget the search: from then on they
        search first and judge then. One that was seen to do both may also leave a search out that it does not need.
        """
        try:
            reply = self._send(model, prompt, schema, search=True)
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

    # --- batch jobs ---

    def create_job(self, display_name: str, requests: Sequence[tuple[Sequence[Question], str]]) -> str:
        """Send prompts (each with its questions, all of one kind) as a batch job; its name."""
        from google.genai import types

        model = self.model(requests[0][0][0].kind.name)
        inlined = [
            types.InlinedRequest(
                contents=prompt,
                config=types.GenerateContentConfig(
                    response_mime_type="application/json",
                    response_json_schema=questions[0].kind.schema(len(questions)),
                    **_generation(model),
                ),
            )
            for questions, prompt in requests
        ]
        config = types.CreateBatchJobConfig(display_name=display_name)
        return self._jobs("create", model=model["id"], src=inlined, config=config).name

    def find_job(self, display_name: str) -> str | None:
        """The name of the job of that display name, the newest if there are several; None when there is none."""
        for job in self._jobs("list", config={"page_size": 100}):
            if job.display_name == display_name:
                return job.name
        return None

    def job_state(self, name: str) -> str:
        """PENDING, RUNNING, SUCCEEDED, …; EXPIRED also when the API no longer knows the job."""
        job = self._jobs("get", name=name)
        return job.state.name.removeprefix("JOB_STATE_") if job else "EXPIRED"

    def job_replies(self, name: str) -> list[RawReply | str]:
        """A job's replies in the order of its requests; what went wrong, where a request has none."""
        job = self._jobs("get", name=name)
        rows = (job.dest.inlined_responses if job and job.dest else None) or []
        return [
            _raw(row.response.model_dump(by_alias=True, mode="json"), 0.0) if row.response else str(row.error)
            for row in rows
        ]

    def _jobs(self, action: str, **arguments: Any) -> Any:
        """What the API says to an action on jobs; None to one that gets a job it does not know."""
        try:
            client = self._connected(next(iter(self._models.values())))  # a job is no model's own
            return getattr(client.batches, action)(**arguments)
        except Exception as error:
            if action == "get" and getattr(error, "code", None) == 404:  # jobs are deleted after a while
                return None
            raise self._explained(error, arguments.get("model", "")) from None

    # --- one request ---

    def _send(self, model: dict, prompt: str, schema: dict | None, search: bool = False) -> RawReply:
        started = time.monotonic()
        try:
            response = self._connected(model).models.generate_content(
                model=model["id"], contents=prompt, config=self._config(model, schema, search)
            )
        except Exception as error:
            raise self._explained(error, model["id"]) from None
        try:
            content = json.loads(response.sdk_http_response.body)
        except (ValueError, TypeError):
            raise Lost("the reply broke off") from None
        return _raw(content, time.monotonic() - started)

    def _config(self, model: dict, schema: dict | None, search: bool) -> Any:
        # Built once for each shape of answer: converting a schema costs as much as the rest of the SDK's work.
        key = (model["id"], schema and digest(schema), search)
        config = self._configs.get(key)
        if config is None:
            from google.genai import types

            config = self._configs[key] = _quick(types.GenerateContentConfig)(
                **_generation(model),
                response_mime_type="application/json" if schema else None,
                response_json_schema=schema,
                tools=[types.Tool(google_search=types.GoogleSearch())] if search else None,
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                automatic_continuation=False,
                should_return_http_response=True,
            )
        return config

    def _connected(self, model: Mapping[str, Any]) -> Any:
        """The client, made at the first call: importing the SDK takes half a second that a run from the cache saves.

        One for each time-out: to name it with every request costs a twentieth of the request's CPU.
        """
        timeout = model["timeout"]
        with self._lock:
            if timeout not in self._clients:
                connections = max(model["concurrency"] for model in self._models.values())
                self._clients[timeout] = connect(self._api, connections, timeout)
            return self._clients[timeout]

    def _explained(self, error: Exception, model: str) -> Exception:
        """The SDK's error as one of ours, without the key."""
        code = getattr(error, "code", None)
        if not isinstance(code, int):
            return _transport(error)
        details = error.details if isinstance(getattr(error, "details", None), dict) else {}
        said = _without_key(str(getattr(error, "message", None) or details.get("error", {}).get("message") or code))
        first = " ".join(said.split())[:200]
        if code == 429:
            return _too_much(details, first, model, _retry_after(error))
        if code in (500, 502, 503, 504, 408, 499):
            return Lost(f"{code}: {first:.80}", overloaded=code in (503, 504))
        if code == 400 and details.get("error", {}).get("status") == "FAILED_PRECONDITION":
            return Terminal(f"the API is not open to this project or place ({first})")
        if code in (401, 403) or "API key" in said or "API_KEY" in json.dumps(details):
            return Terminal(f"the API refuses the key in {' or '.join(KEY_NAMES)} ({code}: {first})")
        if code == 404:
            return Terminal(f"the API knows no model {model!r} (models.*.id): {first}")
        return BadRequest(f"{code}: {first}")


def templates(paths: Iterable[str | Path]) -> dict[str, Path]:
    """Kind of question -> its prompt template, the file of that name."""
    return {path.stem: path for path in map(Path, paths)}


def _template(source: str, path: Path, wording: int) -> Callable[[str], str]:
    """A prompt template, in one of its wordings, as a function of its data block. Raises UserError for one that is
    broken.
    """
    import jinja2

    def rendered(data: str) -> str:
        try:
            return jinja2.Template(source, undefined=jinja2.StrictUndefined).render(block=data, wording=wording)
        except jinja2.TemplateError as error:
            raise UserError(f"{path}: {error}") from None

    # The data never change the template: it is rendered once, and the data put where it has its mark.
    before, mark, after = rendered(MARK).partition(MARK)
    return lambda data: before + data + after if mark else before


def _generation(model: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a model that every request carries."""
    thinking = {"thinking_level": model["thinking"].upper()} if model["thinking"] else None
    return {"max_output_tokens": model["max_output_tokens"], "thinking_config": thinking}


def connect(api: Mapping[str, Any], connections: int, timeout: float) -> Any:
    """A google-genai client with a pool for this many connections, and a time-out (seconds) for each request. Raises
    Terminal when there is no key.
    """
    key = next((os.environ[name].strip() for name in KEY_NAMES if os.environ.get(name, "").strip()), None)
    if key is not None and not (key.isascii() and key.isprintable()):
        raise Terminal(f"the key in {' or '.join(KEY_NAMES)} has characters that no key has; copy it again")
    if key is None and not api["vertex"]:
        raise Terminal("no API key: set GEMINI_API_KEY, or curator: reactome to work offline")
    import httpx2
    from google import genai
    from google.genai import types

    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=60)
    options = types.HttpOptions(
        base_url=api["base_url"] or os.environ.get("GOOGLE_GEMINI_BASE_URL") or None,
        api_version=api["version"],
        client_args={"limits": limits},
        timeout=int(timeout * 1000),
    )
    try:
        return genai.Client(api_key=key, vertexai=api["vertex"] or None, http_options=options)
    except ValueError as error:
        raise Terminal(f"api: {_without_key(str(error)):.200}") from None


@cache
def _quick(config: type) -> type:
    """The SDK's config class, told at once that it is no mapping.

    The SDK asks of each of its 40 fields `name in config`; without an answer of its own the model is searched from end
    to end each time, which costs a third of the CPU of a call (google-genai 3.4).
    """
    return type(config.__name__, (config,), {"__contains__": lambda self, name: False})


def _with_findings(prompt: str, findings: str) -> str:
    """The prompt with what a search found as one more input: data, like everything in the block."""
    start = prompt.rindex("```json\n") + len("```json\n")
    content = json.loads(prompt[start:].removesuffix("```"))
    content["inputs"]["findings"] = findings
    return f"{prompt[:start]}{escaped(json.dumps(content, ensure_ascii=False))}\n```"


def _raw(content: dict, seconds: float) -> RawReply:
    usage = content.get("usageMetadata") or {}
    candidate = (content.get("candidates") or [{}])[0]
    blocked = (content.get("promptFeedback") or {}).get("blockReason")
    parts = (candidate.get("content") or {}).get("parts") or []
    return RawReply(
        text="".join(part.get("text") or "" for part in parts if not part.get("thought")),
        finish_reason=candidate.get("finishReason") or (blocked and "PROHIBITED_CONTENT") or "NO_CANDIDATE",
        model_version=content.get("modelVersion"),
        input_tokens=(usage.get("promptTokenCount") or 0) + (usage.get("toolUsePromptTokenCount") or 0),
        cached_tokens=usage.get("cachedContentTokenCount") or 0,
        output_tokens=(usage.get("candidatesTokenCount") or 0) + (usage.get("thoughtsTokenCount") or 0),
        seconds=seconds,
        is_grounded=bool(candidate.get("groundingMetadata")),
    )


def _too_much(details: dict, said: str, model: str, retry_after: float | None) -> Exception:
    """A 429: for a moment, or for the day."""
    wait = retry_after
    for detail in details.get("error", {}).get("details") or ():
        type_ = str(detail.get("@type", ""))
        if type_.endswith("RetryInfo"):
            wait = _seconds(detail.get("retryDelay")) or wait
        for violation in detail.get("violations") or () if type_.endswith("QuotaFailure") else ():
            if "PerDay" in str(violation.get("quotaId")):
                limit = violation.get("quotaValue") or "all"
                of = "tokens" if "Token" in violation["quotaId"] else "requests"
                return Terminal(
                    f"{model}: today's quota of {limit} {of} is used up ({violation.get('quotaId')}); every "
                    "answer so far is kept, run the same command again after midnight Pacific time"
                )
    if MONEY.search(said):
        return Terminal(f"{model}: {said}; every answer so far is kept, run the same command again when it is settled")
    if wait is not None and wait > LONGEST_WAIT:
        return Terminal(f"{model}: the API asks to wait {wait:.0f} s; every answer so far is kept, run again then")
    return Throttled(wait)


def _seconds(text: Any) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(text))
    return float(match[1]) if match else None


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("retry-after"))
    except (TypeError, ValueError):
        return None


def _transport(error: Exception) -> Exception:
    """Errors without a status: the connection's, or a bug of ours (which is passed on)."""
    module = type(error).__module__.split(".")[0]
    if module in ("httpx2", "httpcore2", "httpx", "httpcore", "ssl", "json") or isinstance(error, OSError | ValueError):
        if "proxy" in type(error).__name__.lower():
            return Terminal(f"the proxy refuses the connection ({type(error).__name__})")
        return Lost(f"{type(error).__name__}: {_without_key(str(error)):.80}")
    return error


def _without_key(text: str) -> str:
    for name in KEY_NAMES:
        if key := os.environ.get(name):
            text = text.replace(key, "***")
    return text
