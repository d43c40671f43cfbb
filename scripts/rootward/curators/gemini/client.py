"""The google-genai client: with which key, to which address, over how many connections.

Only this module reads the API key, at the first call; no message contains it.
"""

import os
import threading
from typing import TYPE_CHECKING

from rootward.curators.base import Fatal
from rootward.curators.settings import ApiSettings

if TYPE_CHECKING:
    from google.genai import Client

KEY_NAMES = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


VERTEX_SWITCHES = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")  # the SDK's switches, by precedence


class Clients:
    """The clients of a process, created at the first call: a run from the cache saves the half second to import the
    SDK.

    There is one for each time-out, because setting a time-out per request takes a twentieth of the request's CPU time.
    api: section `api`; connections: the maximum number of calls in flight.
    """

    def __init__(self, api: ApiSettings, connections: int):
        self._api, self._connections = api, connections
        self._clients: dict[float, Client] = {}
        self._lock = threading.Lock()

    def of(self, timeout: float) -> "Client":
        """The client with a time-out in seconds for each request. Raises Fatal if there is no key."""
        with self._lock:
            if timeout not in self._clients:
                self._clients[timeout] = connect(self._api, self._connections, timeout=timeout)
            return self._clients[timeout]


def is_vertex(api: ApiSettings) -> bool:
    """Whether to use Vertex AI: as configured, or else according to the SDK's own switches."""
    if api["vertex"] is not None:
        return api["vertex"]
    switch = next((os.environ[name] for name in VERTEX_SWITCHES if os.environ.get(name)), "")
    return switch.lower() in ("true", "1")


def connect(api: ApiSettings, connections: int, timeout: float) -> "Client":
    """A google-genai client with a pool for this many connections, and a time-out (seconds) for each request. Raises
    Fatal if there is no key.

    Requests are bounded by `wire` and not by the SDK, which would follow a redirect with the key, and wait forever for
    a reply that trickles in. On Vertex AI, the SDK's own variables hold the credentials and the location.
    """
    vertex = is_vertex(api)
    key = None if vertex else api_key()
    from google import genai
    from google.genai import types

    from rootward.curators.wire import bounded_client

    gemini_url = None if vertex else os.environ.get("GOOGLE_GEMINI_BASE_URL") or None
    options = types.HttpOptions(
        base_url=api["base_url"] or gemini_url,
        api_version=api["version"] or os.environ.get("GOOGLE_GENAI_API_VERSION") or (None if vertex else "v1beta"),
        httpx_client=bounded_client(connections=connections, timeout=timeout),
        timeout=int(timeout * 1000),
    )
    try:
        return genai.Client(api_key=key, vertexai=vertex, http_options=options)
    except Exception as error:
        if isinstance(error, ValueError) or type(error).__module__.startswith("google.auth"):
            raise Fatal(f"{'Vertex AI' if vertex else 'api'}: {without_key(str(error)):.200}") from None
        raise


def api_key() -> str:
    """The key from the environment. Raises Fatal if there is none."""
    key = next((os.environ[name].strip() for name in KEY_NAMES if os.environ.get(name, "").strip()), None)
    if key is None:
        raise Fatal("no API key: set GEMINI_API_KEY, or curator: reactome to work offline")
    if not (key.isascii() and key.isprintable()):
        raise Fatal(
            f"the key in {' or '.join(KEY_NAMES)} contains characters that are not valid in a key; copy it again"
        )
    return key


def without_key(text: str) -> str:
    """The text with every key of the environment blacked out."""
    for name in KEY_NAMES:
        if key := os.environ.get(name):
            text = text.replace(key, "***")
    return text
