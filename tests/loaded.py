"""A Snakemake that is loaded once: each run is a fork of a process that has imported it, and pandas, which it asks for.

To start Snakemake takes a second of its imports, and the suite starts it a hundred times. Nothing of Rootward is loaded
beforehand: a run reads the copy of the workflow that it is given.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class LoadedSnakemake:
    """The process, started at the first run and ended by `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run` of `snakemake` with these arguments, its output captured as text."""
        if self._process is None:
            command = [sys.executable, __file__]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin and self._process.stdout
        with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
            request = {
                "arguments": list(arguments),
                "cwd": str(cwd),
                "env": dict(env),
                "out": out.name,
                "err": err.name,
            }
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(list(arguments), code, stdout=out.read(), stderr=err.read())

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate("")


def _serve() -> None:
    """Fork for each request, and answer with the exit code."""
    import pandas  # noqa: F401
    import snakemake.cli  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _be(request)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be(request: dict[str, Any]) -> None:
    """Become the run that is asked for."""
    from snakemake.cli import main

    code: Any = 1
    try:
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        for number, path in ((1, request["out"]), (2, request["err"])):
            os.dup2(os.open(path, os.O_WRONLY), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.argv[1:] = request["arguments"]
        main(request["arguments"])
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:  # as an interpreter ends that nobody catches it in
        traceback.print_exc()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else code is not None)


if __name__ == "__main__":
    _serve()
