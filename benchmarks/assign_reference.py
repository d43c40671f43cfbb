"""How well the offline curator finds the pathway of pairs that really interact when it does not know the proteins.

    python benchmarks/assign_reference.py EDGES [PAIRS]

EDGES: a Parquet table whose first two columns are approved symbols, one pair that interacts a row (a user's own list;
none is shipped). Of PAIRS pairs (seeded) of proteins that both have pathways in Reactome, what the references say of
the second, then of both, is hidden; the other edges are the context, the pair's own is left out. There is no statement.
The guess is the likeliest pathway below the top level; a hit is a pathway that both really take part in.

Beside it: a random and the largest pathway of the protein that is known, the pathway most partners take part in
(voting), and the deepest one that half of them do. Wu-Palmer: how near the guess is to the nearest true pathway (1 at
it, 0 where they share nothing but the top). The confidence is held to what comes true: the expected calibration error
over ten bins, and how often a hit is surer than a miss (AUC). Exits 1 when a bar is missed.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

from labelled import auc, calibration_error  # noqa: E402
from rootward.knowledge.lattice import Lattice  # noqa: E402
from rootward.knowledge.lexicon import Lexicon  # noqa: E402
from rootward.knowledge.likelihood import Likelihood, Stated, Weighed  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402

NOWHERE = np.empty(0, dtype=np.int64)
BARS = {"calibration error": 0.06, "AUC": 0.75}
SEED = 11


class Hiding(Lattice):
    """A lattice that does not know some proteins."""

    hidden: tuple[str, ...] = ()

    def direct(self, protein: str) -> np.ndarray:
        """As the lattice's, but nothing for a hidden protein."""
        return NOWHERE if protein in self.hidden else super().direct(protein)

    def member(self, protein: str) -> np.ndarray:
        """As the lattice's, but nothing for a hidden protein."""
        return NOWHERE if protein in self.hidden else super().member(protein)


def read_pairs(edges: Path) -> list[tuple[str, str]]:
    """The pairs of a Parquet table of edges, whose first two columns name the proteins."""
    table = pq.read_table(edges)
    columns = (table[column].to_pylist() for column in table.column_names[:2])
    return sorted({(min(pair), max(pair)) for pair in zip(*columns, strict=True) if pair[0] != pair[1]})


def prepared(pairs: list[tuple[str, str]]) -> tuple[Likelihood, list[tuple[str, str]]]:
    """A likelihood with these pairs as its input that can be made to forget proteins, and those pairs whose proteins
    both have pathways in Reactome.
    """
    reference = Reference([ROOT / "resources" / "reactome", ROOT / "resources" / "go"])
    likelihood = Likelihood(Lexicon(reference), pairs, threshold=0.5)
    likelihood.lattice = Hiding(reference)  # the context keeps the other: what partners take part in is known
    return likelihood, [
        pair for pair in pairs if all("Reactome" in reference.members.filed_by(protein) for protein in pair)
    ]


def likeliest(likelihood: Likelihood, weighed: Weighed) -> int | None:
    """The likeliest pathway below the top level."""
    lattice = likelihood.lattice
    ranked = [(round(float(m), 9), -n) for n, m in zip(weighed.candidates.tolist(), weighed.masses, strict=True)]
    ranked = [one for one in ranked if not lattice.is_root[-one[1]]]
    return -max(ranked)[1] if ranked else None


def wu_palmer(lattice: Lattice, guess: int, true: set[int]) -> float:
    """The best similarity of a guess to a true pathway: twice the depth of what they share over the sum of theirs."""
    line = lattice.line(guess)
    best = 0.0
    for number in true:
        shared = np.intersect1d(line, lattice.line(number), assume_unique=True)
        depth = len(shared) - 1
        best = max(best, 2 * depth / max(len(line) + len(lattice.line(number)) - 2, 1))
    return best


def beside(likelihood: Likelihood, rng: random.Random) -> dict[str, Callable[[Weighed], int | None]]:
    """The guesses to compare with."""
    lattice = likelihood.lattice

    def known(weighed: Weighed) -> list[int]:
        return [n for protein in weighed.proteins for n in lattice.direct(protein).tolist() if not lattice.is_root[n]]

    def below_top(weighed: Weighed, at_least: float) -> list[int]:
        found = np.flatnonzero((weighed.votes >= max(at_least * weighed.partners, 1)) & ~lattice.is_root)
        return [int(number) for number in found]

    depth = [len(lattice.line(number)) for number in range(len(lattice.ids))]
    return {
        "random": lambda w: rng.choice(known(w)) if known(w) else None,
        "largest": lambda w: max(known(w), key=lambda n: (lattice.size[n], n), default=None),
        "voting": lambda w: max(below_top(w, 0), key=lambda n: (w.votes[n], depth[n], -n), default=None),
        "deepest holding half": lambda w: max(below_top(w, 0.5), key=lambda n: (depth[n], w.votes[n]), default=None),
    }


def main(edges: Path, count: int) -> int:
    """Print hits and nearness for one and for both proteins hidden; 1 when a bar is missed."""
    likelihood, pairs = prepared(read_pairs(edges))
    rng = random.Random(SEED)
    drawn = rng.sample(pairs, min(count, len(pairs)))
    lattice, missed = likelihood.lattice, []
    for label, hidden in (("one protein hidden", slice(1, 2)), ("both proteins hidden", slice(0, 2))):
        guesses = {"likelihood": lambda w: likeliest(likelihood, w)} | beside(likelihood, rng)
        hits, near = dict.fromkeys(guesses, 0), dict.fromkeys(guesses, 0.0)
        judged: list[tuple[float, bool]] = []
        for pair in drawn:
            lattice.hidden = ()
            both = np.intersect1d(lattice.member(pair[0]), lattice.member(pair[1]))
            true = {n for n in both.tolist() if not lattice.is_root[n]}
            lattice.hidden = pair[hidden]
            (weighed,) = likelihood.weigh([Stated(*pair, "", "")])
            for name, guess in guesses.items():
                found = guess(weighed)
                hits[name] += found in true
                near[name] += wu_palmer(lattice, found, true=true) if found is not None and true else 0.0
                if name == "likelihood" and found is not None:
                    judged.append((float(likelihood.confidence([(weighed, [found])])[0]), found in true))
        print(f"{label}, {len(drawn)} pairs:")
        for name in guesses:
            print(f"    {name:22s} hit {hits[name] / len(drawn):.3f}, Wu-Palmer {near[name] / len(drawn):.3f}")
        error, area = calibration_error(judged, bins=10), auc(judged)
        print(f"    confidence: calibration error {error:.3f}, AUC {area:.3f} of {len(judged)} guesses")
        missed += [f"{label}: calibration error {error:.3f}"] if error > BARS["calibration error"] else []
        missed += [f"{label}: AUC {area:.3f}"] if area < BARS["AUC"] else []
    print("\n".join(f"missed: {line}" for line in missed) or "all bars are met")
    return 1 if missed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1500))
