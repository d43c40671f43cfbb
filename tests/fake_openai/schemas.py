"""What a server does with a JSON schema: finds it in a request, checks it as OpenAI's strict mode does, fills it in."""

from __future__ import annotations

import json
import re
from typing import Any

FORBIDDEN = frozenset({"minimum", "maximum", "default"})  # words that OpenAI's strict mode did not always take
WRITE = re.compile(r"Write (?:the (?:word|number) )?(.+?)\.")


def given(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of `response_format`."""
    form = body.get("response_format") or {}
    return form.get("json_schema", {}).get("schema") if form.get("type") == "json_schema" else None


def shown(prompt: str) -> dict[str, Any] | None:
    """The schema that stands in a prompt, before the data."""
    for line in prompt.partition("```json")[0].splitlines():
        if line.startswith('{"') and '"properties"' in line:
            return json.loads(line)
    return None


def complaint(schema: Any) -> str | None:
    """What OpenAI's strict mode has against a schema."""
    if isinstance(schema, list):
        return next(filter(None, map(complaint, schema)), None)
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("properties"), dict):
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false."
        if schema.get("required") != list(schema["properties"]):
            return "'required' is required to be supplied and to be an array including every key in properties."
    if used := FORBIDDEN & schema.keys():
        return f"'{min(used)}' is not permitted."
    return next(filter(None, map(complaint, schema.values())), None)


def is_plain(schema: dict[str, Any]) -> bool:
    """Whether it is an object whose lists have one shape for all entries; OpenAI and some grammars take no other."""
    return "anyOf" not in schema and '"prefixItems"' not in json.dumps(schema)


def filled(schema: dict[str, Any], sees: bool) -> Any:
    """A value that keeps to the schema; as its descriptions say, where they are seen."""
    return _value(schema, schema.get("$defs", {}), sees)


def _value(schema: dict[str, Any], definitions: dict[str, Any], sees: bool) -> Any:
    if "$ref" in schema:
        return _value(definitions[schema["$ref"].rpartition("/")[2]], definitions, sees)
    if "anyOf" in schema:
        return None
    kind = schema.get("type")
    if kind == "object":
        return {name: _value(part, definitions, sees) for name, part in schema["properties"].items()}
    if kind == "array":
        return [_value(part, definitions, sees) for part in schema.get("prefixItems") or [schema["items"]]]
    if kind == "string":
        said = WRITE.search(schema.get("description", ""))
        return said[1] if said and sees else "kiwi"
    return {"boolean": True, "number": 0.5, "integer": 7}.get(kind)
