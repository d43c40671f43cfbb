"""Why an interaction stands where it stands, in a biologist's words."""

from collections.abc import Iterator

import numpy as np

from rootward.knowledge.likelihood import NAMED, Likelihood, Weighed

OPEN = 0.15  # the probability from which another part of the answer is worth telling


def why(likelihood: Likelihood, weighed: Weighed, at: int) -> str:
    """What speaks for a pathway: the statement, the mechanism, the proteins, their partners in the input."""
    parts = [_text(likelihood, weighed, at=at), *_mechanism(weighed, at), _members(likelihood, weighed, at=at)]
    return "; ".join([*parts, *_partners(weighed, at), *_left_open(likelihood, weighed, at=at)])


def why_not(likelihood: Likelihood, weighed: Weighed) -> str:
    """Why an interaction stands nowhere."""
    a, b = weighed.proteins
    unknown = [protein for protein in dict.fromkeys((a, b)) if not len(likelihood.lattice.member(protein))]
    parts = []
    if unknown:
        parts.append(f"the references do not know {' and '.join(unknown)}")
    if not (weighed.named > NAMED).any():
        parts.append("the statement names no pathway")
    if not unknown and not (weighed.a & weighed.b & ~likelihood.lattice.is_root).any():
        parts.append(f"{a} and {b} share none")
    best = _best(likelihood, weighed)
    if best is not None:
        sure = float(likelihood.confidence(weighed, np.array([best]))[0])
        parts.append(f"the likeliest, {_name(likelihood, best)}, reaches only {sure:.2f}")
    return "; ".join(parts) or "nothing speaks for a pathway"


def _best(likelihood: Likelihood, weighed: Weighed) -> int | None:
    below_top = [n for n in weighed.candidates.tolist() if not likelihood.lattice.is_root[n]]
    return max(below_top, key=lambda n: (round(float(weighed.total[n]), 9), -n), default=None)


def _name(likelihood: Likelihood, number: int) -> str:
    return likelihood.lattice.reference.pathways[likelihood.lattice.ids[number]].name


def _text(likelihood: Likelihood, weighed: Weighed, at: int) -> str:
    if weighed.named[at] >= NAMED:
        return f"the statement names {_name(likelihood, at)}"
    below = [n for n in likelihood.lattice.down(at).tolist() if weighed.named[n] >= NAMED]
    if below:
        best = max(below, key=lambda n: (weighed.total[n], weighed.named[n], -n))
        return f"the statement names {_name(likelihood, best)}, which is part of it"
    if weighed.passed[at] >= NAMED:
        return f"the statement names {_name(likelihood, int(weighed.by[at]))}, which it is part of"
    return "the statement names no pathway" if not (weighed.named >= NAMED).any() else "the statement names others"


def _mechanism(weighed: Weighed, at: int) -> Iterator[str]:
    if weighed.mechanism[at] > 0:
        yield "it is the mechanism that is given"


def _members(likelihood: Likelihood, weighed: Weighed, at: int) -> str:
    id_ = likelihood.lattice.ids[at]
    inside = [protein for protein, flags in zip(weighed.proteins, (weighed.a, weighed.b), strict=True) if flags[at]]
    inside = list(dict.fromkeys(inside))
    if not inside:
        return "neither protein is known to take part in it"
    says = [likelihood.lattice.reference.says(protein, id_) for protein in inside]
    told = " and ".join(name for name in ("Reactome", "GO") if any(name in one for one in says))
    return f"{' and '.join(inside)} take{'s' * (len(inside) == 1)} part in it ({told})"


def _partners(weighed: Weighed, at: int) -> Iterator[str]:
    count = round(float(weighed.votes[at]))
    if count >= 2:
        yield f"{count} of their {weighed.partners} other partners in your table too"


def _left_open(likelihood: Likelihood, weighed: Weighed, at: int) -> Iterator[str]:
    """The parts of the answer between which it does not decide."""
    below = set(likelihood.lattice.down(at).tolist()) - {at}
    parts = [(float(m), n) for n, m in zip(weighed.candidates.tolist(), weighed.masses, strict=True) if n in below]
    parts = sorted((part for part in parts if part[0] > OPEN), key=lambda part: (-part[0], part[1]))[:2]
    if len(parts) == 2:
        yield f"it may be {' or '.join(_name(likelihood, n) for _, n in parts)}, which nothing decides"
