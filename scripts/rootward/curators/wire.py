"""HTTP to servers that are not trusted: a reply is limited in bytes and in seconds, and never leads to another host.

httpx limits the time between two bytes, so a reply of one byte per second never ends; it can follow a redirect with the
API key in its headers; and it reads a reply of any size. This transport over httpcore limits the seconds of a whole
exchange (from waiting for a connection to the last byte) and the bytes of a whole reply (as sent and as unpacked). It
follows no redirect, treats text that is not UTF-8 as damaged on the way, and reports errors by status alone. If a
request finds its connection closed, it is sent once more over a new one.
"""

import ssl
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

import httpcore2
import httpx2

from rootward.curators.base import Fatal, Lost

MOST_BYTES = 16_000_000  # of a reply: 65,536 tokens of output are at most 2 MB, including escapes and search results
MOST_ERROR_BYTES = 1_000_000
PACKED = ("gzip", "x-gzip", "deflate")
CERTIFICATE_REFUSED = "CERTIFICATE_VERIFY_FAILED"  # OpenSSL's code; a retry does not help
SHOWN = 80  # characters of a host that are quoted
AT_ONCE = 1.0  # seconds, too few for any model to begin an answer


class Redirected(Lost):
    """A reply that redirects to another address, where the key must not go."""


class HttpError(Exception):
    """A reply with a status other than 200; retry_after: the seconds in that header; headers: all of them."""

    def __init__(
        self, status: int, body: bytes, retry_after: float | None, headers: Mapping[str, str] = MappingProxyType({})
    ):
        super().__init__(str(status))
        self.code, self.body, self.retry_after, self.headers = status, body, retry_after, headers


def bounded_client(
    *, connections: int, timeout: float, most_bytes: int = MOST_BYTES, is_text: bool = True, may_repeat: bool = True
) -> httpx2.Client:
    """A client whose replies end after `timeout` seconds and `most_bytes` bytes, or raise Lost. HttpError is raised for
    a status other than 200. is_text: text that is not UTF-8 raises Lost, too; otherwise the caller judges it, row by
    row. may_repeat: a request that found its connection closed is sent again; False for requests that create something.
    """
    return httpx2.Client(
        transport=_Transport(connections, most_bytes, is_text=is_text, may_repeat=may_repeat),
        timeout=timeout,
        follow_redirects=False,
        headers={"accept-encoding": "gzip"},
    )


class _Transport(httpx2.BaseTransport):
    def __init__(self, connections: int, most_bytes: int, is_text: bool, may_repeat: bool):
        self._connections, self._most, self._is_text = connections, most_bytes, is_text
        self._may_repeat = may_repeat
        self._network = _Network()
        self._pools: dict[tuple[str, bytes], httpcore2.ConnectionPool] = {}  # by scheme and host
        self._lock = threading.Lock()
        self._ssl: ssl.SSLContext | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The whole reply to a request."""
        seconds = request.extensions.get("timeout", {}).get("read")
        with _deadline(seconds):
            try:
                reply = self._reply(request)
            except httpcore2.ConnectError as error:
                if CERTIFICATE_REFUSED in str(error):
                    raise Fatal(_of_certificate(request.url.host, str(error))) from None
                raise
            try:
                return self._judged(request, reply)
            finally:
                reply.close()

    def _reply(self, request: httpx2.Request) -> httpcore2.Response:
        """The reply up to its body. A server may close a kept connection at the very moment it is used again."""
        pool, content = self._pool(request.url), _for_httpcore(request)
        _EXCHANGE.start()
        try:
            return pool.handle_request(content)
        except (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpcore2.WriteError):
            if not (self._may_repeat and _EXCHANGE.found_it_closed):
                raise
        return pool.handle_request(content)

    def _judged(self, request: httpx2.Request, reply: httpcore2.Response) -> httpx2.Response:
        headers = httpx2.Headers(reply.headers)
        if 300 <= reply.status < 400:
            raise Redirected(
                f"{reply.status}: a redirect to {_host(headers.get('location', '?'))}, which is not followed"
            )
        packing = headers.get("content-encoding", "")
        if reply.status != 200:
            body = _read_error(reply, packing)
            raise HttpError(reply.status, body, retry_after=_wait_named(headers), headers=headers)
        body = _read(reply.stream, packing, most=self._most)
        media = headers.get("content-type", "").partition(";")[0]
        if self._is_text and "html" not in media:  # a proxy's error page is not a reply in any case
            _require_text(body)
        kept = [(name, value) for name, value in headers.multi_items() if name not in _OF_THE_TRANSPORT]
        kept.append(("content-type", f"{media}; charset=utf-8"))  # JSON is always UTF-8, whatever the header says
        return httpx2.Response(200, headers=kept, content=body, request=request)

    def _pool(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        origin = url.scheme, url.netloc
        with self._lock:
            if origin not in self._pools:  # reading the environment is too slow for every call
                proxy = _proxy_of(url)
                self._ssl = self._ssl or httpx2.create_ssl_context()
                self._pools[origin] = httpcore2.ConnectionPool(
                    ssl_context=self._ssl,
                    proxy=_for_proxy(proxy) if proxy else None,
                    max_connections=self._connections,
                    max_keepalive_connections=self._connections,
                    keepalive_expiry=60,
                    network_backend=self._network,
                )
            return self._pools[origin]

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


_OF_THE_TRANSPORT = frozenset({"content-encoding", "content-length", "content-type", "transfer-encoding"})


def _for_httpcore(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _read(parts: Any, encoding: str, most: int) -> bytes:
    """The unpacked body. Raises Lost if it is too long, or packed in a way that was not requested."""
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", *PACKED):
        raise Lost(f"the reply is compressed as {encoding:.20}, which was not requested")
    unpack = zlib.decompressobj(47) if encoding in PACKED else None
    read, length = [], 0
    try:
        for part in parts:
            part = unpack.decompress(part, most - length + 1) if unpack else part
            length += len(part)
            if length > most:
                raise Lost(f"the reply is longer than {most / 1e6:g} MB")
            read.append(part)
    except zlib.error:
        raise Lost("the reply's compressed data is damaged") from None
    if unpack and read and not unpack.eof:
        raise Lost("the reply was cut off")
    return b"".join(read)


def _read_error(reply: httpcore2.Response, packing: str) -> bytes:
    """The body of an error; empty if it cannot be read and the status is enough (429, and all from 500 on)."""
    try:
        return _read(reply.stream, packing, most=MOST_ERROR_BYTES)
    except (Lost, httpcore2.ProtocolError, httpcore2.NetworkError, httpcore2.TimeoutException):
        if reply.status != 429 and reply.status < 500:
            raise
        return b""


def _require_text(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Lost("the reply is not UTF-8") from None


def _wait_named(headers: httpx2.Headers) -> float | None:
    """The seconds in `retry-after`, the longest if there are several; None if there are none."""
    now = _date(headers.get("date")) or datetime.now(UTC)  # the server's clock, on which its dates are based
    waits = (_seconds(text, now) for text in headers.get_list("retry-after"))
    return max((wait for wait in waits if wait is not None), default=None)


def _seconds(text: str, now: datetime) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        until = _date(text)
        seconds = (until - now).total_seconds() if until else 0.0
    return seconds if 0 < seconds < float("inf") else None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _of_certificate(host: str, said: str) -> str:
    why = said.partition(f"{CERTIFICATE_REFUSED}] ")[2].partition(" (_ssl")[0]
    return (
        f"the certificate of {host:.{SHOWN}} is not trusted ({why:.120}); behind a proxy that opens TLS, name its "
        "authority in SSL_CERT_FILE"
    )


def _host(location: str) -> str:
    try:
        return f"{httpx2.URL(location).host or 'another address':.{SHOWN}}"
    except (httpx2.InvalidURL, ValueError):
        return "no address"


# --- proxies, as the standard library reads them from the environment ---


def _proxy_of(url: httpx2.URL) -> str | None:
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(url.netloc.decode("ascii")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _for_proxy(proxy: str) -> httpcore2.Proxy:
    parsed = httpx2.Proxy(proxy)  # separates user and password from the address
    url = httpcore2.URL(
        scheme=parsed.url.raw_scheme, host=parsed.url.raw_host, port=parsed.url.port, target=parsed.url.raw_path
    )
    return httpcore2.Proxy(url, auth=parsed.raw_auth)


# --- the seconds of a whole exchange, and how it went ---


class _Exchange(threading.local):
    until = float("inf")
    has_connected = has_heard = False
    sent: float | None = None  # when

    def start(self) -> None:
        self.has_connected, self.has_heard, self.sent = False, False, None

    @property
    def found_it_closed(self) -> bool:
        """Whether a kept connection ended at once and without a byte. Then the server has not worked on the request, so
        it is neither paid for nor lost.
        """
        is_old = not (self.has_connected or self.has_heard)
        return is_old and self.sent is not None and time.monotonic() - self.sent < AT_ONCE


_EXCHANGE = _Exchange()  # for one thread, from start to end


class _deadline:  # noqa: N801 - reads as a statement
    def __init__(self, seconds: float | None):
        self._seconds = seconds

    def __enter__(self) -> None:
        _EXCHANGE.until = float("inf") if self._seconds is None else time.monotonic() + self._seconds

    def __exit__(self, *_: object) -> None:
        _EXCHANGE.until = float("inf")


def _left(timeout: float | None) -> float | None:
    """The seconds that one step may take: its own time-out or the rest of the whole, whichever is less."""
    left = _EXCHANGE.until - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the reply took longer than the time-out")
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream):
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        heard = self._stream.read(max_bytes, _left(timeout))
        _EXCHANGE.has_heard |= bool(heard)
        return heard

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _EXCHANGE.sent = _EXCHANGE.sent or time.monotonic()
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Network(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        _EXCHANGE.has_connected = True
        return _Stream(
            self._backend.connect_tcp(
                host, port, timeout=_left(timeout), local_address=local_address, socket_options=socket_options
            )
        )

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
