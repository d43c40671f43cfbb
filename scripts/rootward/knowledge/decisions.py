"""What people decided about the tree: config/decisions.tsv, read strictly.

One decision a line, in the columns decision, subject, object and, if wanted, reason, by and date:

- parent, not_parent: a pathway, and what its parent is or is not
- name: a pathway, and the name it gets
- same, different: two pathways; the first is merged into the second, or never with it
- remove: a pathway, whose interactions and children move up; it has no object
- place, not_place: an interaction (its id, or its two proteins), and the pathway it is, or is not, placed on

Pathways are named in any spelling, or by id. Lines that cannot all hold are refused with file and line.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path

from rootward.errors import UserError, did_you_mean
from rootward.knowledge.names import clean, pathway_id

COLUMNS = ("decision", "subject", "object", "reason", "by", "date")
CONTEXT = ("score", "hangs", "why", "path")  # further columns of doubts.tsv, whose lines may be appended unchanged
PARENT, NOT_PARENT, NAME, SAME, DIFFERENT, REMOVE, PLACE, NOT_PLACE = VERBS = (
    *("parent", "not_parent", "name", "same", "different", "remove", "place", "not_place"),
)
ABOUT_INTERACTIONS = (PLACE, NOT_PLACE)
_ID = re.compile(r"RW:[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the file."""

    line: int
    verb: str
    subject: str
    object: str
    reason: str = ""
    by: str = ""
    date: str = ""

    @property
    def call_id(self) -> str:
        """The id by which edges and placements refer to it; independent of its position in the file."""
        content = "\x1f".join((self.verb, key(self.subject), key(self.object)))
        return f"decision:{blake2b(content.encode(), digest_size=6).hexdigest()}"

    @property
    def why(self) -> str:
        """The reason, and who gave it when."""
        who = ", ".join(part for part in (self.by, self.date) if part)
        return f"{self.reason or 'decided by hand'} ({who})" if who else self.reason or "decided by hand"


def key(name: str) -> str:
    """The id made from a name; an id stays as it is."""
    return name if _ID.fullmatch(name) else pathway_id(name)


def is_id(name: str) -> bool:
    """Whether it is a pathway's id instead of a name."""
    return _ID.fullmatch(name) is not None


def read_decisions(path: str | Path, root_names: Iterable[str]) -> list[Decision]:
    """The lines of the file, in order. Raises UserError with file and line for invalid or contradictory lines."""
    decisions = list(_lines(path))
    _Together(str(path), decisions, roots={pathway_id(name) for name in root_names}).check()
    return decisions


def _lines(path: str | Path) -> Iterator[Decision]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = [(number, line) for number, line in enumerate(file, 1) if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from None
    if not rows:
        return
    (number, header), *lines = rows
    columns = _cells(header)
    for column in columns:
        if column not in (*COLUMNS, *CONTEXT):
            raise UserError(f"{path}:{number}: unknown column {column!r}{did_you_mean(column, COLUMNS)}")
    for needed in COLUMNS[:3]:
        if needed not in columns:
            raise UserError(
                f"{path}:{number}: no column {needed!r}; the columns are {', '.join(COLUMNS)} (tabs between)"
            )
    for number, line in lines:
        cells = _cells(line)
        if cells[: len(COLUMNS)] == columns[: len(COLUMNS)] == list(COLUMNS):
            continue  # another file was appended together with its header
        if len(cells) > len(columns):
            if columns != list(COLUMNS) or len(cells) > len(COLUMNS + CONTEXT):
                raise UserError(f"{path}:{number}: {len(cells)} cells, but {len(columns)} columns")
            cells = cells[: len(columns)]
        given = {name: cell for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
        found = Decision(
            number, given.pop("decision", ""), subject=given.pop("subject", ""), object=given.pop("object", ""), **given
        )
        if problem := _problem(found):
            raise UserError(f"{path}:{number}: {problem}")
        yield found


def _cells(line: str) -> list[str]:
    (cells,) = csv.reader([line.rstrip("\r\n")], delimiter="\t")
    cells = [clean(cell) for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _problem(found: Decision) -> str | None:
    """Why a line is invalid on its own."""
    if found.verb not in VERBS:
        return f"unknown decision {found.verb!r}{did_you_mean(found.verb, VERBS) or ': one of ' + ', '.join(VERBS)}"
    if not found.subject:
        return f"{found.verb}: no subject"
    if found.verb == REMOVE and found.object:
        return f"remove takes no object, and {found.object!r} stands there"
    if found.verb != REMOVE and not found.object:
        return f"{found.verb}: no object"
    if found.verb not in (REMOVE, *ABOUT_INTERACTIONS) and key(found.subject) == key(found.object):
        return f"{found.verb}: subject and object are one pathway"
    if found.verb == NAME and is_id(found.object):
        return f"name: the new name is an id, {found.object}"
    try:
        date.fromisoformat(found.date or "2000-01-01")
    except ValueError:
        return f"date {found.date!r} is no date; write it as 2026-11-26"
    return None


class _Together:
    """Whether all decisions can hold together. Pathways that lines call the same count as one."""

    def __init__(self, path: str, decisions: list[Decision], roots: set[str]):
        self._path, self._decisions, self._roots = path, decisions, roots
        self._of = defaultdict(list)
        for one in decisions:
            self._of[one.verb].append(one)
        self._merged: dict[str, str] = {}

    def check(self) -> None:
        """Raise UserError for the first line that contradicts another, the roots or itself."""
        self._merge()
        self._once("line", lambda one: (one.verb, *self._pair(one)), decisions=self._decisions)
        for verb in (PARENT, NAME, PLACE):
            said = "the interaction has another place" if verb == PLACE else f"it has another {verb}"
            self._once(said, self._subject, decisions=self._of[verb])
        self._once("another pathway gets that name", lambda one: key(one.object), decisions=self._of[NAME])
        for positive, negative in ((PARENT, NOT_PARENT), (PLACE, NOT_PLACE), (SAME, DIFFERENT)):
            self._against(positive, negative)
        self._respect_roots()
        self._respect_removals()
        self._no_cycle()

    def _fail(self, one: Decision, problem: str) -> None:
        raise UserError(f"{self._path}:{one.line}: {one.verb} {one.subject!r}: {problem}")

    def _id(self, name: str) -> str:
        id_ = key(name)
        while id_ in self._merged:
            id_ = self._merged[id_]
        return id_

    def _merge(self) -> None:
        for one in self._of[SAME]:
            a, b = self._id(one.subject), self._id(one.object)
            if a == b:
                self._fail(one, f"other lines already say that it is {one.object!r}")
            self._merged[a] = b

    def _subject(self, one: Decision) -> object:
        return subject_of(one.subject) if one.verb in ABOUT_INTERACTIONS else self._id(one.subject)

    def _pair(self, one: Decision) -> tuple[object, ...]:
        if one.verb in (SAME, DIFFERENT):
            return tuple(sorted((key(one.subject), key(one.object))))
        return self._subject(one), key(one.object) if one.verb == NAME else self._id(one.object) if one.object else ""

    def _once(self, said: str, what: Callable[[Decision], object], decisions: Iterable[Decision]) -> None:
        seen: dict[object, Decision] = {}
        for one in decisions:
            first = seen.setdefault(what(one), one)
            if first is not one:
                same = "the same stands" if said == "line" else said
                self._fail(one, f"{same} in line {first.line}")

    def _against(self, positive: str, negative: str) -> None:
        if positive == SAME:
            for one in self._of[DIFFERENT]:
                if self._id(one.subject) == self._id(one.object):
                    self._fail(one, f"other lines say that it is the same as {one.object!r}")
            return
        wanted = {self._pair(one): one for one in self._of[positive]}
        for one in self._of[negative]:
            if self._pair(one) in wanted:
                self._fail(one, f"line {wanted[self._pair(one)].line} says {positive} {one.object!r}")

    def _respect_roots(self) -> None:
        for one in self._decisions:
            is_root = one.verb not in ABOUT_INTERACTIONS and key(one.subject) in self._roots
            if is_root and one.verb == PARENT:
                self._fail(one, "is a root, and roots have no parent")
            if is_root and one.verb in (NAME, REMOVE):
                self._fail(one, "is a root; edit the file of roots instead")
            if is_root and one.verb == SAME:
                both = key(one.object) in self._roots
                self._fail(
                    one, "both are roots" if both else f"is a root; write it as the object: {one.object!r} is it"
                )
            if one.verb == NAME and key(one.object) in self._roots:
                self._fail(one, f"{one.object!r} is a root's name; use `same` to merge them")

    def _respect_removals(self) -> None:
        gone = {self._id(one.subject): one for one in self._of[REMOVE]}
        for one in self._decisions:
            if one.verb in (REMOVE, NOT_PARENT, NOT_PLACE, DIFFERENT):
                continue
            names = [one.object] if one.verb in ABOUT_INTERACTIONS else [one.subject, one.object]
            for name in names:
                if self._id(name) in gone:
                    self._fail(one, f"line {gone[self._id(name)].line} removes {name!r}")

    def _no_cycle(self) -> None:
        above = {self._id(one.subject): one for one in self._of[PARENT]}
        for one in self._of[PARENT]:
            at, line = self._id(one.object), [one]
            while at in above and above[at] not in line:
                line.append(above[at])
                at = self._id(above[at].object)
            if at == self._id(one.subject):
                names = " < ".join([one.subject, *(other.object for other in line)])
                self._fail(one, f"closes a cycle: {names}")


def subject_of(text: str) -> tuple[str, ...]:
    """The key of the interaction in a subject: its two proteins, sorted and in upper case, or its id."""
    parts = [part for part in re.split(r"\s*[–—]\s*|\s+-+\s+|\s+|(?<=\w)\s*[|+]\s*", text.strip()) if part]
    return tuple(sorted(part.upper() for part in parts)) if len(parts) == 2 else (text.strip(),)
