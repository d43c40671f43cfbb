"""The JSON schema of an answer in the form these servers take: in the request, or as text before the prompt."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rootward.curators.questions import AboveTheChild, Among, GivenIf, Question

# OpenAI's strict mode refuses keywords it cannot enforce; others ignore them. `replies` checks what is left out here.
LEFT_OUT = frozenset({"$defs", "title", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
LONG = "reasoning"
TENTHS = tuple(n / 10 for n in range(11))  # every number in an answer is a share
LONGEST_NAME = 200  # characters of any other text


def narrowed(schema: dict[str, Any], questions: Sequence[Question], is_again: bool) -> dict[str, Any]:
    """The strict schema of the answer to a call, narrowed to these questions: if the server enforces it, a small model
    cannot invent ids and names, or go on forever.

    is_again: whether an earlier answer was rejected. The parent must then be one of the names shown, so that the model
    cannot name the child again.
    """
    kind = questions[0].kind
    if kind.is_flat(len(questions)):
        return _chosen(schema, questions, is_again=is_again)
    answers = schema["properties"][kind.answers]
    answers = answers | {"items": _chosen(answers["items"], questions, is_again=is_again)}
    whole = schema | {"properties": schema["properties"] | {kind.answers: answers}}
    return one_for_each(whole, kind.answers, item_id=kind.item_id, ids=[question.item_id for question in questions])


def _chosen(entry: dict[str, Any], questions: Sequence[Question], is_again: bool) -> dict[str, Any]:
    """An entry whose name must be among those offered, and whose lists have a maximum length."""
    fields, check = dict(entry["properties"]), questions[0].kind.check
    if isinstance(check, Among) or (is_again and isinstance(check, AboveTheChild)):
        names = dict.fromkeys(name for question in questions for name in check.offered(question.item | question.shared))
        fields[check.field] = fields[check.field] | {"enum": list(names)}
    if (most := questions[0].shared.get("limit")) is not None:
        fields = {
            name: part | ({"maxItems": most} if part.get("type") == "array" else {}) for name, part in fields.items()
        }
    return entry | {"properties": fields}


def one_for_each(schema: dict[str, Any], answers: str, item_id: str, ids: Sequence[str]) -> dict[str, Any]:
    """The strict schema of a list of answers with exactly one entry for each id. The id comes first in an entry, so
    that what follows is about it.
    """
    listed = schema["properties"][answers]
    entry, fields = listed["items"], listed["items"]["properties"]
    fields = {item_id: fields[item_id] | {"enum": list(ids)}, **{n: part for n, part in fields.items() if n != item_id}}
    entry = entry | {"properties": fields, "required": list(fields)}
    listed = listed | {"items": entry, "minItems": len(ids), "maxItems": len(ids)}
    return schema | {"properties": schema["properties"] | {answers: listed}}


def detailed(schema: dict[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    """A schema made by `narrowed` or `one_for_each` that leaves a small model fewer ways to contradict itself. It is
    long, and not every server accepts it, so it is only enforced; the prompt shows the short form.

    A list gets a separate entry for each id, in order, and in each only the names offered for it: an enum alone would
    let the model answer for one id twice, or with the name of another. A single answer whose text depends on a yes or
    no becomes a choice of two.
    """
    if questions and questions[0].kind.is_flat(len(questions)):
        return _two_choices(schema, questions[0])
    asked = {question.item_id: question for question in questions}
    return schema | {"properties": {name: _in_order(part, asked) for name, part in schema["properties"].items()}}


def _two_choices(entry: dict[str, Any], question: Question) -> dict[str, Any]:
    """An entry with the field that depends on a boolean one given for one of its values, and null for the other."""
    check, fields = question.kind.check, entry["properties"]
    if not isinstance(check, GivenIf) or fields[check.field].get("type") != "boolean":
        return entry
    text = next(choice for choice in fields[check.given]["anyOf"] if choice["type"] != "null")
    choices = [
        entry | {"properties": fields | {check.field: {"type": "boolean", "enum": [value]}, check.given: part}}
        for value, part in ((check.value, text), (not check.value, {"type": "null"}))
    ]
    return {"anyOf": choices}


def _in_order(listed: dict[str, Any], asked: Mapping[str, Question]) -> dict[str, Any]:
    entry = listed.get("items", {})
    item_id = next(iter(entry.get("properties", {})), "")
    ids = entry["properties"][item_id].get("enum", ()) if item_id else ()
    if not ids or len(ids) != listed.get("minItems"):
        return listed
    entries = []
    for id_ in ids:
        own = _chosen(entry, [asked[id_]], is_again=False) if id_ in asked else entry
        fields = own["properties"]
        entries.append(own | {"properties": fields | {item_id: fields[item_id] | {"enum": [id_]}}})
    return {name: part for name, part in listed.items() if name != "items"} | {"prefixItems": entries}


def strict(schema: dict[str, Any], longest: int | None) -> dict[str, Any]:
    """The schema with every object closed, all properties required, and definitions inlined, because small models
    mistake the name of a definition for an answer. longest: characters of a reason; None to limit no text.
    """
    closed: dict[str, Any] = _strict(schema, schema.get("$defs", {}), longest=longest)
    return closed


def _strict(value: Any, definitions: dict[str, Any], longest: int | None) -> Any:
    if isinstance(value, list):
        return [_strict(part, definitions, longest=longest) for part in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _strict(definitions[value["$ref"].rpartition("/")[2]], definitions, longest=longest)
    kept = {name: _strict(part, definitions, longest=longest) for name, part in value.items() if name not in LEFT_OUT}
    if isinstance(value.get("properties"), dict):
        properties = {name: _strict(part, definitions, longest=longest) for name, part in value["properties"].items()}
        if longest:
            properties = {name: _bounded(name, part, longest=longest) for name, part in properties.items()}
        kept |= {"properties": properties, "required": list(properties), "additionalProperties": False}
    return kept


def _bounded(name: str, part: Any, longest: int) -> Any:
    """A property whose length is limited, so that a small model cannot ramble; a share is a number of tenths, since
    small models write 100 for 1.
    """
    if not isinstance(part, dict) or "enum" in part:
        return part
    if "anyOf" in part:  # a text, or null
        return {**part, "anyOf": [_bounded(name, choice, longest=longest) for choice in part["anyOf"]]}
    if part.get("type") == "number":
        return {**part, "enum": list(TENTHS)}
    if part.get("type") != "string":
        return part
    if name == LONG:
        return {**part, "maxLength": longest}
    return {**part, "minLength": 1, "maxLength": min(longest, LONGEST_NAME)}


def response_format(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The parameter `response_format` of a chat completion."""
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def shown(schema: dict[str, Any], prompt: str) -> str:
    """The prompt after the schema. Its data block stays at the end."""
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It keeps to this JSON schema:\n{text}\n\n{prompt}"
