"""The Gemini API over plain HTTP, for what the SDK lacks: why a batch job failed, and results of any size."""

import json
import os
from typing import TYPE_CHECKING, Any

from rootward.curators.base import Lost
from rootward.curators.gemini.client import api_key
from rootward.curators.settings import ApiSettings

if TYPE_CHECKING:
    import httpx2

DEFAULT_URL = "https://generativelanguage.googleapis.com"
TIMEOUT = 600.0  # seconds of a call: files are sent and received in one piece
MOST_RESULTS = 1_000_000_000  # bytes of a batch job's results


class Rest:
    """GET and POST below the API's address, with the key. Raises HttpError, Lost, or what httpx raises."""

    def __init__(self, api: ApiSettings):
        self._url = (api["base_url"] or os.environ.get("GOOGLE_GEMINI_BASE_URL") or DEFAULT_URL).rstrip("/")
        self._version = api["version"] or os.environ.get("GOOGLE_GENAI_API_VERSION") or "v1beta"
        self._client: httpx2.Client | None = None

    def get(self, path: str, **parameters: str) -> bytes:
        """The JSON at a path of the API."""
        url = f"{self._url}/{self._version}/{path}"
        return self._connected().get(url, params=parameters, headers=_with_key()).content

    def post(self, path: str, content: dict[str, Any]) -> bytes:
        """The API's reply to a JSON object."""
        url = f"{self._url}/{self._version}/{path}"
        return self._connected().post(url, json=content, headers=_with_key()).content

    def upload(self, content: bytes, display_name: str) -> bytes:
        """Upload a file (JSON Lines). Returns the API's description of it."""
        start = {"x-goog-upload-protocol": "resumable", "x-goog-upload-command": "start"}
        start |= {"x-goog-upload-header-content-length": str(len(content))}
        start |= {"x-goog-upload-header-content-type": "application/jsonl"}
        url = f"{self._url}/upload/{self._version}/files"
        body = {"file": {"displayName": display_name}}
        started = self._connected().post(url, json=body, headers=start | _with_key())
        address = started.headers.get("x-goog-upload-url")
        if not address:
            raise Lost("the API returned no address to send a file to")
        # The address itself grants access, so the key is not sent.
        finish = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
        return self._connected().post(address, content=content, headers=finish).content

    def _connected(self) -> "httpx2.Client":
        if self._client is None:
            from rootward.curators.wire import bounded_client

            self._client = bounded_client(
                connections=4, timeout=TIMEOUT, most_bytes=MOST_RESULTS, is_text=False, may_repeat=False
            )
        return self._client


def _with_key() -> dict[str, str]:
    return {"x-goog-api-key": api_key()}


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises Lost for anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Lost("the reply is not in the API's format")
    return content
