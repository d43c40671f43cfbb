"""The provider, address and key of each model role, from the configuration and the environment."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from rootward.curators.settings import ModelSettings
from rootward.errors import UserError

PROVIDERS = ("gemini", "openai")
OPENAI = "https://api.openai.com/v1"
OPENAI_KEY = "OPENAI_API_KEY"


def provider_of(curator: str, provider: str | None) -> str:
    """The provider of a role: its own, or the curator; Gemini if the curator is offline and no model is asked."""
    return provider or (curator if curator in PROVIDERS else "gemini")


def resolved(config: Mapping[str, Any]) -> dict[str, ModelSettings]:
    """The sections `models.<role>` with provider, address and key variable filled in. Raises UserError for an invalid
    address.

    A key is sent only to the endpoint it belongs to: `OPENAI_API_KEY` is not sent to the address of a single role.
    """
    return {
        role: _placed(role, model, curator=config["curator"], address=config["api"]["openai"]["base_url"])
        for role, model in config["models"].items()
    }


def _placed(role: str, model: ModelSettings, curator: str, address: str | None) -> ModelSettings:
    provider = provider_of(curator, model["provider"])
    if provider != "openai":
        return {**model, "provider": provider}
    own = model["base_url"]
    named = f"models.{role}.base_url" if own else "api.openai.base_url" if address else "OPENAI_BASE_URL"
    url = _checked(own or address or os.environ.get("OPENAI_BASE_URL") or OPENAI, named)
    return {**model, "provider": provider, "base_url": url, "key": model["key"] or (None if own else OPENAI_KEY)}


def _checked(url: str, named: str) -> str:
    """The address without a trailing slash."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise UserError(f"{named}: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"{named}: {url!r:.80} is not an address like http://localhost:8000/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UserError(f"{named}: must be an address only; put the key into an environment variable")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
