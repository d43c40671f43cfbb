"""The offline curator: answers every question from Reactome's graph, and says which rung of its ladder answered.

It never guesses: two names are the same only by equality, by a curated alias or by having the same words where only one
pathway has them; what it does not know comes back as a `Failure` of kind `unknown`, which the steps flag as fallback.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from rootward.curators.base import Answer, Failure, FollowUp, OnProgress
from rootward.curators.questions import Question
from rootward.knowledge.names import normalise, pathway_id, tokens
from rootward.knowledge.reference import Pathway, Reference, stems
from rootward.knowledge.roots import Root

# How sure each rung is. Ordinal: benchmarks/assign_reactome.py prints how often each rung is right.
CONFIDENCE = {"shared_pathway": 0.9, "shared_ancestor": 0.7, "one_protein": 0.5, "statement": 0.3}

_SAYS_PATHWAY = frozenset(["signaling", "signalling", "pathway", "pathways", "the", "of"])
DIRECTION = frozenset(["to", "from", "by", "via", "into", "in"])
HEARD_EVERY = 500  # questions answered between two steps of the progress bar
NAMED_ENOUGH = 0.75  # share of a pathway's name (IDF weight) a statement must contain to name the pathway by itself


class ReactomeCurator:
    """Implements `Curator` over a `Reference`; `roots` say which top-level pathways a broader root stands for."""

    def __init__(self, reference: Reference, roots: Sequence[Root]):
        self.reference = reference
        self._roots = roots

    def answer(
        self, questions: Sequence[Question], on_progress: OnProgress | None = None, follow_up: FollowUp | None = None
    ) -> list[Answer | Failure]:
        """One answer per question, in the order asked, at once."""
        answers = []
        for start in range(0, len(questions), HEARD_EVERY):
            part = questions[start : start + HEARD_EVERY]
            answers += [self._rungs[question.kind.name](question) for question in part]
            if on_progress:
                on_progress(len(part), "")
        return answers

    @cached_property
    def _rungs(self) -> dict[str, Callable[[Question], Answer | Failure]]:
        return {
            "assign_term": self._assign_term,
            "refine_term": self._refine_term,
            "parent": self._parent,
            "check_edge": self._check_edge,
            "choose_root": self._choose_root,
            "siblings": self._siblings,
            "merge": self._merge,
            "best_parent": self._best_parent,
            "intermediate": self._intermediate,
            "place": self._place,
            "validate_evidence": self._validate_evidence,
        }

    # --- the pathway of an interaction ---

    def _assign_term(self, question: Question) -> Answer | Failure:
        item, ref = question.item, self.reference
        a, b = item["protein_a"], item["protein_b"]
        lowest_a, lowest_b = ref.pathways_of(a), ref.pathways_of(b)
        text = _text_of(item)
        if shared := lowest_a & lowest_b:
            best = self._rank(shared, text)
            return self._assigned(
                best, "shared_pathway", f"{a} and {b} both take part in it ({len(shared)} such pathways)"
            )
        if shared := {id_ for id_ in ref.above(a) & ref.above(b) if ref.pathways[id_].parents}:
            deepest = max(ref.pathways[id_].depth for id_ in shared)
            best = self._rank((id_ for id_ in shared if ref.pathways[id_].depth == deepest), text)
            return self._assigned(best, "shared_ancestor", f"the deepest pathway that holds both {a} and {b}")
        if pool := lowest_a | lowest_b:
            best = self._rank(pool, text)
            holder = a if best in lowest_a else b
            return self._assigned(best, "one_protein", f"of {holder}'s pathways the one nearest to the statement")
        if (best := self._named(text)) is not None:
            return self._assigned(best, "statement", "the statement names it; the reference knows neither protein")
        return Failure("unknown", f"Reactome knows neither {a} nor {b}, and the statement names no pathway")

    def _assigned(self, id_: str, rung: str, reasoning: str) -> Answer:
        value = {"pathway": self.reference.pathways[id_].name, "confidence": CONFIDENCE[rung], "reasoning": reasoning}
        return _answer(value, rung, id_)

    def _rank(self, ids: Iterable[str], text: frozenset[str]) -> str:
        """The pathway best named by the text; among equals the most specific (fewest proteins), then by id."""
        ref = self.reference
        return min(ids, key=lambda id_: (-round(ref.text_score(id_, text), 6), ref.sizes[id_], id_))

    def _named(self, text: frozenset[str]) -> str | None:
        ref = self.reference
        named = [
            id_ for id_ in ref.named_in(text) if ref.pathways[id_].parents and ref.text_share(id_, text) >= NAMED_ENOUGH
        ]
        return self._rank(named, text) if named else None

    def _place(self, question: Question) -> Answer | Failure:
        item, ref = question.item, self.reference
        text = _text_of(item)
        above_a, above_b = ref.above(item["protein_a"]), ref.above(item["protein_b"])
        fitting = {}
        for name in item["children"]:
            found = ref.find(name)
            if found is None:
                continue
            id_ = found[0].id
            members = (id_ in above_a) + (id_ in above_b)
            if members == 2 or (members == 1 and ref.text_share(id_, text) >= NAMED_ENOUGH):
                fitting[id_] = name
        if fitting:
            best = self._rank(fitting, text)
            return _answer(
                {"pathway": fitting[best], "reasoning": "a child that fits the interaction better"}, "child", best
            )
        here = ref.find(item["path"][-1])
        return _answer(
            {"pathway": item["path"][-1], "reasoning": "no child fits better"}, "stays", here[0].id if here else None
        )

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
        return _answer({"verdict": verdict, "effect": None, "reasoning": reasoning}, "names_in_text", None)

    # --- names ---

    def _refine_term(self, question: Question) -> Answer | Failure:
        name = question.item["name"]
        if found := self.reference.find(name):
            pathway, how = found
            return _answer({"standard_name": pathway.name, "reasoning": f"Reactome's name ({how})"}, how, pathway.id)
        for candidate in question.item["candidates"]:
            if _same_words(candidate, name):
                return _answer({"standard_name": candidate, "reasoning": "the same words"}, "words", None)
        return _answer({"standard_name": name, "reasoning": "no other name in use means this"}, "as_given", None)

    def _merge(self, question: Question) -> Answer | Failure:
        a, b = question.item["a"], question.item["b"]
        found_a, found_b = self.reference.find(a), self.reference.find(b)
        if found_a and found_b:
            same = found_a[0] is found_b[0]
            canonical = found_a[0].name if same else None
            reasoning = (
                "one Reactome pathway" if same else f"{found_a[0].id} and {found_b[0].id} are different pathways"
            )
            return _answer({"same": same, "canonical": canonical, "reasoning": reasoning}, "identity", found_a[0].id)
        same = _same_words(a, b)
        canonical = (found_a or found_b or (None,))[0]
        name = None if not same else canonical.name if canonical else min(a, b)
        return _answer(
            {"same": same, "canonical": name, "reasoning": "the same words" if same else "other words"}, "words", None
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
                        {"parent": parent.name, "reasoning": f"Reactome's parent of {found[0].id}"}, "relation", id_
                    )
            root = self._including_root(found[0], question.shared["roots"])
            if root and pathway_id(root.name) not in excluded:
                return _answer(
                    {"parent": root.name, "reasoning": f"the root that stands for {found[0].name}"}, "root", found[0].id
                )
            return Failure("unknown", f"Reactome has no other parent for {found[0].name}")
        broader = self.reference.broader_by_words(child)
        if broader and pathway_id(broader.name) not in excluded:
            return _answer(
                {"parent": broader.name, "reasoning": "its words are part of the child's"}, "words", broader.id
            )
        return Failure("unknown", f"Reactome has no pathway named like {child!r:.80}")

    def _check_edge(self, question: Question) -> Answer | Failure:
        child, parent = self.reference.find(question.item["child"]), self.reference.find(question.item["parent"])
        if child is None or parent is None:
            name = question.item["parent" if child else "child"]
            return Failure("unknown", f"Reactome has no pathway named like {name!r:.80}")
        above = parent[0].id in self.reference.ancestors(child[0].id) and child[0] is not parent[0]
        reasoning = f"{parent[0].id} is {'' if above else 'not '}above {child[0].id} in Reactome"
        return _answer({"is_a": above, "reasoning": reasoning}, "relation", child[0].id)

    def _choose_root(self, question: Question) -> Answer | Failure:
        name, roots = question.item["pathway"], question.shared["roots"]
        found = self.reference.find(name)
        pathway = found[0] if found else self.reference.broader_by_words(name)
        if pathway:
            root = self._root_above(pathway, roots)
            if root:
                return _answer({"root": root, "reasoning": f"the root above {pathway.name}"}, "lineage", pathway.id)
        return Failure("unknown", f"Reactome does not lead from {name!r:.80} to a configured root")

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
        else:
            children = [hit[0] for hit in map(ref.find, root.includes if root else ()) if hit]
        missing = [child for child in children if pathway_id(child.name) not in present]
        missing.sort(key=lambda child: (-ref.sizes[child.id], child.id))
        chosen = [
            {"name": child.name, "reasoning": f"Reactome's {child.id}, {ref.sizes[child.id]} proteins"}
            for child in missing[: question.shared["limit"]]
        ]
        return _answer({"siblings": chosen}, "children", found[0].id if found else None)

    def _best_parent(self, question: Question) -> Answer | Failure:
        child, candidates = question.item["child"], question.item["candidates"]
        found = self.reference.find(child)
        if found is None:
            return Failure("unknown", f"Reactome has no pathway named like {child!r:.80}")
        above = self.reference.ancestors(found[0].id)
        named = {hit[0].id: name for name in candidates if (hit := self.reference.find(name)) and hit[0].id in above}
        named.pop(found[0].id, None)
        if not named:
            return Failure("unknown", f"no candidate is above {found[0].name} in Reactome")
        best = max(named, key=lambda id_: (self.reference.pathways[id_].depth, id_))
        return _answer(
            {"parent": named[best], "reasoning": f"the nearest above {found[0].id} in Reactome"}, "relation", best
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
                    {"insert": True, "name": pathway.name, "reasoning": "it stands between them in Reactome"},
                    "lineage",
                    pathway.id,
                )
        return _answer(
            {"insert": False, "name": None, "reasoning": "nothing stands between them in Reactome"}, "lineage", None
        )


def _answer(value: dict, rung: str, entry: str | None) -> Answer:
    return Answer(value, f"reference:{rung}", f"reactome:{entry}" if entry else "reactome")


def _text_of(item: dict) -> frozenset[str]:
    return stems(" ".join((item["statement"], item["mechanism"], item["protein_a"], item["protein_b"])))


def _same_words(a: str, b: str) -> bool:
    """Whether two names have the same words, in any order unless a word of direction ("ER to Golgi") gives the order
    sense.
    """
    words_a, words_b = ([word for word in tokens(name) if word not in _SAYS_PATHWAY] for name in (a, b))
    if DIRECTION.isdisjoint(words_a):
        words_a, words_b = sorted(words_a), sorted(words_b)
    return bool(words_a) and words_a == words_b
