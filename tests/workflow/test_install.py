"""Installing from the lock files: what is said when it cannot be; and, with -m trial and a network, that it can be."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from locks import read_locks

ROOT = Path(__file__).parents[2]
# The pips that Python 3.11 came with at its beginning and lately; pip 22.3 runs on no later Python.
PIPS = ["pip==22.3.1", "pip==23.2.1", "pip"]
FOUND = filter(None, map(shutil.which, ["python3.12", "python3.13", "python3.14"]))
LATER_PYTHONS = [found for found in FOUND if not subprocess.run([found, "-c", ""], capture_output=True).returncode]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of the repository as they are, where nothing was installed."""
    folder = tmp_path / "clone"
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git repository")
    for name in filter(lambda name: (ROOT / name).is_file(), listed.stdout.split("\n")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def make(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make with this Python and with pip, unless told otherwise."""
    variables = os.environ | {"PYTHON": sys.executable, "UV": ""} | environment
    return subprocess.run(["make", *arguments], cwd=clone, env=variables, capture_output=True, text=True)


def unreachable(folder: Path) -> dict[str, str]:
    """The settings with which pip finds its index on a port where nobody listens, and nothing elsewhere."""
    (folder / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/simple\nretries = 0\n")
    return {"PIP_CONFIG_FILE": str(folder / "pip.conf"), "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1"}


def test_without_a_network_one_line_says_so_and_nothing_counts_as_installed(clone, tmp_path):
    done = make(clone, "run", **unreachable(tmp_path))
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not re.match(r"make(\[\d+\])?: \*\*\*", line)]
    assert len(said) == 1 and said[0].startswith("install: the package index cannot be reached")
    assert not (clone / ".venv" / "installed").exists()
    assert (clone / ".venv" / "install.log").read_text()


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("no-such-python", "Python 3.11 or newer is needed"),
        ("old-python", "Python 3.11 or newer is needed"),
        ("bare-python", "Python's venv module is missing"),
    ],
)
def test_a_python_that_will_not_do_is_told_in_one_line(clone, tmp_path, python, told):
    (tmp_path / "old-python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bare-python").write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n')
    for fake in ("old-python", "bare-python"):
        (tmp_path / fake).chmod(0o755)
    done = make(clone, "run", PYTHON=python, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode != 0
    assert told in done.stderr and len(done.stderr.splitlines()) == 2
    assert not (clone / ".venv").exists()


def test_what_is_no_environment_is_left_alone(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "precious").write_text("")
    done = make(clone, "run")
    assert done.returncode != 0 and "in the way" in done.stderr
    assert (clone / ".venv" / "precious").exists()


def test_a_changed_lock_installs_again_and_an_unchanged_one_does_not(clone):
    """By what make would do: an environment is faked."""
    binaries = clone / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to(sys.executable)
    for stamp in ("installed", "tested"):
        (clone / ".venv" / stamp).write_text("")
    assert "envs/install" not in make(clone, "-n", "run").stdout
    for lock, target in (
        ("requirements.lock", "run"),
        ("requirements-build.lock", "run"),
        ("requirements-test.lock", "test"),
    ):
        assert "envs/install" in make(clone, "-n", "-W", lock, target).stdout, lock
    (binaries / "python").unlink()
    (binaries / "python").symlink_to("python-that-was-upgraded-away")
    assert "envs/install" in make(clone, "-n", "run").stdout


@pytest.fixture(scope="session")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that offers version 9999 of everything that the locks pin: a later day."""
    folder = tmp_path_factory.mktemp("newer")
    for pin in read_locks("requirements-build", "requirements", "requirements-test"):
        name = pin.name.replace("-", "_")
        with zipfile.ZipFile(folder / f"{name}-9999-py3-none-any.whl", "w") as wheel:
            about = f"{name}-9999.dist-info"
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {pin.name}\nVersion: 9999\n")
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
    return folder


@pytest.mark.trial
@pytest.mark.parametrize("pip", PIPS)
def test_any_pip_installs_what_is_locked_although_everything_has_a_newer_release(clone, newer, pip):
    subprocess.run([sys.executable, "-m", "venv", clone / ".venv"], check=True)
    subprocess.run([clone / ".venv/bin/python", "-m", "pip", "install", "--quiet", "--upgrade", pip], check=True)
    installs(clone, PIP_FIND_LINKS=str(newer))


@pytest.mark.trial
def test_uv_installs_what_is_locked_although_everything_has_a_newer_release(clone, newer):
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    installs(clone, UV=uv, UV_FIND_LINKS=str(newer))


@pytest.mark.trial
@pytest.mark.parametrize("python", LATER_PYTHONS)
def test_later_pythons_install_what_is_locked(clone, newer, python):
    installs(clone, PYTHON=python, PIP_FIND_LINKS=str(newer))


def installs(clone: Path, **environment: str) -> None:
    """The environment of the tests holds what is locked, pip has nothing against it, and the example runs in it."""
    done = make(clone, ".venv/installed", ".venv/tested", "run", **environment)
    assert done.returncode == 0, done.stderr + (clone / ".venv" / "install.log").read_text()[-2000:]
    asked = "import sys, locks; print(locks.not_installed(locks.read_locks(*sys.argv[1:])))"
    said = subprocess.run(
        [clone / ".venv/bin/python", "-c", asked, "requirements-build", "requirements", "requirements-test"],
        cwd=clone / "tests",
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == "[]", said.stderr
    assert (clone / "results" / "explorer.html").exists()
