"""What is answered: what Reactome says, with the configured errors of opinion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fake_gemini.config import Config, chance, pick
from fake_gemini.errors import bad_request
from fake_gemini.questions import CONTRADICTED, Call
from fake_gemini.reference import Reference, loose


class Curator:
    """Answers a question as Reactome would, with configured errors of opinion.

    Each public method answers one item of the question it is named after: `item` is the item itself, `shared`
    the inputs it came with (the same dict where a question has one item). Noise is keyed by the seed and the
    item, never by the batch an item comes in.
    """

    def __init__(self, reference: Reference, config: Config) -> None:
        self.reference = reference
        self.config = config

    def answer(self, call: Call) -> dict[str, Any]:
        """The whole answer to a call; ApiError 400 when the inputs are not those of the question."""
        answer_one, shape = getattr(self, call.question), call.shape
        try:
            if shape.rows is None:
                return answer_one(call.inputs, call.inputs)
            rows = [{shape.label: item[shape.label], **answer_one(item, call.inputs)} for item in call.items]
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
            raise bad_request(f"Wrong inputs for question {call.question!r}: {error!r}") from None
        return {shape.answers: rows}

    def assign_term(self, item: dict, shared: dict) -> dict:
        pair = sorted((item["protein_a"].upper(), item["protein_b"].upper()))
        first, second = (self.reference.pathways_of_symbol.get(symbol, []) for symbol in pair)
        if both := sorted(set(first) & set(second)):
            id_, confidence, why = pick(both, "assign", *pair), 0.9, "Both proteins take part in it."
        elif either := sorted({*first, *second}):
            id_, confidence, why = pick(either, "assign", *pair), 0.6, "One of the proteins takes part in it."
        else:
            root = pick(sorted(shared["roots"]), "assign", *pair)
            return {"pathway": root, "confidence": 0.3, "reasoning": "Neither protein is known."}
        pathway = self._spelled(self.reference.names[id_], " ".join(pair), shared["roots"])
        return {"pathway": pathway, "confidence": confidence, "reasoning": why}

    def refine_term(self, item: dict, shared: dict) -> dict:
        same = [name for name in item["candidates"] if self.reference.is_same(name, item["name"])]
        why = "It is another spelling of a name in use." if same else "No name in use means the same."
        return {"standard_name": self._preferred([item["name"], *same]), "reasoning": why}

    def parent(self, item: dict, shared: dict) -> dict:
        child, roots, excluded = item["child"], shared["roots"], item.get("excluded") or []
        if root := _same_name(child, roots):
            return {"parent": root, "reasoning": "It is itself one of the roots."}
        wording = shared.get("wording") or 1
        id_ = self._wrong_parent(child, excluded, wording) or self._true_parent(child, excluded)
        told = [CONTRADICTED.match(text) for text in item.get("contradictions") or ()]
        if id_ and any(named and self.reference.find(named[1]) == id_ for named in told):
            id_ = self._yielded(child, excluded, id_, len(told))
        if id_ is None:
            root = pick(sorted(set(roots) - set(excluded)) or roots, "root", child.casefold())
            return {"parent": root, "reasoning": f"{child} is not known; {root} is the nearest root."}
        parent = self._spelled(self.reference.names[id_], child, roots)
        return {"parent": parent, "reasoning": f"{child} is a part of {parent}."}

    def choose_root(self, item: dict, shared: dict) -> dict:
        pathway, roots = item["pathway"], shared["roots"]
        id_ = self.reference.find(pathway)
        for name in [pathway, *(self.reference.names[above] for above in self.reference.ancestors(id_))]:
            if root := _same_name(name, roots):
                return {"root": root, "reasoning": f"{pathway} is below {root}."}
        return {"root": pick(sorted(roots), "root", pathway.casefold()), "reasoning": "No root fits better."}

    def siblings(self, item: dict, shared: dict) -> dict:
        limit = item.get("limit", shared.get("limit"))
        known = {self.reference.key(name) for name in item.get("children") or ()}
        ids = self.reference.children.get(self.reference.find(item["parent"]), ())
        names = [name for name in map(self.reference.names.get, ids) if self.reference.key(name) not in known][:limit]
        why = f"It is a part of {item['parent']}."
        return {"siblings": [{"name": self._spelled(n, item["parent"]), "reasoning": why} for n in names]}

    def merge(self, item: dict, shared: dict) -> dict:
        pair = [item["a"], item["b"]]
        same = self.reference.is_same(*pair)
        if self._noisy("wrong_merge", *sorted(pair)):
            same = not same
        why = "Two spellings of one pathway." if same else "They are different processes."
        return {"same": same, "canonical": self._preferred(pair) if same else None, "reasoning": why}

    def best_parent(self, item: dict, shared: dict) -> dict:
        child, candidates = item["child"], item["candidates"]
        ids = self.reference.parents.get(self.reference.find(child), ())
        true = [name for id_ in ids if (name := _same_name(self.reference.names[id_], candidates))]
        others = sorted(set(candidates) - set(true))
        if true and not (others and self._noisy("wrong_parent", child.casefold())):
            return {"parent": true[0], "reasoning": f"{child} is a part of {true[0]}."}
        return {"parent": pick(others or true, "best", child.casefold()), "reasoning": "It fits best."}

    def intermediate(self, item: dict, shared: dict) -> dict:
        child, root = self.reference.find(item["child"]), self.reference.find(item["root"])
        if self._noisy("intermediates", item["child"].casefold()):
            for id_ in self.reference.ancestors(child):
                if root in self.reference.ancestors(id_):
                    name = self._spelled(self.reference.names[id_], item["child"])
                    return {"insert": True, "name": name, "reasoning": f"{name} stands between the two."}
        return {"insert": False, "name": None, "reasoning": "Nothing stands between the two."}

    def place(self, item: dict, shared: dict) -> dict:
        return {"pathway": item["path"][-1], "reasoning": "It is the most specific pathway on the path."}

    def validate_evidence(self, item: dict, shared: dict) -> dict:
        effect = item.get("effect") or "unknown"
        draw = chance("evidence", item["protein_a"], item["protein_b"], effect, item.get("statement"))
        if draw < 0.05:
            return {"verdict": "unsupported", "effect": None, "reasoning": "No text names this interaction."}
        if draw < 0.10:
            opposite = "down-regulates" if effect.startswith("up") else "up-regulates"
            return {"verdict": "corrected", "effect": opposite, "reasoning": f"The text says: {opposite}."}
        return {"verdict": "supported", "effect": None, "reasoning": "The text says so."}

    def check_edge(self, item: dict, shared: dict) -> dict:
        child, parent = self.reference.find(item["child"]), self.reference.find(item["parent"])
        if child is None or parent is None:
            return {"is_a": True, "reasoning": "Nothing is known against it."}
        is_a = parent in self.reference.ancestors(child)
        if self._noisy("wrong_check", child, parent):
            is_a = not is_a
        return {"is_a": is_a, "reasoning": "It is a part of it." if is_a else "It is no part of it."}

    def _true_parent(self, child: str, excluded: list[str]) -> str | None:
        """The nearest ancestor, and among several parents the one with the first id, that is not excluded."""
        forbidden = set(map(self.reference.key, excluded))
        ancestors = self.reference.ancestors(self.reference.find(child))
        return next((id_ for id_ in ancestors if self.reference.key(self.reference.names[id_]) not in forbidden), None)

    def _wrong_parent(self, child: str, excluded: list[str], wording: int) -> str | None:
        """A parent that closes a cycle, or one out of nowhere, if noise wills it.

        Whoever has been told what would close a cycle does not close it again: with `excluded` given only the
        other error remains. Another wording of the question draws anew, unless the error is a stubborn one.
        """
        id_, key = self.reference.find(child), (child.casefold(),)
        if wording > 1 and chance(self.config.seed, "stubborn", *key) >= self.config.stubborn:
            key = (*key, wording)
        below = self.reference.descendants(id_)
        if below and not excluded and self._noisy("cycles", *key):
            return pick(below, "cycle", *key)
        if not self._noisy("wrong_parent", *key):
            return None
        forbidden = {id_, *below, *self.reference.parents.get(id_, ()), *map(self.reference.find, excluded)}
        wrong = [other for other in self.reference.names if other not in forbidden]
        return pick(wrong, "wrong", *key) if wrong else None

    def _yielded(self, child: str, excluded: list[str], id_: str, times: int) -> str:
        """The parent named after its contradictions were shown: the same, or one drawn anew without it."""
        if not self._noisy("yielding", child.casefold(), times):
            return id_
        without = [*excluded, self.reference.names[id_]]
        if not self._noisy("wrong_parent", child.casefold(), "yielded", times):
            return self._true_parent(child, without) or id_
        wrong = [other for other in self.reference.names if other != id_]
        return pick(wrong, "yielded", child.casefold(), times)

    def _spelled(self, name: str, item: str, given: Sequence[str] = ()) -> str:
        """The name as the answer writes it. A name that stands in the prompt is copied from there."""
        if copied := _same_name(name, given):
            return copied
        if self._noisy("variants", item, name) and (variants := self.reference.variants_of(name)):
            return pick(variants, "variant", item, name)
        return name

    def _noisy(self, kind: str, *item: object) -> bool:
        share = getattr(self.config, kind)
        return share > 0 and chance(self.config.seed, kind, *item) < share

    def _preferred(self, names: list[str]) -> str:
        """The same choice whichever spelling is asked about, so that two spellings never swap places."""
        return min(names, key=lambda name: (name not in self.reference.spellings, len(name), name))


def _same_name(name: str, given: Sequence[str]) -> str | None:
    """The given name that means the same, as it is written there."""
    folded = name.casefold()
    for other in given:
        if other.casefold() == folded:
            return other
    wanted = loose(name)
    return next((other for other in given if loose(other) == wanted), None)
