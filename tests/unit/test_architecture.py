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
