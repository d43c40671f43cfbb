"""The tree steps on a large tree: merge candidates, merging, strictness, levels and verification, in one process.

    python benchmarks/tree_scale.py [PATHWAYS]        (default: 100000)

The tree given is twelve levels deep. Names are made of Reactome's words, a tenth of them spelling variants of others; a
fifth of the pathways has a second candidate parent. A variant stands on any level, so that merging closes cycles, and
the tree that comes out is some levels deeper. Bar at 100,000 pathways: 120 s and 2 GB together.
"""

import random
import resource
import sys
import time
from pathlib import Path

from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from rootward.curators.base import Answer  # noqa: E402
from rootward.knowledge.names import pathway_id  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402
from rootward.tree import merge, strict, verify  # noqa: E402
from rootward.tree.nodes import Edge, Forest, Node, copy, upward  # noqa: E402

DEPTH = 12
EDGE = Edge("model", "a made-up reason", call_id="0123456789abcdef")


def made_up(count: int) -> Forest:
    """A forest of `count` pathways, `DEPTH` levels deep below its roots."""
    dice = random.Random(count)
    known = [pathway.name for pathway in Reference(ROOT / "resources" / "reactome").pathways.values()]
    words = sorted({word for name in known for word in name.split() if len(word) > 3})
    forest: Forest = {}
    levels: list[list[str]] = [[] for _ in range(DEPTH + 1)]
    names: list[str] = []
    while len(forest) < count:
        if names and dice.random() < 0.1:
            name = f"{dice.choice(names)} pathway"
        else:
            name = " ".join(dice.choices(words, k=dice.choice((3, 4, 4, 5, 6))))
        id_ = pathway_id(name)
        if id_ in forest:
            continue
        names.append(name)
        level = 0 if len(forest) < 12 else 1 + len(forest) % DEPTH if len(forest) > 200 else 1
        while level > 1 and not levels[level - 1]:
            level -= 1
        parents = {dice.choice(levels[level - 1]): EDGE} if level else {}
        if level > 1 and dice.random() < 0.2:
            further = dice.choice(levels[dice.randrange(1, DEPTH)] or levels[1])
            if further != id_:
                parents[further] = EDGE
        forest[id_] = Node(id_, name, origin="leaf" if level else "root", parents=parents)
        levels[level].append(id_)
    return forest


def megabytes() -> float:
    """The largest size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Timed:
    """Prints what a block took; adds it to the sum."""

    wall = cpu = 0.0

    def __init__(self, what: str):
        self._what = what

    def __enter__(self) -> None:
        self._start = time.monotonic(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.monotonic() - self._start[0], time.process_time() - self._start[1]
        Timed.wall, Timed.cpu = Timed.wall + wall, Timed.cpu + cpu
        print(f"    {self._what:24s} {wall:8.1f} s {cpu:8.1f} s CPU {megabytes():8.0f} MB", flush=True)


def main(count: int) -> None:
    """Run the steps one after another and print what each took; exit code 1 when a bar is missed."""
    forest = made_up(count)
    depth = max(sum(1 for _ in upward(forest, id_)) for id_ in forest)
    print(f"{len(forest):,} pathways, depth {depth}, {megabytes():.0f} MB before the first step")
    with Timed("merge candidates"):
        pairs = merge.candidate_pairs(forest, 0.85)
    decisions = [
        Answer({"same": n % 4 == 0, "canonical": forest[a].name, "reasoning": "made up"}, "model", call_id=EDGE.call_id)
        for n, (a, _) in enumerate(pairs)
    ]
    with Timed(f"merge ({len(pairs):,} pairs)"):
        forest, _, _ = merge.merge(forest, pairs, answers=decisions)
    with Timed("strictness"):
        forest, changes, loose = strict.enforce(copy(forest), {})
        root_id = min(id_ for id_, node in forest.items() if node.is_root)
        forest, _ = strict.attach(forest, dict.fromkeys(loose, (root_id, forest[root_id].name, EDGE)))
    direct = dict.fromkeys(forest, 10)
    with Timed("levels"):
        rows = verify.finish(forest, direct, xrefs={})
    with Timed("verification"):
        roots = {id_ for id_, node in forest.items() if node.is_root}
        found = verify.violations(rows, direct, unplaced=[], undecided=[], root_ids=roots, keep_siblings=True)
    broken = {check: len(names) for check, names in found.items() if names}
    depth = max(row["level"] for row in rows)
    print(f"{len(rows):,} pathways, depth {depth}, {len(changes):,} changes, {len(loose)} cut loose, broken: {broken}")
    bars = Bars()
    bars.most("together", Timed.wall, bar=120.0, unit="s", note=f"{Timed.cpu:.1f} s CPU")
    bars.most("peak memory", megabytes(), bar=2048.0, unit="MB")
    bars.most("invariants broken", len(broken), bar=0)
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
