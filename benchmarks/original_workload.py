"""The workload this project comes from, time scaled 1:20: as its pipeline asked it, and as the engine does.

    python benchmarks/original_workload.py

About 200 parent questions of 7.5 s in levels, 60 siblings, 80 merge and best-parent decisions, and the evidence of 48
interactors in batches of 3 at 45 s. The original: 15 fixed threads (4 for evidence), level by level. The engine:
shipped concurrency and batch sizes, look-ahead in the climb. The floor is the largest of the critical path, calls /
limit, and calls x latency / concurrency, step by step. Bar: wall <= 1.15 x floor. Then the climb alone with 2 %
stragglers at 5 x the latency: with look-ahead <= 0.7 x level by level.
"""

import itertools
import statistics

from bars import Bars
from harness import Clock, FakeGemini, engine, parent_questions, scratch
from rootward.curators.questions import KINDS, Question, ask_about
from rootward.knowledge.names import pathway_id
from rootward.knowledge.reference import Reference
from rootward.tree import climb

SCALE = 20
QUICK, SLOW = 7.5 / SCALE, 45 / SCALE
SHIPPED = {"concurrency": 15, "rpm": 1000 * SCALE, "tpm": None}
"""The time is scaled, so the rate is too."""
SEEDS = range(1, 6)  # of the stragglers: five of them, so where they fall decides much


def leaves(count: int) -> list[str]:
    """Reactome pathways whose ancestors make about 200 parent questions in all."""
    import harness

    reference = Reference(harness.ROOT / "resources" / "reactome")
    deep = sorted((p for p in reference.pathways.values() if p.depth >= 3 and not p.children), key=lambda p: p.id)
    return [pathway.name for pathway in deep[:: len(deep) // count][:count]]


def climb_levels(asker, names: list[str], roots: list[str], ahead: bool) -> tuple[int, int]:
    """Climb from the names to the roots; the number of questions and of levels."""
    root_ids = {pathway_id(name): name for name in roots}
    links = climb.Links(names={pathway_id(name): name for name in names})
    asked = levels = 0
    while pending := links.pending(root_ids):
        follow = climb.NextParent(roots, root_ids, links=links) if ahead else None
        questions = [ask_about("parent", {"child": links.names[i], "excluded": []}, roots=roots) for i in pending]
        climb.link(links, pending, answers=asker.ask_many(questions, follow), roots=root_ids)
        asked, levels = asked + len(pending), levels + 1
    return asked, levels


def others() -> dict[str, list[Question]]:
    """The questions besides the climb."""
    names = [q.item["child"] for q in parent_questions(400)]
    pairs = list(itertools.pairwise(names))
    rows = [
        {
            "interaction_id": f"I{n}",
            "protein_a": "TP53",
            "protein_b": f"GENE{n}",
            "effect": "unknown",
            "mechanism": "binding",
            "statement": f"TP53 binds GENE{n}.",
            "evidence": [{"text": f"TP53 binds GENE{n}.", "pmid": "1"}],
        }
        for n in range(48)
    ]
    return {
        "siblings": [ask_about("siblings", {"parent": name, "children": []}, limit=5) for name in names[:60]],
        "merge": [ask_about("merge", {"pair_id": f"P{n}", "a": a, "b": b}) for n, (a, b) in enumerate(pairs[:60])],
        "best_parent": [
            ask_about("best_parent", {"child": a, "candidates": [b, c]})
            for (a, b), c in zip(pairs[:20], names[50:], strict=False)
        ],
        "validate_evidence": [ask_about("validate_evidence", row) for row in rows],
    }


ROOTS = [
    "Autophagy",
    "Cell Cycle",
    "Cellular responses to stimuli",
    "DNA Repair",
    "Developmental Biology",
    "Gene expression (Transcription)",
    "Immune System",
    "Metabolism",
    "Metabolism of RNA",
    "Metabolism of proteins",
    "Signal Transduction",
    "Transport of small molecules",
    "Vesicle-mediated transport",
]


def workload(asker, ahead: bool) -> dict[str, tuple[float, int, int]]:
    """Run all steps: wall seconds, questions and levels of each."""
    steps = {}
    with Clock() as clock:
        asked, levels = climb_levels(asker, leaves(90), roots=ROOTS, ahead=ahead)
    steps["parent"] = (clock.wall, asked, levels)
    for kind, questions in others().items():
        with Clock() as clock:
            asker.ask_many(questions)
        steps[kind] = (clock.wall, len(questions), 1)
    return steps


def floor(steps: dict, batch: dict[str, int]) -> float:
    """Seconds no schedule can beat: critical path, rate limit, and work over concurrency, step by step."""
    total = 0.0
    for kind, (_, asked, levels) in steps.items():
        latency, at_once = (SLOW, 4) if kind == "validate_evidence" else (QUICK, SHIPPED["concurrency"])
        calls = -(-asked // batch.get(kind, 1))
        total += max(levels * latency, calls / (SHIPPED["rpm"] / 60), calls * latency / at_once)
    return total


def run(ahead: bool, batch: dict[str, int] | None = None, **fake_config) -> dict[str, tuple[float, int, int]]:
    """The workload on a fresh fake and cache. batch: other batch sizes than shipped."""
    with FakeGemini(latency=QUICK, **fake_config) as fake, scratch() as folder:
        with engine(fake, folder, **SHIPPED) as (asker, running, _):
            roles = running.model._questions
            roles["validate_evidence"]["search"] = False
            for kind, size in (batch or {}).items():
                roles[kind]["batch"] = size
            running.model._models["pro"]["rpm"] = None
            original_call = running.model.call

            def slow_evidence(questions, *given, **options):
                if questions[0].kind is KINDS["validate_evidence"]:
                    import time

                    time.sleep(SLOW - QUICK)
                return original_call(questions, *given, **options)

            running.model.call = slow_evidence
            return workload(asker, ahead)


def main() -> None:
    """Print wall and floor of both, and the climb with stragglers; exit code 1 when a bar is missed."""
    original = run(ahead=False, batch={"merge": 1})
    ours = run(ahead=True)
    print("step                 original s   engine s   questions")
    for kind in ours:
        print(f"{kind:20s} {original[kind][0]:8.2f} {ours[kind][0]:10.2f} {ours[kind][1]:9d}")
    total, total_ours = (sum(step[0] for step in steps.values()) for steps in (original, ours))
    sizes = {"merge": 3, "validate_evidence": 3}
    bound = floor(ours, sizes)
    print(f"in all               {total:8.2f} {total_ours:10.2f}   ratio {total_ours / total:.2f}")
    bars = Bars()
    bars.most("wall / floor", total_ours / bound, bar=1.15, note=f"floor {bound:.2f} s")
    stragglers = {"fraction": 0.02, "factor": 5}
    climbs = [[run_climb(ahead, stragglers=stragglers, seed=seed) for ahead in (True, False)] for seed in SEEDS]
    for with_, without in [*climbs, [statistics.fmean(walls) for walls in zip(*climbs, strict=True)]]:
        print(f"climb with 2 % stragglers: look-ahead {with_:.2f} s, by level {without:.2f} s, {with_ / without:.2f}")
    bars.most("look-ahead / by level, mean", with_ / without, bar=0.7)
    bars.end()


def run_climb(ahead: bool, **fake_config) -> float:
    """Wall seconds of the climb alone."""
    with FakeGemini(latency=QUICK, **fake_config) as fake, scratch() as folder:
        with engine(fake, folder, concurrency=64, rpm=None, tpm=None) as (asker, _, _):
            asker.ask_many(others()["siblings"][:1])  # imports the SDK
            with Clock() as clock:
                climb_levels(asker, leaves(90), roots=ROOTS, ahead=ahead)
    return clock.wall


if __name__ == "__main__":
    main()
