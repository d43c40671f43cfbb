"""HTTP: one keep-alive connection, the requests on it, and which operation each is for."""

from __future__ import annotations

import asyncio
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from fake_gemini.errors import ApiError, Reply, bad_request
from fake_gemini.questions import Call
from fake_gemini.stats import Stats
from fake_gemini.unkind import SLOW, send_slowly

if TYPE_CHECKING:
    from fake_gemini.server import Server

MAX_HEAD = 65_536


class Request(NamedTuple):
    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]  # by lower-case name
    body: bytes

    def parameters(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.query).items()}


def take_request(buffer: bytearray) -> Request | None:
    """Take one request off the front of the buffer; None while it is incomplete, ApiError if it is none."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > MAX_HEAD:
            raise bad_request("The head of the request is too long.")
        return None
    first, *lines = bytes(buffer[:end]).split(b"\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    if b"transfer-encoding" in headers:
        raise ApiError(411, "INVALID_ARGUMENT", "A Content-Length is needed.")
    try:
        length = int(headers.get(b"content-length", 0))
        method, target, _ = first.decode("latin-1").split(" ")
    except ValueError:
        raise bad_request("This is no HTTP request.") from None
    start = end + 4
    if len(buffer) < start + length:
        return None
    body = bytes(buffer[start : start + length])
    del buffer[: start + length]
    path, _, query = target.partition("?")
    return Request(method, path, query, headers, body)


_VERSION = r"/(?:v1|v1beta|v1beta1)"
_MODEL = _VERSION + r"/(?:projects/[^/]+/locations/[^/]+/)?(?:publishers/google/)?models/([^/:]+)"
ROUTES = [
    (method, re.compile(pattern), operation)
    for method, pattern, operation in (
        ("POST", _MODEL + ":generateContent", "generate_content"),
        ("POST", _MODEL + ":countTokens", "count_tokens"),
        ("POST", _MODEL + ":batchGenerateContent", "batch_create"),
        ("GET", _MODEL, "model_get"),
        ("GET", _VERSION + "/models", "model_list"),
        ("GET", _VERSION + "/batches", "batch_list"),
        ("GET", _VERSION + "/(batches/[^/:]+)", "batch_get"),
        ("POST", _VERSION + "/(batches/[^/:]+):cancel", "batch_cancel"),
        ("DELETE", _VERSION + "/(batches/[^/:]+)", "batch_delete"),
        ("POST", "/upload" + _VERSION + "/files", "file_upload"),
        ("GET", _VERSION + "/(files/[^/:]+):download", "file_download"),
        ("GET", _VERSION + "/(files/[^/:]+)", "file_get"),
        ("DELETE", _VERSION + "/(files/[^/:]+)", "file_delete"),
        ("GET", "/stats", "control_stats"),
        ("POST", "/configure", "control_configure"),
        ("POST", "/reset", "control_reset"),
    )
]


@lru_cache(maxsize=4096)
def find_route(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    """The operation of a path and what the path names; ("unknown", ()) if it has none."""
    for known_method, pattern, operation in ROUTES:
        if method == known_method and (match := pattern.fullmatch(path)):
            return operation, match.groups()
    return "unknown", ()


class Exchange:
    """A request on its way to its reply."""

    __slots__ = ("call", "connection", "operation", "started", "stats", "timer")

    def __init__(self, connection: Connection, operation: str, stats: Stats) -> None:
        self.connection = connection
        self.operation = operation
        self.stats = stats  # those of its arrival: a reset must not be credited with older requests
        self.started = time.time()
        self.call: Call | None = None
        self.timer: asyncio.TimerHandle | None = None


class Connection(asyncio.Protocol):
    """One keep-alive connection. asyncio sets TCP_NODELAY; requests that arrive ahead of the reply wait."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.buffer = bytearray()
        self.exchange: Exchange | None = None
        self.sending: asyncio.Task | None = None  # kept, so that it is not collected
        self.last = False  # the client wants no further request on this connection

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.advance()

    def advance(self) -> None:
        """Handle what has arrived, one request after the other."""
        while self.exchange is None and self.buffer and not self.transport.is_closing():
            try:
                request = take_request(self.buffer)
            except ApiError as error:
                self.last = True
                self.send(error.reply)
                return
            if request is None:
                return
            self.last = request.headers.get(b"connection", b"").lower() == b"close"
            self.server.handle(self, request)

    def send(self, reply: Reply) -> None:
        if reply.lost in SLOW:
            self.sending = asyncio.get_running_loop().create_task(send_slowly(self.transport, reply))
            return
        if reply.lost == "drop_half":
            wire = reply.wire()
            self.transport.write(wire[: len(wire) - len(reply.body) // 2])
        elif reply.lost is None:
            self.transport.write(reply.wire())
        if reply.lost or self.last:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.exchange:
            self.server.abandon(self.exchange)
