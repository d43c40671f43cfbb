"""The google-genai client: who calls (the key), where, through how many connections.

The only place that reads the API key; it is read when the first call is made, and stands in no message.
"""

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rootward.curators.base import Fatal

if TYPE_CHECKING:
    from google.genai import Client

KEY_NAMES = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


class Clients:
    """The clients of a process, made at the first call: importing the SDK takes half a second that a run from the cache
    saves.

    One for each time-out: to name it with every request costs a twentieth of the request's CPU. api: section `api`;
    connections: calls in flight at most.
    """

    def __init__(self, api: Mapping[str, Any], connections: int):
        self._api, self._connections = api, connections
        self._clients: dict[float, Client] = {}
        self._lock = threading.Lock()

    def of(self, timeout: float) -> "Client":
        """The client whose requests end after so many seconds. Raises Fatal when there is no key."""
        with self._lock:
            if timeout not in self._clients:
                self._clients[timeout] = connect(self._api, self._connections, timeout)
            return self._clients[timeout]


def connect(api: Mapping[str, Any], connections: int, timeout: float) -> "Client":
    """A google-genai client with a pool for this many connections, and a time-out (seconds) for each request. Raises
    Fatal when there is no key.
    """
    key = next((os.environ[name].strip() for name in KEY_NAMES if os.environ.get(name, "").strip()), None)
    if key is not None and not (key.isascii() and key.isprintable()):
        raise Fatal(f"the key in {' or '.join(KEY_NAMES)} has characters that no key has; copy it again")
    if key is None and not api["vertex"]:
        raise Fatal("no API key: set GEMINI_API_KEY, or curator: reactome to work offline")
    import httpx2
    from google import genai
    from google.genai import types

    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=60)
    options = types.HttpOptions(
        base_url=api["base_url"] or os.environ.get("GOOGLE_GEMINI_BASE_URL") or None,
        api_version=api["version"],
        client_args={"limits": limits},
        timeout=int(timeout * 1000),
    )
    try:
        return genai.Client(api_key=key, vertexai=api["vertex"] or None, http_options=options)
    except ValueError as error:
        raise Fatal(f"api: {without_key(str(error)):.200}") from None


def without_key(text: str) -> str:
    """The text with every key of the environment blacked out."""
    for name in KEY_NAMES:
        if key := os.environ.get(name):
            text = text.replace(key, "***")
    return text
