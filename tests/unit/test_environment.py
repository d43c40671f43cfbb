"""The conda environment of the rules names the versions that the lock file pins."""

import re
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
    provided = {"google": "google-genai", "yaml": "pyyaml", "jinja2": "jinja2", "numpy": "scipy"}
    standard = __import__("sys").stdlib_module_names
    imported = set()
    for path in (ROOT / "scripts").rglob("*.py"):
        for name in re.findall(r"^\s*(?:from|import) ([a-zA-Z0-9_]+)", path.read_text(), re.M):
            imported.add(name)
    dependencies = " ".join(yaml.safe_load((ROOT / "envs" / "rootward.yaml").read_text())["dependencies"])
    third_party = imported - set(standard) - {"rootward", "snakemake"}
    assert "pyarrow" in third_party
    missing = {name for name in third_party if provided.get(name, name) not in dependencies}
    assert not missing


def test_the_lock_names_no_host_and_hashes_everything():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert "--index-url" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block.split("\n")[0]
