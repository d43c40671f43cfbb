"""Hashes the syntax of the code that a result depends on. Comments, docstrings and layout do not change the hash.

Editing a module reruns exactly the rules whose scripts use it. The versions of the libraries that influence what is
written count as well.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rootward.files import write_text

# Modules that send questions, log or store results: they do not change what an answer or a table contains.
TRANSPORT = frozenset(
    {
        "asking.ask",
        "asking.batch",
        "asking.cache",
        "asking.calls",
        "asking.database",
        "asking.engine",
        "asking.governor",
        "asking.job_book",
        "asking.judging",
        "asking.ledger",
        "asking.lookup",
        "asking.old_cache",
        "asking.packing",
        "asking.pages",
        "asking.progress",
        "asking.run",
        "asking.salvage",
        "asking.schema",
        "asking.sql",
        "asking.work",
        "curators.prompts",
        "curators.wire",
        "curators.replies",
        "errors",
        "files",
        "watch",
    }
)
PACKAGE = "rootward"
SHAPING = {"numpy": "numpy", "pyarrow": "pyarrow", "scipy": "scipy", "PIL": "pillow"}  # module -> distribution


class Source(NamedTuple):
    """A source file: the hash of its syntax, and the names of the modules it imports."""

    syntax: str
    imports: list[str]


class Code:
    """Hashes the code of a folder of scripts.

    memo: a file that stores the hash of each content, so that only edited files are parsed; None to store nothing.
    """

    def __init__(self, scripts: Path, memo: Path | None):
        self._scripts, self._memo = scripts, memo
        self._known = _recall(memo)
        self._read: dict[Path, Source] = {}
        self._is_new = False

    def of(self, *files: str) -> str:
        """12 hex digits over the syntax of the named files (relative to the folder) and of every package module they
        import, and the versions of the SHAPING libraries among their imports.

        Imports are read from the source text, including those inside functions. Imports of TRANSPORT and of `workflow`
        are not followed.
        """
        found: dict[str, str] = {}
        libraries: set[str] = set()
        waiting = [self._scripts / file for file in files]
        while waiting:
            path = waiting.pop()
            name = path.relative_to(self._scripts).as_posix()
            if name not in found:
                source = self._source(path)
                found[name] = source.syntax
                waiting.extend(self._followed(source))
                libraries |= {module.split(".")[0] for module in source.imports} & SHAPING.keys()
        self._remember()
        versions = {SHAPING[library]: versions_here()[SHAPING[library]] for library in sorted(libraries)}
        return hashlib.sha256(json.dumps([found, versions], sort_keys=True).encode()).hexdigest()[:12]

    def _remember(self) -> None:
        if self._memo is not None and self._is_new:
            self._is_new = False
            try:
                write_text(self._memo, json.dumps(self._known))
            except OSError:
                pass  # it is parsed again next time

    def _source(self, path: Path) -> Source:
        if path not in self._read:
            content = path.read_bytes()
            key = hashlib.sha256(content + sys.version.encode()).hexdigest()[:24]
            if key not in self._known:
                self._known[key] = _parsed(content)
                self._is_new = True
            self._read[path] = self._known[key]
        return self._read[path]

    def _followed(self, source: Source) -> Iterator[Path]:
        for module in source.imports:
            inner = module.removeprefix(f"{PACKAGE}.")
            if inner != module and inner not in TRANSPORT and not inner.startswith("workflow"):
                path = self._scripts / Path(*module.split(".")).with_suffix(".py")
                if path.is_file():
                    yield path


def _recall(memo: Path | None) -> dict[str, Source]:
    """The content of the memo; empty if it is damaged or was written by another program."""
    try:
        content = json.loads(memo.read_text(encoding="utf-8")) if memo else {}
        return {str(key): Source(str(syntax), [str(i) for i in imports]) for key, (syntax, imports) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _parsed(content: bytes) -> Source:
    tree = ast.parse(content)
    imports: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            imports.add(node.module)
            imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _leave_docstring_out(node)
    text = ast.dump(tree, annotate_fields=False)
    return Source(hashlib.sha256(text.encode()).hexdigest()[:24], sorted(imports))


def _leave_docstring_out(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]


@cache
def versions_here() -> dict[str, str]:
    """The installed versions of Python and the SHAPING libraries, read from folder names: importlib.metadata would take
    30 ms in every step.
    """
    found = dict.fromkeys(SHAPING.values(), "none") | {"python": ".".join(map(str, sys.version_info[:2]))}
    for folder in reversed(sys.path):
        for info in Path(folder or ".").glob("*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").partition("-")
            if name.lower() in found:
                found[name.lower()] = version
    return found
