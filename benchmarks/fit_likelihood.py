"""Fit how sure the offline curator says it is, and write it into scripts/rootward/knowledge/weights.py.

    python benchmarks/fit_likelihood.py EDGES [EDGES ...]

EDGES as in assign_reference.py, whose pairs are never used here. Each list is an input as a whole, and a part of it
another: a user's table may be a curated network or a screen, long or short. Two logistic models (scipy's L-BFGS) of an
answer's figures say how often it is right:

- CONFIDENCE, of interactions without a sentence: of each pair what the references say of one protein or of both is
  hidden, and its own edge is left out; right is what both really take part in.
- CONFIDENCE_STATED, of those with one: the answers about the rows of benchmarks/labels, whose tables must be there (see
  labelled.py). Sentences made of the references' own names were tried first: they are found so easily that the model
  said of real ones less than nothing (it ranked right answers above others in .51 to .61 of the cases; this one .88,
  a tenth of the rows left out at a time).

The other coefficients stand as they were set on half of the first labelled rows (the other half was looked at to
confirm). Fitting those of membership and of partners to edge lists as well was tried: it finds more pathways that both
take part in (.75 against .63 for voting) and fewer that a sentence is about (.71 to .77 right on the example).
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

from assign_reference import SEED, likeliest, prepared, read_pairs  # noqa: E402
from labelled import BARS, INPUTS, LABELS, Truth, labelled, read_table  # noqa: E402
from rootward.knowledge.lexicon import Lexicon  # noqa: E402
from rootward.knowledge.likelihood import Likelihood, Stated  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402
from rootward.workflow.config import Config  # noqa: E402

DESCRIBED = {
    "CONFIDENCE_STATED": ("constant", "named", "said", "hinted", "some", "about"),
    "CONFIDENCE": (
        *("constant", "logit", "own", "rival", "some", "known", "candidates", "information"),
        *("votes", "voters", "least", "partners", "enrichment"),
    ),
}
HELD_OUT = 1500  # pairs of the benchmark
DRAWN = 15000  # pairs of a list that are fitted to, at most …
PART, DRAWN_OF_PART = 4000, 900  # … pairs of the smaller input, and of these
# On the squares of the coefficients, of figures scaled to one standard deviation: few rows are labelled.
PENALTY = {"CONFIDENCE_STATED": 3e-3, "CONFIDENCE": 1e-4}

Seen = list[tuple[list[float], bool]]  # an answer's figures, and whether it is right


def unnamed(likelihood: Likelihood, pairs: Sequence[tuple[str, str]]) -> Seen:
    """The likeliest pathways of pairs some of whose memberships are hidden."""
    lattice, seen = likelihood.lattice, []
    ways = (slice(0, 1), slice(1, 2), slice(0, 2), slice(0, 2))
    for n, pair in enumerate(pairs):
        both = _shared(likelihood, pair)
        lattice.hidden = pair[ways[n % len(ways)]]
        (weighed,) = likelihood.weigh([Stated(*pair, "", "")])
        guess = likeliest(likelihood, weighed)
        if guess is not None:
            described = likelihood.described([(weighed, [guess])])
            seen.append(([float(described[name][0]) for name in DESCRIBED["CONFIDENCE"]], guess in both))
    return seen


def stated(name: str) -> Seen:
    """The answers about the labelled rows of a table."""
    reference = Reference([ROOT / "resources" / "reactome", ROOT / "resources" / "go"])
    rows = {row["interaction_id"]: row for row in read_table(INPUTS[name])}
    pairs = [(row["protein_a"], row["protein_b"]) for row in rows.values()]
    likelihood = Likelihood(Lexicon(reference), pairs, threshold=Config().assign.threshold)
    truth, seen = Truth(reference), []
    for label in labelled(LABELS / f"{name}.tsv"):
        row = rows[label["interaction_id"]]
        about = Stated(*(row[field] for field in ("protein_a", "protein_b", "statement", "mechanism")))
        (weighed,) = likelihood.weigh([about])
        (judgement,) = likelihood.decide([weighed])
        if judgement is not None:
            described = likelihood.described([(weighed, [judgement.pathway])])
            kind = truth.grade(likelihood.lattice.ids[judgement.pathway], label["accepted"])
            seen.append(([float(described[key][0]) for key in DESCRIBED["CONFIDENCE_STATED"]], kind == "right"))
    return seen


def _shared(likelihood: Likelihood, pair: tuple[str, str]) -> set[int]:
    lattice = likelihood.lattice
    lattice.hidden = ()
    both = np.intersect1d(lattice.member(pair[0]), lattice.member(pair[1]))
    return {n for n in both.tolist() if not lattice.is_root[n]}


def fit(seen: Seen, penalty: float) -> list[float]:
    """The coefficients of a logistic model; penalty: see PENALTY."""
    matrix, right = np.array([row for row, _ in seen]), np.array([hit for _, hit in seen], dtype=float)
    scale = np.maximum(matrix.std(axis=0), 1e-9)
    scale[0] = 1.0  # the constant
    penalties = np.array([0.0, *[penalty] * (len(scale) - 1)])

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        sure = 1 / (1 + np.exp(-(matrix / scale @ values)))
        total = -np.mean(right * np.log(sure + 1e-12) + (1 - right) * np.log(1 - sure + 1e-12))
        gradient = (matrix / scale).T @ (sure - right) / len(right) + 2 * penalties * values
        return float(total + (penalties * values**2).sum()), gradient

    best = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B")
    return (best.x / scale).round(3).tolist()


def write(coefficients: dict[str, dict[str, float]]) -> None:
    """Put the coefficients in their place in weights.py."""
    path = ROOT / "scripts/rootward/knowledge/weights.py"
    kept, _ = path.read_text(encoding="utf-8").split("CONFIDENCE_STATED: ")
    for name, values in coefficients.items():
        lines = [f'    "{described}": {value},' for described, value in values.items()]
        kept += "\n".join([f"{name}: dict[str, float] = {{", *lines, "}", ""])
    path.write_text(kept, encoding="utf-8")


def main(lists: Sequence[Path]) -> None:
    """Fit, and write."""
    seen: dict[str, Seen] = {name: [] for name in DESCRIBED}
    rng = random.Random(SEED + 1)
    for whole in map(read_pairs, lists):
        likelihood, known = prepared(whole)
        held_out = set(random.Random(SEED).sample(known, min(HELD_OUT, len(known))))
        fitting = {pair for pair in known if pair not in held_out}
        drawn = rng.sample(sorted(fitting), min(DRAWN, len(fitting)))
        part = rng.sample(whole, min(PART, len(whole)))
        seen["CONFIDENCE"] += unnamed(likelihood, drawn)
        seen["CONFIDENCE"] += unnamed(prepared(part)[0], [pair for pair in part if pair in fitting][:DRAWN_OF_PART])
    seen["CONFIDENCE_STATED"] = [row for name in BARS for row in stated(name)]
    fitted = {name: fit(rows, penalty=PENALTY[name]) for name, rows in seen.items()}
    write({name: dict(zip(DESCRIBED[name], values, strict=True)) for name, values in fitted.items()})
    for name, rows in seen.items():
        print(f"{name}: {len(rows)} answers, {np.mean([hit for _, hit in rows]):.2f} right")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(path) for path in sys.argv[1:]])
