"""Which step feeds which, defined once: what each step reads, makes and asks, and which settings it depends on.

The rules, the plan, benchmarks and tests read this table. A step is a script with a function of the same name, and the
names here are the names of that function's keyword arguments.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from rootward.asking import subjects

PHASES = ("1_merged", "2_strict", "3_deepened", "4_placed", "5_pruned")
OFFLINE = "reactome"  # the curator that uses only the reference tables


def asks_a_model(config: Mapping[str, Any]) -> bool:
    """Whether the configured curator is a language model: it costs, has a cache and limits, and may fail."""
    return bool(config["curator"] != OFFLINE)


def setting(config: Mapping[str, Any], key: str) -> Any:
    """The value of a dotted key."""
    value: Any = config
    for part in key.split("."):
        value = value[part]
    return value


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a step makes, named relative to the folder of results.

    If its name contains `{shard}`, `{level}` or `{phase}`, there are several, and all are read; with `below`, only the
    levels below the reader's. It is read only if all settings of `when` are true.
    """

    name: str
    below: bool = False
    when: tuple[str, ...] = ()

    def names(self, config: Mapping[str, Any], level: int | None) -> list[str]:
        """The names of all these files; empty if the settings exclude them."""
        if not all(setting(config, key) for key in self.when):
            return []
        if "{shard}" in self.name:
            return [self.name.format(shard=shard) for shard in range(config["shards"])]
        if "{level}" in self.name:
            above = level if self.below and level is not None else config["climb"]["max_levels"] + 1
            return [self.name.format(level=number) for number in range(1, above)]
        return [self.name.format(phase=phase) for phase in PHASES] if "{phase}" in self.name else [self.name]

    @property
    def is_many(self) -> bool:
        """Whether there may be several, so that the argument is a list."""
        return "{" in self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step. Each field except `asks` maps an argument of its function to the source of its value.

    from_outside: arguments from outside the results (the user's files, roots, the reference); reads, writes: files of
    results; settings: keys of the configuration that change the result; tuning: keys that do not; fixed: switches that
    only benchmarks and tests change. A step that asks gets an asker as `ask`.
    """

    from_outside: tuple[str, ...] = ()
    reads: Mapping[str, Made] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    tuning: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()

    def ledger(self, name: str) -> str:
        """The ledger of a job of the step with this name."""
        names = " ".join(self.writes.values())
        part = "_L{level}" if "{level}" in names else "_{shard}" if "{shard}" in names else ""
        return f"ledger/{name}{part}.json"

    def parts(self, config: Mapping[str, Any]) -> list[dict[str, int]]:
        """The wildcards of its jobs: one per level, one per shard, or a single job without any."""
        names = " ".join(self.writes.values())
        if "{level}" in names:
            return [{"level": number} for number in range(1, config["climb"]["max_levels"] + 1)]
        return [{"shard": number} for number in range(config["shards"])] if "{shard}" in names else [{}]


FALLBACK = {"fallback_root": "fallback_root"}
CHECKED = ("questions.validate_evidence.enabled",)
DROPPED = (*CHECKED, "questions.validate_evidence.drop_unsupported")
SHARD = Made("assigned/{shard}.parquet")
INTERACTIONS = Made("interactions.parquet")
DECIDED = {"decisions": Made("decisions.parquet", when=("decisions",))}

# In the order in which they run.
STEPS: dict[str, Step] = {
    "read_interactions": Step(
        from_outside=("files", "reference", "reading"),
        writes={"interactions": INTERACTIONS.name, "rejected": "rejected.parquet", "proteins": "proteins.parquet"},
    ),
    "read_decisions": Step(
        from_outside=("lines", "roots", "reference", "previous"),
        reads={"interactions": INTERACTIONS},
        writes={"decisions": "decisions.parquet"},
        settings=FALLBACK,
    ),
    "validate_evidence": Step(
        reads={"interactions": INTERACTIONS},
        writes={"evidence": "evidence.parquet"},
        asks=("validate_evidence",),
    ),
    "assign_terms": Step(
        from_outside=("roots", "shard"),
        reads={"interactions": INTERACTIONS, "evidence": Made("evidence.parquet", when=CHECKED), **DECIDED},
        writes={"assigned": SHARD.name},
        settings={
            "shards": "shards",
            "drop_unsupported": "questions.validate_evidence.drop_unsupported",
            **FALLBACK,
        },
        asks=("assign_term",),
    ),
    "refine_terms": Step(
        reads={"interactions": INTERACTIONS, "assigned": SHARD, **DECIDED},
        writes={"refined": "refined.parquet"},
        settings={"candidates": "refine.candidates", "threshold": "refine.threshold", **FALLBACK},
        asks=("refine_term",),
    ),
    "collect_leaves": Step(
        reads={"interactions": INTERACTIONS, "assigned": SHARD, "refined": Made("refined.parquet")},
        writes={"leaves": "leaves.parquet", "memberships": "memberships.parquet"},
        settings=FALLBACK,
    ),
    "climb": Step(
        from_outside=("roots", "spellings"),
        reads={"leaves": Made("leaves.parquet"), "levels": Made("parents_L{level}.parquet", below=True), **DECIDED},
        writes={"parents": "parents_L{level}.parquet"},
        settings={
            "candidates": "climb.candidates",
            "votes": "climb.votes",
            "check": "climb.check",
            "consult": "climb.consult",
            **FALLBACK,
        },
        tuning={"ahead": "climb.ahead"},
        fixed={"fold": True},
        asks=("parent", "check_edge"),
    ),
    "join_levels": Step(
        from_outside=("roots",),
        reads={"leaves": Made("leaves.parquet"), "levels": Made("parents_L{level}.parquet"), **DECIDED},
        writes={"hierarchy": "hierarchy.parquet"},
        settings={"check": "climb.check", **FALLBACK},
        asks=("check_edge", "choose_root"),
    ),
    "discover_siblings": Step(
        reads={"hierarchy": Made("hierarchy.parquet"), "leaves": Made("leaves.parquet"), **DECIDED},
        writes={"siblings": "siblings.parquet"},
        settings={"limit": "siblings.limit", **FALLBACK},
        asks=("siblings",),
    ),
    "merge_duplicates": Step(
        from_outside=("roots",),
        reads={
            "hierarchy": Made("hierarchy.parquet"),
            "siblings": Made("siblings.parquet"),
            "leaves": Made("leaves.parquet"),
            "memberships": Made("memberships.parquet"),
            **DECIDED,
        },
        writes={
            "tree": "reorganized/1_merged.parquet",
            "placements": "reorganized/1_merged.placements.parquet",
            "changes": "reorganized/1_merged.changes.parquet",
        },
        settings={"threshold": "merge.threshold", **FALLBACK},
        asks=("merge",),
    ),
    "enforce_tree": Step(
        from_outside=("roots",),
        reads={"merged": Made("reorganized/1_merged.parquet"), **DECIDED},
        writes={"tree": "reorganized/2_strict.parquet", "changes": "reorganized/2_strict.changes.parquet"},
        settings={"check": "climb.check", **FALLBACK},
        asks=("best_parent", "choose_root", "check_edge"),
    ),
    "deepen_branches": Step(
        reads={"strict": Made("reorganized/2_strict.parquet"), **DECIDED},
        writes={"tree": "reorganized/3_deepened.parquet", "changes": "reorganized/3_deepened.changes.parquet"},
        settings={"threshold": "merge.threshold", "max_depth": "deepen.max_depth", **FALLBACK},
        asks=("intermediate", "merge"),
    ),
    "place_interactions": Step(
        reads={
            "interactions": INTERACTIONS,
            "deepened": Made("reorganized/3_deepened.parquet"),
            "merged": Made("reorganized/1_merged.placements.parquet"),
            **DECIDED,
        },
        writes={
            "placements": "reorganized/4_placed.placements.parquet",
            "changes": "reorganized/4_placed.changes.parquet",
        },
        settings={
            "which": "place.ask",
            "confidence": "place.confidence",
            "keep": "siblings.keep",
            "collapse_chains": "prune.collapse_chains",
            **FALLBACK,
        },
        asks=("place",),
    ),
    "prune_orphans": Step(
        reads={
            "deepened": Made("reorganized/3_deepened.parquet"),
            "placements": Made("reorganized/4_placed.placements.parquet"),
            **DECIDED,
        },
        writes={"tree": "reorganized/5_pruned.parquet", "changes": "reorganized/5_pruned.changes.parquet"},
        settings={"keep": "siblings.keep", "collapse_chains": "prune.collapse_chains"},
    ),
    "verify_tree": Step(
        from_outside=("roots", "reference", "previous"),
        reads={
            "tree": Made("reorganized/5_pruned.parquet"),
            "placed": Made("reorganized/4_placed.placements.parquet"),
            "phases": Made("reorganized/{phase}.changes.parquet"),
            "interactions": INTERACTIONS,
            "evidence": Made("evidence.parquet", when=DROPPED),
            **DECIDED,
        },
        writes={
            "reorganized": "reorganized.parquet",
            "placements": "placements.parquet",
            "changes": "changes.parquet",
            "verification": "verification.json",
            "ids": "ids.tsv",
        },
        settings={"keep": "siblings.keep", **FALLBACK},
    ),
}


# The columns of interactions.parquet that a step reads, unless it shows the rows themselves. The store ignores other
# columns: the same rows from another file, or in another order, make no difference to these steps.
_ASKED = tuple(subjects.COLUMNS)
COLUMNS: dict[str, tuple[str, ...]] = {
    "read_decisions": ("interaction_id", "protein_a", "protein_b", "given_a", "given_b"),
    "validate_evidence": (*_ASKED, "evidence"),
    "assign_terms": (*_ASKED, "bucket"),
    "refine_terms": ("interaction_id", "statement", "protein_a", "protein_b"),
    "collect_leaves": ("interaction_id", "protein_a", "protein_b"),
    "place_interactions": _ASKED,
    "verify_tree": ("interaction_id",),
    "export_sets": ("interaction_id", "protein_a", "protein_b"),
    "summarize_run": ("interaction_id", "notes", "n_rows"),
}


def wanted(config: Mapping[str, Any]) -> list[str]:
    """The steps that a configuration needs, in order. decisions: a path, or None if there are no decisions."""
    optional = {
        "read_decisions": bool(config["decisions"]),
        "validate_evidence": config["questions"]["validate_evidence"]["enabled"],
    }
    return [name for name in STEPS if optional.get(name, True)]


def steps_of(names: Iterable[str]) -> set[str]:
    """The steps for names of rules (perhaps with a module's prefix) and of files in results."""
    found = set()
    for name in names:
        makers = {step for step, made in STEPS.items() for file in made.writes.values() if _is_named(name, file)}
        found |= makers or {step for step in STEPS if name.endswith(step)} or {name}
    return found


def forced_steps(settings: Any) -> set[str] | None:
    """The steps forced on Snakemake's command line, which are computed instead of restored; None for all steps,
    including those without a table here (exports, figures). settings: Snakemake's DAG settings.
    """
    if settings.forceall:
        return None
    return steps_of([*settings.forcerun, *(settings.targets if settings.forcetargets else [])])


def _is_named(path: str, pattern: str) -> bool:
    parts = [re.escape(part) for part in re.split(r"\{\w+\}", f"results/{pattern}")]
    return re.search(rf"(^|/){'[0-9]+'.join(parts)}$", path) is not None


class Asks(Protocol):
    """What a step asks through: `asking.ask.Asker`, or a stand-in for it."""

    def ask_many(self, questions: Any, follow_up: Any = None) -> list[Any]:
        """One answer or failure per question."""
        ...


def run(
    names: Iterable[str],
    *,
    config: Mapping[str, Any],
    given: Mapping[str, Any],
    ask: Asks,
    folder: Path,
    changed: Mapping[str, Mapping[str, Any]],
) -> None:
    """Run steps in this process, one after another, on the files of a separate folder.

    config: the whole configuration; given: the values of `Step.from_outside`; changed: step -> arguments that replace
    those of the table. The scripts must be importable.
    """
    for name in names:
        for part in STEPS[name].parts(config):
            function = getattr(import_module(name), name)
            asking = {"ask": ask} if STEPS[name].asks else {}
            function(
                **{**_arguments(name, config, given=given, folder=folder, part=part), **changed.get(name, {}), **asking}
            )


def _arguments(
    name: str, config: Mapping[str, Any], given: Mapping[str, Any], folder: Path, part: Mapping[str, int]
) -> dict[str, Any]:
    step = STEPS[name]
    outside = {**given, **part}
    found: dict[str, Any] = {argument: outside[argument] for argument in step.from_outside}
    for argument, made in step.reads.items():
        # Files that depend on a setting exist if their step has run.
        files = [folder / file for file in made.names(config, part.get("level"))]
        paths = [str(file) for file in files if not made.when or file.exists()]
        found[argument] = paths if made.is_many else next(iter(paths), None)
    found |= {argument: str(folder / file.format(**part)) for argument, file in step.writes.items()}
    return {**found, **{argument: setting(config, key) for argument, key in _keys(step)}, **step.fixed}


def _keys(step: Step) -> Iterator[tuple[str, str]]:
    yield from step.settings.items()
    yield from step.tuning.items()
