"""What the rules share: the checked configuration, and helpers that say what a rule reads, asks and depends on."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

import yaml

from rootward.config import load
from rootward.errors import UserError
from rootward.locks import release_stale_locks
from rootward.provenance import code as code_of
from rootward.provenance import shard_digests
from rootward.tables import label

STARTED = time.time()
USER_CONFIG = Path("config/config.yaml")


def or_exit(step, *args):
    """The result of a step at parse time; what the user must mend ends Snakemake with its one line."""
    try:
        return step(*args)
    except UserError as error:
        sys.exit(str(error))


def shipped(path):
    """A path of the user's folder, or else the file of that name that comes with the workflow."""
    return path if Path(path).exists() or Path(path).is_absolute() else str(Path(workflow.basedir) / path)


def user_keys():
    """What the user's own file sets, to tell its mistakes from those of the command line."""
    try:
        return yaml.safe_load(USER_CONFIG.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError):
        return {}


config.update(or_exit(load, dict(config), str(USER_CONFIG), user_keys()))
release_stale_locks(Path(".snakemake"))

FILES = [config["input"]] if isinstance(config["input"], str) else config["input"]
REFERENCE = shipped(config["reference"])
ROOTS = shipped(config["roots"])
FALLBACK_ROOT = config["fallback_root"]
SHARDS = config["shards"]
LEVELS = config["climb"]["max_levels"]
EVIDENCE = config["questions"]["validate_evidence"]["enabled"]
DIGESTS = or_exit(shard_digests, FILES, config["input_format"], REFERENCE, SHARDS, "cache/inputs.json")


wildcard_constraints:
    level=r"\d+",
    shard=r"\d+",


def reference(*tables):
    """Paths of reference tables."""
    return [f"{REFERENCE}/{table}.parquet" for table in tables]


GRAPH = reference("pathways", "relations")
MEMBERS = reference("pathways", "relations", "protein_pathway", "proteins")


def prompts(*questions):
    """The prompt templates of questions."""
    return [shipped(f"{config['prompts']}/{question}.md") for question in questions]


def code(script, asks=True):
    """The content hash of a rule's script and of the package modules it uses, its curator's among them."""
    files = [f"{script}.py", *(["rootward/curators/reactome.py"] if asks else [])]
    return code_of(Path(workflow.basedir) / "scripts", *files)


def asked_of(*questions):
    """Who answers questions: the part of the configuration that changes what they answer."""
    if config["curator"] == "reactome":
        return "reactome"
    models = {name: config["models"][config["questions"][name]["model"]] for name in sorted(questions)}
    return {name: [model["id"], model["thinking"]] for name, model in models.items()}


def slots(*questions):
    """How many model calls a job may have in flight; nothing when the answers are at hand."""
    if config["curator"] == "reactome":
        return 0
    return max(config["models"][config["questions"][name]["model"]]["concurrency"] for name in questions)


def print_summary():
    """Show the summary of a run that made one."""
    summary = Path("results/run_summary.json")
    if summary.exists() and summary.stat().st_mtime >= STARTED:
        from rootward.publish.summary import show

        show(summary)


def planned_digest(wildcards):
    """The content hash of a shard's rows."""
    return DIGESTS[int(wildcards.shard)]


def interactions_for_shard(wildcards):
    """The table of interactions; for a shard made from just the rows it would be made from now, no reason to be made again."""
    current = label(f"results/assigned/{wildcards.shard}.parquet", "digest") == planned_digest(wildcards)
    return ancient("results/interactions.parquet") if current else "results/interactions.parquet"


def levels_below(wildcards):
    """The levels climbed before this one."""
    return [f"results/parents_L{n}.parquet" for n in range(1, int(wildcards.level))]


def ledgers():
    """The ledgers of all steps that ask, in pipeline order."""
    steps = ["validate_evidence"] if EVIDENCE else []
    steps += [f"assign_terms_{shard}" for shard in range(SHARDS)]
    steps += ["refine_terms", *(f"climb_L{level}" for level in range(1, LEVELS + 1)), "join_levels", "discover_siblings"]
    steps += ["merge_duplicates", "enforce_tree", "deepen_branches", "place_interactions"]
    return [f"results/ledger/{step}.json" for step in steps]
