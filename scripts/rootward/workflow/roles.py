"""The model roles of a configuration (`models.<role>`): which questions use which, and invalid combinations."""

from collections.abc import Iterator, Mapping
from typing import Any

from rootward.curators.endpoints import provider_of
from rootward.errors import did_you_mean

Problem = tuple[list[int | str], str]  # path of a key, and what is wrong, the key's name first


def roles_of(question: Mapping[str, Any]) -> list[str]:
    """The roles that a question may go to."""
    return [role for role in (question["model"], question.get("escalate")) if role is not None]


def role_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The problems with the roles and their uses."""
    yield from _unknown_roles(config)
    yield from _misplaced_addresses(config)
    if config["curator"] != "reactome":
        yield from _only_gemini(config)


def _unknown_roles(config: Mapping[str, Any]) -> Iterator[Problem]:
    roles = list(config["models"])
    for kind, question in config["questions"].items():
        for key in ("model", "escalate"):
            role = question.get(key)
            if role is not None and role not in roles:
                choice = " or ".join(map(repr, roles))
                said = f"should be {choice} (got {role!r:.60}){did_you_mean(role, roles)}"
                yield ["questions", kind, key], f"questions.{kind}.{key}: {said}"


def _misplaced_addresses(config: Mapping[str, Any]) -> Iterator[Problem]:
    for role, model in config["models"].items():
        for key in ("base_url", "key"):
            if model[key] is not None and provider_of(config["curator"], model["provider"]) != "openai":
                said = f"is for provider: openai; Gemini's stand in {'api' if key == 'base_url' else 'GEMINI_API_KEY'}"
                yield ["models", role, key], f"models.{role}.{key}: {said}"


def _only_gemini(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The settings that only Gemini supports."""
    evidence = config["questions"]["validate_evidence"]
    for kind, question in config["questions"].items():
        if all(_provider(config, role) == "gemini" for role in roles_of(question)):
            continue
        if config["mode"] == "batch" and (question is not evidence or evidence["enabled"]):
            yield (
                ["mode"],
                f"mode: batch jobs work only with Gemini, but {kind} goes to another provider (set mode: interactive)",
            )
        if question is evidence and evidence["enabled"] and evidence["search"]:
            key = f"questions.{kind}.search"
            yield ["questions", kind, "search"], f"{key}: only Gemini searches; set it to false, or another model"


def _provider(config: Mapping[str, Any], role: str) -> str:
    return provider_of(config["curator"], config["models"][role]["provider"])
