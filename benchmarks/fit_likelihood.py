"""Fit the calibration of what no sentence names, and write it into scripts/rootward/knowledge/weights.py.

    python benchmarks/fit_likelihood.py EDGES [PAIRS]

EDGES as in assign_reference.py, whose pairs are never used here. Of each pair what the references say of one protein or
of both is hidden, and its own edge is left out; a logistic model (scipy's L-BFGS) of the likeliest pathway's figures is
fitted to whether both really take part in it.

The other coefficients stand as they were set on half of the labelled rows (see labelled.py; the other half was looked
at to confirm). Fitting those of membership and of partners to edge lists as well was tried: it finds more pathways that
both take part in (.75 against .63 for voting) and fewer that a sentence is about (.71 to .77 right on the example).
"""

import random
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

from assign_reference import SEED, likeliest, prepared  # noqa: E402
from rootward.knowledge.likelihood import Likelihood  # noqa: E402

DESCRIBED = ("constant", "logit", "information", "votes", "voters", "partners", "enrichment")
HELD_OUT = 1500  # pairs of the benchmark


def fit_confidence(likelihood: Likelihood, pairs: list[tuple[str, str]], ways: list[slice]) -> dict[str, float]:
    """The coefficients of the confidence."""
    lattice, rows, hits = likelihood.lattice, [], []
    for n, pair in enumerate(pairs):
        lattice.hidden = ()
        both = set(np.intersect1d(lattice.member(pair[0]), lattice.member(pair[1])).tolist())
        lattice.hidden = pair[ways[n % len(ways)]]
        weighed = likelihood.weigh(*pair, "", "")
        guess = likeliest(likelihood, weighed)
        if guess is not None:
            described = likelihood.described(weighed, np.array([guess]))
            rows.append([float(described[name][0]) for name in DESCRIBED])
            hits.append(guess in both)
    matrix, hit = np.array(rows), np.array(hits, dtype=float)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        sure = 1 / (1 + np.exp(-(matrix @ values)))
        total = -np.mean(hit * np.log(sure + 1e-12) + (1 - hit) * np.log(1 - sure + 1e-12))
        return float(total), matrix.T @ (sure - hit) / len(hit)

    best = minimize(loss, np.zeros(len(DESCRIBED)), jac=True, method="L-BFGS-B")
    return dict(zip(DESCRIBED, best.x.round(3).tolist(), strict=True))


def write(confidence: dict[str, float]) -> None:
    """Put the coefficients in their place in weights.py."""
    path = ROOT / "scripts/rootward/knowledge/weights.py"
    before, _ = path.read_text(encoding="utf-8").split("\nCONFIDENCE: ")
    lines = [
        "CONFIDENCE: dict[str, float] = {",
        *(f'    "{name}": {value},' for name, value in confidence.items()),
        "}",
    ]
    path.write_text(before + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main(edges: Path, count: int) -> None:
    """Fit, and write."""
    likelihood, pairs = prepared(edges)
    held_out = set(random.Random(SEED).sample(pairs, min(HELD_OUT, len(pairs))))
    drawn = random.Random(SEED + 1).sample([pair for pair in pairs if pair not in held_out], count)
    write(fit_confidence(likelihood, drawn, [slice(0, 1), slice(1, 2), slice(0, 2)]))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1500)
