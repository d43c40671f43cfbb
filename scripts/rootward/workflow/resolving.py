"""Finds the pathways and interactions of a run that the lines of decisions.tsv refer to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rootward import tables
from rootward.errors import UserError, did_you_mean
from rootward.knowledge.decisions import (
    ABOUT_INTERACTIONS,
    DIFFERENT,
    NAME,
    PARENT,
    REMOVE,
    SAME,
    Decision,
    is_id,
    subject_of,
)
from rootward.knowledge.names import normalise, pathway_id
from rootward.tables import Row
from rootward.tree.ids import Known
from rootward.workflow.releases import IDS, read_ids

_COLUMNS = ["interaction_id", "protein_a", "protein_b", "given_a", "given_b"]
Subjects = Mapping[tuple[str, ...], list[str]]


def known_pathways(previous: Sequence[str], decisions: str) -> list[Known]:
    """The pathways of an earlier release, and of the last run in the same folder."""
    last = Path(decisions).parent
    files = [Path(path) for path in previous if Path(path).name == IDS]
    known = [one for file in [*files, last / IDS] if file.exists() for one in read_ids(file)]
    if (tree := last / "reorganized.parquet").exists():  # pathways merged there are known by their former name
        rows = tables.rows("reorganized", tree, columns=["pathway_id", "name", "aliases"])
        known += [Known(row["pathway_id"], row["name"], former_names=tuple(row["aliases"])) for row in rows]
    return known


def interactions_by_name(path: str) -> Subjects:
    """`subject_of` -> the ids of the interactions it stands for."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in tables.stream("interactions", path, columns=_COLUMNS):
        pairs = {
            tuple(sorted((str(a).upper(), str(b).upper())))
            for a in (row["protein_a"], row["given_a"] or row["protein_a"])
            for b in (row["protein_b"], row["given_b"] or row["protein_b"])
        }
        for key in (*pairs, (row["interaction_id"],)):
            found[key].append(row["interaction_id"])
    return found


class Resolver:
    """Resolves names. find: returns the reference entry of a name and how it was found, or None."""

    def __init__(
        self,
        path: str,
        lines: Sequence[Decision],
        roots: Iterable[str],
        known: Iterable[Known],
        find: Callable[[str], tuple[Any, str] | None],
    ):
        self._path, self._find = path, find
        self._names = {normalise(root): root for root in roots}
        self._known: dict[str, Known] = {}
        for one in known:
            self._known.setdefault(one.pathway_id, one)
            for name in (*one.former_names, one.name):
                self._names.setdefault(normalise(name), one.name)
        self._renamed = {normalise(one.object): one.subject for one in lines if one.verb == NAME}
        answers = {normalise(one.object) for one in lines if one.verb not in (REMOVE, NAME)}
        own = {normalise(one.subject): one.subject for one in lines if one.verb == PARENT}
        self._made = {name: spelled for name, spelled in own.items() if name in answers}

    def row(self, one: Decision, interactions: Subjects) -> Row:
        """A row of the table `decisions`."""
        is_placing = one.verb in ABOUT_INTERACTIONS
        subject, subject_ids = (one.subject, []) if is_placing else self._resolved(one, one.subject)
        name, object_ids = "", list[str]()
        if one.verb == NAME:
            name, object_ids = one.object, [pathway_id(one.object)]
        elif one.object:
            name, object_ids = self._resolved(one, one.object)
        if set(subject_ids) & set(object_ids) and one.verb != SAME:
            # The reference has them as one pathway; the line distinguishes them by their own names.
            subject_ids, object_ids = [pathway_id(one.subject)], [pathway_id(one.object)]
            name = one.object if one.verb in (PARENT, DIFFERENT) else name
        return {
            "line": one.line,
            "decision": one.verb,
            "subject": subject,
            "object": name,
            "subject_ids": subject_ids,
            "object_ids": object_ids,
            "interaction_ids": sorted(interactions.get(subject_of(one.subject), ())) if is_placing else [],
            "reason": one.why,
            "call_id": one.call_id,
        }

    def _resolved(self, one: Decision, name: str) -> tuple[str, list[str]]:
        """The name of a pathway in this run, and every id it may have there."""
        if is_id(name):
            if name not in self._known:
                self._fail(one, f"no pathway has the id {name}")
            known = self._known[name]
            return known.name, [name, *map(pathway_id, (known.name, *known.former_names))]
        ids = [pathway_id(name)]
        if (before := self._renamed.get(normalise(name))) is not None and normalise(name) not in self._names:
            return self._resolved(one, before)
        found = self._find(name)
        if found is not None and found[1] in ("exact", "alias"):
            return found[0].name, sorted({*ids, pathway_id(found[0].name)})
        spelled = self._names.get(normalise(name)) or self._made.get(normalise(name))
        if spelled is None:
            self._fail(one, f"unknown pathway {name!r}{self._nearest(name)}")
        return spelled or name, sorted({*ids, pathway_id(spelled or name)})

    def _nearest(self, name: str) -> str:
        found = self._find(name)
        if found is not None:
            return f"; did you mean {found[0].name!r}?"
        hint = did_you_mean(name, self._names.values())
        return hint or "; neither the reference nor the roots nor a tree made before has it"

    def _fail(self, one: Decision, problem: str) -> None:
        raise UserError(f"{self._path}:{one.line}: {one.verb}: {problem}")
