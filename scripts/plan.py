"""What a run would ask, before it asks anything: questions, cache hits, calls, tokens, money, minutes."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import assign_terms
import climb
import collect_leaves
import deepen_branches
import discover_siblings
import enforce_tree
import join_levels
import merge_duplicates
import place_interactions
import read_interactions
import refine_terms
import validate_evidence
from rootward.asking.engine import Engine
from rootward.asking.planning import Estimate, Step, lines
from rootward.curators.base import Answer, Curator, Failure
from rootward.curators.questions import Question
from rootward.workflow.job import Job


class PlanningAsker:
    """Answers from the cache, and, in place of a model, from the reference: what comes after such an answer is an
    estimate.
    """

    def __init__(self, engine: Engine, stand_in: Curator, estimate: Estimate):
        self._engine, self._stand_in, self._estimate = engine, stand_in, estimate
        self.steps: list[Step] = []
        self.exact = True

    def ask_many(self, questions: Sequence[Question], follow: object = None) -> list[Answer | Failure]:
        """As `Asker.ask_many`, without a call."""
        if not questions:
            return []
        by_key, known = self._engine.look_up(questions)
        missing = {key: question for key, question in by_key.items() if key not in known}
        batches = self._engine.batches(missing)
        hits = sum(self._engine.key(question) in known for question in questions)
        self.steps.append(self._estimate.step(questions[0].kind.name, len(questions), hits, batches, self.exact))
        if missing:
            self.exact = False
            answers = self._stand_in.answer(list(missing.values()))
            # What stands in for a model is doubted like a model: its edges are checked, and voted on.
            said = [replace(answer, method="model") if isinstance(answer, Answer) else answer for answer in answers]
            known |= dict(zip(missing, said, strict=True))
        return [known[self._engine.key(question)] for question in questions]


def replay(
    config: dict,
    files: list[str],
    roots: str,
    references: Sequence[str],
    symbols: str,
    ask: PlanningAsker,
    folder: Path,
) -> None:
    """Run the asking steps one after the other in a folder of their own. symbols: the folder with the protein table."""
    root = config["fallback_root"]

    def path(name: str) -> str:
        return str(folder / f"{name}.parquet")

    read_interactions.read_interactions(files, config, symbols, path("interactions"), path("rejected"))
    evidence, validate = None, config["questions"]["validate_evidence"]
    if validate["enabled"]:
        evidence = path("evidence")
        validate_evidence.validate_evidence(path("interactions"), evidence, ask)
    drop = validate["enabled"] and validate["drop_unsupported"]
    assign_terms.assign_terms(path("interactions"), evidence, drop, roots, root, (0, 1), "plan", path("assigned"), ask)
    refine = config["refine"]
    refine_terms.refine_terms(
        [path("assigned")], path("interactions"), root, refine["candidates"], refine["threshold"], path("refined"), ask
    )
    collect_leaves.collect_leaves(
        [path("assigned")], path("refined"), root, ["plan"], path("leaves"), path("memberships")
    )
    levels: list[str] = []
    votes, check, shown, consult = (config["climb"][key] for key in ("votes", "check", "candidates", "consult"))
    for level in range(1, config["climb"]["max_levels"] + 1):
        parents = path(f"parents_L{level}")
        switches = {"votes": votes, "check": check, "candidates": shown, "consult": consult}
        climb.climb(path("leaves"), levels, roots, root, False, parents, _Giving(ask), reference=references, **switches)
        levels.append(parents)
    join_levels.join_levels(path("leaves"), levels, roots, root, path("hierarchy"), ask)
    discover_siblings.discover_siblings(path("hierarchy"), root, config["siblings"]["limit"], path("siblings"), ask)
    f = {name: path(name) for name in ("hierarchy", "siblings", "leaves", "memberships")} | {"roots": roots}
    merge_duplicates.merge_duplicates(
        f, root, config["merge"]["threshold"], path("1"), path("1_placements"), path("changes"), ask
    )
    enforce_tree.enforce_tree(path("1"), roots, root, path("2"), path("changes"), ask, check)
    depth, threshold = config["deepen"]["max_depth"], config["merge"]["threshold"]
    deepen_branches.deepen_branches(path("2"), root, depth, path("3"), path("changes"), ask, threshold)
    f = {"interactions": path("interactions"), "tree": path("3"), "placements": path("1_placements")}
    place = config["place"]
    pruning = config["siblings"]["keep"], config["prune"]["collapse_chains"]
    place_interactions.place_interactions(
        f, root, place["ask"], place["confidence"], path("4"), path("changes"), ask, *pruning
    )


class _Giving:
    """What `climb` expects of a job: an asker."""

    def __init__(self, asker: PlanningAsker):
        self.asker = asker


if __name__ == "__main__":
    with Job(snakemake) as job, tempfile.TemporaryDirectory() as folder:
        config, given = snakemake.config, snakemake.params
        if config["curator"] == "reactome":
            print("curator: reactome answers everything offline: no calls, no cost", file=sys.stderr)
        else:
            engine, stand_in, gemini, cache = job.planning(given.roots, given.reference, given.prompts)
            asker = PlanningAsker(engine, stand_in, Estimate(gemini, cache))
            replay(config, list(given.files), given.roots, given.reference, given.symbols, asker, Path(folder))
            print("\n".join(lines(asker.steps)), file=sys.stderr)
