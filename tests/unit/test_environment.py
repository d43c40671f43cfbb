"""The conda environment of the rules names the versions that the lock file pins."""

import ast
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def locked() -> dict[str, set[str]]:
    """Package -> the versions the lock pins (several where they depend on the Python version)."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9_.-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.M):
        versions.setdefault(name, set()).add(version)
    return versions


def test_the_conda_environment_pins_what_the_lock_pins():
    versions = locked()
    dependencies = yaml.safe_load((ROOT / "envs" / "rootward.yaml").read_text())["dependencies"]
    pinned = dict(dependency.split(" =") for dependency in dependencies)
    python = pinned.pop("python")
    assert tuple(map(int, python.split("."))) >= (3, 11)
    assert pinned, "the environment names no package"
    for name, version in pinned.items():
        assert version in versions[name], f"envs/rootward.yaml: {name} ={version}, the lock has {versions[name]}"


def test_the_conda_environment_has_what_the_package_imports():
    """Every third-party module that scripts/ imports is provided by a package of the environment."""
    provided_by = {
        "PIL": "pillow",
        "google": "google-genai",
        "httpx2": "google-genai",
        "numpy": "scipy",
        "yaml": "pyyaml",
    }
    rule_scripts = {path.stem for path in (ROOT / "scripts").glob("*.py")}
    imported = set().union(*map(imports_of, (ROOT / "scripts").rglob("*.py")))
    third_party = imported - sys.stdlib_module_names - rule_scripts - {"rootward", "snakemake"}
    assert {"pyarrow", "PIL", "psutil"} <= third_party
    dependencies = yaml.safe_load((ROOT / "envs" / "rootward.yaml").read_text())["dependencies"]
    packages = {dependency.split(" ")[0] for dependency in dependencies}
    assert {name for name in third_party if provided_by.get(name, name) not in packages} == set()


def imports_of(path: Path) -> set[str]:
    """The top-level modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    return found


def test_the_lock_names_no_host_and_hashes_everything():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert "--index-url" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block.split("\n")[0]
