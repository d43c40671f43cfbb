"""How often the n-gram index finds the Reactome pathway that a KEGG, WikiPathways or PathBank name means.

    python benchmarks/name_lookup.py

Gold: the names ComPath's curators mapped as equal (column `aliases` of resources/reactome/pathways.parquet), held back:
the index knows Reactome's own names only. Names whose normalised form is the Reactome name are counted apart, since
they need no index.
"""

import sys
from pathlib import Path

from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from rootward.knowledge.names import normalise  # noqa: E402
from rootward.knowledge.nearest import NameIndex  # noqa: E402
from rootward.knowledge.reference import Reference  # noqa: E402


def main() -> None:
    """Print recall at rank 1 and in the top 5, for all names and those that differ from Reactome's."""
    pathways = list(Reference(ROOT / "resources" / "reactome").pathways.values())
    meant: dict[str, set[int]] = {}
    for position, pathway in enumerate(pathways):
        for alias in pathway.aliases:
            meant.setdefault(alias, set()).add(position)
    queries = sorted(meant)
    hits = [[i for i, _ in near] for near in NameIndex([p.name for p in pathways]).nearest(queries, 5)]
    differing = [
        (query, near)
        for query, near in zip(queries, hits, strict=True)
        if all(normalise(pathways[i].name) != normalise(query) for i in meant[query])
    ]
    print("names                      n   rank 1   top 5")
    shares = []
    for label, found in (("all", list(zip(queries, hits, strict=True))), ("not equal to Reactome's", differing)):
        first = sum(near[0] in meant[query] for query, near in found if near)
        top = sum(bool(meant[query] & set(near)) for query, near in found)
        print(f"{label:24s} {len(found):4d}   {first / len(found):.3f}    {top / len(found):.3f}")
        shares.append((first / len(found), top / len(found)))
    bars = Bars()
    for what, (first, top) in zip(("all names", "names unlike Reactome's"), shares, strict=True):
        bars.least(f"{what}, rank 1", first, bar=0.70)
        bars.least(f"{what}, top 5", top, bar=0.90)
    bars.end()


if __name__ == "__main__":
    main()
