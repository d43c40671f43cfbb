"""The JSON schema of an answer in the form these servers take: in the request, or as text before the prompt."""

import json
from collections.abc import Sequence
from typing import Any

from rootward.curators.questions import Among, Question

# OpenAI's strict mode refuses keywords it cannot enforce; others ignore them. `replies` checks what is left out here.
LEFT_OUT = frozenset({"$defs", "title", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
LONG = "reasoning"
LONGEST_NAME = 200  # characters of any other text


def narrowed(schema: dict[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    """The strict schema of the answer to a call, narrowed to these questions: if the server enforces it, a small model
    cannot invent ids and names, or go on forever.
    """
    kind = questions[0].kind
    if kind.is_flat(len(questions)):
        return _chosen(schema, questions)
    answers = schema["properties"][kind.answers]
    answers = answers | {"items": _chosen(answers["items"], questions)}
    whole = schema | {"properties": schema["properties"] | {kind.answers: answers}}
    return one_for_each(whole, kind.answers, item_id=kind.item_id, ids=[question.item_id for question in questions])


def _chosen(entry: dict[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    """An entry whose name must be among those offered, and whose lists have a maximum length."""
    fields, check = dict(entry["properties"]), questions[0].kind.check
    if isinstance(check, Among):
        names = dict.fromkeys(name for question in questions for name in check.offered(question.item | question.shared))
        fields[check.field] = fields[check.field] | {"enum": list(names)}
    if (most := questions[0].shared.get("limit")) is not None:
        fields = {
            name: part | ({"maxItems": most} if part.get("type") == "array" else {}) for name, part in fields.items()
        }
    return entry | {"properties": fields}


def one_for_each(schema: dict[str, Any], answers: str, item_id: str, ids: Sequence[str]) -> dict[str, Any]:
    """The strict schema of a list of answers with exactly one entry for each id."""
    listed = schema["properties"][answers]
    entry, fields = listed["items"], listed["items"]["properties"]
    entry = entry | {"properties": fields | {item_id: fields[item_id] | {"enum": list(ids)}}}
    listed = listed | {"items": entry, "minItems": len(ids), "maxItems": len(ids)}
    return schema | {"properties": schema["properties"] | {answers: listed}}


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
    """A property whose length is limited, so that a small model cannot ramble."""
    if not isinstance(part, dict) or part.get("type") != "string" or "enum" in part:
        return part
    return {**part, "maxLength": longest if name == LONG else min(longest, LONGEST_NAME)}


def response_format(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The parameter `response_format` of a chat completion."""
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def shown(schema: dict[str, Any], prompt: str) -> str:
    """The prompt after the schema. Its data block stays at the end."""
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It keeps to this JSON schema:\n{text}\n\n{prompt}"
