"""HTTP to an OpenAI-compatible endpoint: with which key, to which address, over how many connections.

Only this module reads the key, when a call is made; no message contains it.
"""

import json
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rootward.curators.base import Fatal
from rootward.curators.settings import ModelSettings

if TYPE_CHECKING:
    import httpx2

EVENTS = (b"data:", b"event:", b":")  # how a stream starts, whatever its type; a colon starts a comment
STREAMS = ("event-stream", "ndjson", "jsonl")
TIMEOUT = 15.0  # seconds of a request about the server itself


class Connection:
    """The connections of a process. connections: the maximum number of calls in flight.

    There is a client for each time-out, created at the first call: a run from the cache saves the time to import
    httpx2.
    """

    def __init__(self, connections: int):
        self._connections = connections
        self._clients: dict[float, httpx2.Client] = {}
        self._lock = threading.Lock()

    def complete(self, model: ModelSettings, body: dict[str, Any]) -> tuple[bytes, Mapping[str, str]]:
        """Request a chat completion. Returns the body and headers. Raises HttpError, Lost, Fatal, and the transport's
        errors.
        """
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        headers = {"content-type": "application/json", **_authorization(model)}
        url = f"{model.get('base_url')}/chat/completions"
        reply = self.client(model["timeout"]).post(url, content=content, headers=headers)
        media = reply.headers.get("content-type", "")
        if any(name in media for name in STREAMS) or reply.content.lstrip().startswith(EVENTS):
            raise Fatal(
                f"{model.get('base_url')} streams its answers although this was not requested; check its settings"
            )
        return reply.content, reply.headers

    def look(self, model: ModelSettings, url: str) -> Any:
        """The JSON at an address of the server; None if there is none."""
        from rootward.curators.base import Lost
        from rootward.curators.wire import HttpError

        try:
            return json.loads(self.client(TIMEOUT).get(url, headers=_authorization(model)).content)
        except (HttpError, Lost, OSError, ValueError, RecursionError):
            return None
        except Exception as error:
            if type(error).__module__.split(".")[0] in ("httpx2", "httpcore2"):
                return None
            raise

    def client(self, timeout: float) -> "httpx2.Client":
        """The client with a time-out in seconds for each request."""
        with self._lock:
            if timeout not in self._clients:
                from rootward.curators.wire import bounded_client

                self._clients[timeout] = bounded_client(connections=self._connections, timeout=timeout)
            return self._clients[timeout]


def _authorization(model: ModelSettings) -> dict[str, str]:
    name = model.get("key")
    key = os.environ.get(name or "", "").strip()
    if not (key.isascii() and (key.isprintable() or not key)):
        raise Fatal(f"the key in {name} contains characters that are not valid in a key; copy it again")
    return {"authorization": f"Bearer {key}"} if key else {}
