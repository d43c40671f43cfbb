"""What a proxy, a gateway or a bug in between makes of a reply: odd envelopes, and a wire that drips or has no end."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from fake_gemini.config import WIRE, Config
from fake_gemini.errors import Reply

CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
MOST_UNSENT = 1_000_000


def odd_envelope(fault: str, body: dict[str, Any]) -> Any:
    """JSON that is not what the API writes, where `body` is."""
    candidate = body["candidates"][0]
    match fault:
        case "envelope_list":
            return []
        case "envelope_null":
            return None
        case "envelope_text":
            return "OK"
        case "candidates_null":
            return {**body, "candidates": [None]}
        case "candidates_text":
            return {**body, "candidates": "none"}
        case "parts_text":
            return {**body, "candidates": [{**candidate, "content": {"parts": "none"}}]}
        case "text_list":
            return {**body, "candidates": [{**candidate, "content": {"parts": [{"text": ["a", 1]}]}}]}
        case "usage_list":
            return {**body, "usageMetadata": [1]}
        case "tokens_2_64":
            return {**body, "usageMetadata": {**body["usageMetadata"], "promptTokenCount": 2**64}}
        case "version_dict":
            return {**body, "modelVersion": {"name": "x"}}
    raise ValueError(fault)


def spoil_wire(reply: Reply, fault: str | None, config: Config) -> Reply:
    """The reply as a fault of the wire lets it through."""
    if fault in ("drip", "drip_head"):
        reply.pace = config.pause
    elif fault == "bomb":
        reply.lost = None
        packer = zlib.compressobj(9, wbits=31)
        megabyte = b" " * 1_000_000
        packed = [packer.compress(megabyte) for _ in range(config.huge // 1_000_000)]
        reply.body = b"".join(packed) + packer.compress(reply.body) + packer.flush()
        reply.headers = b"Content-Encoding: gzip\r\n"
    elif fault in ("not_utf8", "not_utf8_plain"):
        reply.lost = None
        if fault == "not_utf8_plain":
            reply.content_type = b"text/plain; charset=latin-1"
        middle = len(reply.body) // 2
        reply.body = reply.body[:middle] + b"\xff\xfe" + reply.body[middle:]
    return reply


async def send_slowly(transport: asyncio.Transport, reply: Reply) -> None:
    """Send what drips or has no end, until the client has had enough."""
    if reply.lost == "endless":
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        transport.write(head)
        while not transport.is_closing():
            transport.write(CHUNK)
            while transport.get_write_buffer_size() > MOST_UNSENT and not transport.is_closing():
                await asyncio.sleep(0.002)
            await asyncio.sleep(0)
        return
    wire, at = reply.wire(), 0
    if reply.lost == "drip":
        at = len(wire) - len(reply.body)
        transport.write(wire[:at])
    while at < len(wire) and not transport.is_closing():
        transport.write(wire[at : at + 1])
        at += 1
        await asyncio.sleep(reply.pace or 0)
    transport.close()


SLOW = frozenset(WIRE) & {"drip", "drip_head", "endless"}
