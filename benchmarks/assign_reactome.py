"""How often the offline curator still finds a true pathway of a pair when one protein's memberships are hidden.

    python benchmarks/assign_reactome.py [PAIRS]

Pairs of proteins that share a lowest-level pathway are drawn (seeded) from the reference; the memberships of the second
are hidden, so that only the ladder's lower rungs can answer. There is no statement to read but a made-up one that names
the mechanism only, so that the figure is a lower bound for real tables. A hit: the pathway assigned is one of the
pair's true shared pathways, or an ancestor of one below the top level. Printed beside it: the same with the true
pathway's name in the statement (an upper bound), and picking one of the known protein's pathways at random.
"""

import random
import sys
from collections import Counter
from pathlib import Path

from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from rootward.curators.base import Failure  # noqa: E402
from rootward.curators.offline import ReactomeCurator  # noqa: E402
from rootward.curators.questions import ask_about  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402
from rootward.knowledge.roots import read_roots  # noqa: E402


class Hiding(Reference):
    """A reference that does not know one protein."""

    hidden = ""

    def pathways_of(self, symbol: str) -> frozenset[str]:
        """As the reference's, but nothing for the hidden protein."""
        return frozenset() if symbol == self.hidden else super().pathways_of(symbol)

    def above(self, symbol: str) -> frozenset[str]:
        """As the reference's, but nothing for the hidden protein."""
        return frozenset() if symbol == self.hidden else super().above(symbol)


def draw_pairs(reference: Reference, count: int, rng: random.Random) -> list[tuple[str, str]]:
    """Pairs of different proteins of one lowest-level pathway, pathways drawn first, so that large ones do not
    dominate.
    """
    members: dict[str, list[str]] = {}
    for symbol in reference.symbols:
        for id_ in reference.pathways_of(symbol):
            members.setdefault(id_, []).append(symbol)
    usable = sorted(id_ for id_, symbols in members.items() if len(symbols) > 1)
    return [tuple(rng.sample(members[rng.choice(usable)], 2)) for _ in range(count)]


def main(count: int = 5000) -> None:
    """Print the share of hits per rung and in all; exit code 1 when a bar is missed."""
    bars = Bars()
    rng = random.Random(7)
    reference = Hiding(ROOT / "resources" / "reactome")
    roots = read_roots(ROOT / "config" / "roots.tsv", "Unclassified")
    curator = ReactomeCurator(reference, roots)
    pairs = draw_pairs(reference, count, rng)
    for label in ("statement without a hint", "statement names a true pathway"):
        rungs, hits = Counter(), Counter()
        by_chance = 0
        for n, (a, b) in enumerate(pairs):
            shared = reference.pathways_of(a) & reference.pathways_of(b)
            true = frozenset().union(*map(reference.ancestors, shared))
            hint = reference.pathways[rng.choice(sorted(shared))].name if label.startswith("statement names") else ""
            item = {
                "interaction_id": str(n),
                "protein_a": a,
                "protein_b": b,
                "effect": "unknown",
                "mechanism": "binding",
            }
            reference.hidden = b
            question = ask_about("assign_term", item | {"statement": f"{a} binds {b}. {hint}"}, roots=[])
            (answer,) = curator.answer([question])
            by_chance += rng.choice(sorted(reference.pathways_of(a))) in true
            reference.hidden = ""
            rung = "unknown" if isinstance(answer, Failure) else answer.method
            rungs[rung] += 1
            if rung != "unknown":
                found = reference.find(answer.value["pathway"])[0]
                hits[rung] += found.id in true and bool(found.parents)
        print(
            f"{label}: {sum(hits.values()) / count:.3f} of {count} pairs "
            f"(a random pathway of the known protein: {by_chance / count:.3f})"
        )
        for rung, total in rungs.most_common():
            print(f"    {rung:28s} {total:6d} answers, {hits[rung] / total:.3f} right")
        least = 0.99 if label.startswith("statement names") else by_chance / count
        bars.least("share of hits", sum(hits.values()) / count, least)
    bars.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
