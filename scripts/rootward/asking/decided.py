"""Decisions override every curator: questions that they answer are not asked, and answers they exclude are void."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from rootward import tables
from rootward.asking.ask import Asks
from rootward.curators.base import Answer, Failure, FollowUp
from rootward.curators.questions import Question
from rootward.knowledge.decisions import SAME
from rootward.knowledge.names import pathway_id
from rootward.tables import Row
from rootward.tree.decisions import METHOD, Decisions


def read(path: str | None) -> Decisions:
    """The decisions of a table; no decisions without a table."""
    return Decisions(tables.rows("decisions", path) if path else ())


def above(ask: Asks, decisions: Decisions) -> Asks:
    """An asker that applies the decisions; the asker itself if there are none."""
    return Decided(ask, decisions) if decisions else ask


class Decided:
    """Asks another asker the questions that people have not decided."""

    def __init__(self, ask: Asks, decisions: Decisions):
        self._ask, self._decisions = ask, decisions
        self._answers: dict[str, Callable[[dict[str, Any], dict[str, Any]], Answer | None]] = {
            "assign_term": self._place,
            "refine_term": self._term,
            "parent": self._parent,
            "check_edge": self._edge,
            "choose_root": self._root,
            "merge": self._pair,
            "best_parent": self._best_parent,
            "intermediate": self._level,
            "place": self._level_of_interaction,
        }

    def ask_many(self, questions: Sequence[Question], follow_up: FollowUp | None = None) -> list[Answer | Failure]:
        """Like `ask.Asker.ask_many`. Answers given by people have the method `curated`."""
        narrowed = [self._narrowed(question) for question in questions]
        own = [self._own(question) for question in narrowed]
        rest = [question for question, answer in zip(narrowed, own, strict=True) if answer is None]
        said = iter(self._ask.ask_many(rest, self._following(follow_up)))
        asked = [
            (question, answer if answer is not None else next(said))
            for question, answer in zip(narrowed, own, strict=True)
        ]
        return [self._mended(question, answer) for question, answer in asked]

    def _following(self, follow_up: FollowUp | None) -> FollowUp | None:
        if follow_up is None:
            return None

        def following(question: Question, answer: Answer) -> Iterable[Question]:
            asked = map(self._narrowed, follow_up(question, answer))
            return [question for question in asked if self._own(question) is None]

        return following

    def _own(self, question: Question) -> Answer | None:
        """The answer that a person has given."""
        answer = self._answers.get(question.kind.name)
        return answer(question.item, question.shared) if answer else None

    def _narrowed(self, question: Question) -> Question:
        """The question without the options that a person excluded."""
        item, shared = question.item, question.shared
        match question.kind.name:
            case "parent":
                refused = [row["object"] for row in self._decisions.not_parents(item["child"])]
                item = item | {"excluded": list(dict.fromkeys([*item["excluded"], *refused]))}
            case "choose_root":
                roots = [name for name in shared["roots"] if not self._decisions.is_refused(item["pathway"], name)]
                shared = shared | {"roots": roots or shared["roots"]}
            case "best_parent":
                fits = [not self._decisions.is_refused(item["child"], name) for name in item["candidates"]]
                if any(fits):
                    paths = {"paths": _where(fits, item["paths"])} if "paths" in item else {}
                    item = item | {"candidates": _where(fits, item["candidates"])} | paths
            case "place":
                allowed = [name for name in item["children"] if not self._forbidden(item["interaction_id"], name)]
                item = item | {"children": allowed}
        return (
            question
            if (item, shared) == (question.item, question.shared)
            else replace(question, item=item, shared=shared)
        )

    def _mended(self, question: Question, answer: Answer | Failure) -> Answer | Failure:
        """The answer without what contradicts a person."""
        if isinstance(answer, Failure):
            return answer
        match question.kind.name:
            case "siblings":
                parent = question.item["parent"]
                kept = [one for one in answer.value["siblings"] if self._may_stand_below(one["name"], parent)]
                return replace(answer, value=answer.value | {"siblings": kept})
            case "refine_term":
                name = question.item["name"]
                line = self._decisions.on_pair(name, answer.value["standard_name"])
                if line is not None and line["decision"] != SAME:
                    return _answer(line, standard_name=name)
        return answer

    def _may_stand_below(self, name: str, parent: str) -> bool:
        line = self._decisions.parent_of(name)
        elsewhere = line is not None and pathway_id(parent) not in line["object_ids"]
        return not (elsewhere or self._decisions.is_refused(name, parent) or self._decisions.is_removed(name))

    def _forbidden(self, interaction_id: str, name: str) -> bool:
        return bool(self._decisions.not_place(interaction_id, name) or self._decisions.is_removed(name))

    def _place(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.place_of(item["interaction_id"])
        return _answer(line, pathway=line["object"], confidence=1.0) if line else None

    def _term(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        if line := self._decisions.merged_into(item["name"]):
            return _answer(line, standard_name=line["object"])
        kept = self._decisions.kept_names.get(pathway_id(item["name"]))
        return _answer(kept, standard_name=item["name"]) if kept else None

    def _parent(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.parent_of(item["child"])
        return _answer(line, parent=line["object"]) if line else None

    def _edge(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.parent_of(item["child"])
        if line and pathway_id(item["parent"]) in line["object_ids"]:
            return _answer(line, is_a=True)
        refused = self._decisions.is_refused(item["child"], item["parent"])
        return _answer(refused, is_a=False) if refused else None

    def _root(self, item: dict[str, Any], shared: dict[str, Any]) -> Answer | None:
        line = self._decisions.parent_of(item["pathway"])
        root = line and next((name for name in shared["roots"] if pathway_id(name) in line["object_ids"]), None)
        return _answer(line, root=root) if line and root else None

    def _pair(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.on_pair(item["a"], item["b"])
        if line is None:
            return None
        same = line["decision"] == SAME
        named = next((n for n in (item["a"], item["b"]) if pathway_id(n) in line["object_ids"]), line["object"])
        return _answer(line, same=same, canonical=named if same else None)

    def _best_parent(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.parent_of(item["child"])
        chosen = line and next((name for name in item["candidates"] if pathway_id(name) in line["object_ids"]), None)
        if line and chosen:
            return _answer(line, parent=chosen)
        refused = self._decisions.not_parents(item["child"])
        return _answer(refused[0], parent=item["candidates"][0]) if refused and len(item["candidates"]) == 1 else None

    def _level(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.parent_of(item["child"])
        return _answer(line, insert=False, name=None) if line else None

    def _level_of_interaction(self, item: dict[str, Any], _: dict[str, Any]) -> Answer | None:
        line = self._decisions.place_of(item["interaction_id"])
        return _answer(line, pathway=item["path"][-1]) if line else None


def _where(fits: Sequence[bool], names: Sequence[str]) -> list[str]:
    return [name for name, fit in zip(names, fits, strict=True) if fit]


def _answer(line: Row, **value: Any) -> Answer:
    return Answer({**value, "reasoning": line["reason"]}, METHOD, call_id=line["call_id"])
