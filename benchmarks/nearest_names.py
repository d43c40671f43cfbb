"""What it costs to find the names most like each of many names, as refine_terms does, and what the shortcut loses.

    python benchmarks/nearest_names.py [NAMES ...]        (default: 10000 20000 50000 100000)

Names as in merge_candidates.py. Near-linear means that ten times the names cost at most LINEAR times the CPU. recall:
of the names that a comparison with all names puts among the five most similar, the share that is found; measured for
500 names of the largest size. The similarity of what is found, over that of what there is, is printed beside it.
"""

import sys
import time

from bars import Bars
from merge_candidates import names
from rootward.knowledge import nearest
from rootward.knowledge.nearest import NameIndex

COUNT, THRESHOLD = 6, 0.5  # as shipped: five candidates and the name itself
LINEAR, RECALL, SCORE = 13.0, 0.9, 0.97


def cost(given: list[str]) -> float:
    """CPU seconds to index the names and to look each of them up."""
    start = time.process_time()
    NameIndex(given).nearest(given, COUNT, threshold=THRESHOLD)
    return time.process_time() - start


def loss(given: list[str]) -> tuple[float, float]:
    """Recall of the most similar names, and the similarity found over the similarity there is."""
    index, queries = NameIndex(given), given[:: max(1, len(given) // 500)]
    fast = index.nearest(queries, COUNT, threshold=THRESHOLD)
    postings, nearest.POSTINGS = nearest.POSTINGS, sys.maxsize
    try:
        exact = index.nearest(queries, COUNT, threshold=THRESHOLD)
    finally:
        nearest.POSTINGS = postings
    wanted = sum(len(hits) for hits in exact)
    met = sum(len({i for i, _ in hits} & {i for i, _ in found}) for hits, found in zip(exact, fast, strict=True))
    best, got = (sum(score for hits in found for _, score in hits) for found in (exact, fast))
    return met / wanted, got / best


def main(sizes: list[int]) -> None:
    """Print the figures of each size, and the bars."""
    bars, costs = Bars(), {}
    for size in sizes:
        costs[size] = cost(sorted({name for name, _ in names(size)}))
        print(f"  {size:8,d} names {costs[size]:8.1f} CPU s {costs[size] / size * 1e6:8.0f} µs per name", flush=True)
    small, large = min(sizes), max(sizes)
    growth = costs[large] / costs[small] * 10 / (large / small)
    bars.most("CPU for ten times the names", growth, bar=LINEAR, unit="x")
    recall, score = loss(sorted({name for name, _ in names(large)}))
    bars.least("recall of the five most similar", recall, bar=RECALL)
    bars.least("similarity found of the most there is", score, bar=SCORE)
    bars.end()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 20_000, 50_000, 100_000])
