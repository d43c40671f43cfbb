"""Decides the parent of a pathway from several answers of a model.

A first answer is wrong often enough to ruin everything above it. Three measures fix that at the cost of a few calls:
variants of a known name are folded to it (`tree.spelling`); a yes-or-no question checks every edge in batches, because
models are better at judging an edge than at finding one; and if an answer was rejected or the answers differ, the
question is asked in other words, with the answers and the contradictions shown. Answers of a reference are not doubted.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rootward.asking.ask import Asks
from rootward.asking.escalation import BY_STRONGER
from rootward.curators.base import Answer, Failure, FollowUp
from rootward.curators.questions import Question, ask_about
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import Root
from rootward.tree.nodes import Edge
from rootward.tree.spelling import Spelling

WORDINGS = 5  # number of wordings in config/prompts/parent.md
AGAIN = 2  # other wordings tried after a rejection
SHOWN = 160  # characters of a reason that is quoted within another


@dataclass
class _Case:
    """A pathway, what was answered for it (one answer per wording, in order), and what the check said about them."""

    child: str
    excluded: list[str]
    contradictions: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    failure: Failure | None = None
    doubted: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, Answer] = field(default_factory=dict)
    asked: int = 0
    stronger: set[str] = field(default_factory=set)  # parents named by a stronger model

    @property
    def is_doubtful(self) -> bool:
        """Whether the answer is from a model."""
        return bool(self.answers) and self.answers[0].method == "model"

    @property
    def votes(self) -> Counter[str]:
        """Parent id -> number of answers that name it."""
        return Counter(_parent_id(answer) for answer in self.answers)

    @property
    def ranked(self) -> list[Answer]:
        """One answer per parent named: most votes first, then those without contradictions, then those of a stronger
        model, then in the order of the wordings.
        """
        votes = self.votes
        first: dict[str, Answer] = {}
        for answer in self.answers:
            first.setdefault(_parent_id(answer), answer)

        def rank(answer: Answer) -> tuple[int, bool, bool]:
            id_ = _parent_id(answer)
            return -votes[id_], id_ in self.doubted, id_ not in self.stronger

        return sorted(first.values(), key=rank)

    @property
    def is_split(self) -> bool:
        """Whether no two answers agree."""
        return max(self.votes.values(), default=0) < 2

    def is_refused(self, answer: Answer) -> bool:
        """Whether the check rejected it."""
        verdict = self.verdicts.get(_parent_id(answer))
        return verdict is not None and not verdict.value["is_a"]

    @property
    def against(self) -> list[str]:
        """The contradictions to the answers so far, in words: those known before, then those from the check."""
        return [
            *self.contradictions,
            *(
                f"you named {answer.value['parent']} as the parent of {self.child}, but a reviewer says no: "
                f"{self.verdicts[_parent_id(answer)].value['reasoning']:.{SHOWN}}"
                for answer in self.ranked
                if self.is_refused(answer)
            ),
        ]

    @property
    def accepted(self) -> Answer | None:
        """The best answer that the check did not reject."""
        return next((answer for answer in self.ranked if not self.is_refused(answer)), None)


class Opinions:
    """Asks for parents through an asker.

    votes: opinions per parent (see `climb.votes`); check: whether edges are checked (`climb.check`); known: the names
    shown with a pathway, if any; contradicts: the contradictions to a (child, parent), if any; proteins: some of those
    that interact in a pathway (id -> symbols).
    """

    def __init__(
        self,
        ask: Asks,
        root_names: Sequence[str],
        spelling: Spelling,
        votes: int = 1,
        check: bool = False,
        known: Callable[[str], list[str]] | None = None,
        contradicts: Callable[[str, str], str | None] | None = None,
        proteins: Mapping[str, list[str]] | None = None,
    ):
        self._ask, self._root_names, self._spelling = ask, list(root_names), spelling
        self._contradicts, self._proteins = contradicts, proteins or {}
        self._votes, self._check, self._known = min(votes, WORDINGS), check, known

    def settle(self, children: Sequence[tuple[Any, ...]], follow_up: FollowUp | None = None) -> list[Answer | Failure]:
        """The parent of each (child, excluded names, contradictions if any), in order and in the spelling in use.

        A child for which every answer is rejected is returned as unknown.
        """
        cases = [_Case(*child) for child in children]
        self._opinion(cases, follow_up)
        doubtful = [case for case in cases if case.is_doubtful]
        for wording in range(2, self._votes + 1):
            again = [case for case in doubtful if wording == 2 or case.is_split]
            self._opinion(again, is_unsure=wording > 2)
        if self._contradicts:
            self._opinion([case for case in doubtful if self._note(case) and case.asked < WORDINGS])
            for case in doubtful:
                self._note(case)
        if self._check:
            self._verdicts(doubtful)
            for _ in range(AGAIN):
                refused = [case for case in doubtful if case.accepted is None and case.asked < WORDINGS]
                self._opinion(refused, is_unsure=True)
                self._verdicts(refused)
        return [_settled(case) for case in cases]

    def _note(self, case: _Case) -> bool:
        """Record the contradictions to the best-voted parent. Returns whether there are new ones."""
        best = case.ranked[0]
        because = self._contradicts and self._contradicts(case.child, best.value["parent"])
        if because is None or because in case.contradictions:
            return False
        case.contradictions.append(because)
        case.doubted[_parent_id(best)] = because
        return True

    def _opinion(self, cases: Sequence[_Case], follow_up: FollowUp | None = None, is_unsure: bool = False) -> None:
        """Ask each case in its next wording. is_unsure: a stronger model may be asked, because the first one was
        unsure.
        """
        by_wording: dict[int, list[_Case]] = {}
        for case in cases:
            case.asked += 1
            by_wording.setdefault(case.asked, []).append(case)
        for wording, group in sorted(by_wording.items()):
            questions = [replace(self._question(case, wording), stronger=is_unsure) for case in group]
            said = self._ask.ask_many(questions, follow_up)
            self._spelling.learn(answer.value["parent"] for answer in said if isinstance(answer, Answer))
            for case, answer in zip(group, said, strict=True):
                if isinstance(answer, Failure):
                    case.failure = case.failure or answer
                else:
                    answered = answer.value["parent"]
                    value = answer.value | {"parent": self._spelling.fold(answered), "answered": answered}
                    case.answers.append(replace(answer, value=value))
                    if BY_STRONGER in answer.value:
                        case.stronger.add(_parent_id(case.answers[-1]))

    def _question(self, case: _Case, wording: int) -> Question:
        shared = {"roots": self._root_names} | ({"wording": wording} if wording > 1 else {})
        known = {"known": self._known(case.child)} if self._known else {}
        if proteins := self._proteins.get(pathway_id(case.child)):
            known["proteins"] = proteins
        against = {"contradictions": case.against} if case.against else {}
        return ask_about("parent", {"child": case.child, "excluded": case.excluded} | against | known, **shared)

    def _verdicts(self, cases: Sequence[_Case]) -> None:
        """Check the best-voted parent of each case, and the other parents if it is rejected."""
        while True:
            pairs = []
            for case in cases:
                best = next((a for a in case.ranked if not case.is_refused(a)), None)
                if best and _parent_id(best) not in case.verdicts and _parent_id(best) != pathway_id(case.child):
                    pairs.append((case, best))
            if not pairs:
                return
            verdicts = check_edges(self._ask, [(case.child, best.value["parent"]) for case, best in pairs])
            for (case, best), verdict in zip(pairs, verdicts, strict=True):
                case.verdicts[_parent_id(best)] = (
                    verdict
                    if isinstance(verdict, Answer)
                    else Answer({"is_a": True, "reasoning": ""}, "fallback", call_id=None)
                )


def check_edges(ask: Asks, edges: Sequence[tuple[str, str]]) -> list[Answer | Failure]:
    """Whether each (child, parent) holds, in the order given."""
    return ask.ask_many(
        [
            ask_about("check_edge", {"edge_id": f"E{n}", "child": child, "parent": parent})
            for n, (child, parent) in enumerate(edges, start=1)
        ]
    )


def choose_roots(ask: Asks, pathways: Sequence[str], roots: Sequence[Root], fallback: str) -> list[tuple[str, Edge]]:
    """The root of each pathway, by name, with the edge to it; the fallback root if no root is known."""
    spelled = {root.pathway_id: root.name for root in roots}
    questions = [ask_about("choose_root", {"pathway": name}, roots=list(spelled.values())) for name in pathways]
    chosen = []
    for answer in ask.ask_many(questions):
        if isinstance(answer, Failure):
            chosen.append((fallback, Edge("fallback", answer.message, call_id=None)))
        else:
            edge = Edge(answer.method, answer.value["reasoning"], call_id=answer.call_id)
            chosen.append((spelled[pathway_id(answer.value["root"])], edge))
    return chosen


def _parent_id(answer: Answer) -> str:
    return pathway_id(answer.value["parent"])


def _settled(case: _Case) -> Answer | Failure:
    if not case.answers:
        return case.failure or Failure("unknown", "nobody was asked")
    best = case.accepted
    others = [answer for answer in case.ranked if answer is not best]
    rejected = tuple({"parent": answer.value["parent"], "reason": _against(case, answer)} for answer in others)
    if best is None:
        names = ", ".join(answer.value["parent"] for answer in others)
        return Failure("unknown", f"every parent named was refused: {names}", rejected=rejected)
    counted = f" ({case.votes[_parent_id(best)]} of {len(case.answers)} opinions)" if len(case.answers) > 1 else ""
    return replace(best, value=best.value | {"reasoning": best.value["reasoning"] + counted, "rejected": rejected})


def _against(case: _Case, answer: Answer) -> str:
    """Why an answer was not chosen."""
    if case.is_refused(answer):
        return f"refused by the check: {case.verdicts[_parent_id(answer)].value['reasoning']:.{SHOWN}}"
    because = case.doubted.get(_parent_id(answer))
    return because or f"outvoted, with {case.votes[_parent_id(answer)]} of {len(case.answers)} opinions"
