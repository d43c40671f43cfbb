"""The offline curator: answers every question from the references, and names the evidence for each answer.

It never guesses. Two names are the same only if they are equal, are curated aliases, or have the same words and no
other pathway has these words. If the references do not have an answer, it returns a `Failure` of kind `unknown`, which
the steps mark as fallback.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rootward.curators.base import Answer, Failure, FollowUp, OnProgress
from rootward.curators.questions import Question
from rootward.knowledge.graph import Pathway
from rootward.knowledge.names import normalise, pathway_id, tokens
from rootward.knowledge.reference import Reference
from rootward.knowledge.roots import Root
from rootward.knowledge.sources import curie

if TYPE_CHECKING:
    from rootward.curators.weighing import Weighing

_SAYS_PATHWAY = frozenset(["signaling", "signalling", "pathway", "pathways", "the", "of"])
DIRECTION = frozenset(["to", "from", "by", "via", "into", "in"])
ANSWERS_PER_STEP = 500  # questions answered between two updates of the progress bar


class ReactomeCurator:
    """Implements `Curator` over a `Reference`.

    roots: determine which top-level pathways a broader root covers; pairs: returns the protein pairs of the whole
    input, called at the first question about an interaction; threshold: the minimum probability of an answer.
    """

    def __init__(
        self,
        reference: Reference,
        roots: Sequence[Root],
        pairs: Callable[[], Iterable[tuple[str, str]]],
        threshold: float,
    ):
        self.reference = reference
        self._roots = roots
        self._pairs, self._threshold = pairs, threshold

    def answer(
        self, questions: Sequence[Question], on_progress: OnProgress | None = None, follow_up: FollowUp | None = None
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked, at once."""
        answers = []
        for start in range(0, len(questions), ANSWERS_PER_STEP):
            part = questions[start : start + ANSWERS_PER_STEP]
            answers += self._answers(part)
            if on_progress:
                on_progress(len(part), "")
        return answers

    def _answers(self, questions: Sequence[Question]) -> list[Answer | Failure]:
        """The answers to questions of one kind; interactions are weighed many at a time."""
        kind = questions[0].kind.name
        if kind in ("assign_term", "place"):
            weigh = self._weighing.assign if kind == "assign_term" else self._weighing.place
            return weigh([question.item for question in questions])
        return [self._rungs[kind](question) for question in questions]

    @cached_property
    def _rungs(self) -> dict[str, Callable[[Question], Answer | Failure]]:
        return {
            "refine_term": self._refine_term,
            "parent": self._parent,
            "check_edge": self._check_edge,
            "choose_root": self._choose_root,
            "siblings": self._siblings,
            "merge": self._merge,
            "best_parent": self._best_parent,
            "intermediate": self._intermediate,
            "validate_evidence": self._validate_evidence,
        }

    # --- the pathway of an interaction ---

    def likeliest(self, items: Sequence[Mapping[str, Any]], limit: int) -> list[list[dict[str, str | None]]]:
        """For each interaction at most `limit` pathways with the most evidence, likeliest first: name and parent."""
        return self._weighing.likeliest(items, limit=limit)

    @cached_property
    def _weighing(self) -> "Weighing":
        from rootward.curators.weighing import Weighing  # needs NumPy, which questions about names do not

        return Weighing(self.reference, pairs=self._pairs, threshold=self._threshold)

    def _validate_evidence(self, question: Question) -> Answer | Failure:
        item = question.item
        words = set(tokens(" ".join(piece["text"] for piece in item["evidence"])))
        if not words:
            return Failure("unknown", "there is no evidence text to read")
        missing = [name for name in (item["protein_a"], item["protein_b"]) if not set(tokens(name)) <= words]
        verdict = "unsupported" if missing else "supported"
        reasoning = (
            f"the evidence does not name {' or '.join(missing)}" if missing else "the evidence names both proteins"
        )
        return _answer({"verdict": verdict, "effect": None, "reasoning": reasoning}, "names_in_text", entry=None)

    # --- names ---

    def _refine_term(self, question: Question) -> Answer | Failure:
        name = question.item["name"]
        if found := self.reference.find(name):
            pathway, how = found
            return _answer(
                {"standard_name": pathway.name, "reasoning": f"{pathway.reference}'s name ({how})"},
                how,
                entry=pathway.id,
            )
        for candidate in question.item["candidates"]:
            if _same_words(candidate, name):
                return _answer({"standard_name": candidate, "reasoning": "the same words"}, "words", entry=None)
        return _answer({"standard_name": name, "reasoning": "no other name in use means this"}, "as_given", entry=None)

    def _merge(self, question: Question) -> Answer | Failure:
        a, b = question.item["a"], question.item["b"]
        found_a, found_b = self.reference.find(a), self.reference.find(b)
        if found_a and found_b:
            same = found_a[0] is found_b[0]
            canonical = found_a[0].name if same else None
            reasoning = (
                f"one pathway of {found_a[0].reference}"
                if same
                else f"{found_a[0].id} and {found_b[0].id} are different pathways"
            )
            return _answer(
                {"same": same, "canonical": canonical, "reasoning": reasoning}, "identity", entry=found_a[0].id
            )
        same = _same_words(a, b)
        found = found_a or found_b
        name = None if not same else found[0].name if found else min(a, b)
        return _answer(
            {"same": same, "canonical": name, "reasoning": "the same words" if same else "other words"},
            "words",
            entry=None,
        )

    # --- the tree ---

    def _parent(self, question: Question) -> Answer | Failure:
        child = question.item["child"]
        excluded = {pathway_id(name) for name in (child, *question.item["excluded"])}
        if found := self.reference.find(child):
            for id_ in found[0].parents:
                parent = self.reference.pathways[id_]
                if pathway_id(parent.name) not in excluded:
                    return _answer(
                        {"parent": parent.name, "reasoning": f"{found[0].reference}'s parent of {found[0].id}"},
                        "relation",
                        entry=id_,
                    )
            root = self._including_root(found[0], question.shared["roots"])
            if root and pathway_id(root.name) not in excluded:
                return _answer(
                    {"parent": root.name, "reasoning": f"the root that stands for {found[0].name}"},
                    "root",
                    entry=found[0].id,
                )
            return Failure("unknown", f"the reference has no other parent for {found[0].name}")
        broader = self.reference.broader_by_words(child)
        if broader and pathway_id(broader.name) not in excluded:
            return _answer(
                {"parent": broader.name, "reasoning": "its words are part of the child's"}, "words", entry=broader.id
            )
        return Failure("unknown", f"the reference has no pathway named like {child!r:.80}")

    def _check_edge(self, question: Question) -> Answer | Failure:
        child, parent = self.reference.find(question.item["child"]), self.reference.find(question.item["parent"])
        if child is None or parent is None:
            name = question.item["parent" if child else "child"]
            return Failure("unknown", f"the reference has no pathway named like {name!r:.80}")
        above = parent[0].id in self.reference.ancestors(child[0].id) and child[0] is not parent[0]
        reasoning = f"{parent[0].id} is {'' if above else 'not '}above {child[0].id} in the reference"
        return _answer({"is_a": above, "reasoning": reasoning}, "relation", entry=child[0].id)

    def _choose_root(self, question: Question) -> Answer | Failure:
        name, roots = question.item["pathway"], question.shared["roots"]
        found = self.reference.find(name)
        pathway = found[0] if found else self.reference.broader_by_words(name)
        if pathway:
            root = self._root_above(pathway, roots)
            if root:
                return _answer(
                    {"root": root, "reasoning": f"the root above {pathway.name}"}, "lineage", entry=pathway.id
                )
        return Failure("unknown", f"the reference does not lead from {name!r:.80} to a configured root")

    def _root_above(self, pathway: Pathway, roots: Sequence[str]) -> str | None:
        names = {normalise(name): name for name in roots}
        for id_ in self.reference.lineage(pathway.id):
            above = self.reference.pathways[id_]
            if normalise(above.name) in names:
                return names[normalise(above.name)]
            including = self._including_root(above, roots)
            if including:
                return including.name
        return None

    def _including_root(self, pathway: Pathway, roots: Sequence[str]) -> Root | None:
        offered = {pathway_id(name) for name in roots}
        root = self._included_by.get(normalise(pathway.name))
        return root if root and root.pathway_id in offered else None

    @cached_property
    def _included_by(self) -> dict[str, Root]:
        return {normalise(name): root for root in self._roots for name in root.includes}

    def _siblings(self, question: Question) -> Answer | Failure:
        parent, ref = question.item["parent"], self.reference
        present = {pathway_id(name) for name in question.item["children"]}
        root = next((root for root in self._roots if root.pathway_id == pathway_id(parent)), None)
        found = ref.find(parent)
        if found:
            children = [ref.pathways[id_] for id_ in found[0].children]
            children = [child for child in children if child.id in ref.backbone]
        else:
            children = [hit[0] for hit in map(ref.find, root.includes if root else ()) if hit]
        missing = [child for child in children if pathway_id(child.name) not in present]
        missing.sort(key=lambda child: (-ref.sizes[child.id], child.id))
        chosen = [
            {"name": child.name, "reasoning": f"{child.reference}'s {child.id}, {ref.sizes[child.id]} proteins"}
            for child in missing[: question.shared["limit"]]
        ]
        return _answer({"siblings": chosen}, "children", entry=found[0].id if found else None)

    def _best_parent(self, question: Question) -> Answer | Failure:
        child, candidates = question.item["child"], question.item["candidates"]
        found = self.reference.find(child)
        if found is None:
            return Failure("unknown", f"the reference has no pathway named like {child!r:.80}")
        above = self.reference.ancestors(found[0].id)
        named = {hit[0].id: name for name in candidates if (hit := self.reference.find(name)) and hit[0].id in above}
        named.pop(found[0].id, None)
        if not named:
            return Failure("unknown", f"no candidate is above {found[0].name} in the reference")
        best = max(named, key=lambda id_: (self.reference.pathways[id_].depth, id_))
        return _answer(
            {"parent": named[best], "reasoning": f"the nearest above {found[0].id} in the reference"},
            "relation",
            entry=best,
        )

    def _intermediate(self, question: Question) -> Answer | Failure:
        child, root = question.item["child"], question.item["root"]
        found = self.reference.find(child)
        if found:
            above = [self.reference.pathways[id_] for id_ in found[0].parents]
        else:
            broader = self.reference.broader_by_words(child)
            above = [broader] if broader else []
        for pathway in above:
            if normalise(pathway.name) != normalise(root) and self._root_above(pathway, [root]):
                return _answer(
                    {"insert": True, "name": pathway.name, "reasoning": "it stands between them in the reference"},
                    "lineage",
                    entry=pathway.id,
                )
        return _answer(
            {"insert": False, "name": None, "reasoning": "nothing stands between them in the reference"},
            "lineage",
            entry=None,
        )


def _answer(value: dict[str, Any], rung: str, entry: str | None) -> Answer:
    return Answer(value, f"reference:{rung}", call_id=curie(entry) if entry else "reactome")


def _same_words(a: str, b: str) -> bool:
    """Whether two names have the same words. Their order matters only if a word of direction ("ER to Golgi") makes it
    meaningful.
    """
    words_a, words_b = ([word for word in tokens(name) if word not in _SAYS_PATHWAY] for name in (a, b))
    if DIRECTION.isdisjoint(words_a):
        words_a, words_b = sorted(words_a), sorted(words_b)
    return bool(words_a) and words_a == words_b
