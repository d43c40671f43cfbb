"""Fit how sure the offline curator says it is, and write it into scripts/rootward/knowledge/weights.py.

    python benchmarks/fit_likelihood.py EDGES [EDGES ...]

EDGES as in assign_reference.py, whose pairs are never used here; no labelled row is used either. Each list is an input
as a whole, and a part of it another: a user's table may be a curated network or a screen, long or short. What sentences
name is fitted to the first list alone, which is to be a curated one: those tables have sentences. Two logistic models
(scipy's L-BFGS) of an answer's figures say how often it is right:

- CONFIDENCE, of what no sentence names: of each pair what the references say of one protein or of both is hidden, and
  its own edge is left out; right is what both really take part in.
- CONFIDENCE_NAMED, of what a sentence names: the sentence is made of names and synonyms in the references. It says a
  pathway that both take part in, one time in three with a word left out; or (two times in five) none, but half of the
  name of one, or all its words scattered among those of another, and what is read there is the reader's fault; beside
  it may stand half a name of something else. Right is at or below the pathway that was said, or one that both take
  part in where none was.

The other coefficients stand as they were set on half of the labelled rows (see labelled.py; the other half was looked
at to confirm). Fitting those of membership and of partners to edge lists as well was tried: it finds more pathways that
both take part in (.75 against .63 for voting) and fewer that a sentence is about (.71 to .77 right on the example).
"""

import itertools
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

from assign_reference import SEED, likeliest, prepared, read_pairs  # noqa: E402
from rootward.knowledge.likelihood import Likelihood, Stated  # noqa: E402
from rootward.knowledge.reading import NAMED  # noqa: E402

DESCRIBED = {
    "CONFIDENCE_NAMED": (
        *("constant", "logit", "own", "rival", "both", "none", "named", "itself", "information"),
        "said",
    ),
    "CONFIDENCE": (
        *("constant", "logit", "own", "rival", "some", "known", "candidates", "information"),
        *("votes", "voters", "partners", "enrichment"),
    ),
}
HELD_OUT = 1500  # pairs of the benchmark
DRAWN = 5000  # pairs of a list that are fitted to, at most …
PART, DRAWN_OF_PART = 4000, 900  # … pairs of the smaller input, and of these
SIZES = (4, 600)  # proteins of a pathway that a made-up sentence names
PENALTY = 1e-4  # on the squares of the coefficients, of figures scaled to one standard deviation

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


def named(likelihood: Likelihood, pairs: Sequence[tuple[str, str]], rng: random.Random) -> Seen:
    """The answers about pairs with a made-up sentence, as far as they stand on it."""
    lattice, seen = likelihood.lattice, []
    for pair in pairs:
        both = _shared(likelihood, pair)
        fitting = sorted(n for n in both if SIZES[0] <= lattice.size[n] <= SIZES[1])
        if not fitting:
            continue
        said = rng.choice(fitting) if rng.random() < 0.6 else None
        unsaid = rng.choice([_half, _scattered])
        about = _name(likelihood, said, rng=rng) if said is not None else unsaid(likelihood, rng)
        words = [about, *([_half(likelihood, rng)] if rng.random() < 0.5 else [])]
        rng.shuffle(words)
        lattice.hidden = rng.choice([(), pair[:1], pair[1:], pair])
        statement = f"{pair[0]} acts on {pair[1]} in {' and alters '.join(words)}"
        (weighed,) = likelihood.weigh([Stated(*pair, statement, "")])
        (judgement,) = likelihood.decide([weighed])
        if judgement is None or weighed.support(judgement.pathway) < NAMED:
            continue
        described = likelihood.described([(weighed, [judgement.pathway])])
        right = judgement.pathway in both if said is None else said in lattice.up(judgement.pathway)
        seen.append(([float(described[name][0]) for name in DESCRIBED["CONFIDENCE_NAMED"]], bool(right)))
    return seen


def _shared(likelihood: Likelihood, pair: tuple[str, str]) -> set[int]:
    lattice = likelihood.lattice
    lattice.hidden = ()
    both = np.intersect1d(lattice.member(pair[0]), lattice.member(pair[1]))
    return {n for n in both.tolist() if not lattice.is_root[n]}


def _name(likelihood: Likelihood, number: int, rng: random.Random) -> str:
    """A name of a pathway, one time in three without one of its words."""
    pathway = likelihood.lattice.reference.pathways[likelihood.lattice.ids[number]]
    words = rng.choice([pathway.name, *pathway.aliases]).split()
    if len(words) > 2 and rng.random() < 1 / 3:
        words.pop(rng.randrange(len(words)))
    return " ".join(words)


def _half(likelihood: Likelihood, rng: random.Random) -> str:
    """Half of the words of some pathway's name."""
    words = _name(likelihood, rng.randrange(len(likelihood.lattice.ids)), rng=rng).split()
    return " ".join(rng.sample(words, max(1, len(words) // 2)))


def _scattered(likelihood: Likelihood, rng: random.Random) -> str:
    """All words of some pathway's name, in any order, with words of another between them."""
    one, other = (_name(likelihood, rng.randrange(len(likelihood.lattice.ids)), rng=rng).split() for _ in range(2))
    rng.shuffle(one)
    return " ".join(word for pair in itertools.zip_longest(one, other) for word in pair if word)


def fit(seen: Seen) -> list[float]:
    """The coefficients of a logistic model."""
    matrix, right = np.array([row for row, _ in seen]), np.array([hit for _, hit in seen], dtype=float)
    scale = np.maximum(matrix.std(axis=0), 1e-9)
    scale[0] = 1.0  # the constant
    penalty = np.array([0.0, *[PENALTY] * (len(scale) - 1)])

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        sure = 1 / (1 + np.exp(-(matrix / scale @ values)))
        total = -np.mean(right * np.log(sure + 1e-12) + (1 - right) * np.log(1 - sure + 1e-12))
        gradient = (matrix / scale).T @ (sure - right) / len(right) + 2 * penalty * values
        return float(total + (penalty * values**2).sum()), gradient

    best = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B")
    return (best.x / scale).round(3).tolist()


def write(coefficients: dict[str, dict[str, float]]) -> None:
    """Put the coefficients in their place in weights.py."""
    path = ROOT / "scripts/rootward/knowledge/weights.py"
    kept, _ = path.read_text(encoding="utf-8").split("CONFIDENCE_NAMED: ")
    for name, values in coefficients.items():
        lines = [f'    "{described}": {value},' for described, value in values.items()]
        kept += "\n".join([f"{name}: dict[str, float] = {{", *lines, "}", ""])
    path.write_text(kept, encoding="utf-8")


def main(lists: Sequence[Path]) -> None:
    """Fit, and write."""
    seen: dict[str, Seen] = {name: [] for name in DESCRIBED}
    rng = random.Random(SEED + 1)
    for n, whole in enumerate(map(read_pairs, lists)):
        likelihood, known = prepared(whole)
        held_out = set(random.Random(SEED).sample(known, min(HELD_OUT, len(known))))
        fitting = {pair for pair in known if pair not in held_out}
        drawn = rng.sample(sorted(fitting), min(DRAWN, len(fitting)))
        seen["CONFIDENCE_NAMED"] += named(likelihood, drawn, rng=rng) if n == 0 else []
        part = rng.sample(whole, min(PART, len(whole)))
        seen["CONFIDENCE"] += unnamed(likelihood, drawn)
        seen["CONFIDENCE"] += unnamed(prepared(part)[0], [pair for pair in part if pair in fitting][:DRAWN_OF_PART])
    write({name: dict(zip(DESCRIBED[name], fit(rows), strict=True)) for name, rows in seen.items()})
    for name, rows in seen.items():
        print(f"{name}: {len(rows)} answers, {np.mean([hit for _, hit in rows]):.2f} right")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(path) for path in sys.argv[1:]])
