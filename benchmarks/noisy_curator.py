"""How right the tree comes out when the answers are wrong: 500 Reactome leaves, answered through the fake Gemini.

    python benchmarks/noisy_curator.py             the settings that matter: wrong parents x variants, cycles, merges
    python benchmarks/noisy_curator.py --full      every combination
    python benchmarks/noisy_curator.py --parts     what each part contributes, at 20 % wrong parents and 30 % variants
    python benchmarks/noisy_curator.py --truth go --only 0.2 0.3
                                                   GO's biological processes as the truth, its own synonyms as variants

The answers are Reactome's parents with seeded noise: wrong parents (drawn from all of Reactome), other spellings,
cycles, wrong merge decisions. Grown are: the plain climb of the original pipeline (first answer taken, parents already
processed skipped, of two spellings of one name the longer), ours as shipped, and ours with climb.votes: 3. Every tree
is checked for strictness.

Three things about the answers are assumptions, so they are varied and printed: `stubborn`, the share of wrong opinions
that come back whatever the wording (0: every wording errs independently; 1: asking again is useless), and `wrong
check`, the share of edges judged wrongly (published F1 of single is-a judgements is 0.91 to 0.96). A third is
`yielding`: the share of answers, right or wrong, that are given up when the question shows what contradicts them.

What would be circular is kept out: the steps see Reactome's names and relations nowhere but through the answers. With
`--spelling` the climb takes the spelling of new names from the reference, as the workflow does; since the answers are
variants of those very names, that flatters us. With `--consult` it also asks again for parents that contradict the
reference (climb.consult); since the reference is the truth here, that leaks it, and says nothing but that the doubt
arrives.

    ancestor F1   over the (pathway, ancestor) pairs whose pathways both sides know; known: the share of the tree's
    leaf F1       over all true ancestors of the 500 leaves; what nobody can match counts as wrong
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from bars import Bars
from harness import ROOT, FakeGemini, Reference, ask_about, engine

sys.path.insert(0, str(ROOT / "scripts"))

import prune_orphans
from evaluate_tree import of_reference
from rootward import tables
from rootward.curators.base import Failure
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import read_roots
from rootward.tree import metrics, nodes, verify
from rootward.workflow.config_check import load
from rootward.workflow.steps import STEPS, run

LEAVES = 500
LEVELS = 10
FALLBACK = "Unclassified"


@dataclass(frozen=True)
class Truth:
    """What the answers are taken from: a folder with pathways.parquet and relations.parquet, the roots, and whether the
    variants are the truth's own synonyms (else mechanical spellings).
    """

    folder: str
    roots: str
    synonyms: bool = False


REACTOME = Truth(str(ROOT / "resources" / "reactome"), str(ROOT / "config" / "roots.tsv"))


def gene_ontology(tables_in: Path, folder: Path) -> Truth:
    """GO's biological processes as a truth: its children of the one root are the roots, its synonyms the variants.

    tables_in: a folder with terms.parquet (id, name, synonyms joined by `|`) and relations.parquet (child, parent,
    relation) of all of GO; what the workflow ships is a part of it. Of the relations is_a counts, since that is what
    the curator is asked about.
    """
    if not (tables_in / "terms.parquet").exists():
        sys.exit(f"{tables_in}: has no terms.parquet; name a folder with all of GO by --go")
    import pyarrow as pa
    import pyarrow.parquet as pq

    terms = pq.read_table(tables_in / "terms.parquet").to_pylist()
    relations = pq.read_table(tables_in / "relations.parquet", filters=[("relation", "=", "is_a")])
    above: dict[str, list[str]] = {}
    for row in relations.to_pylist():
        above.setdefault(row["child"], []).append(row["parent"])
    roots = sorted(id_ for id_, parents in above.items() if TOP in parents)
    depths = metrics.Hierarchy({t["id"]: above.get(t["id"], []) for t in terms}, {t["id"]: t["name"] for t in terms})
    rows = [
        {
            "id": term["id"],
            "name": term["name"],
            "depth": depths.depth(term["id"]) - 2,
            "is_disease": False,
            "aliases": sorted({s for s in term["synonyms"].split("|") if s}),
        }
        for term in terms
        if term["id"] != TOP
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "pathways.parquet")
    pq.write_table(relations, folder / "relations.parquet")
    named = {row["id"]: row["name"] for row in rows}
    (folder / "roots.tsv").write_text("name\n" + "".join(f"{named[id_]}\n" for id_ in roots), encoding="utf-8")
    return Truth(str(folder), str(folder / "roots.tsv"), synonyms=True)


BARS = {"reactome": 0.85, "go": 0.65}  # ancestor F1
TOP = "GO:0008150"  # biological_process
TREE_STEPS = list(STEPS)[list(STEPS).index("climb") : list(STEPS).index("verify_tree")]


@dataclass(frozen=True)
class Noise:
    """Fractions of answers that are wrong, by kind; see tests/fake_gemini/config.py."""

    wrong_parent: float = 0.0
    variants: float = 0.0
    cycles: float = 0.0
    wrong_merge: float = 0.0
    stubborn: float = 0.5
    wrong_check: float = 0.06
    yielding: float = 0.0


@dataclass(frozen=True)
class Method:
    """How the tree is grown. plain: as the original did; otherwise the switches of the climb and of enforce_tree."""

    name: str
    plain: bool = False
    votes: int = 1
    check: bool = False
    fold: bool = False
    contested: bool = False
    spelling: bool = False
    consult: bool = False


PLAIN = Method("plain climb", plain=True)
OURS = Method("ours", check=True, fold=True, contested=True)
VOTES = Method("ours, votes: 3", votes=3, check=True, fold=True, contested=True)
PARTS = (
    PLAIN,
    Method("the steps alone"),
    Method("+ folding of variants", fold=True),
    Method("+ check in the climb", check=True),
    Method("+ check of contested", contested=True),
    Method("+ votes: 3", votes=3),
    Method("fold, check", fold=True, check=True),
    OURS,
    Method("fold, votes: 3", fold=True, votes=3),
    Method("fold, votes: 5", fold=True, votes=5),
    Method("ours, votes: 2", votes=2, check=True, fold=True, contested=True),
    VOTES,
    Method("ours, votes: 5", votes=5, check=True, fold=True, contested=True),
)


def chosen_leaves(reference: Reference) -> list[str]:
    """500 lowest-level pathways, evenly spread over the ids."""
    leaves = sorted(p.id for p in reference.pathways.values() if not p.children and p.parents)
    return [reference.pathways[leaves[n * len(leaves) // LEAVES]].name for n in range(LEAVES)]


def plain_climb(names: Iterable[str], ask, truth: Truth) -> list[dict]:
    """The original's climb: rows of `reorganized`. A strict tree by luck only; whatever turns in a circle is cut where
    it closes, since the measures need an end.
    """
    roots = {root.pathway_id: root.name for root in read_roots(truth.roots, FALLBACK)}
    spelled = {pathway_id(name): name for name in names}
    leaves = set(spelled)
    parent_of: dict[str, str] = {}
    pending = sorted(spelled)
    for _ in range(LEVELS):
        questions = [
            ask_about("parent", {"child": spelled[i], "excluded": []}, roots=[*roots.values()]) for i in pending
        ]
        new = set()
        for id_, answer in zip(pending, ask.ask_many(questions), strict=True):
            if isinstance(answer, Failure):
                continue
            name = answer.value["parent"]
            parent = pathway_id(name)
            if parent != id_ and not _meets(parent_of, parent, target=id_):
                parent_of[id_] = parent
            spelled[parent] = max(spelled.get(parent, name), name, key=lambda n: (len(n), n))
            if parent not in roots and parent not in parent_of:
                new.add(parent)
        pending = sorted(new - parent_of.keys())
    topmost = sorted(id_ for id_ in spelled if id_ not in parent_of and id_ not in roots)
    asked = [ask_about("choose_root", {"pathway": spelled[id_]}, roots=[*roots.values()]) for id_ in topmost]
    for id_, answer in zip(topmost, ask.ask_many(asked), strict=True):
        parent_of[id_] = pathway_id(answer.value["root"])
    forest = {i: nodes.Node(i, name, origin="root") for i, name in roots.items()}
    edge = nodes.Edge("model", "", call_id="")
    forest |= {
        i: nodes.Node(
            i, n, origin="leaf" if i in leaves else "climbed", parents={parent_of[i]: edge} if i in parent_of else {}
        )
        for i, n in spelled.items()
        if i not in roots
    }
    return verify.finish(forest, dict.fromkeys(leaves, 1), xrefs={})


def _meets(parent_of: dict[str, str], start: str, target: str) -> bool:
    at: str | None = start
    while at is not None:
        if at == target:
            return True
        at = parent_of.get(at)
    return False


def our_tree(names: Iterable[str], ask, method: Method, folder: Path, truth: Truth) -> list[dict]:
    """The steps of the workflow from climb to verify_tree, one interaction to a leaf: rows of `reorganized`."""

    def path(name: str) -> str:
        return str(folder / f"{name}.parquet")

    ids = {pathway_id(name): name for name in names}
    tables.write(
        "leaves",
        [{"pathway_id": i, "name": n, "n_interactions": 1, "proteins": []} for i, n in ids.items()],
        path=path("leaves"),
    )
    placed = {"method": "model", "confidence": 1.0, "reasoning": "", "call_id": "0"}
    memberships = [{"interaction_id": f"I{i}", "pathway_id": i} | placed for i in ids]
    tables.write("memberships", memberships, path=path("memberships"))
    config = load({"climb": {"votes": method.votes, "check": method.check, "consult": method.consult}})
    config["siblings"]["keep"] = "with_interactions"
    reference = truth.folder if method.spelling or method.consult else None
    run(
        [name for name in TREE_STEPS if name != "place_interactions"],
        config=config,
        given={"roots": truth.roots, "spellings": reference},
        ask=ask,
        folder=folder,
        changed={
            "climb": {"fold": method.fold},
            "enforce_tree": {"check": method.contested},
            "prune_orphans": {"placements": path("reorganized/1_merged.placements")},
        },
    )
    forest = nodes.from_rows(tables.rows("tree", path("reorganized/5_pruned")))
    direct = prune_orphans.counts(path("reorganized/1_merged.placements"))
    rows = verify.finish(forest, direct, xrefs={})
    root_ids = {root.pathway_id for root in read_roots(truth.roots, FALLBACK)} | {pathway_id(FALLBACK)}
    broken = verify.violations(rows, direct, unplaced=[], undecided=[], root_ids=root_ids, keep_siblings=False)
    if any(broken.values()):
        raise SystemExit(f"the tree is not strict: { {k: v[:3] for k, v in broken.items() if v} }")
    return rows


def measure(noise: Noise, method: Method, seed: int, truth: Truth) -> dict:
    """Grow one tree; its figures."""
    reference = Reference(truth.folder)
    names = chosen_leaves(reference)
    settings = {name: getattr(noise, name) for name in Noise.__dataclass_fields__}
    settings |= {"reference": truth.folder, "synonyms": truth.synonyms}
    with FakeGemini(seed=seed, **settings) as fake, tempfile.TemporaryDirectory() as folder:
        with engine(fake, Path(folder), rpm=None, tpm=None) as (ask, _, ledger):
            rows = (
                plain_climb(names, ask, truth=truth)
                if method.plain
                else our_tree(names, ask, method=method, folder=Path(folder), truth=truth)
            )
            calls = {kind: numbers["calls"] for kind, numbers in ledger.counts.items()}
    tree, gold = metrics.Hierarchy.of_tree(rows), of_reference(reference)
    found = metrics.evaluate(tree, gold, weights={})
    return found | {"calls": sum(calls.values()), "by_kind": calls, "leaf": leaf_score(tree, gold, names=names)}


def leaf_score(tree: metrics.Hierarchy, gold: metrics.Hierarchy, names: Iterable[str]) -> dict:
    """Precision and recall of the leaves' ancestors, by normalised name or alias; what does not match is wrong."""
    matching = metrics.match(tree, gold)
    of_gold = {gold_id: id_ for id_, gold_id in matching.gold_of.items()}
    found, true = set(), set()
    for name in names:
        leaf = gold.by_name[pathway_name(name)]
        true |= {(leaf, above) for above in gold.above(leaf)}
        if leaf in of_gold:
            found |= {(leaf, matching.gold_of.get(above, above)) for above in tree.above(of_gold[leaf])}
    return metrics.score(found, true)


def pathway_name(name: str) -> str:
    """The form in which names are matched."""
    return metrics.normalise(name)


def job(arguments: tuple[Noise, Method, int, Truth]) -> tuple[Noise, Method, dict]:
    """For a pool of processes."""
    noise, method, seed, truth = arguments
    return noise, method, measure(noise, method, seed=seed, truth=truth)


HEAD = (
    "wrong  variants  cycles  merges  method                   ancestor F1  ceiling  known  leaf F1   edge F1  calls  "
    "calls per point"
)


def show(results: Iterable[tuple[Noise, Method, dict]], bar: float) -> None:
    """A row per tree, and ours at the setting of the bar beside it.

    calls per point: calls beyond the plain climb's, per hundredth of ancestor F1 beyond it.
    """
    print(HEAD)
    bars, plain = Bars(), {}
    for noise, method, found in results:
        f1 = found["ancestors"]["f1"]
        if method.plain:
            plain = found
        more = f1 - plain["ancestors"]["f1"] if plain else 0.0
        cost = f"{(found['calls'] - plain['calls']) / more / 100:9.0f}" if plain and more > 0.005 else "        –"
        print(
            f"{noise.wrong_parent:5.0%} {noise.variants:9.0%} {noise.cycles:7.0%} {noise.wrong_merge:7.0%}  "
            f"{method.name:24s} {f1:6.3f} {'' if method.plain else f'{more:+.3f}':6s} "
            f"{found['ancestors']['ceiling_f1']:6.3f} {found['matched']['share']:5.0%} "
            f"{found['leaf']['f1']:8.3f} {found['edges']['f1']:9.3f} {found['calls']:6d}  {cost}",
            flush=True,
        )
        if method.name == OURS.name and (noise.wrong_parent, noise.variants, noise.cycles) == (0.2, 0.3, 0.0):
            bars.least("ours, 20 % wrong parents, 30 % variants", f1, bar=bar)
    bars.end()


def main() -> None:
    """Run what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--parts", action="store_true")
    parser.add_argument(
        "--spelling", action="store_true", help="take spellings from the reference, as the workflow does"
    )
    parser.add_argument("--consult", action="store_true", help="ask again for what contradicts the reference: leaks it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--yielding", type=float, default=Noise.yielding)
    parser.add_argument("--stubborn", type=float, default=Noise.stubborn)
    parser.add_argument("--wrong-check", type=float, default=Noise.wrong_check)
    parser.add_argument("--truth", choices=["reactome", "go"], default="reactome")
    parser.add_argument("--go", type=Path, default=ROOT.parent / "shared" / "reference" / "go", help="GO's tables")
    parser.add_argument("--only", type=float, nargs=2, metavar=("WRONG", "VARIANTS"))
    given = parser.parse_args()
    given_noise = Noise(stubborn=given.stubborn, wrong_check=given.wrong_check, yielding=given.yielding)
    methods = PARTS if given.parts else (PLAIN, OURS, VOTES)
    leaks = {"spelling": given.spelling, "consult": given.consult}
    methods = [method if method.plain else replace(method, **leaks) for method in methods]
    if given.only or given.parts:
        grid = [(*(given.only or (0.2, 0.3)), 0.0, 0.0)]
    elif given.full:
        grid = list(product((0.0, 0.05, 0.1, 0.2, 0.3), (0.0, 0.3), (0.0, 0.02), (0.0, 0.05)))
    else:
        grid = [(w, v, 0.0, 0.0) for w in (0.0, 0.05, 0.1, 0.2, 0.3) for v in (0.0, 0.3)]
        grid += [(0.0, 0.0, 0.02, 0.05), (0.2, 0.3, 0.02, 0.05)]
    shares = f"stubborn {given.stubborn:.0%}, wrong check {given.wrong_check:.0%}, yielding {given.yielding:.0%}"
    print(f"{LEAVES} leaves, seed {given.seed}, {shares}")
    noises = [replace(given_noise, wrong_parent=w, variants=v, cycles=c, wrong_merge=m) for w, v, c, m in grid]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        truth = gene_ontology(given.go, Path(folder)) if given.truth == "go" else REACTOME
        work = [(noise, method, given.seed, truth) for noise in noises for method in methods]
        show(pool.map(job, work), BARS[given.truth])


if __name__ == "__main__":
    main()
