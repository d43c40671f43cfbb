"""What is installed: the locks are the whole closure, and the conda environment of the steps is a part of it."""

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml
from locks import not_installed, pinned, read_locks, unmet, version_of
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements-build", "requirements", "requirements-test", "requirements-cluster")


def conda_pins() -> list[Requirement]:
    """What pip installs into the conda environment of the steps."""
    *_, pip = yaml.safe_load((ROOT / "envs" / "rootward.yaml").read_text())["dependencies"]
    return [Requirement(pin) for pin in pip["pip"]]


def test_the_locks_pin_all_that_their_distributions_ask_for():
    run, tests = read_locks("requirements-build", "requirements"), read_locks("requirements-test")
    assert not_installed(run + tests) == [], "install the locks first: make test"
    assert unmet(run) == set()
    assert unmet(run + tests) == set()


def test_the_conda_environment_pins_all_that_it_asks_for():
    assert unmet(conda_pins(), ("3.12",)) == set()


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("google-auth[requests]==", "google-auth==", "pinned without the extra requests"),
        ("\nurllib3==", "\n# urllib3==", "urllib3.*: not pinned"),
        ("\npydantic-core==2", "\npydantic-core==1", "wants pydantic-core==.*: pinned is pydantic-core==1"),
        (
            "numpy==2.4.6 ; python_full_version < '3.12'",
            "numpy==2.4.6 ; python_full_version < '3.11'",
            "numpy.*: not pinned",
        ),
    ],
)
def test_a_lock_with_a_gap_is_found_out(was, becomes, told):
    text = (ROOT / "requirements.lock").read_text()
    assert was in text
    assert any(re.search(told, line) for line in unmet(pinned(text.replace(was, becomes))))


def test_locks_that_are_installed_together_pin_the_same_versions():
    versions: dict[tuple[str, str], set[str]] = {}
    for pin in read_locks(*LOCKS):
        versions.setdefault((pin.name, str(pin.marker)), set()).add(version_of(pin))
    assert {pin: found for pin, found in versions.items() if len(found) > 1} == {}


def test_the_conda_environment_pins_what_the_lock_pins():
    lock = {(pin.name, version_of(pin), tuple(pin.extras)) for pin in read_locks("requirements")}
    assert {(pin.name, version_of(pin), tuple(pin.extras)) for pin in conda_pins()} <= lock


def test_the_conda_environment_has_what_the_package_imports():
    """Every third-party module that scripts/ imports is provided by a package of the environment."""
    provided_by = {"PIL": "pillow", "google": "google-genai", "yaml": "pyyaml"}
    rule_scripts = {path.stem for path in (ROOT / "scripts").glob("*.py")}
    imported = set().union(*map(imports_of, (ROOT / "scripts").rglob("*.py")))
    ours = {
        "rootward",
        "_typeshed",
        "snakemake",
        "snakemake_interface_logger_plugins",
    }  # the last for the main process only
    third_party = imported - sys.stdlib_module_names - rule_scripts - ours
    assert {"pyarrow", "PIL", "psutil"} <= third_party
    packages = {pin.name for pin in conda_pins()}
    assert {name for name in third_party if canonicalize_name(provided_by.get(name, name)) not in packages} == set()


def imports_of(path: Path) -> set[str]:
    """The top-level modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(name):
    text = (ROOT / f"{name}.lock").read_text()
    assert "://" not in text
    assert "--index-url" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block.split("\n")[0]
