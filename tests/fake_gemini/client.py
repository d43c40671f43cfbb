"""`FakeGemini`: starts the server in a process of its own, and asks it what it saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

from fake_gemini.config import Config


class FakeGemini:
    """Starts the server in its own process; a context manager. Keywords are the fields of `Config`.

    `reference` is a directory with the Reactome tables (default: resources/reactome of this repository),
    `log` a file for one JSON line per request. The server ends with `stop()`, or together with the process
    that started it, however that one ends.
    """

    config_type = Config
    folder = Path(__file__).resolve().parent

    def __init__(self, *, reference: os.PathLike | None = None, log: os.PathLike | None = None, **config: Any) -> None:
        self.config_type().updated(config)  # a wrong name should fail here, with a traceback that leads to it
        self.command = [sys.executable, str(self.folder)]
        self.command += ["--stop-with-stdin", "--config", json.dumps(config)]
        self.command += ["--reference", str(reference)] if reference else []
        self.command += ["--log", str(log)] if log else []
        self.process: subprocess.Popen | None = None
        self.url = ""
        # Without the proxies of the environment: they would be asked for 127.0.0.1, too.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def start(self) -> Self:
        pipe = subprocess.PIPE
        # In a session of its own: a Ctrl-C meant for the client must not end the server that counts calls.
        self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        line = self.process.stdout.readline()
        if not line.startswith("READY "):
            self.stop()
            raise RuntimeError("the fake Gemini server did not start; its stderr says why")
        self.url = f"http://127.0.0.1:{line.split()[1]}"
        return self

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.kill()  # nothing is lost by it: each line of the log has been written
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def environment(self, key: str = "test") -> dict[str, str]:
        """The environment in which a program asks this server: ours, with its address and a key."""
        ours = {"GOOGLE_GEMINI_BASE_URL": self.url, "GEMINI_API_KEY": key, "NO_PROXY": "127.0.0.1"}
        return {**{k: v for k, v in os.environ.items() if k != "GOOGLE_API_KEY"}, **ours}

    def stats(self, items: bool = False) -> dict[str, Any]:
        """The counts so far, see `Stats`; with `items` also every item that was answered."""
        return self._ask("/stats?items=1" if items else "/stats")

    def configure(self, **config: Any) -> None:
        """Change some of the config and keep the counts."""
        self._ask("/configure", config)

    def reset(self, **config: Any) -> None:
        """Forget all counts, jobs and files, and return to the config of the start, with these changes."""
        self._ask("/reset", config)

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        try:
            with self._opener.open(urllib.request.Request(self.url + path, data), timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]["message"]) from None
