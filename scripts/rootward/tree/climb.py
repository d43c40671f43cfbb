"""Grows the tree from its leaves towards its roots, one level at a time.

The answers of a level are linked in the order of the children's ids, not in the order of arrival, so the same answers
give the same tree.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from rootward.curators.base import Answer, Failure
from rootward.curators.questions import Question, ask_about
from rootward.knowledge.names import pathway_id
from rootward.tables import Row


@dataclass
class Links:
    """The edges so far (child id -> parent id, None if the parent is unknown), the name of every pathway, some proteins
    of each leaf, and the answers of this level that would have closed a cycle.
    """

    parent_of: dict[str, str | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    proteins: dict[str, list[str]] = field(default_factory=dict)
    rejected: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @classmethod
    def from_levels(cls, leaves: Iterable[Row], levels: Iterable[Iterable[Row]]) -> "Links":
        """The links of all levels climbed so far."""
        links = cls()
        for leaf in leaves:
            links.names[leaf["pathway_id"]] = leaf["name"]
            links.proteins[leaf["pathway_id"]] = leaf["proteins"]
        for level in levels:
            for row in level:
                links.add(row)
        return links

    def add(self, row: Row) -> None:
        """Add a row of a `parents` table."""
        self.names.setdefault(row["child_id"], row["child"])
        self.parent_of[row["child_id"]] = row["parent_id"]
        if row["parent_id"] is not None:
            self.names.setdefault(row["parent_id"], row["parent"])

    def pending(self, roots: Mapping[str, str]) -> list[str]:
        """The pathways whose parent has not been asked for yet, sorted by id. Roots have no parent."""
        return sorted(id_ for id_ in self.names if id_ not in self.parent_of and id_ not in roots)

    def is_below(self, pathway: str, other: str) -> bool:
        """Whether `pathway` is `other` or one of its descendants."""
        return other in self.upward(pathway)

    def upward(self, pathway: str) -> Iterator[str]:
        """A pathway, then its ancestors from the bottom up."""
        at: str | None = pathway
        while at is not None:
            yield at
            at = self.parent_of.get(at)

    def reject(self, child: str, parent: str) -> str:
        """Record an answer that would close a cycle. Returns the contradiction in words: the answer and the path it
        conflicts with.
        """
        line = [*takewhile(lambda id_: id_ != child, self.upward(parent)), child]
        path = " < ".join(self.names[id_] for id_ in line)
        named = f"you named {self.names[parent]} as the parent of {self.names[child]}"
        reason = f"{named}, but they are one pathway" if parent == child else f"{named}, but it stands below it: {path}"
        self.rejected.setdefault(child, []).append({"parent": self.names[parent], "reason": reason})
        return reason

    def not_above(self, pathway: str) -> list[str]:
        """The names of a pathway and its descendants, sorted: none of them can be its parent."""
        return sorted({self.names[pathway], *(self.names[i] for i in self.parent_of if self.is_below(i, pathway))})


class NextParent:
    """Follows up an answer about a parent: asks for the parent's own parent, unless that is a root or already known."""

    def __init__(
        self,
        root_names: Sequence[str],
        roots: Mapping[str, str],
        links: Links,
        spell: Callable[[str], str] = str,
        known: Callable[[str], list[str]] | None = None,
    ):
        self._root_names = list(root_names)
        self._settled = {*roots, *links.names}
        self._spell, self._known = spell, known

    def __call__(self, question: Question, answer: Answer) -> list[Question]:
        """A list of one question, or an empty list."""
        name = self._spell(answer.value["parent"])
        if pathway_id(name) in self._settled or pathway_id(name) == pathway_id(question.item["child"]):
            return []
        shown = {"known": self._known(name)} if self._known else {}
        return [ask_about("parent", {"child": name, "excluded": []} | shown, roots=self._root_names)]


def link(
    links: Links, asked: Sequence[str], answers: Sequence[Answer | Failure], roots: Mapping[str, str]
) -> tuple[list[Row], dict[str, str]]:
    """Link each child that was asked about to the parent answered, and add the new edges to `links`.

    Returns the rows of this level, and the children whose answer would close a cycle or names the child itself. These
    are asked again with the contradiction shown. A child without an answer gets a row without a parent; a root is
    chosen for it later.
    """
    rows: list[Row] = []
    cyclic: dict[str, str] = {}
    for child_id, answer in sorted(zip(asked, answers, strict=True), key=lambda pair: pair[0]):
        if isinstance(answer, Failure):
            rows.append(
                _row(
                    links,
                    child_id,
                    parent_id=None,
                    parent=None,
                    method="fallback",
                    reasoning=answer.message,
                    call_id=None,
                    rejected=answer.rejected,
                )
            )
        else:
            name = answer.value["parent"]
            parent_id = pathway_id(name)
            if links.is_below(parent_id, child_id):
                cyclic[child_id] = links.reject(child_id, parent_id)
                continue
            name = roots.get(parent_id) or links.names.get(parent_id, name)  # one pathway, one spelling
            decided = (answer.method, answer.value["reasoning"], answer.call_id, answer.value.get("rejected", ()))
            row = _row(links, child_id, parent_id, name, *decided)
            if pathway_id(answered := answer.value.get("answered", name)) != parent_id:
                row["answered"] = answered
            rows.append(row)
        links.add(rows[-1])
    return rows, cyclic


def unlinked(links: Links, cyclic: Iterable[str]) -> list[Row]:
    """Rows for children for which every answer closes a cycle."""
    rows = [
        _row(
            links,
            c,
            parent_id=None,
            parent=None,
            method="fallback",
            reasoning="every parent named for it stands below it",
            call_id=None,
        )
        for c in cyclic
    ]
    for row in rows:
        links.add(row)
    return rows


def rootless(links: Links, roots: Mapping[str, str]) -> list[str]:
    """The topmost pathways that are not roots, sorted by id."""
    return sorted(id_ for id_ in links.names if links.parent_of.get(id_) is None and id_ not in roots)


def _row(
    links: Links,
    child_id: str,
    parent_id: str | None,
    parent: str | None,
    method: str,
    reasoning: str,
    call_id: str | None,
    rejected: Iterable[dict[str, str]] = (),
) -> Row:
    rejected = [*links.rejected.get(child_id, ()), *rejected]
    row = {
        "child_id": child_id,
        "child": links.names[child_id],
        "parent_id": parent_id,
        "parent": parent,
        "method": method,
        "reasoning": reasoning,
        "call_id": call_id,
    }
    return row | ({"rejected": rejected} if rejected else {})
