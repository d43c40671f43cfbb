"""A reply on the wire, and an error as the API words it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_gemini.config import LOST, WIRE, to_bytes

RPC = "type.googleapis.com/google.rpc"
METRIC = "generativelanguage.googleapis.com"


REASONS = {
    200: b"OK",
    307: b"Temporary Redirect",
    400: b"Bad Request",
    403: b"Forbidden",
    404: b"Not Found",
    411: b"Length Required",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
    502: b"Bad Gateway",
    503: b"Service Unavailable",
}


@dataclass(slots=True)
class Reply:
    """An HTTP answer. `lost` says what of it gets through: all (None), or as the fault of that name does."""

    status: int
    body: bytes
    headers: bytes = b""
    content_type: bytes = b"application/json; charset=UTF-8"
    lost: str | None = None
    pace: float | None = None  # seconds between two bytes, of the body or (lost == "drip_head") of all
    well: bool = False  # every item that was asked has a good answer in it
    tokens: tuple[int, int, int] = (0, 0, 0)  # prompt, candidates, thoughts

    def lose(self, fault: str | None) -> None:
        """Let a part of it get lost on the way, if that is the fault."""
        if fault == "half_body":
            self.body, self.well = self.body[: len(self.body) // 2], False
        elif fault in LOST or fault in WIRE:
            self.lost, self.well = fault, False

    def wire(self) -> bytes:
        head = b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n"
        reason = REASONS.get(self.status, b"Unknown")
        return head % (self.status, reason, self.content_type, self.headers, len(self.body)) + self.body


class ApiError(Exception):
    """An error as the API words it; it ends the handling of a request."""

    def __init__(self, code: int, status: str, message: str, details: list | None = None, **reply: Any) -> None:
        super().__init__(message)
        error: dict[str, Any] = {"code": code, "message": message, "status": status}
        if details:
            error["details"] = details
        self.reply = Reply(code, to_bytes({"error": error}), **reply)


def bad_request(message: str, details: list | None = None) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message, details)


def not_found(message: str) -> ApiError:
    return ApiError(404, "NOT_FOUND", message)


def invalid_key() -> ApiError:
    message = "API key not valid. Please pass a valid API key."
    info = {"reason": "API_KEY_INVALID", "domain": "googleapis.com", "metadata": {"service": METRIC}}
    localized = {"@type": f"{RPC}.LocalizedMessage", "locale": "en-US", "message": message}
    return bad_request(message, [{"@type": f"{RPC}.ErrorInfo", **info}, localized])


def missing_key() -> ApiError:
    message = (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    return ApiError(403, "PERMISSION_DENIED", message)
