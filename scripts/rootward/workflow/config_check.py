"""Checks a configuration against the model: returns all values, or one line that says which key is wrong."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rootward.errors import UserError, did_you_mean
from rootward.workflow.config import Config
from rootward.workflow.config_models import Model, Models
from rootward.workflow.roles import role_problems

MISSING = object()
# pydantic's messages about a wrong type, in the terms of YAML.
_IN_WORDS = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "should be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "should be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "should be true or false"),
    **dict.fromkeys(("model_type", "dict_type"), "should be a section of keys"),
    **dict.fromkeys(("string_too_short", "too_short"), "is empty"),
    "list_type": "should be a list",
    "string_type": "should be text",
}
KeyPath = list[int | str]


def load(
    given: Mapping[str, Any], source: str = "config/config.yaml", source_keys: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole configuration as plain values, or a UserError in one line.

    given: Snakemake's merge of files and the command line; source: the user's file, named in errors about keys that are
    in `source_keys` (its content); errors about other keys name the command line.
    """
    try:
        config = Config.model_validate(given).model_dump(mode="json")
        path, problem = next(role_problems(config), ([], ""))
    except ValidationError as error:
        first = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")[0]
        path = _key_path(first["loc"])
        problem = _explain(path, first)
    if not problem:
        return config
    blamed = source_keys is None or _found(source_keys, path) == _found(given, path) != MISSING
    where = source if blamed else "--config/--configfile"
    raise UserError(f"{where}: {problem}")


def _key_path(location: tuple[int | str, ...]) -> KeyPath:
    """The path of keys in an error. Below `input`, which is a path or a list, pydantic also names the alternative."""
    path = list(location)
    return path[:1] + [part for part in path[1:] if isinstance(part, int)] if path[:1] == ["input"] else path


def _found(content: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return content


def _explain(path: KeyPath, error: ErrorDetails) -> str:
    key = ".".join(map(str, path))
    if error["type"] == "extra_forbidden":
        known = _fields_at(path[:-1])
        prefix = "".join(f"{part}." for part in path[:-1])
        hint = did_you_mean(str(path[-1]), known, prefix=prefix) or f"; known keys here: {', '.join(known)}"
        return f"{key}: unknown key{hint}"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    message, given = _IN_WORDS.get(error["type"], message), error["input"]
    shown = "" if error["type"] == "missing" else f" (got {str(given) if isinstance(given, date) else repr(given):.60})"
    hint = ", in quotes" if error["type"] == "string_type" and isinstance(given, (int, float, date)) else ""
    if error["type"] == "missing" and path[:1] == ["models"]:
        hint = _role_meant(str(path[1])) or ", the name by which the endpoint serves the model"
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        hint = did_you_mean(error["input"], _literals(path))
    return f"{key}: {message}{shown}{hint}"


def _role_meant(role: str) -> str:
    roles = list(Models.model_fields)
    return "" if role in roles else did_you_mean(role, roles, prefix="models.")


def _fields_at(path: KeyPath) -> list[str]:
    model: Any = Config
    for part in path:
        model = Model if model is Models else model.model_fields[part].annotation
    return list(model.model_fields) if hasattr(model, "model_fields") else []


def _literals(path: KeyPath) -> list[str]:
    """The words allowed for a key, whatever surrounds them (`| None`, `list[…]`)."""
    annotation: Any = Config
    for part in path:
        if isinstance(part, int):
            annotation = get_args(annotation)[0]
        else:
            annotation = Model if annotation is Models else annotation.model_fields[part].annotation
    waiting, words = [annotation], list[str]()
    while waiting:
        for part in get_args(waiting.pop()):
            (words if isinstance(part, str) else waiting).append(part)
    return words
