"""Helpers shared by the rules: what a rule reads, makes, asks and depends on.

scripts/rootward/workflow/steps.py defines which step feeds which; here its names become paths of this run.
"""

import sys
import time
from functools import cache
from pathlib import Path

from rootward.curators.settings import answer_settings
from rootward.errors import UserError, did_you_mean
from rootward.inputs.text import refuse_missing
from rootward.workflow.locks import release_stale_locks
from rootward.workflow.codehash import Code
from rootward.workflow.contents import FOLDER, Contents, file_hash
from rootward.workflow.forgotten import forgotten
from rootward.workflow.releases import earlier
from rootward.workflow.results import store_of
from rootward.workflow.roles import roles_of
from rootward.workflow.steps import STEPS, asks_a_model, forced_steps, setting
from rootward.workflow.user_config import input_files
from rootward.workflow.why import force
from rootward.publish.exports.formats import RULES as EXPORTS
from rootward.knowledge.decisions import read_decisions
from rootward.knowledge.roots import read_roots
from rootward.knowledge.sources import (
    REFERENCE_KINDS,
    graph_tables,
    member_tables,
    name_tables,
    naming_tables,
    symbols_folder,
)

STARTED = time.time()
DEFAULT_DECISIONS, DEFAULT_PROMPTS = "config/decisions.tsv", "config/prompts"


def given(path):
    """A file that no rule makes. In a module, `local` keeps Snakemake from adding the module's prefix to it."""
    return local(path) if IS_MODULE else path


def placed(path):
    """The path of a result, including the prefix of a module. Call it only while the rules are read."""
    return str(workflow.modifier.modify_path(path))


def shipped(key, path, otherwise=None):
    """A path in the user's folder, or else the file of that name (or `otherwise`) shipped with the workflow."""
    for candidate in (Path(path), BASE / (otherwise or path)):
        if candidate.exists():
            return given(str(candidate))
    near = [file.name for file in Path(path).parent.glob("*")]
    raise UserError(f"{key}: {path}: not found{did_you_mean(Path(path).name, near, f'{Path(path).parent}/')}")


def references(listed):
    """The folders of the references: shipped ones by name, others by path.

    If the workflow is in the working directory, its paths are relative, so that moving the project changes nothing.
    """
    names = [listed] if isinstance(listed, str) else listed
    is_inside = not IS_MODULE and BASE.is_relative_to(Path.cwd())
    folder = (BASE.relative_to(Path.cwd()) if is_inside else BASE) / "resources"
    known = [str(folder / name) if name in REFERENCE_KINDS and not Path(name).exists() else None for name in names]
    return [folder or unknown_reference(name) for folder, name in zip(known, names)]


def unknown_reference(name):
    """The user's folder of that name; if there is none, the message says which reference was meant."""
    if not Path(name).exists() and (meant := did_you_mean(name, REFERENCE_KINDS)):
        raise UserError(f"reference: {name}: not found{meant}")
    return str(shipped("reference", name))


def decided(path, roots):
    """The file of decisions; None if it has none."""
    if path is None or (path == DEFAULT_DECISIONS and not Path(path).exists()):
        return None
    file = given(path) if IS_MODULE else path
    names = [root.name for root in read_roots(roots, config["fallback_root"])] + [config["fallback_root"]]
    return file if read_decisions(file, names) else None


config["reference"] = or_exit(references, config["reference"])
SYMBOLS = symbols_folder(config["reference"])
# A text that all jobs of a run share, so that they share its budget.
os.environ.setdefault("ROOTWARD_RUN", f"{STARTED} {os.getpid()}")
# Arrow's own allocator keeps what it has freed: 40 to 140 MB of a step of 100,000 rows.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
# Jobs of a run do not release its locks: on another machine they may not see which process holds them.
if workflow.is_main_process and not IS_MODULE:
    release_stale_locks(Path(".snakemake"))

FILES = [given(path) for path in or_exit(input_files, config["input"])]
if not IS_MODULE:  # in a module, another rule may make the input
    for path in FILES:
        or_exit(refuse_missing, path)
ROOTS = or_exit(shipped, "roots", config["roots"])
or_exit(read_roots, ROOTS, config["fallback_root"])
ASKS_A_MODEL = asks_a_model(config)
config["decisions"] = or_exit(decided, config["decisions"], ROOTS)
SHARDS = config["shards"]
EVIDENCE = config["questions"]["validate_evidence"]["enabled"]
READING = {
    key: config[key] for key in ("input_format", "columns", "species", "orthologs", "entities", "genetic", "string")
}
STRING_NAMES = [given(config["string"]["names"])] if config["string"]["names"] else []
ORTHOLOGS = [given(config["orthologs"])] if config["orthologs"] else []
GOLD = [or_exit(shipped, "evaluate.gold", config["evaluate"]["gold"])] if config["evaluate"]["gold"] else []
PREVIOUS = [given(file) for file in or_exit(earlier, config["previous"], placed("results"))]
FORGOTTEN = placed("results/forgotten.json")
MADE = Path(placed("results")) / FOLDER
CODE = Code(BASE / "scripts", Path(config["cache"]["steps"]) / "code.json" if config["cache"]["steps"] else None)
# Compute nodes often have no internet access: steps that ask a model then run where Snakemake was started, in no group.
ASKS_HERE = ASKS_A_MODEL and config["asks_on"] == "submit_host"


wildcard_constraints:
    level=r"\d+",
    shard=r"\d+",


# The hashes of the explorer page's sources, which Python imports do not lead to.
PAGE = [file_hash(path) for path in sorted((BASE / "scripts/rootward/publish/explorer/page").rglob("*.*"))]
GRAPH = [given(table) for table in graph_tables(config["reference"])]
MEMBERS = [given(table) for table in member_tables(config["reference"])]
NAMES = [given(table) for table in name_tables(config["reference"])]
PROTEINS = given(f"{SYMBOLS}/proteins.parquet")
NAMING = [given(f"{SYMBOLS}/{table}.parquet") for table in naming_tables(SYMBOLS)]


def user_prompts(folder):
    """The folder of the user's prompts. It may lack files; the default folder may also be missing."""
    if folder != DEFAULT_PROMPTS and not Path(folder).is_dir():
        raise UserError(f"prompts: {folder}: {'is not a folder' if Path(folder).exists() else 'not found'}")
    return folder


PROMPTS = or_exit(user_prompts, config["prompts"])


def prompts(name):
    """The prompt templates of a step's questions."""
    return [template(question) for question in STEPS[name].asks]


def template(question):
    """The prompt template of a question: the user's if there is one of that name, otherwise the shipped one."""
    return or_exit(shipped, "prompts", f"{PROMPTS}/{question}.md", f"config/prompts/{question}.md")


def reads(name):
    """The results that a step reads, by argument."""
    return {argument: _read(made) for argument, made in STEPS[name].reads.items()}


def _read(made):
    if made.below:
        return levels_below
    names = [f"results/{file}" for file in made.names(config, None)]
    return names if made.is_many or not names else names[0]


def makes(name):
    """The files that a step makes, by argument; a step that asks also makes a ledger."""
    found = {argument: f"results/{file}" for argument, file in STEPS[name].writes.items()}
    found = {argument: ensure(path, non_empty=True) for argument, path in found.items()}
    return found | {"ledger": f"results/{STEPS[name].ledger(name)}"} if STEPS[name].asks else found


def params(name):
    """What a step's result depends on besides its inputs: settings, who answers, and the code."""
    step = STEPS[name]
    settings = {argument: setting(config, key) for argument, key in step.settings.items()}
    asking = {"asked_of": asked_of(*step.asks)} if step.asks else {}
    return settings | asking | {"code": code(name, bool(step.asks))}


def code(script, asks=False):
    """The hash of the code of a rule's script and of the package modules it uses, including its curator."""
    offline = asks and not ASKS_A_MODEL
    return CODE.of(f"{script}.py", *(["rootward/curators/offline.py"] if offline else []))


def asked_of(*questions):
    """What answers depend on: the part of the configuration that changes them, and the answers that were forgotten."""
    if not ASKS_A_MODEL:
        weighs = {"assign_term", "place"} & set(questions)
        return f"{config['curator']} {config['assign']['threshold']}" if weighs else config["curator"]
    asked, dropped = {}, forgotten(FORGOTTEN)
    for name in sorted(questions):
        question = config["questions"][name]
        for role in roles_of(question):
            asked.setdefault(name, []).extend(answer_settings(question, config["models"][role]).values())
        asked[name] += [question["escalate_below"]] if question.get("escalate") and "escalate_below" in question else []
        asked[name] += [f"{dropped[name]} forgotten"] if name in dropped else []
    return asked


def slots(name):
    """How many model calls a job of a step may have in flight; 0 if no model is asked."""
    models = {role for question in STEPS[name].asks for role in roles_of(config["questions"][question])}
    return max(config["models"][model]["concurrency"] for model in models) if ASKS_A_MODEL else 0


def group_of(name):
    """The group of a step that asks: a cluster runs its steps as one job. None if it does not run on the cluster."""
    return None if ASKS_HERE else name


def print_summary():
    """Show the summary of a run that made one."""
    summary = Path("results/run_summary.json")
    if summary.exists() and summary.stat().st_mtime >= STARTED:
        from rootward.publish.report.summary import show

        show(summary)


@cache
def look_after_results():
    """Rerun the steps whose results are damaged or outdated, and recompute those that the user forces.

    Every target needs the user's files, so Snakemake calls this when it knows its command line but has not yet decided
    which jobs to run.
    """
    settings, store = workflow.dag_settings, store_of(config)
    if store and not workflow.dryrun:
        store.drop(forced_steps(settings))
    damaged, outdated = Contents(MADE).check()
    for path in damaged:
        print(f"{path}: was changed after it was made; it is made again", file=sys.stderr)
    workflow.dag.forcefiles.update(force(damaged, outdated))


def files_of_the_user(wildcards):
    """The user's files."""
    if workflow.is_main_process:
        look_after_results()
    return FILES


def levels_below(wildcards):
    """The levels climbed before this one."""
    return [f"results/parents_L{n}.parquet" for n in range(1, int(wildcards.level))]


def ledgers():
    """The ledgers of all steps that ask, in the order of the pipeline."""
    asking = {name: step for name, step in STEPS.items() if step.asks and (name != "validate_evidence" or EVIDENCE)}
    return [f"results/{step.ledger(name).format(**p)}" for name, step in asking.items() for p in step.parts(config)]


def exports(rule):
    """The files of a rule's exports that are configured, by format."""
    wanted = config["exports"]["formats"]
    return {name: f"results/exports/{export.file}" for name, export in EXPORTS[rule].items() if name in wanted}


# The main results of a run, which the crate describes.
RESULTS = [
    "results/reorganized.parquet",
    "results/placements.parquet",
    "results/changes.parquet",
    "results/interactions.parquet",
    "results/ids.tsv",
    "results/verification.json",
    "results/tree.txt",
    "results/tree.json",
    "results/explorer.html",
    "results/figures/tree.svg",
    "results/run_summary.json",
    "results/evaluation.json",
    *(path for rule in EXPORTS for path in exports(rule).values()),
]
