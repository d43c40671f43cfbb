"""The command line: listens until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from fake_gemini.config import Config
from fake_gemini.connection import Connection
from fake_gemini.server import Server

DEFAULT_REFERENCE = Path(__file__).parents[2] / "resources" / "reactome"


class _StopAtEnd(asyncio.Protocol):
    """Ends the loop when its pipe is closed, as it is when the process at the other end dies."""

    def connection_lost(self, exc: Exception | None) -> None:
        asyncio.get_running_loop().stop()


async def _listen(server: Server, port: int, stop_with_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", port, backlog=4096)
    if stop_with_stdin:
        await loop.connect_read_pipe(_StopAtEnd, sys.stdin)
    print(f"READY {listener.sockets[0].getsockname()[1]}", flush=True)


def main(
    arguments: Sequence[str] | None = None, *, server: type[Server] = Server, config: type[Config] = Config
) -> None:
    """server, config: what speaks another wire, see `fake_openai`."""
    parser = argparse.ArgumentParser(prog="fake_gemini", description="A local HTTP server that speaks the Gemini API.")
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--config", default="{}", help="JSON object, the fields of Config")
    parser.add_argument("--reference", type=Path, default=DEFAULT_REFERENCE, help="directory of the tables")
    parser.add_argument("--log", type=Path, help="file that gets one JSON line per request")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when stdin is closed")
    options = parser.parse_args(arguments)
    if not (options.reference / "pathways.parquet").is_file():
        parser.error(f"no pathways.parquet in {options.reference}; name the directory with --reference")
    try:
        settings = config().updated(json.loads(options.config))
    except (ValueError, TypeError) as error:
        parser.error(f"--config: {error}")

    # A request leaves no cycles behind, so the collector would only walk the tables again and again.
    gc.set_threshold(100_000, 50, 1000)
    loop = asyncio.new_event_loop()
    listening = server(options.reference, settings, options.log)
    loop.run_until_complete(_listen(listening, options.port, options.stop_with_stdin))
    with contextlib.suppress(KeyboardInterrupt):
        loop.run_forever()
