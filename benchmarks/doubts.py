"""What answers of a person are worth, asked in the order of `snakemake doubts` or at random.

    python benchmarks/doubts.py [--seed N]

A tree of 500 Reactome leaves is grown from answers of which a fifth are wrong (see noisy_curator.py). A person who
knows Reactome is then shown 10, 30 and 100 of its edges, says of each wrong one which parent is right, and the tree is
grown again on these decisions. The bars are for the tree of the first answers, where there is much to correct: its F1
after so many, and that the order is worth more than chance. The tree as shipped has few such faults left.
"""

import argparse
import random
import tempfile
from pathlib import Path

from bars import Bars
from harness import FakeGemini, Reference, engine
from noisy_curator import REACTOME, Method, Noise, chosen_leaves, of_reference, our_tree
from rootward import tables
from rootward.knowledge.decisions import PARENT, Decision
from rootward.knowledge.names import pathway_id
from rootward.tree import metrics
from rootward.tree.doubts import of_edges, ranked

ANSWERS = (10, 30, 100)
NOISE = Noise(wrong_parent=0.2)
METHODS = (Method("first answers"), Method("as shipped", check=True, fold=True, contested=True))
LEAST = {10: 0.564, 30: 0.6, 100: 0.697}  # ancestor F1 of the first answers' tree after so many


def f1_of(rows: list[dict], reference: Reference) -> float:
    """The ancestor F1 of a tree."""
    return metrics.evaluate(metrics.Hierarchy.of_tree(rows), of_reference(reference), weights={})["ancestors"]["f1"]


def decided(edges: list[tuple[str, str]], reference: Reference) -> list[dict]:
    """The decisions about edges (child, parent): rows of the table."""
    rows = []
    for n, (child, parent) in enumerate(edges):
        known = reference.find(child)
        parents = [reference.pathways[id_].name for id_ in known[0].parents] if known else []
        if not parents or pathway_id(parent) in map(pathway_id, parents):
            continue
        line = Decision(n, PARENT, subject=child, object=parents[0])
        rows.append(
            {
                "line": n,
                "decision": PARENT,
                "subject": child,
                "object": parents[0],
                "subject_ids": [pathway_id(child)],
                "object_ids": [pathway_id(parents[0])],
                "interaction_ids": [],
                "reason": line.why,
                "call_id": line.call_id,
            }
        )
    return rows


def measure(method: Method, seed: int, bars: Bars) -> None:
    """Grow, ask, grow again."""
    reference = Reference(REACTOME.folder)
    names = chosen_leaves(reference)
    settings = {name: getattr(NOISE, name) for name in Noise.__dataclass_fields__}
    settings |= {"reference": REACTOME.folder, "synonyms": REACTOME.synonyms}
    with FakeGemini(seed=seed, **settings) as fake, tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with engine(fake, folder, rpm=None, tpm=None) as (ask, _, _ledger):
            rows = our_tree(names, ask, method=method, folder=folder, truth=REACTOME)
            climbed = tables.rows("hierarchy", folder / "hierarchy.parquet", columns=["child", "rejected"])
            rejected = {row["child"]: row["rejected"] for row in climbed if row["rejected"]}
            changes = tables.rows("changes", folder / "reorganized" / "2_strict.changes.parquet")
            doubts = [(one.subject, one.object) for one in ranked(of_edges(rows, rejected, changes=changes))]
            chance = random.Random(seed).sample(doubts, len(doubts))
            before = f1_of(rows, reference)
            print(f"{method.name}, seed {seed}: ancestor F1 {before:.3f}, {len(doubts)} edges")
            for n in ANSWERS:
                after = {}
                for order, edges in (("doubts", doubts), ("random", chance)):
                    tables.write("decisions", decided(edges[:n], reference), path=folder / "decisions.parquet")
                    after[order] = f1_of(our_tree(names, ask, method=method, folder=folder, truth=REACTOME), reference)
                print(f"  after {n:3d} answers: {after['doubts']:.3f}, at random {after['random']:.3f}", flush=True)
                if method is METHODS[0]:
                    bars.least(f"  more than at random, {n}", after["doubts"] - after["random"], bar=0.0)
                    bars.least(f"  F1 after {n}", after["doubts"], bar=LEAST[n])


def main() -> None:
    """Run both methods; exit code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    bars = Bars()
    for method in METHODS:
        measure(method, given.seed, bars=bars)
    bars.end()


if __name__ == "__main__":
    main()
