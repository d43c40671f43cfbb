"""How close a tree is to a gold hierarchy, and what shape it has.

Only pathways on both sides count, so their share belongs beside every figure (`Matching.share`). The gold may give a
child several parents, which a strict tree cannot follow, so every score has a ceiling. Comparing a reference's answers
with the same reference says nothing about the method; figures of that kind must be marked (`circularity`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rootward.knowledge.names import normalise
from rootward.tables import Row

Pairs = set[tuple[str, str]]
CIRCULAR = (
    "circular: the curator's answers come from the reference they are graded against, so these figures show that the "
    "steps keep what they were told, not that it is right; benchmarks/noisy_curator.py gives the figure that counts"
)


@dataclass
class Hierarchy:
    """A hierarchy of ids, in which pathways may have several parents.

    parents: id -> parent ids; names: id -> name; aliases: id -> other names. Pathways in a cycle never count as their
    own ancestors.
    """

    parents: Mapping[str, Sequence[str]]
    names: Mapping[str, str]
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of_names(cls, edges: Iterable[tuple[str, str]]) -> "Hierarchy":
        """The hierarchy of (child name, parent name) pairs; names that normalise alike are one."""
        parents: dict[str, list[str]] = {}
        names: dict[str, str] = {}
        for child, parent in edges:
            ids = [normalise(child), normalise(parent)]
            for id_, name in zip(ids, (child, parent), strict=True):
                names.setdefault(id_, name)
                parents.setdefault(id_, [])
            if ids[0] != ids[1] and ids[1] not in parents[ids[0]]:
                parents[ids[0]].append(ids[1])
        return cls(parents, names)

    @classmethod
    def of_tree(cls, rows: Iterable[Row]) -> "Hierarchy":
        """The hierarchy of rows of `reorganized`."""
        rows = list(rows)
        return cls(
            parents={row["pathway_id"]: [row["parent_id"]] if row["parent_id"] is not None else [] for row in rows},
            names={row["pathway_id"]: row["name"] for row in rows},
            aliases={row["pathway_id"]: row["aliases"] for row in rows},
        )

    def above(self, id_: str) -> frozenset[str]:
        """The ancestors of an id over all its parents, itself excluded."""
        found = self._above.get(id_)
        if found is None:
            seen: set[str] = set()
            waiting = list(self.parents.get(id_, ()))
            while waiting:
                at = waiting.pop()
                if at not in seen:
                    seen.add(at)
                    waiting.extend(self.parents.get(at, ()))
            found = self._above[id_] = frozenset(seen - {id_})
        return found

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        return {}

    def depth(self, id_: str) -> int:
        """Steps to the farthest root, 1 for a root."""
        return self._depths[id_]

    @cached_property
    def _depths(self) -> dict[str, int]:
        depth: dict[str, int] = {}
        for start in self.parents:
            walk = [start]
            on_walk = {start}
            while walk:
                at = walk[-1]
                open_ = [p for p in self.parents.get(at, ()) if p not in depth and p not in on_walk]
                if open_:
                    walk.append(open_[0])
                    on_walk.add(open_[0])
                else:
                    depth[at] = 1 + max((depth.get(p, 0) for p in self.parents.get(at, ())), default=0)
                    on_walk.discard(walk.pop())
        return depth

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Normalised name -> the first id that has it."""
        return {normalise(self.names[id_]): id_ for id_ in sorted(self.names, reverse=True)}

    @cached_property
    def by_alias(self) -> dict[str, str]:
        """Normalised alias -> id, where only one has it."""
        found: dict[str, str | None] = {}
        for id_ in sorted(self.aliases):
            for alias in self.aliases[id_]:
                key = normalise(alias)
                found[key] = id_ if found.get(key, id_) == id_ else None
        return {key: id_ for key, id_ in found.items() if id_ is not None}


@dataclass(frozen=True)
class Matching:
    """Which pathway of a tree is which of the gold, one to one. kinds: pathway id -> id, name or alias."""

    gold_of: Mapping[str, str]
    kinds: Mapping[str, str]
    unmatched: Sequence[str]

    @property
    def share(self) -> float:
        """The share (0 to 1) of the tree's pathways that are in the gold."""
        total = len(self.gold_of) + len(self.unmatched)
        return len(self.gold_of) / total if total else 0.0


def match(tree: Hierarchy, gold: Hierarchy, xrefs: Mapping[str, Sequence[str]] | None = None) -> Matching:
    """Match by id (an xref, with or without its prefix), then normalised name, then alias of either side.

    A gold pathway is matched only once; further candidates stay unmatched and are reported.
    """
    gold_of: dict[str, str] = {}
    kinds: dict[str, str] = {}
    taken: set[str] = set()
    for kind in ("id", "name", "alias"):
        for id_ in sorted(tree.names):
            if id_ in gold_of:
                continue
            found = next(
                (g for g in _known_as(kind, id_, tree=tree, gold=gold, xrefs=xrefs or {}) if g not in taken), None
            )
            if found is not None:
                gold_of[id_], kinds[id_] = found, kind
                taken.add(found)
    return Matching(gold_of, kinds, unmatched=sorted(tree.names.keys() - gold_of.keys()))


def _known_as(
    kind: str, id_: str, tree: Hierarchy, gold: Hierarchy, xrefs: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    if kind == "id":
        for xref in xrefs.get(id_, ()):
            yield from (form for form in (xref, xref.partition(":")[2]) if form in gold.names)
        return
    name = normalise(tree.names[id_])
    if kind == "name":
        if name in gold.by_name:
            yield gold.by_name[name]
        return
    for known in (name, *map(normalise, tree.aliases.get(id_, ()))):
        for table in (gold.by_name, gold.by_alias):
            if known in table:
                yield table[known]


def score(found: Pairs, true: Pairs) -> dict[str, float | int]:
    """Precision, recall and F1 of a set of pairs, each 0 to 1 (1 where there is nothing to find and nothing found)."""
    hits = len(found & true)
    precision = hits / len(found) if found else float(not true)
    recall = hits / len(true) if true else 1.0
    both = precision + recall
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / both if both else 0.0,
        "found": len(found),
        "true": len(true),
    }


def ancestor_pairs(hierarchy: Hierarchy, ids: Mapping[str, str]) -> Pairs:
    """All (pathway, ancestor) of the ids given, under the ids they map to."""
    return {(ids[id_], ids[above]) for id_ in ids for above in hierarchy.above(id_) if above in ids}


def edge_pairs(hierarchy: Hierarchy, ids: Mapping[str, str]) -> Pairs:
    """All (pathway, parent) of the ids given, under the ids they map to."""
    return {(ids[id_], ids[p]) for id_ in ids for p in hierarchy.parents.get(id_, ()) if p in ids}


def wu_palmer(gold: Hierarchy, a: str, b: str) -> float:
    """Wu and Palmer's similarity of two ids of the gold: 2 depth(c) / (depth(a) + depth(b)), c their deepest common
    ancestor-or-self, 0 to 1; 0 where they have none.

    Wu & Palmer (1994), doi:10.3115/981732.981751. Depths count from 1 at a root, along the longest way.
    """
    if a == b:
        return 1.0
    common = (gold.above(a) | {a}) & (gold.above(b) | {b})
    if not common:
        return 0.0
    deepest = max(gold.depth(c) for c in common)
    return min(1.0, 2 * deepest / (gold.depth(a) + gold.depth(b)))


def placement_similarity(
    tree: Hierarchy, gold: Hierarchy, matching: Matching, weights: Mapping[str, int]
) -> dict[str, float | int]:
    """Mean Wu-Palmer similarity, in the gold, between where the tree puts a pathway and where the gold puts it.

    Where it is put is its parent (in the tree the nearest ancestor that the gold knows; of several in the gold the
    nearest to that). A pathway that is a root on both sides scores 1, on one side only 0. `pathways` counts each once;
    `interactions` by the interactions that stand at it (weights).
    """
    scores: dict[str, float] = {}
    for id_, gold_id in matching.gold_of.items():
        above = next((matching.gold_of[a] for a in _line(tree, id_) if a in matching.gold_of), None)
        parents = gold.parents.get(gold_id, ())
        if above is None or not parents:
            scores[id_] = float(above is None and not parents)
        else:
            scores[id_] = max(wu_palmer(gold, above, b=parent) for parent in parents)
    weight = sum(weights.get(id_, 0) for id_ in scores)
    weighted = sum(value * weights.get(id_, 0) for id_, value in scores.items())
    return {
        "pathways": sum(scores.values()) / len(scores) if scores else 0.0,
        "interactions": weighted / weight if weight else 0.0,
        "share_of_interactions": weight / total if (total := sum(weights.values())) else 0.0,
    }


def _line(tree: Hierarchy, id_: str) -> Iterable[str]:
    seen = {id_}
    while above := tree.parents.get(id_):
        id_ = above[0]
        if id_ in seen:
            return
        seen.add(id_)
        yield id_


def strict_ceiling(gold: Hierarchy, ids: Iterable[str]) -> dict[str, dict[str, float | int]]:
    """The scores of the best strict trees over these ids of the gold.

    edges: of a child's edges one can be followed. ancestors: the best of the trees that say nothing wrong; every child
    follows the parent that has most of the ids above it, which is best for all below it too.
    """
    ids = set(ids)
    same = {id_: id_ for id_ in ids}
    edges = edge_pairs(gold, same)
    first: dict[str, str] = {}
    for child, parent in sorted(edges):
        first.setdefault(child, parent)
    counted: dict[str, int] = {}
    followed: dict[str, list[str]] = {}
    for id_ in sorted(gold.parents, key=gold.depth):  # every parent before its children
        best = min(gold.parents[id_], key=lambda p: (-counted.get(p, 0) - (p in ids), p), default=None)
        followed[id_] = [] if best is None else [best]
        counted[id_] = 0 if best is None else counted.get(best, 0) + (best in ids)
    lineage = Hierarchy(followed, gold.names)
    return {
        "edges": score(set(first.items()), edges),
        "ancestors": score(ancestor_pairs(lineage, same), ancestor_pairs(gold, same)),
    }


def token_subset_parents(names: Mapping[str, str]) -> dict[str, str]:
    """The rule without any knowledge: a pathway's parent is the one with the longest name whose words are a proper
    subset of its own. id -> parent id, where the rule finds one.

    The baseline of taxonomy induction that reads the names only (substring inclusion in SemEval-2015 task 17, Bordea
    et al., doi:10.18653/v1/S15-2151).
    """
    words = {id_: frozenset(normalise(name).split()) for id_, name in names.items()}
    by_word: dict[str, list[str]] = {}
    for id_ in sorted(words):
        for word in words[id_]:
            by_word.setdefault(word, []).append(id_)
    parents = {}
    for id_ in sorted(words):
        fitting = {o for word in words[id_] for o in by_word[word] if words[o] < words[id_]}
        if fitting:
            parents[id_] = min(fitting, key=lambda o: (-len(words[o]), -len(names[o]), o))
    return parents


def shape(tree: Hierarchy) -> dict[str, float | int]:
    """The tree by itself.

    mean_depth: levels below the root, over all pathways; branching: children per pathway that has any; single_child:
    the share of those that have just one.
    """
    children: dict[str, int] = {}
    for parents in tree.parents.values():
        for parent in parents:
            children[parent] = children.get(parent, 0) + 1
    depths = [tree.depth(id_) - 1 for id_ in tree.parents]
    return {
        "pathways": len(tree.parents),
        "mean_depth": sum(depths) / len(depths) if depths else 0.0,
        "max_depth": max(depths, default=0),
        "branching": sum(children.values()) / len(children) if children else 0.0,
        "single_child": sum(n == 1 for n in children.values()) / len(children) if children else 0.0,
    }


def evaluate(
    tree: Hierarchy,
    gold: Hierarchy,
    weights: Mapping[str, int],
    xrefs: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """All measures of a tree against a gold. weights: interactions placed at each pathway of the tree.

    - ancestors: precision, recall and F1 over the (pathway, ancestor) pairs of both sides. In taxonomy induction
      "Ancestor-F1" (Mao et al. 2018, doi:10.18653/v1/P18-1229), in hierarchical classification the hierarchical
      precision and recall of Kiritchenko et al. (2006), as Silla & Freitas advise (2011,
      doi:10.1007/s10618-010-0175-9).
    - edges: the same over direct edges ("Edge-F1", ibid.; Bordea et al. 2015).
    - placements: `placement_similarity`.
    - ceiling, token_rule: what a strict tree can reach on the same pathways, and what their names alone give.
    """
    matching = match(tree, gold, xrefs=xrefs)
    ids = sorted(matching.gold_of.values())
    same = {id_: id_ for id_ in ids}
    rule = Hierarchy({i: [p] for i, p in token_subset_parents({i: gold.names[i] for i in ids}).items()}, gold.names)
    true = {"ancestors": ancestor_pairs(gold, same), "edges": edge_pairs(gold, same)}
    ceiling = strict_ceiling(gold, ids)
    found = {"ancestors": ancestor_pairs(tree, matching.gold_of), "edges": edge_pairs(tree, matching.gold_of)}
    by_rule = {"ancestors": ancestor_pairs(rule, same), "edges": edge_pairs(rule, same)}
    kinds = list(matching.kinds.values())
    return {
        **{
            measure: score(found[measure], true[measure])
            | {"ceiling_f1": ceiling[measure]["f1"], "token_rule_f1": score(by_rule[measure], true[measure])["f1"]}
            for measure in ("ancestors", "edges")
        },
        "placements": placement_similarity(tree, gold, matching=matching, weights=weights),
        "shape": shape(tree),
        "matched": {
            "pathways": len(matching.gold_of),
            "share": matching.share,
            "by": {kind: kinds.count(kind) for kind in ("id", "name", "alias")},
            "unmatched": sorted(tree.names[id_] for id_ in matching.unmatched),
        },
    }


def circularity(answers_are_reference: bool, gold_is_reference: bool) -> str | None:
    """The warning to show beside the figures, or None."""
    return CIRCULAR if answers_are_reference and gold_is_reference else None
