"""The sections of the configuration that a model is asked by, and which of their keys change what it answers."""

from typing import Any, NotRequired, TypedDict


class Price(TypedDict):
    """US dollars per million tokens, and per thousand searches; until: the last day on which they hold (ISO 8601)."""

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


class ApiSettings(TypedDict):
    """Section `api` of the configuration, checked there."""

    base_url: str | None
    version: str | None
    vertex: bool | None
    longest_wait: float


class QuestionSettings(TypedDict):
    """Section `questions.<kind>` of the configuration, checked there."""

    model: str
    batch: int
    search: NotRequired[bool]


def answer_settings(question: QuestionSettings, model: ModelSettings) -> dict[str, Any]:
    """The part of the configuration that changes what is answered. It is in the key of every answer, and in what makes
    Snakemake run a step again; what does not stand here changes how questions travel, and nothing else.
    """
    return {"id": model["id"], "thinking": model["thinking"], "search": question.get("search", False)}
