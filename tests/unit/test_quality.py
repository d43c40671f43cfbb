"""Answers as real models give them, and worse: the steps from climbing to the proof, on a set of nasty ones."""

import json
import random

import pytest
from builders import (
    FALLBACK,
    load_script,
    make_asker,
    write,
)
from growing import TREE, Answers, grown_tree, reorganized, steps
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import LEAVES, NASTY, ROOTS
from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.curators.replies import RawReply
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes
from rootward.tree.decisions import NOBODY

# --- the nasty answers ---


def test_there_is_trouble_of_every_kind():
    assert len(NASTY) >= 100
    folded = {pathway_id(child) for child in NASTY}
    assert len(folded) < len(NASTY)
    assert any(pathway_id(child) in {pathway_id(root) for root in ROOTS} for child in NASTY)
    assert any(not parent for parent in NASTY.values())
    around = {pathway_id(child): pathway_id(parent) for child, parent in NASTY.items()}
    assert {1, 2, 3, 5} <= {length for start in around if (length := turns(around, start))}


def turns(parent_of, start):
    """The length of the circle a child stands on by the answers alone; 0 where it stands on none."""
    at, steps = parent_of.get(start), 1
    while at is not None and at != start and steps <= len(parent_of):
        at, steps = parent_of.get(at), steps + 1
    return steps if at == start else 0


def test_of_nasty_answers_a_strict_tree_is_grown_and_nothing_is_lost_or_doubled(tmp_path):
    rows, placed = grown_tree(tmp_path / "t", Answers(NASTY.items()), LEAVES)
    known = {pathway_id(name) for row in rows for name in (row["name"], *row["aliases"])}
    assert {pathway_id(name) for name in LEAVES} <= known
    assert len({row["interaction_id"] for row in placed}) == len({pathway_id(name) for name in LEAVES})
    by_name = {row["name"]: row for row in rows}
    assert not {"FGFR1 signaling", "FGFR2 signaling", "Ketone body synthesis", "Ketone body degradation"} - set(by_name)
    assert {"ER to Golgi transport", "Golgi to ER transport"} <= set(by_name)
    assert "mTOR signaling pathway" not in by_name or "mTOR signaling" not in by_name


@pytest.mark.parametrize("batch", range(4))
def test_any_shuffle_of_the_answers_gives_the_same_tree(tmp_path, batch):
    """200 shuffles: 50 in each of 4 batches, of the answers, the leaves and the memberships; here the climb alone, and
    for one of each batch all steps."""
    climbed = None
    for n in range(50):
        order = random.Random(1000 * batch + n)
        leaves = order.sample(LEAVES, len(LEAVES))
        links = climbed_links(order, leaves)
        climbed = climbed or links
        assert links == climbed
    first, placed = grown_tree(tmp_path / "a", Answers(deduplicated(NASTY.items())), LEAVES)
    order = random.Random(batch)
    answers = Answers(deduplicated(order.sample(list(NASTY.items()), len(NASTY))))
    again, placed_again = grown_tree(tmp_path / "b", answers, order.sample(LEAVES, len(LEAVES)), order=order)
    assert (again, placed_again) == (first, placed)


def deduplicated(pairs):
    """As the engine takes over an old cache: of two spellings of a name, the first of the alphabet."""
    return sorted(pairs, reverse=True)


def climbed_links(order, leaves):
    """The links after all levels, whose answers arrive in any order."""
    from rootward.asking.opinions import Opinions
    from rootward.tree.climb import Links, link, unlinked
    from rootward.tree.spelling import Spelling

    curator = Answers(deduplicated(order.sample(list(NASTY.items()), len(NASTY))))
    roots = {pathway_id(name): name for name in ROOTS}
    spelled = {pathway_id(name): name for name in sorted(leaves, reverse=True)}
    links = Links(names={id_: spelled[id_] for id_ in order.sample(sorted(spelled), len(spelled))})
    for _ in range(30):
        pending = order.sample(links.pending(roots), len(links.pending(roots)))
        if not pending:
            break
        names = order.sample(list(links.names.values()), len(links.names))
        opinions = Opinions(make_asker(curator), ROOTS, Spelling(ROOTS, names), check=True)
        _, cyclic = link(links, pending, opinions.settle([(links.names[i], []) for i in pending]), roots)
        again = opinions.settle([(links.names[i], links.not_above(i)) for i in cyclic])
        unlinked(links, link(links, cyclic, again, roots)[1])
    assert links.pending(roots) == []
    return dict(sorted(links.parent_of.items())), dict(sorted(links.names.items()))


def test_an_old_cache_is_taken_over_alike_in_any_order(tmp_path):
    from rootward.asking.old_cache import read_old_answers

    found = []
    for seed in range(20):
        pairs = random.Random(seed).sample(list(NASTY.items()), len(NASTY))
        path = tmp_path / "old.json"
        path.write_text(json.dumps({f"parent:{child}": {"parent": parent} for child, parent in pairs}))
        found.append(read_old_answers(str(path)))
    assert all(other == found[0] for other in found)


@pytest.mark.parametrize("at", [0, -1])
def test_reorganizing_its_own_output_changes_nothing(tmp_path, at):
    place = lambda item, _: {"pathway": item["path"][-1] if at else (item["children"] or item["path"])[0]}  # noqa: E731
    curator = Answers(NASTY.items(), place=place)
    rows, placed = grown_tree(tmp_path / "t", curator, LEAVES)
    assert_settled(tmp_path / "again", curator, tmp_path / "t", rows, placed)


def assert_settled(folder, curator, before, rows, placed, **options):
    """Put the outcome through every phase once more."""
    (folder / "reorganized").mkdir(parents=True)
    forest = nodes.from_rows(tables.rows("tree", before / TREE))
    for name in (*ROOTS, FALLBACK):  # as `grow` does: pruning leaves out the roots that hold nothing
        forest.setdefault(pathway_id(name), nodes.Node(pathway_id(name), name, "root"))
    ask = make_asker(curator)
    merged, mapping, changes = load_script("merge_duplicates").merge_until_settled(forest, 0.85, ask, {}, NOBODY)
    assert (mapping, changes) == ({}, [])
    write(folder / "reorganized", "tree", nodes.to_rows(merged), "1_merged")
    write(folder / "reorganized", "placements", placed, "1_merged.placements")
    assert reorganized(folder, ask, **options) == (rows, placed)


class NoNetwork:
    """Stands where `Gemini` does; whatever is not in the cache cannot be had."""

    def asked_of(self, kind) -> str:
        return "v1"

    jobs = None

    def question(self, kind: str) -> dict:
        return {"model": "flash", "batch": 1}

    def settings(self, kind: str) -> dict:
        return {"id": "flash", "concurrency": 4, "rpm": None, "tpm": None, "price": {"input": 1.0, "output": 2.0}}

    def connect(self, kind: str) -> None:
        pass

    def prompt(self, questions) -> str:
        return "a question"

    def call(self, questions, prompt, is_searched=False, room=1):
        return RawReply("", "SAFETY")


def test_a_climb_by_an_old_cache_alone_ends_in_one_tree_whatever_the_order_of_the_file(tmp_path):
    """What has no cached answer, or only one that closes a circle, falls back; nothing is lost."""
    found = []
    for seed in range(5):
        folder = tmp_path / str(seed)
        folder.mkdir()
        order = random.Random(seed)
        old = {f"parent:{child}": {"parent": parent} for child, parent in order.sample(list(NASTY.items()), len(NASTY))}
        (folder / "old.json").write_text(json.dumps(old), encoding="utf-8")
        cache, ledger = AnswerCache(folder / "answers.sqlite", "wal"), Ledger()
        ask = Asker(Engine(NoNetwork(), cache, ledger, 4, 1, str(folder / "old.json")), ledger, 1.0, len(NASTY))
        ids = {pathway_id(name): name for name in sorted(LEAVES, reverse=True)}
        write(
            folder,
            "leaves",
            [{"pathway_id": i, "name": n, "n_interactions": 1, "proteins": []} for i, n in ids.items()],
        )
        steps(["climb", "join_levels"], folder, ask, climb={"check": False})
        cache.close()
        found.append(tables.rows("hierarchy", folder / "hierarchy.parquet"))
    parent_of = {row["child_id"]: row["parent_id"] for row in found[0]}
    root_ids = {pathway_id(name) for name in (*ROOTS, FALLBACK)}
    assert ids.keys() - root_ids <= parent_of.keys()
    assert all(ends_at_root(parent_of, id_, root_ids) for id_ in parent_of)
    climbed = [row for row in found[0] if row["method"] == "model"]
    assert len(climbed) > len(parent_of) / 2
    for other in found[1:]:
        assert [(r["child_id"], r["parent_id"], r["method"]) for r in other] == [
            (r["child_id"], r["parent_id"], r["method"]) for r in found[0]
        ]


def ends_at_root(parent_of, start, root_ids):
    at, seen = start, set()
    while at in parent_of and at not in seen:
        seen.add(at)
        at = parent_of[at]
    return at in root_ids


# --- any answer function ---

SOME = [
    "",
    "x",
    "A" * 10_000,
    "🧬🧬",
    "<script>alert(1)</script>",
    "代谢",
    "\u200b",
    "-",
    *ROOTS,
    FALLBACK,
    "Signal  transduction",
]
WORDS = st.sampled_from([*SOME, *LEAVES[:12], "itself"])


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    leaves=st.sets(st.sampled_from([*LEAVES[:12], *ROOTS[:2], "x", "🧬🧬"]), min_size=1, max_size=6),
    options=st.fixed_dictionaries(
        {
            "depth": st.integers(1, 5),
            "keep": st.sampled_from(["all", "with_interactions"]),
            "collapse": st.booleans(),
            "ask_which": st.sampled_from(["all", "doubtful"]),
        }
    ),
)
def test_any_answer_function_leaves_a_verified_tree_that_is_settled(tmp_path_factory, seed, leaves, options):

    def drawn(*about):
        return random.Random(repr((seed, about)))  # repr: the same in every process

    def name(item, shared):
        chosen = drawn(sorted(item.items(), key=repr)).choice([*SOME, *LEAVES[:12], "itself"])
        return next(iter(v for v in item.values() if isinstance(v, str))) if chosen == "itself" else chosen

    def yes(item, shared):
        return drawn("yes", sorted((k, v) for k, v in item.items() if not k.endswith("_id"))).random() < 0.5

    def merged(item, shared):
        same = yes({"pair": sorted([item["a"], item["b"]])}, shared)
        return {
            "same": same,
            "canonical": name({"pair": sorted([item["a"], item["b"]]), "a": item["a"]}, shared) if same else None,
        }

    rules = {
        "parent": lambda item, shared: {
            "parent": name({"child": item["child"], "w": shared.get("wording", 1)}, shared)
        },
        "check_edge": lambda item, shared: {"is_a": yes(item, shared)},
        "merge": merged,
        "intermediate": lambda item, shared: {
            "insert": True,
            "name": name({"child": item["child"], "root": item["root"]}, shared),
        },
        "place": lambda item, shared: {
            "pathway": drawn(item["path"], item["children"]).choice([*item["path"], *item["children"]])
        },
        "siblings": lambda item, shared: {
            "siblings": [{"name": name({"parent": item["parent"], "n": n}, shared), "reasoning": ""} for n in range(2)]
        },
    }
    curator = Answers([], **rules)
    folder = tmp_path_factory.mktemp("any")
    rows, placed = grown_tree(folder / "t", curator, leaves, climb={"max_levels": 4, "votes": 2}, **options)
    assert {row["interaction_id"] for row in placed} == {f"I{pathway_id(n)}" for n in leaves}
    assert_settled(folder / "again", curator, folder / "t", rows, placed, **options)
