"""The whole chain of the tree on arbitrary answers: whatever a curator says, what comes out is a sound tree."""

import random
from collections import Counter

import pytest
from builders import FALLBACK, UNKNOWN, leaf, parents_by_name, placement, said, sibling_row
from hypothesis import given
from hypothesis import strategies as st
from rootward.curators.base import Answer, Failure
from rootward.curators.questions import ask_about
from rootward.knowledge.names import pathway_id
from rootward.tree import climb, deepen, merge, nodes, place, prune, strict, verify

ROOTS = ["root one", "root two"]
NAMES = [
    *ROOTS,
    FALLBACK,
    "cell one",
    "Cell-One",
    "cell two",
    "cell three",
    "cell four",
    "cells",
    "the cell pathway",
    "<script>cell</script>",
    "🧬",
    "代谢",
    "-",
    "cell " + "x" * 190,
]


class World:
    """A curator that answers by chance, and always the same to the same question."""

    def __init__(self, seed: int, known: float):
        self._seed, self._known = seed, known

    def chance(self, *about) -> random.Random:
        return random.Random(repr((self._seed, about)))

    def ask(self, kind: str, item: dict, **shared) -> Answer | Failure:
        question = ask_about(kind, item, **shared)
        chance = self.chance(kind, sorted(item.items()), sorted(shared.items()))
        value = self._value(kind, item, shared, chance)
        failed = chance.random() > self._known or question.kind.problem(question, value)
        return UNKNOWN if failed else said(call_id=f"{kind} call", **value)

    def _value(self, kind: str, item: dict, shared: dict, chance: random.Random) -> dict:
        name = chance.choice(NAMES)
        if kind == "parent":
            return {"parent": chance.choice([name, name, item["child"]])}
        if kind == "choose_root":
            return {"root": chance.choice(shared["roots"])}
        if kind == "siblings":
            return {"siblings": [{"name": n, "reasoning": ""} for n in chance.sample(NAMES, shared["limit"])]}
        if kind == "merge":
            same = chance.random() < 0.5
            return {"same": same, "canonical": chance.choice([item["a"], item["b"], name]) if same else None}
        if kind == "best_parent":
            return {"parent": chance.choice(item["candidates"])}
        if kind == "intermediate":
            insert = chance.random() < 0.7
            return {"insert": insert, "name": chance.choice([name, item["child"]]) if insert else None}
        return {"pathway": chance.choice([*item["path"], *item["children"]])}


class Chain:
    """The steps of the workflow without its tables; every step's outcome stays to be looked at.

    order: shuffles everything whose order must not matter.
    """

    def __init__(self, world: World, n_interactions: int, keep_siblings: bool, order: random.Random):
        self.world, self.keep_siblings, self.order = world, keep_siblings, order
        self.roots = {pathway_id(name): name for name in ROOTS}
        self.in_use = self.roots | {pathway_id(FALLBACK): FALLBACK}
        self.placements = [
            placement(f"I{n}", world.chance("assign", n).choice(NAMES), confidence=0.6) for n in range(n_interactions)
        ]
        self.interactions = [row["interaction_id"] for row in self.placements]
        self._climb()
        self._grow()
        self._merge()
        self._enforce()
        self._deepen()
        self._place()
        self._prune()

    def _shuffled(self, things) -> list:
        things = list(things)
        return self.order.sample(things, len(things))

    def _climb(self, levels: int = 4) -> None:
        spelled = {pathway_id(name): name for name in NAMES[::-1]}
        found = {row["pathway_id"] for row in self.placements} - {pathway_id(FALLBACK)}
        self.leaves = [leaf(spelled[id_]) for id_ in found]
        links = climb.Links.from_levels(self._shuffled(self.leaves), [])
        self.hierarchy = []
        for _ in range(levels):
            rows, cyclic = self._climb_once(links, links.pending(self.roots), excluding=False)
            again, cyclic = self._climb_once(links, cyclic, excluding=True)
            self.hierarchy += [row for row in rows + again if row["parent_id"] is not None]
            climb.unlinked(links, cyclic)
        for id_ in climb.rootless(links, self.in_use):
            answer = self.world.ask("choose_root", {"pathway": links.names[id_]}, roots=ROOTS)
            root, edge = self._root(answer)
            self.hierarchy.append(
                {"child_id": id_, "child": links.names[id_], "parent_id": pathway_id(root), "parent": root, **edge}
            )
        self.hierarchy.sort(key=lambda row: row["child_id"])  # as its table is

    def _climb_once(self, links, ids, excluding: bool):
        asked = self._shuffled(ids)
        answers = [
            self.world.ask(
                "parent",
                {"child": links.names[id_], "excluded": links.not_above(id_) if excluding else []},
                roots=ROOTS,
            )
            for id_ in asked
        ]
        return climb.link(links, asked, answers, self.roots)

    def _root(self, answer) -> tuple[str, dict]:
        if isinstance(answer, Failure):
            return FALLBACK, {"method": "fallback", "reasoning": "nobody knew", "call_id": None}
        return answer.value["root"], {"method": answer.method, "reasoning": "because", "call_id": answer.call_id}

    def _grow(self) -> None:
        children: dict[str, list[str]] = {}
        for row in self.hierarchy:
            if row["parent_id"] != pathway_id(FALLBACK):
                children.setdefault(row["parent"], []).append(row["child"])
        siblings = []
        for parent in children:
            answer = self.world.ask("siblings", {"parent": parent, "children": sorted(children[parent])}, limit=3)
            if isinstance(answer, Answer):
                known = {pathway_id(parent), *map(pathway_id, children[parent])}
                for name in (sibling["name"] for sibling in answer.value["siblings"]):
                    if pathway_id(name) not in known:
                        known.add(pathway_id(name))
                        siblings.append(sibling_row(parent, name))
        siblings.sort(key=lambda row: (row["parent_id"], row["pathway_id"]))  # as its table is
        self.first = self._through_table(nodes.grow(self.hierarchy, siblings, self._shuffled(self.leaves), self.in_use))

    def _through_table(self, forest: nodes.Forest) -> nodes.Forest:
        rows = sorted(nodes.to_rows(forest), key=lambda row: (row["pathway_id"], row["parent_id"] or ""))
        read = nodes.from_rows(rows)
        return {id_: read[id_] for id_ in self._shuffled(read)}

    def _merge(self) -> None:
        self.pairs = merge.candidate_pairs(self.first, 0.2)
        self.decisions = [
            self.world.ask("merge", {"pair_id": f"P{n}", "a": self.first[a].name, "b": self.first[b].name})
            for n, (a, b) in enumerate(self.pairs)
        ]
        merged, self.mapping, self.changes = merge.merge(self.first, self.pairs, self.decisions)
        self.merged = self._through_table(merged)
        for row in self.placements:
            row["pathway_id"] = self.mapping.get(row["pathway_id"], row["pathway_id"])

    def _enforce(self) -> None:
        forest = self.merged
        decided = {
            id_: self.world.ask(
                "best_parent",
                {"child": forest[id_].name, "candidates": sorted(forest[p].name for p in forest[id_].parents)},
            )
            for id_ in self._shuffled(strict.contested(forest))
        }
        forest, changes, loose = strict.enforce(forest, decided)
        chosen = {}
        for id_ in self._shuffled(loose):
            root, edge = self._root(self.world.ask("choose_root", {"pathway": forest[id_].name}, roots=ROOTS))
            chosen[id_] = (pathway_id(root), root, nodes.Edge(**edge))
        forest, attached = strict.attach(forest, chosen)
        self.strict = self._through_table(forest)
        self.changes += changes + attached

    def levels(self, forest: nodes.Forest) -> dict:
        """The answers for what stands directly under a root."""
        below = nodes.children(forest)
        answers = {}
        for id_ in self._shuffled(deepen.shallow(forest)):
            root_id = forest[id_].parent_id
            siblings = [forest[child].name for child in below[root_id] if child != id_]
            item = {"child": forest[id_].name, "root": forest[root_id].name, "siblings": sorted(siblings)}
            # What stands beside it is context: the same pathway is answered the same, whatever its siblings are.
            answers[id_] = self.world.ask("intermediate", item | {"siblings": []})
        return answers

    def _deepen(self) -> None:
        forest, changes = deepen.deepen(self.strict, self.levels(self.strict), 12)
        self.deep = self._through_table(forest)
        self.changes += changes

    def _place(self) -> None:
        below = nodes.children(self.deep)
        plain = {"protein_a": "", "protein_b": "", "effect": "", "mechanism": "", "statement": ""}
        answers = [
            self.world.ask(
                "place",
                {"interaction_id": row["interaction_id"], **plain}
                | {
                    "path": nodes.path_names(self.deep, row["pathway_id"]),
                    "children": [self.deep[child].name for child in below.get(row["pathway_id"], ())],
                },
            )
            for row in self.placements
        ]
        moved, changes = place.place(self.placements, answers, self.deep, below)
        self.placements = [moved.get((row["interaction_id"], row["pathway_id"]), row) for row in self.placements]
        self.changes += changes

    def _prune(self) -> None:
        self.direct = Counter(row["pathway_id"] for row in self.placements)
        self.pruned, changes = prune.prune(self.deep, self.direct, self.keep_siblings)
        self.changes += changes
        self.rows = verify.finish(self.pruned, self.direct, {})


WORLDS = st.builds(World, st.integers(0, 10**9), st.sampled_from([0.3, 0.7, 1.0]))
SIZES = st.integers(1, 12)


def chain_of(world, size, keep_siblings=True, order=0) -> Chain:
    return Chain(world, size, keep_siblings, random.Random(order))


@given(world=WORLDS, size=SIZES, keep_siblings=st.booleans())
def test_whatever_the_answers_the_tree_is_sound_and_every_interaction_has_its_place(world, size, keep_siblings):
    chain = chain_of(world, size, keep_siblings)
    unplaced = set(chain.interactions) - {row["interaction_id"] for row in chain.placements}
    broken = verify.violations(chain.rows, chain.direct, unplaced, [], set(chain.in_use), keep_siblings)
    assert {check: rows for check, rows in broken.items() if rows} == {}
    assert sum(row["n_direct"] for row in chain.rows) == size
    assert sum(row["n_total"] for row in chain.rows if row["parent_id"] is None) == size
    assert {row["pathway_id"] for row in chain.rows} == set(chain.pruned)


@given(world=WORLDS, size=SIZES, order=st.integers(1, 10**6))
def test_the_same_answers_in_any_order_give_the_same_rows_and_changes(world, size, order):
    one, other = chain_of(world, size), chain_of(world, size, order=order)
    assert other.rows == one.rows
    assert other.placements == one.placements
    assert sorted(map(repr, other.changes)) == sorted(map(repr, one.changes))


@given(world=WORLDS, size=SIZES)
def test_enforcing_a_strict_tree_changes_nothing(world, size):
    chain = chain_of(world, size)
    assert strict.contested(chain.strict) == []
    again, changes, loose = strict.enforce(chain.strict, {})
    assert (again, changes, loose) == (chain.strict, [], [])


@given(world=WORLDS, size=SIZES)
def test_deepening_a_deepened_tree_by_the_same_answers_changes_nothing(world, size):
    chain = chain_of(world, size)
    again, changes = deepen.deepen(chain.deep, chain.levels(chain.deep), 12)
    assert (again, changes) == (chain.deep, [])


@given(world=WORLDS, size=SIZES)
def test_merging_a_merged_tree_by_the_same_decisions_changes_nothing(world, size):
    chain = chain_of(world, size)
    pairs = [tuple(chain.mapping.get(id_, id_) for id_ in pair) for pair in chain.pairs]
    left = [(pair, decision) for pair, decision in zip(pairs, chain.decisions, strict=True) if pair[0] != pair[1]]
    again, mapping, changes = merge.merge(chain.merged, [pair for pair, _ in left], [d for _, d in left])
    assert (again, mapping, changes) == (chain.merged, {}, [])


@given(world=WORLDS, size=SIZES)
def test_pruning_a_pruned_tree_changes_nothing(world, size):
    chain = chain_of(world, size)
    again, changes = prune.prune(chain.pruned, chain.direct, True)
    assert (again, changes) == (chain.pruned, [])


@given(world=WORLDS, size=SIZES)
def test_every_pathway_that_vanished_left_a_change_behind(world, size):
    chain = chain_of(world, size)
    told = {change["pathway_id"] for change in chain.changes if change["action"] in ("merge", "prune")}
    assert set(chain.first) - set(chain.pruned) - set(chain.in_use) <= told


def test_the_worlds_are_wild_enough_to_meet_cycles_merges_and_contests():
    chains = [chain_of(World(seed, 1.0), 12) for seed in range(20)]
    actions = Counter(change["action"] for chain in chains for change in chain.changes)
    assert set(actions) == {"merge", "reparent", "insert", "move", "prune"}
    reasons = " ".join(change["reason"] for chain in chains for change in chain.changes)
    assert "opens a cycle" in reasons
    assert any(isinstance(above, list) for chain in chains for above in parents_by_name(chain.merged).values())


@pytest.mark.parametrize("known", [0.0])
def test_when_nobody_knows_anything_everything_stands_under_the_fallback_root(known):
    chain = chain_of(World(1, known), 12)
    assert {row["path"][0] for row in chain.rows} <= {FALLBACK, *ROOTS}
    climbed = [row for row in chain.rows if row["parent_id"] is not None]
    assert climbed
    assert {row["path"][0] for row in climbed} == {FALLBACK}
