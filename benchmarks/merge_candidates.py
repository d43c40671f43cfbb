"""How long it takes to find what may be merged: 5,000 to 50,000 names, a fifth of them variants of others.

    python benchmarks/merge_candidates.py [NAMES ...]        (default: 5000 10000 20000 50000)

Names as a curator gives them: Reactome's, and processes of proteins in their phrases, seeded. Each size runs
in a process of its own, so that its peak memory is its own. recall: the share of the variants whose original is found.
"""

import multiprocessing
import random
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path

from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

from fake_gemini import variants_of  # noqa: E402
from rootward.knowledge.names import pathway_id  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402
from rootward.tree.merge import candidate_pairs  # noqa: E402
from rootward.tree.nodes import Node  # noqa: E402

SECONDS, MEGABYTES, RECALL = 60.0, 1000.0, 0.95  # bars, for 50,000 names
PHRASES = (
    "{} signaling",
    "Regulation of {} activity",
    "Negative regulation of {} expression",
    "{}-mediated phosphorylation",
    "{}-dependent transcription in neurons",
    "Ubiquitination and degradation of {}",
    "Transport of {} to the plasma membrane",
    "{} and {} complex assembly",
    "Activation of {} by {}",
    "{} in mitochondrial quality control",
)


def names(count: int) -> list[tuple[str, str]]:
    """`count` different names with the name each is a variant of, which is itself for four of five."""
    rng = random.Random(count)
    reference = Reference(ROOT / "resources" / "reactome")
    symbols = reference.members.symbols
    originals = {pathway_id(p.name): p.name for p in reference.pathways.values()}
    wanted = count - count // 5
    originals = dict(list(originals.items())[:wanted])
    while len(originals) < wanted:
        name = rng.choice(PHRASES).format(rng.choice(symbols), rng.choice(symbols))
        originals.setdefault(pathway_id(name), name)
    found = {id_: (name, name) for id_, name in originals.items()}
    pool = sorted(originals.values())
    while len(found) < count:
        name = rng.choice(pool)
        variant = rng.choice(variants_of(name))
        found.setdefault(pathway_id(variant), (variant, name))
    return list(found.values())


def measure(count: int) -> dict:
    """Find the candidates among that many names; the figures."""
    given = names(count)
    forest = {"root": Node("root", "root", origin="root")}
    forest |= {pathway_id(name): Node(pathway_id(name), name, origin="climbed") for name, _ in given}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.monotonic(), time.process_time()
    pairs = set(map(frozenset, candidate_pairs(forest, 0.85)))
    wall, cpu = time.monotonic() - start[0], time.process_time() - start[1]
    variants = [(pathway_id(name), pathway_id(of)) for name, of in given if name != of]
    met = sum(frozenset(pair) in pairs for pair in variants)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "wall": wall,
        "cpu": cpu,
        "before": before,
        "peak": peak,
        "pairs": len(pairs),
        "recall": met / len(variants),
    }


def main(sizes: list[int]) -> None:
    """Print a row per size, and how time grows; exit code 1 when the largest misses a bar."""
    print("   names   wall s    CPU s   peak MB     pairs   recall")
    found = {}
    for size in sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found[size] = figure = pool.apply(measure, (size,))
        print(
            f"{size:8,d} {figure['wall']:8.1f} {figure['cpu']:8.1f} {figure['peak']:9.0f} {figure['pairs']:9,d}   "
            f"{figure['recall']:.3f}",
            flush=True,
        )
    for small, large in pairwise(sizes):
        growth = found[large]["cpu"] / found[small]["cpu"]
        print(f"{small:,d} -> {large:,d} names (x{large / small:.1f}): CPU time x{growth:.1f}")
    largest, bars = found[sizes[-1]], Bars()
    bars.most("wall", largest["wall"], bar=SECONDS, unit="s")
    bars.most("peak memory", largest["peak"], bar=MEGABYTES, unit="MB")
    bars.least("recall", largest["recall"], bar=RECALL)
    bars.end()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [5_000, 10_000, 20_000, 50_000])
