"""The offline curator's answers about an interaction, from its proteins, statement and mechanism."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from rootward.curators.base import Answer, Failure
from rootward.knowledge.compiled import read_lexicon
from rootward.knowledge.graph import Pathway
from rootward.knowledge.likelihood import BATCH, Judgement, Likelihood, Stated, Weighed
from rootward.knowledge.reasons import why, why_not
from rootward.knowledge.reference import Reference

Item = Mapping[str, Any]  # what a question is about


class Weighing:
    """Finds the pathway of an interaction by its likelihood.

    pairs: returns the protein pairs of the whole input; threshold: the minimum probability of an answer.
    """

    def __init__(self, reference: Reference, pairs: Callable[[], Iterable[tuple[str, str]]], threshold: float):
        self._reference, self._threshold = reference, threshold
        self._likelihood = Likelihood(read_lexicon(reference), pairs(), threshold=threshold)

    def assign(self, items: Sequence[Item]) -> list[Answer | Failure]:
        """The pathway of each interaction, with its probability and the alternatives."""
        answers: list[Answer | Failure] = []
        for weighed in self._weighed(items):
            judged = self._likelihood.decide(weighed)
            answers += [self._assigned(one, judgement) for one, judgement in zip(weighed, judged, strict=True)]
        return answers

    def _assigned(self, weighed: Weighed, judgement: Judgement | None) -> Answer | Failure:
        if judgement is None:
            return Failure("unknown", why_not(self._likelihood, weighed))
        pathway = self._pathway(judgement.pathway)
        value = {
            "pathway": pathway.name,
            "confidence": judgement.confidence,
            "reasoning": why(self._likelihood, weighed, at=judgement.pathway),
        }
        others = tuple((self._pathway(number).name, sure) for number, sure in judgement.alternatives)
        return Answer(
            value,
            f"reference:{weighed.kind(judgement.pathway)}",
            call_id=pathway.curie,
            alternatives=others,
        )

    def likeliest(self, items: Sequence[Item], limit: int) -> list[list[dict[str, str | None]]]:
        """For each interaction the pathways below the top level with the most evidence, and their parents."""
        is_root = self._likelihood.lattice.is_root
        ranked = ([n for n, _ in one.ranked if not is_root[n]] for batch in self._weighed(items) for one in batch)
        return [[self._in_its_place(number) for number in numbers[:limit]] for numbers in ranked]

    def _in_its_place(self, number: int) -> dict[str, str | None]:
        pathway = self._pathway(number)
        parents = [self._reference.pathways[id_].name for id_ in pathway.parents[:1]]
        return {"pathway": pathway.name, "parent": parents[0] if parents else None}

    def place(self, items: Sequence[Item]) -> list[Answer | Failure]:
        """For each interaction the likeliest child that exceeds the threshold, otherwise the lowest pathway on the path
        that does.
        """
        found = (weighed for batch in self._weighed(items) for weighed in batch)
        return [self._place(item, weighed) for item, weighed in zip(items, found, strict=True)]

    def _place(self, item: Item, weighed: Weighed) -> Answer:
        path, children = self._numbers(reversed(item["path"])), self._numbers(item["children"])
        sure = {number: float(weighed.total[number]) for number in [*path, *children]}
        fitting = [number for number in children if sure[number] > self._threshold]
        if fitting:
            best = max(fitting, key=lambda number: (round(sure[number], 6), -number))
            return self._placed(children[best], weighed, number=best, rung="child")
        here = item["path"][-1]
        passing = [number for number in path if sure[number] > self._threshold]
        if passing and path[passing[0]] != here and here in path.values():
            return self._placed(path[passing[0]], weighed, number=passing[0], rung="ancestor")
        return self._stays(here)

    @lru_cache(maxsize=10_000)  # noqa: B019 (most interactions stay, and one answer is enough for those of a pathway)
    def _stays(self, here: str) -> Answer:
        found = self._reference.find(here)
        return _placed_at(here, "no child fits better", rung="stays", entry=found[0] if found else None)

    def _weighed(self, items: Sequence[Item]) -> Iterator[list[Weighed]]:
        """The evidence about each interaction, in blocks that limit the memory."""
        for start in range(0, len(items), BATCH):
            yield self._likelihood.weigh([_stated(item) for item in items[start : start + BATCH]])

    def _pathway(self, number: int) -> Pathway:
        return self._reference.pathways[self._likelihood.lattice.ids[number]]

    def _placed(self, name: str, weighed: Weighed, number: int, rung: str) -> Answer:
        reasoning = why(self._likelihood, weighed, at=number)
        return _placed_at(name, reasoning, rung=rung, entry=self._pathway(number))

    def _numbers(self, names: Iterable[str]) -> dict[int, str]:
        """The numbers of the names that are pathways of the reference, in their order."""
        found = ((self._number(name), name) for name in names)
        return {number: name for number, name in found if number is not None}

    @lru_cache(maxsize=10_000)  # noqa: B019 (one instance lives as long as its job)
    def _number(self, name: str) -> int | None:
        found = self._reference.find(name)
        return self._likelihood.lattice.number[found[0].id] if found else None


def _stated(item: Item) -> Stated:
    return Stated(item["protein_a"], item["protein_b"], statement=item["statement"], mechanism=item["mechanism"])


def _placed_at(name: str, reasoning: str, rung: str, entry: Pathway | None) -> Answer:
    value = {"pathway": name, "reasoning": reasoning}
    return Answer(value, f"reference:{rung}", call_id=entry.curie if entry else "reactome")
