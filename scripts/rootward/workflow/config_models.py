"""Configuration of the language models: ids, limits, settings and prices."""

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from rootward.workflow.config_section import Positive, Seconds, Section

# Prefixes of model ids, and the thinking levels that these models accept; other models are not checked.
THINKING: dict[str, tuple[str, ...]] = {
    "gemini-1": (),
    "gemini-2": (),  # a thinking budget, which is another setting
    "gemma": (),
    "gemini-3.8-flash": ("low", "medium", "high"),
    "gemini-3.1-pro": ("low", "medium", "high"),
}


class Price(Section):
    input: float = Field(ge=0, description="US dollars per million input tokens.")
    output: float = Field(ge=0, description="US dollars per million output tokens, thinking included.")
    cached: float | None = Field(
        None, ge=0, description="US dollars per million input tokens read from the API's own cache; null as `input`."
    )
    search: float = Field(14.0, ge=0, description="US dollars per thousand queries to Google Search.")
    until: str | None = Field(
        None,
        description="Last day on which these prices are valid; after it, the plan warns that they may have changed.",
    )

    @field_validator("until", mode="before")
    @classmethod
    def some_day(cls, given: Any) -> Any:
        """A date as YYYY-MM-DD, from a YAML date or a string."""
        return date.fromisoformat(str(given)).isoformat() if given is not None else None


class Model(Section):
    id: str = Field(min_length=1, description="Model id as the API knows it.")
    concurrency: Positive = Field(description="Maximum number of calls in flight; lowered when the API pushes back.")
    rpm: Positive | None = Field(None, description="Your project's limit of requests per minute; null if unknown.")
    tpm: Positive | None = Field(None, description="Your project's limit of input tokens per minute; null if unknown.")
    rpd: Positive | None = Field(
        None, description="Requests per day; the plan uses it to estimate how many days a run takes."
    )
    timeout: Seconds = Field(120, description="Seconds after which a call without an answer is abandoned and retried.")
    max_output_tokens: Positive = Field(16384, description="Maximum number of tokens in an answer, thinking included.")
    thinking: Literal["minimal", "low", "medium", "high"] | None = Field(
        None, description="Thinking level; null for the model's default."
    )
    price: Price = Field(description="Prices used by the plan and the summary.")
    provider: Literal["gemini", "openai"] | None = Field(
        None, description="Provider of the model; null for the same as `curator`."
    )
    base_url: str | None = Field(
        None, min_length=1, description="OpenAI-compatible endpoint of this model; null for `api.openai.base_url`."
    )
    key: str | None = Field(
        None,
        min_length=1,
        description="Name of the environment variable that holds the key of `base_url`; null for OPENAI_API_KEY, or, "
        "if `base_url` is set here, for no key.",
    )

    @field_validator("thinking")
    @classmethod
    def known_level(cls, level: str | None, info: ValidationInfo) -> str | None:
        """Refuse a thinking level that the model does not accept: the API would reject every request."""
        model = str(info.data.get("id")).removeprefix("models/")
        taken = next((levels for name, levels in THINKING.items() if model.startswith(name)), None)
        if level is not None and taken is not None and level not in taken:
            choice = f"use {', '.join(taken)} or null" if taken else "set null"
            raise ValueError(f"{model} does not accept thinking level {level!r}; {choice}")
        return level


class Budget(Section):
    dollars: float | None = Field(None, gt=0, description="Maximum US dollars that a run may spend; null for no limit.")
    then: Literal["stop", "fallback"] = Field(
        "stop",
        description="What to do when it is spent: stop (a new run resumes), or answer the rest offline.",
    )


# Limits and prices of an OpenAI-compatible endpoint are not known beforehand; a local one has neither.
OPENAI_MODEL: dict[str, Any] = {
    "concurrency": 4,
    "rpm": None,
    "tpm": None,
    "timeout": 300,
    "max_output_tokens": 8192,
    "thinking": None,
    "price": {"input": 0, "output": 0},
}


class Models(Section):
    model_config = ConfigDict(extra="allow")  # further roles
    __pydantic_extra__: dict[str, Model]

    flash: Model = Field(
        Model(
            id="gemini-3.8-flash",
            concurrency=15,
            rpm=1000,
            tpm=1_000_000,
            timeout=60,
            thinking="low",
            price=Price(input=0.75, output=3.75, cached=0.075, until="2026-12-31"),
        ),
        description="The fast model: naming, climbing, siblings, merging.",
    )
    pro: Model = Field(
        Model(
            id="gemini-3.1-pro-preview",
            concurrency=4,
            rpm=150,
            tpm=2_000_000,
            timeout=300,
            max_output_tokens=32768,
            thinking="low",
            price=Price(input=2.0, output=12.0, cached=0.2),
        ),
        description="The careful model: evidence.",
    )

    @model_validator(mode="before")
    @classmethod
    def fill_partial(cls, given: Any) -> Any:
        """Fill the keys that the user did not set with the defaults of the role."""
        if not isinstance(given, dict):
            return given
        defaults = {name: field.default.model_dump() for name, field in cls.model_fields.items()}
        unnamed = {key: value for key, value in defaults["flash"].items() if key != "id"}
        return {
            role: _overlay(OPENAI_MODEL if model.get("provider") == "openai" else defaults.get(role, unnamed), model)
            if isinstance(model, dict)
            else model
            for role, model in given.items()
        }


def served_by_openai(models: Any) -> Any:
    """The user's `models` with `curator: openai`, without Gemini's defaults; `pro` is as `flash` if not set."""
    if not isinstance(models, dict):
        return models
    given: dict[str, Any] = {"flash": {}} | models
    served = {role: _served(model) for role, model in given.items()}
    return served | {"pro": served.get("pro", served["flash"])}


def _served(model: Any) -> Any:
    has_no_provider = isinstance(model, dict) and model.get("provider") is None
    return model | {"provider": "openai"} if has_no_provider else model


def _overlay(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    return base | {
        k: _overlay(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v for k, v in top.items()
    }
