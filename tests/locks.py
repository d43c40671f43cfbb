"""What the lock files pin, and whether that is everything that the pinned distributions ask for."""

import itertools
import re
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))


def pinned(lock: str) -> list[Requirement]:
    """The pins of a lock file's text, each with its extras, its version and its marker."""
    return [Requirement(line) for line in re.findall(r"^([a-z0-9][^\\\n]*==[^\\\n]*)", lock, re.M)]


def read_locks(*names: str) -> list[Requirement]:
    """The pins of several lock files that are installed together."""
    return [pin for name in names for pin in pinned((ROOT / f"{name}.lock").read_text(encoding="utf-8"))]


def environments(pythons: Sequence[str] = PYTHONS) -> Iterator[dict[str, str]]:
    """What markers are evaluated with: each Python on each platform."""
    for python, (sys_platform, system, machine) in itertools.product(pythons, PLATFORMS):
        yield {
            **{name: str(value) for name, value in default_environment().items()},
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_version": f"{python}.0",
            "sys_platform": sys_platform,
            "platform_system": system,
            "platform_machine": machine,
            "extra": "",
        }


def applies(requirement: Requirement, environment: dict[str, str], extras: set[str]) -> bool:
    """Whether a requirement counts there, for a distribution of which these extras are wanted."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate(environment | {"extra": extra}) for extra in {"", *extras})


def version_of(pin: Requirement) -> str:
    """The version that a pin names."""
    return next(iter(pin.specifier)).version


def not_installed(pins: Sequence[Requirement]) -> list[str]:
    """Pins for this very Python and platform that are not installed at their version: their metadata cannot be read."""
    here = {name: str(value) for name, value in default_environment().items()}
    return [str(pin) for pin in pins if applies(pin, here, set()) and not is_installed(pin)]


def is_installed(pin: Requirement) -> bool:
    """Whether this environment has the distribution at the version pinned."""
    try:
        return metadata.version(pin.name) == version_of(pin)
    except metadata.PackageNotFoundError:
        return False


def unmet(pins: Sequence[Requirement], pythons: Sequence[str] = PYTHONS) -> set[str]:
    """What the installed ones of the pinned distributions ask for, somewhere, that no pin gives: one line each."""
    return {line for environment in environments(pythons) for line in unmet_in(pins, environment)}


def unmet_in(pins: Sequence[Requirement], environment: dict[str, str]) -> Iterator[str]:
    """The same on one Python and platform."""
    active = [pin for pin in pins if applies(pin, environment, set())]
    by_name: dict[str, list[Requirement]] = {}
    for pin in active:
        by_name.setdefault(canonicalize_name(pin.name), []).append(pin)
    for pin in filter(is_installed, active):
        for wanted in map(Requirement, metadata.requires(pin.name) or ()):
            if applies(wanted, environment, pin.extras):
                yield from lacks(pin, wanted, by_name.get(canonicalize_name(wanted.name), []))


def lacks(pin: Requirement, wanted: Requirement, given: Sequence[Requirement]) -> Iterator[str]:
    """Why the pins of a name do not give what is wanted of it; nothing when they do."""
    says = f"{pin.name} {version_of(pin)} wants {str(wanted).split(';')[0].strip()}"
    if not given:
        yield f"{says}: not pinned"
    for other in given:
        if not wanted.specifier.contains(version_of(other), prereleases=True):
            yield f"{says}: pinned is {other}"
    absent = wanted.extras - {extra for other in given for extra in other.extras}
    if given and absent:
        yield f"{says}: pinned without the extra {', '.join(sorted(absent))}"
