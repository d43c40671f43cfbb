"""Checks the user's config.yaml strictly before Snakemake reads it, and the paths in it."""

import os
from collections.abc import Hashable
from glob import glob, has_magic
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator

from rootward.errors import UserError


def config_file(user: Path, shipped: Path, defaults: Path) -> Path:
    """The file for Snakemake to read: the user's; the shipped one if the user has none; the defaults if the user's is
    empty.

    Raises UserError for a file that Snakemake would misread or answer with a traceback.
    """
    if not user.exists():
        return shipped
    return user if read(user) else defaults


def some_input(given: str | list[str], user: Path, shipped: Path) -> None:
    """Raise UserError if the folder has neither a configuration nor the example, such as a new folder named by
    --directory.
    """
    if isinstance(given, list) or user.exists() or Path(given).exists() or not (shipped / given).exists():
        return
    raise UserError(
        f"{Path.cwd()}: holds no {user}, and no {given} either; say what to read: --config input=FILE (the example: "
        f"input={shipped / given})"
    )


def input_files(given: str | list[str]) -> list[str]:
    """The user's files. A name with `*`, `?` or `[` that is not itself a file stands for all matching files, sorted.

    Raises UserError if none matches.
    """
    found: list[str] = []
    for path in [given] if isinstance(given, str) else given:
        matching = sorted(glob(path)) if has_magic(path) and not Path(path).exists() else [path]
        if not matching:
            raise UserError(f"{path}: no file matches")
        found += [path for path in map(_matched, matching) if path not in found]
    return found


def _matched(path: str) -> str:
    try:
        return without_braces(path)
    except ValueError as error:
        raise UserError(f"input: {path}: {error}") from None


def read(path: Path) -> dict[str, Any]:
    """The keys of a YAML file; an empty dict if the file is empty.

    Raises UserError with the line number if the file is not UTF-8 or not a mapping, sets a key twice (YAML would
    silently use the last), or has an anchor that contains itself.
    """
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None or node.tag == "tag:yaml.org,2002:null":
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise UserError(f"{path}: contains no keys; write lines like `key: value`")
        _refuse_repeats(node, path, above=[], seen=set())
        content: dict[str, Any] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UserError(f"{path}{_line(error)}: not valid YAML: {_problem(error)}") from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply") from None
    return content


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}:{line}: not UTF-8 (byte 0x{content[error.start]:02x}); save it as UTF-8") from None


def _refuse_repeats(node: yaml.Node, path: Path, above: list[yaml.Node], seen: set[int]) -> None:
    """Walk the nodes. An alias leads to a node seen before; if that is also above it, the anchor contains itself."""
    if node in above:
        raise UserError(f"{path}:{node.start_mark.line + 1}: an anchor that contains itself")
    if id(node) in seen or isinstance(node, yaml.ScalarNode):
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        _refuse_same_keys(node, path)
        below = [part for pair in node.value for part in pair]
    else:
        below = node.value
    for part in below:
        _refuse_repeats(part, path, above=[*above, node], seen=seen)


def _refuse_same_keys(node: yaml.MappingNode, path: Path) -> None:
    lines: dict[Hashable, int] = {}
    for key, _ in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else id(key)
        line = key.start_mark.line + 1
        if name in lines and name != "<<":
            raise UserError(f"{path}:{line}: {name}: set twice, first in line {lines[name]}; keep one")
        lines[name] = line


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"


def as_path(given: str) -> str:
    """A path with ~ and $VARIABLE expanded. Raises ValueError if either is unknown, or if the path has braces."""
    path = _from_home(given) if given.startswith("~") else given
    if "$" in path and not Path(path).exists():
        path = os.path.expandvars(path)
        if "$" in path:
            raise ValueError("names a variable that is not set")
    return without_braces(path)


def _from_home(path: str) -> str:
    try:
        return str(Path(path).expanduser())
    except RuntimeError:
        raise ValueError("names the home directory of an unknown user") from None


def without_braces(given: str) -> str:
    """The text, unchanged. Raises ValueError if it has braces, which mark wildcards in Snakemake."""
    if "{" in given or "}" in given:
        raise ValueError("has braces, which mark wildcards in Snakemake; use another name")
    return given


def _as_paths(given: str | list[str]) -> str | list[str]:
    return as_path(given) if isinstance(given, str) else [as_path(path) for path in given]


UserPath = Annotated[str, AfterValidator(as_path)]
UserPaths = Annotated[str | list[str], AfterValidator(_as_paths)]
