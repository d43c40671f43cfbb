"""The settings of a request, as the SDK's objects."""

from functools import cache
from typing import TYPE_CHECKING, Any

from rootward.curators.questions import digest
from rootward.curators.settings import ModelSettings

if TYPE_CHECKING:
    from google.genai.types import GenerateContentConfig


def generation(model: ModelSettings) -> dict[str, Any]:
    """The settings of a model that are in every request."""
    thinking = {"thinking_level": model["thinking"].upper()} if model["thinking"] else None
    return {"max_output_tokens": model["max_output_tokens"], "thinking_config": thinking}


class RequestConfigs:
    """The SDK's config of a request, created once for each shape of answer: converting a schema takes as long as all
    the rest that the SDK does.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, str | None, bool], GenerateContentConfig] = {}

    def of(self, model: ModelSettings, schema: dict[str, Any] | None, search: bool) -> "GenerateContentConfig":
        """For a model that answers in this schema (None: in prose), with or without a Google Search first.

        The SDK's own retries, continuation and function calling are switched off: `engine` retries within the limits.
        """
        key = (model["id"], model["max_output_tokens"], digest(schema) if schema else None, search)
        if key not in self._made:
            from google.genai import types

            self._made[key] = _quick(types.GenerateContentConfig)(
                **generation(model),
                response_mime_type="application/json" if schema else None,
                response_json_schema=schema,
                tools=[types.Tool(google_search=types.GoogleSearch())] if search else None,
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                automatic_continuation=False,
                should_return_http_response=True,
            )
        return self._made[key]


@cache
def _quick(config: "type[GenerateContentConfig]") -> "type[GenerateContentConfig]":
    """The SDK's config class, marked as not being a mapping.

    The SDK tests `name in config` for each of its 40 fields. Without `__contains__`, each test iterates over the whole
    model, which takes a third of the CPU time of a call (google-genai 3.4).
    """
    return type(config.__name__, (config,), {"__contains__": lambda self, name: False})
