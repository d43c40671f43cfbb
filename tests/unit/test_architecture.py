"""What CONTRIBUTING.md says of the house: who imports whom, and how large files and functions are."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import rootward

ROOT = Path(__file__).parents[2]
LONGEST = 400  # lines of a file
WRITTEN = (".py", ".smk", ".js", ".css", ".html", ".md", ".toml", ".in")
FOREIGN = {"clip", "count", "full", "open"}  # methods of ours that numpy, os or str have too
ROOMS = (".github", "benchmarks", "config", "docs", "profiles", "report", "resources", "rules", "scripts", "tests")


def files() -> Iterator[Path]:
    """What people wrote, without libraries of others."""
    yield from (path for path in ROOT.iterdir() if path.suffix in WRITTEN)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in WRITTEN and "vendor" not in path.parts and path.is_file():
                yield path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_a_room_imports_only_from_those_below_it_and_no_modules_import_in_a_circle():
    # In a process of its own: it sets up logging anew.
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_no_file_is_longer_than_a_reader_can_hold():
    lines = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in files()}
    assert len(lines) > 200
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_functions_are_short():
    lengths = [
        node.end_lineno - node.lineno + 1 for path in (ROOT / "scripts").rglob("*.py") for node in functions(path)
    ]
    assert len(lengths) > 500
    assert median(lengths) < 10


def takes_any_number(node: ast.AST) -> bool:
    """Whether a function, or the constructor of a class, has *arguments."""
    if isinstance(node, ast.ClassDef):
        return any(takes_any_number(part) for part in node.body if getattr(part, "name", "") == "__init__")
    return node.args.vararg is not None


def by_position(node: ast.Call, callables: set[str]) -> bool:
    """Whether a call of one of ours has more than two arguments by position."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    return name in callables and len(node.args) > 2 and not starred


def test_from_the_third_on_arguments_are_passed_by_keyword():
    trees = {
        path: ast.parse(path.read_bytes()) for room in ("scripts", "benchmarks") for path in (ROOT / room).rglob("*.py")
    }
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    ours = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, kinds)]
    callables = {node.name for node in ours} - {node.name for node in ours if takes_any_number(node)} - FOREIGN
    assert len(callables) > 500
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)[:80]}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and by_position(node, callables)
    ] == []


def test_the_documents_name_only_what_exists():
    """Paths in CONTRIBUTING.md and docs/; a path of the package may be written without its folder."""
    for document in (ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        words = re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:py|md|toml|cff))`", document.read_text(encoding="utf-8"))
        assert words
        bases = (ROOT, ROOT / "scripts" / "rootward", ROOT / "scripts" / "rootward" / "publish", ROOT / "tests")
        assert {word for word in words if not any((base / word).exists() for base in bases)} == set()


def test_versions_agree():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert rootward.__version__ == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert re.search(rf"^## {re.escape(version)} – \d{{4}}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.M)
