"""The sections of the configuration for models and questions, and which of their keys change an answer."""

from typing import Any, NotRequired, TypedDict

AT = " at "  # between the id of a model and its address


class Price(TypedDict):
    """US dollars per million tokens, and per thousand searches; until: the last day on which they are valid (ISO
    8601).
    """

    input: float
    output: float
    cached: NotRequired[float | None]
    search: NotRequired[float]
    until: NotRequired[str | None]


class ModelSettings(TypedDict):
    """Section `models.<role>` of the configuration, checked there."""

    id: str
    concurrency: int
    rpm: int | None
    tpm: int | None
    rpd: int | None
    timeout: float
    max_output_tokens: int
    thinking: str | None
    price: Price
    provider: NotRequired[str | None]
    base_url: NotRequired[str | None]
    key: NotRequired[str | None]


class OpenAISettings(TypedDict):
    """Section `api.openai` of the configuration, checked there."""

    base_url: str | None


class ApiSettings(TypedDict):
    """Section `api` of the configuration, checked there."""

    base_url: str | None
    version: str | None
    vertex: bool | None
    longest_wait: float
    openai: OpenAISettings


class QuestionSettings(TypedDict):
    """Section `questions.<kind>` of the configuration, checked there."""

    model: str
    batch: int
    search: NotRequired[bool]


def answer_settings(question: QuestionSettings, model: ModelSettings) -> dict[str, Any]:
    """The part of the configuration that changes the answers. It is in the key of every answer, and makes Snakemake
    rerun a step. All other settings only change how questions are sent.
    """
    settings = {"id": model["id"], "thinking": model["thinking"], "search": question.get("search", False)}
    return settings | _place(model)


def model_name(model: ModelSettings) -> str:
    """The name of a model in the cache, the ledger and the plan: its id, and its address if ids are not unique."""
    return AT.join([model["id"], *list(_place(model).values())[1:]])


def id_of(name: str) -> str:
    """The id in a model's name."""
    return name.partition(AT)[0]


def _place(model: ModelSettings) -> dict[str, str]:
    """Provider and address, which identify a model together with its id; empty for Gemini."""
    provider, address = model.get("provider"), model.get("base_url")
    return {"provider": provider, "base_url": address} if provider == "openai" and address else {}
