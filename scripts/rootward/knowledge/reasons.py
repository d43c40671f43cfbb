"""Why an interaction is where it is, in a biologist's words."""

from collections.abc import Iterator

import numpy as np

from rootward.knowledge.evidence import A, B
from rootward.knowledge.likelihood import Likelihood, Weighed
from rootward.knowledge.reading import NAMED

OPEN = 0.15  # the probability from which an alternative is mentioned


def why(likelihood: Likelihood, weighed: Weighed, at: int) -> str:
    """The evidence for a pathway: the statement, the mechanism, the proteins, their partners in the input."""
    parts = [_text(likelihood, weighed, at=at), *_mechanism(weighed, at), _members(likelihood, weighed, at=at)]
    parts += _hinted(likelihood, weighed, at=at)
    return "; ".join([*parts, *_partners(weighed, at), *_left_open(likelihood, weighed, at=at)])


def why_not(likelihood: Likelihood, weighed: Weighed) -> str:
    """Why an interaction was not placed."""
    a, b = weighed.proteins
    unknown = [protein for protein in dict.fromkeys((a, b)) if not len(likelihood.lattice.member(protein))]
    parts = []
    if unknown:
        parts.append(f"the references do not know {' and '.join(unknown)}")
    if weighed.read.most <= NAMED:
        parts.append("the statement names no pathway")
    both = np.flatnonzero(weighed.takes_part & (A | B) == A | B)
    if not unknown and likelihood.lattice.is_root[both].all():
        parts.append(f"{a} and {b} share none")
    best = _best(likelihood, weighed)
    if best is not None:
        parts.append(f"the likeliest, {_name(likelihood, best)}, reaches only {weighed.total[best]:.2f}")
    return "; ".join(parts) or "nothing speaks for a pathway"


def _best(likelihood: Likelihood, weighed: Weighed) -> int | None:
    below_top = [n for n in weighed.candidates.tolist() if not likelihood.lattice.is_root[n]]
    return max(below_top, key=lambda n: (round(float(weighed.total[n]), 9), -n), default=None)


def _name(likelihood: Likelihood, number: int) -> str:
    return likelihood.lattice.reference.pathways[likelihood.lattice.ids[number]].name


def _text(likelihood: Likelihood, weighed: Weighed, at: int) -> str:
    read = weighed.read
    if weighed.named(at) >= NAMED:
        return f"the statement names {_name(likelihood, at)}"
    named = read.numbers[read.named >= NAMED].tolist()
    below = [number for number in named if at in likelihood.lattice.up(number)]
    if below:
        best = max(below, key=lambda n: (weighed.total[n], weighed.named(n), -n))
        return f"the statement names {_name(likelihood, best)}, which is part of it"
    above = weighed.above(at)
    if above is not None and weighed.passed[at] >= NAMED:
        return f"the statement names {_name(likelihood, above)}, which it is part of"
    return "the statement names others" if named else "the statement names no pathway"


def _mechanism(weighed: Weighed, at: int) -> Iterator[str]:
    if weighed.mechanism(at) > 0:
        yield "it is the mechanism that is given"


def _hinted(likelihood: Likelihood, weighed: Weighed, at: int) -> Iterator[str]:
    if at in weighed.hinted and weighed.support(at) < NAMED:
        taking_part = zip(weighed.proteins, (A, B), strict=True)
        inside = dict.fromkeys(protein for protein, bit in taking_part if weighed.members(at) & bit)
        after = [protein for protein in inside if at in likelihood.lexicon.named_after(protein)]
        if after:
            yield f"it is named after {' and '.join(after)}"
        else:
            yield "the statement hints at it by a word of its name"


def _members(likelihood: Likelihood, weighed: Weighed, at: int) -> str:
    members = weighed.members(at)
    inside = [protein for protein, bit in zip(weighed.proteins, (A, B), strict=True) if members & bit]
    inside = list(dict.fromkeys(inside))
    if not inside:
        return "neither protein is known to take part in it"
    says = [likelihood.lattice.says(protein, at) for protein in inside]
    told = " and ".join(name for name in ("Reactome", "GO") if any(name in one for one in says))
    return f"{' and '.join(inside)} take{'s' * (len(inside) == 1)} part in it ({told})"


def _partners(weighed: Weighed, at: int) -> Iterator[str]:
    count = round(float(weighed.votes[at]))
    if count >= 2:
        yield f"{count} of their {weighed.partners} other partners in your table too"


def _left_open(likelihood: Likelihood, weighed: Weighed, at: int) -> Iterator[str]:
    """The alternatives between which the evidence does not decide."""
    likely = np.flatnonzero(weighed.masses > OPEN)
    parts = zip(weighed.masses[likely].tolist(), weighed.candidates[likely].tolist(), strict=True)
    below = [(mass, number) for mass, number in parts if number != at and at in likelihood.lattice.up(number)]
    if len(below) >= 2:
        best = sorted(below, key=lambda part: (-part[0], part[1]))[:2]
        yield f"it may be {' or '.join(_name(likelihood, n) for _, n in best)}, which nothing decides"
