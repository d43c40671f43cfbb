"""What is asked: the question, its items and their identity, read from the body of a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from fake_gemini.config import canonical_json
from fake_gemini.errors import bad_request


class Shape(NamedTuple):
    """How a question carries its items, and what makes an item the same item again."""

    label: str  # the field that names an item, and in a list ties an answer to it
    rows: str | None = None  # the input that lists the items; None: the inputs are the one item
    answers: str | None = None  # the field of the answer that lists theirs
    shared: tuple[str, ...] = ()  # inputs common to all items
    unkeyed: tuple[str, ...] = ()  # not part of the identity: context, or an id that says nothing of it


SHAPES = {
    "assign_term": Shape("interaction_id", "interactions", "assignments", ("roots",), ("interaction_id",)),
    "refine_term": Shape("name", "terms", "terms", unkeyed=("n_interactions", "examples")),
    "parent": Shape("child", shared=("roots",)),
    "choose_root": Shape("pathway", shared=("roots",)),
    "siblings": Shape("parent", shared=("limit",), unkeyed=("children",)),
    "merge": Shape("pair_id", "pairs", "decisions", unkeyed=("pair_id",)),
    "best_parent": Shape("child", unkeyed=("paths",)),
    "intermediate": Shape("child", unkeyed=("siblings",)),
    "place": Shape("interaction_id", "interactions", "placements", unkeyed=("interaction_id",)),
    "validate_evidence": Shape("interaction_id", "interactions", "verdicts", unkeyed=("interaction_id",)),
    "check_edge": Shape("edge_id", "edges", "verdicts", unkeyed=("edge_id",)),
}
# Questions of one item may also come in groups, as a list in `items`; an item is the same in either form.
GROUPED = {
    question: SHAPES[question]._replace(rows="items", answers=answers)
    for question, answers in (
        ("parent", "parents"),
        ("choose_root", "roots"),
        ("siblings", "parents"),
        ("best_parent", "parents"),
        ("intermediate", "levels"),
    )
}

CONTRADICTED = re.compile("you named (.+?) as the parent of ")  # how a contradiction says what was answered
FENCE = "```json\n"
decode_json_at = json.JSONDecoder().raw_decode


@dataclass(slots=True)
class Call:
    """One generateContent request, or one row of a batch job, as read from its body."""

    model: str
    question: str
    shape: Shape
    inputs: dict[str, Any]
    items: list[dict[str, Any]]
    labels: list[str]
    keys: list[bytes]  # identity of each item: what may not be asked twice
    digest: bytes  # of the whole body: what is one request
    prompt_tokens: int
    settings: dict[str, Any]  # generationConfig
    searches: bool
    fault: str | None = None
    victim: int = 0  # the item that a fault of one row strikes
    attempt: int = 0

    @property
    def wants_json(self) -> bool:
        return self.settings.get("responseMimeType") == "application/json"


def read_call(model: str, body: bytes) -> Call:
    """Read a request body; ApiError 400 if it is none, or asks no question known here."""
    try:
        request = json.loads(body)
        prompt = "".join(texts(request["contents"]))
        instruction = "".join(texts([request.get("systemInstruction") or {"parts": []}]))
        settings = request.get("generationConfig") or {}
        searches = any("googleSearch" in tool for tool in request.get("tools") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_request(f"Invalid JSON payload received. {error!r}") from None
    _check_settings(settings)
    question, inputs = _read_block(prompt)
    shape = GROUPED.get(question) if "items" in inputs else SHAPES.get(question)
    if shape is None:
        raise bad_request(f"Unknown question {question!r}.")
    items = inputs.get(shape.rows) if shape.rows else [inputs]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request(f"Question {question!r} needs a list of objects in {shape.rows!r}.")
    return Call(
        model=model,
        question=question,
        shape=shape,
        inputs=inputs,
        items=items,
        labels=[str(item.get(shape.label)) for item in items],
        keys=_identities(model, question, shape, inputs, items, settings.get("seed")),
        digest=blake2b(body, digest_size=16, key=model.encode()[:64]).digest(),
        prompt_tokens=(len(prompt) + len(instruction)) // 4,
        settings=settings,
        searches=searches,
    )


def texts(contents: list[dict[str, Any]]) -> Iterable[str]:
    return (part["text"] for content in contents for part in content["parts"] if "text" in part)


def _read_block(prompt: str) -> tuple[str, dict[str, Any]]:
    """The question and the inputs of the last fenced block.

    The fence is looked for at the start of a line: in the JSON of the block itself no line can start with it,
    whatever the user's data holds, because there a newline is always written as an escape.
    """
    start = prompt.rfind("\n" + FENCE) + 1
    if not prompt.startswith(FENCE, start):
        raise bad_request("The prompt holds no fenced JSON block.")
    try:
        block, _ = decode_json_at(prompt[start + len(FENCE) :].lstrip())
        question, inputs = block["question"], block["inputs"]
    except (ValueError, KeyError, TypeError):
        raise bad_request('The fenced block is not {"question": ..., "inputs": {...}}.') from None
    if not isinstance(inputs, dict):
        raise bad_request("The inputs of the fenced block are not an object.")
    return question, inputs


def _identities(
    model: str, question: str, shape: Shape, inputs: dict[str, Any], items: list[dict[str, Any]], seed: object
) -> list[bytes]:
    """One digest per item. An empty field is as good as none.

    A sampling seed is part of the identity: to ask for a second opinion is no duplicate.
    """
    shared = {name: inputs[name] for name in shape.shared if name in inputs}
    common = blake2b(f"{model}\0{question}\0{seed}\0{canonical_json(shared)}".encode(), digest_size=16)
    left_out = {*shape.shared, *shape.unkeyed}
    digests = []
    for item in items:
        digest = common.copy()
        own = {k: v for k, v in item.items() if k not in left_out and v not in (None, [], "")}
        digest.update(canonical_json(own).encode())
        digests.append(digest.digest())
    return digests


def _check_settings(settings: dict[str, Any]) -> None:
    """Combinations of settings that the real API answers with 400."""
    schemas = [name for name in ("responseSchema", "responseJsonSchema") if settings.get(name)]
    if len(schemas) > 1:
        raise bad_request("Only one of response_schema and response_json_schema can be set.")
    if schemas and settings.get("responseMimeType") != "application/json":
        raise bad_request("A response schema needs the response mime type 'application/json'.")
    thinking = settings.get("thinkingConfig") or {}
    if "thinkingBudget" in thinking and "thinkingLevel" in thinking:
        raise bad_request("You can only set one of thinking_budget and thinking_level.")
