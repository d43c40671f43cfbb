"""Before an endpoint gets real questions, it gets one tiny question that shows what it can do.

The question needs every type that an answer may contain: a list, an object, a text, a number, a boolean and a null.
First, the schema is given only as `response_format`, and its descriptions say what to write: so the answer shows
whether the server enforces the schema, and whether its model sees it. Settings that the server refuses are left out,
one after another; a schema that is not followed is shown in the prompt instead. Some servers do not refuse
`response_format`, but fail with a 500 that gives no reason (vllm-project/vllm#13260): after the second, it is left out.
This takes at most five calls.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rootward.curators.base import Fatal, Lost
from rootward.curators.endpoints import OPENAI
from rootward.curators.openai.abilities import Abilities
from rootward.curators.openai.errors import ErrorBody, explained, is_filtered
from rootward.curators.openai.schemas import one_for_each, strict
from rootward.curators.replies import RawReply, strict_json
from rootward.curators.settings import ModelSettings, model_name
from rootward.curators.wire import HttpError

REFUSING = frozenset({400, 404, 405, 415, 422, 501})  # statuses by which servers refuse a setting
WORD = "heron"
PROMPT = "This tests a connection. Fill in the object that you were asked for; keep it short."
TOKENS, THINKING_TOKENS = 512, 4096  # of an answer
FIRST, AGAIN = 3, 2  # calls with the schema as a setting, and with the schema shown in the prompt


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    row_id: str = Field(description="Write r1.")
    word: str = Field(description=f"Write the word {WORD}.")
    share: float = Field(description="Write 0.5.")
    sure: bool = Field(description="Write true.")
    other: str | None = Field(description="Write null.")
    reasoning: str = Field(description="Write a short sentence.")


class Test(BaseModel):
    """The answer to the tiny question."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rows: list[_Row] = Field(description="Write one row.")


SCHEMA = strict(Test.model_json_schema(), None)
BOUNDED = one_for_each(strict(Test.model_json_schema(), 40), "rows", item_id="row_id", ids=["r1"])
Ask = Callable[[str, dict[str, Any], Abilities, int], RawReply]
Look = Callable[[str], Any]


class Probe:
    """Finds out what an endpoint can do. ask(prompt, schema, abilities, tokens): makes a call according to the
    abilities, raising HttpError; look(url): returns the JSON at an address of the server.
    """

    def __init__(self, model: ModelSettings, ask: Ask, look: Look):
        self._model, self._ask, self._look = model, ask, look
        self.spent: RawReply | None = None  # the total cost of the answers
        self._broken = 0  # calls with `response_format` that ended in a 500 without a reason

    def abilities(self) -> Abilities:
        """The endpoint's abilities. Raises Fatal if it follows no schema, HttpError, and the other errors of a call."""
        found = Abilities(
            context=told_context(self._model, self._look), takes_thinking=self._model["thinking"] is not None
        )
        found, reply = self._first(found)
        if reply is not None and (word := _word(reply)) is not None:
            found = found.model_copy(update={"enforces": True, "shown": word != WORD})
        else:
            found, reply = self._shown(found.model_copy(update={"shown": True}), reply)
        context = found.context or told_context(self._model, self._look)  # Ollama knows it once it has loaded it
        version = reply.model_version if reply.model_version != self._model["id"] else None
        return found.model_copy(update={"context": context, "served_as": version})

    def _first(self, found: Abilities) -> tuple[Abilities, RawReply | None]:
        """Ask with the schema as a setting. No reply if the server does not accept that setting."""
        for _ in range(FIRST):
            if not found.takes_format:
                break
            try:
                return found, self._reply(found)
            except HttpError as error:
                found = self._without(found, error)
        return found, None

    def _shown(self, found: Abilities, first: RawReply | None) -> tuple[Abilities, RawReply]:
        """Ask with the schema in the prompt as well."""
        reply, refused = first, None
        for _ in range(AGAIN):
            try:
                reply = self._reply(found)
            except HttpError as error:
                found, refused = self._without(found, error), error
                continue
            if _word(reply) is not None:
                return found, reply
        if reply is None and refused is not None:  # the model gave no answer at all, which says nothing about schemas
            raise refused
        raise Fatal(
            f"{model_name(self._model)} keeps to no JSON schema, neither set as response_format nor shown in the "
            f"prompt ({_described(reply)}); name another model (models.*.id)"
        )

    def _without(self, found: Abilities, error: HttpError) -> Abilities:
        """The abilities for the next call. Raises the error if another call would not help. A first 500 without a
        reason may be chance, so the same call is sent once more.
        """
        is_vague = found.takes_format and self.spent is None and _is_vague(error, self._model)
        if not is_vague:  # or the schema was accepted before
            return _without(found, error, model=self._model)
        self._broken += 1
        return found if self._broken == 1 else found.without_format()

    def _reply(self, found: Abilities) -> RawReply:
        most = THINKING_TOKENS if found.takes_thinking else TOKENS
        tokens = min(most, self._model["max_output_tokens"])
        schema = BOUNDED if found.is_small else SCHEMA  # a small model rambles
        reply = self._ask(PROMPT, schema, found, tokens)
        self.spent = reply.after(self.spent)
        return reply


def _described(reply: RawReply | None) -> str:
    """A description of what came instead of an answer."""
    if reply is None or not reply.text:
        return "it said nothing" if reply is None else f"no text came back, it finished with {reply.finish_reason}"
    ends = {"STOP": "", "MAX_TOKENS": ", and came to no end"}
    return f"it said {reply.text[:80]!r}" + ends.get(reply.finish_reason, f", and finished with {reply.finish_reason}")


def _word(reply: RawReply) -> str | None:
    """The word in the reply, if the reply follows the schema."""
    if reply.finish_reason != "STOP":
        return None
    try:
        rows = Test.model_validate(strict_json(reply.text)).rows
    except (ValueError, RecursionError):
        return None
    return rows[0].word if len(rows) == 1 else None


def _is_vague(error: HttpError, model: ModelSettings) -> bool:
    """Whether it is a 500 that gives no reason."""
    is_lost = isinstance(explained(error, model, longest_wait=0.0), Lost)
    return error.code == 500 and is_lost and not ErrorBody.of(error.body, model.get("key")).is_about_format


def _without(found: Abilities, error: HttpError, model: ModelSettings) -> Abilities:
    """The abilities without the setting that the server refused. Raises the error if it is not about one of our
    settings.
    """
    body = ErrorBody.of(error.body, model.get("key"))
    words, is_broken_by_format = body.text, error.code == 500 and body.is_about_format
    if not (error.code in REFUSING or is_broken_by_format) or is_filtered(error):
        raise error
    if words.count("max_completion_tokens") and found.tokens_key == "max_tokens":
        return found.model_copy(update={"tokens_key": "max_completion_tokens"})
    if found.takes_thinking and any(word in words.lower() for word in ("reasoning", "thinking", "effort")):
        return found.model_copy(update={"takes_thinking": False})
    if found.takes_format and not body.is_about_model:
        return found.without_format()
    raise error


# --- how long the context is ---

SIZES = ("max_model_len", "context_length", "context_window", "max_context_length", "max_input_tokens")


def told_context(model: ModelSettings, look: Look) -> int | None:
    """The context size that the server reports: vLLM, OpenRouter and others with the model, llama.cpp and Ollama
    elsewhere.
    """
    address = str(model.get("base_url"))
    root = address.removesuffix("/v1")
    entry = _entry(look(f"{address}/models"), model["id"])
    found = next((_size(entry.get(name)) for name in SIZES if _size(entry.get(name))), None)
    if found is None and entry.get("owned_by") == "llamacpp":
        found = _size(_at(look(f"{root}/props"), "default_generation_settings", "n_ctx"))
    elif found is None and address != OPENAI:  # Ollama: only the size it was loaded with
        loaded, names = _at(look(f"{root}/api/ps"), "models"), (model["id"], f"{model['id']}:latest")
        rows = [row for row in loaded if isinstance(row, dict)] if isinstance(loaded, list) else []
        found = next((_size(row.get("context_length")) for row in rows if row.get("name") in names), None)
    return found


def _entry(listed: Any, id_: str) -> dict[str, Any]:
    rows = _at(listed, "data")
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return next((row for row in rows if row.get("id") == id_), rows[0] if len(rows) == 1 else {})


def _at(content: Any, *names: str) -> Any:
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
