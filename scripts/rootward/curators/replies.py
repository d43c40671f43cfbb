"""Reads a model's reply: strictly, and item by item.

Nothing is repaired. A reply counts if the model finished by itself, the text is one complete JSON value (a byte order
mark, a code fence or prose around it is skipped), no key occurs twice, no number is NaN or infinite, and every id is
one that was asked about, used once. Then each item is judged separately.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from rootward.curators.questions import Kind, Question


@dataclass(frozen=True, slots=True)
class RawReply:
    """The result of one request. `finish_reason`: as the API names it, or the reason why the text was blocked.

    next_prompt: the prompt to send next, if this reply does not answer the questions yet.
    """

    text: str
    finish_reason: str
    model_version: str | None = None
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    is_grounded: bool = False
    searches: int = 0  # queries to Google Search
    next_prompt: str | None = None

    def after(self, earlier: "RawReply | None") -> "RawReply":
        """This reply, with the tokens and seconds of an earlier one added."""
        if earlier is None:
            return self
        return replace(
            self,
            input_tokens=earlier.input_tokens + self.input_tokens,
            cached_tokens=earlier.cached_tokens + self.cached_tokens,
            output_tokens=earlier.output_tokens + self.output_tokens,
            seconds=earlier.seconds + self.seconds,
            searches=earlier.searches + self.searches,
        )


@dataclass
class Reading:
    """values: position of the question -> its valid reply; problems: position -> why it has none.

    meant: positions of replies that were well formed but wrong in content, which no transmission error explains.
    `refused`: the model declined the content (for safety, say); asking again changes nothing.
    """

    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    meant: set[int] = field(default_factory=set)
    refused: bool = False


REFUSALS = frozenset(
    {
        *("SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION", "LANGUAGE", "MODEL_ARMOR", "JAILBREAK"),
        *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
        *("CONTENT_FILTER", "REFUSAL"),  # from OpenAI-compatible endpoints
    }
)


def read(questions: Sequence[Question], reply: RawReply) -> Reading:
    """Judge a reply to these questions (one call, all of one kind)."""
    kind = questions[0].kind
    if reply.finish_reason != "STOP":
        return _nothing(questions, f"finished with {reply.finish_reason}", refused=reply.finish_reason in REFUSALS)
    try:
        entries = _entries(kind, questions, content=strict_json(reply.text))
    except (ValueError, RecursionError) as error:
        return _nothing(questions, str(error))
    reading = Reading()
    for position, question in enumerate(questions):
        entry = entries.get(position)
        if entry is None:
            reading.problems[position] = "is missing in the reply"
            continue
        try:
            value = kind.reply.model_validate(entry).model_dump()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            reading.problems[position] = f"{'.'.join(map(str, first['loc'])):.80}: {first['msg']:.200}"
            continue
        problem = kind.problem(question, value)
        if problem:
            reading.problems[position] = problem
            reading.meant.add(position)
        else:
            reading.values[position] = value
    return reading


def _nothing(questions: Sequence[Question], problem: str, refused: bool = False) -> Reading:
    return Reading(problems=dict.fromkeys(range(len(questions)), problem), refused=refused)


def _entries(kind: Kind, questions: Sequence[Question], content: Any) -> dict[int, dict[str, Any]]:
    """The reply's entries by position of their question. Raises ValueError for invented or repeated ids."""
    if not isinstance(content, dict):
        raise ValueError(f"the reply is a {type(content).__name__}, not an object")
    if kind.is_flat(len(questions)):
        return {0: content}
    rows = content.get(kind.answers)
    if set(content) != {kind.answers} or not isinstance(rows, list):
        raise ValueError(f"the reply has no list {kind.answers!r}")
    positions = {question.item_id: position for position, question in enumerate(questions)}
    entries: dict[int, dict[str, Any]] = {}
    for row in rows:
        id_ = row.get(kind.item_id) if isinstance(row, dict) else None
        position = positions.get(id_) if isinstance(id_, str) else None
        if position is None:
            raise ValueError(f"the reply answers {id_!r:.80}, which was not asked")
        if position in entries:
            raise ValueError(f"the reply answers {id_!r:.80} twice")
        entries[position] = {name: value for name, value in row.items() if name != kind.item_id}
    return entries


FENCE = re.compile(r"^```json *\n(.*?)\n```", re.MULTILINE | re.DOTALL)


def strict_json(text: str) -> Any:
    """The one complete JSON value of a text. Raises ValueError with the reason if there is none, or more than one."""
    text = text.strip().removeprefix("\ufeff").strip()
    if not text:
        raise ValueError("the reply is empty")
    if text.startswith("```"):
        text = _unfenced(text)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        found = _fenced(text) or _embedded(text) if text[0] not in "[{" else []
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"the reply holds {len(found)} JSON objects instead of one") from None
        raise ValueError(f"the reply is not complete JSON ({error.msg} at character {error.pos})") from None


def _unfenced(text: str) -> str:
    """The content of the fence; the whole text if prose follows, or the fence names another language."""
    content, fence, tail = text.removeprefix("```").rpartition("```")
    if not fence:
        raise ValueError("the reply's code fence is not closed")
    language, _, body = content.partition("\n")
    return text if tail.strip() or language.strip().lower() not in ("", "json") else body.strip()


def _fenced(text: str) -> list[Any]:
    """The value in the only JSON fence of a text with prose; the prose may contain braces."""
    fences = FENCE.findall(text)
    try:
        return [_DECODER.decode(fences[0])] if len(fences) == 1 else []
    except json.JSONDecodeError:
        return []


def _embedded(text: str) -> list[Any]:
    """The complete outermost objects in a text with prose; empty if one of them is incomplete."""
    found, at = [], text.find("{")
    while at >= 0:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError:
            return []
        found.append(value)
        at = text.find("{", end)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the reply has the key {next(n for n in names if names.count(n) > 1)!r:.80} twice")
    return content


def _no_constant(name: str) -> float:
    raise ValueError(f"the reply holds {name}")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the reply contains a number that is too large ({text:.20})")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, strict=False)
