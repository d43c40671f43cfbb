"""What the rules share: helpers that say what a rule reads, makes, asks and depends on.

Which step feeds which stands in scripts/rootward/workflow/steps.py; here its names become paths of this run.
"""

import time
from functools import cache
from pathlib import Path

from rootward.curators.settings import answer_settings
from rootward.errors import UserError, did_you_mean
from rootward.workflow.locks import release_stale_locks
from rootward.workflow.provenance import code as code_of
from rootward.workflow.provenance import content_hash, forgotten, naming_tables, shard_digests
from rootward.workflow.roles import roles_of
from rootward.workflow.steps import STEPS, asks_a_model, setting
from rootward.publish.exports.formats import RULES as EXPORTS
from rootward.knowledge.roots import read_roots
from rootward.knowledge.sources import KINDS, graph_tables, member_tables, name_tables, symbols_folder
from rootward.tables import label

STARTED = time.time()
LARGE_INPUT = 10_000_000  # bytes


def given(path):
    """A file that no rule makes; a module's prefix, which would stand before it too, is kept off by `local`."""
    return local(path) if IS_MODULE else path


def placed(path):
    """Where a result is, the prefix of a module included. To be asked while the rules are read."""
    return str(workflow.modifier.modify_path(path))


def shipped(key, path, otherwise=None):
    """A path of the user's folder, or else the file of that name (or `otherwise`) that comes with the workflow."""
    for candidate in (Path(path), BASE / (otherwise or path)):
        if candidate.exists():
            return given(str(candidate))
    near = [file.name for file in Path(path).parent.glob("*")]
    raise UserError(f"{key}: {path}: not found{did_you_mean(Path(path).name, near, f'{Path(path).parent}/')}")


def references(listed):
    """The folders of the references: those that come with the workflow by name, others by path."""
    names = [listed] if isinstance(listed, str) else listed
    known = [f"{BASE}/resources/{name}" if name in KINDS and not Path(name).exists() else None for name in names]
    return [folder or str(shipped("reference", name)) for folder, name in zip(known, names)]


@cache
def digests():
    """The content hash of each shard's rows; a dry-run that has no shard to compare them with does without."""
    if LARGE and workflow.dryrun and not any(Path(ASSIGNED).glob("*.parquet")):
        return ["not read"] * SHARDS
    return or_exit(shard_digests, FILES, READING, SYMBOLS, SHARDS, MEMO)


config["reference"] = or_exit(references, config["reference"])
SYMBOLS = symbols_folder(config["reference"])
# What all jobs of a run have in common, by which its budget is counted.
os.environ.setdefault("ROOTWARD_RUN", f"{STARTED} {os.getpid()}")
# Jobs of a run leave its locks alone: on another machine they may not see who holds them.
if workflow.is_main_process and not IS_MODULE:
    release_stale_locks(Path(".snakemake"))

FILES = [given(path) for path in ([config["input"]] if isinstance(config["input"], str) else config["input"])]
ROOTS = or_exit(shipped, "roots", config["roots"])
or_exit(read_roots, ROOTS, config["fallback_root"])
ASKS_A_MODEL = asks_a_model(config)
SHARDS = config["shards"]
EVIDENCE = config["questions"]["validate_evidence"]["enabled"]
READING = {
    key: config[key] for key in ("input_format", "columns", "species", "orthologs", "entities", "genetic", "string")
}
STRING_NAMES = [given(config["string"]["names"])] if config["string"]["names"] else []
ORTHOLOGS = [given(config["orthologs"])] if config["orthologs"] else []
GOLD = [or_exit(shipped, "evaluate.gold", config["evaluate"]["gold"])] if config["evaluate"]["gold"] else []
ASSIGNED = placed("results/assigned")
MEMO = placed("cache/inputs.json")
FORGOTTEN = placed("results/forgotten.json")
# What the user must mend in the input is said at once; a large one (a second per 5 MB) is only read when it has to be.
LARGE = sum(Path(path).stat().st_size for path in FILES if Path(path).is_file()) > LARGE_INPUT
if not LARGE:
    digests()
# Compute nodes often see no internet: what asks a model then runs where Snakemake was started, in no group.
ASKS_HERE = ASKS_A_MODEL and config["asks_on"] == "submit_host"


wildcard_constraints:
    level=r"\d+",
    shard=r"\d+",


# The sources of the explorer page, by content: what Python imports does not lead to them.
PAGE = content_hash(sorted(map(str, (BASE / "scripts/rootward/publish/explorer/page").rglob("*.*"))), [])
GRAPH = [given(table) for table in graph_tables(config["reference"])]
MEMBERS = [given(table) for table in member_tables(config["reference"])]
NAMES = [given(table) for table in name_tables(config["reference"])]
PROTEINS = given(f"{SYMBOLS}/proteins.parquet")
NAMING = [given(f"{SYMBOLS}/{table}.parquet") for table in naming_tables(SYMBOLS)]


def prompts(name):
    """The prompt templates of a step's questions."""
    return [template(question) for question in STEPS[name].asks]


def template(question):
    """The prompt template of a question: the user's, where there is one of that name, or else the shipped one."""
    return or_exit(shipped, "prompts", f"{config['prompts']}/{question}.md", f"config/prompts/{question}.md")


def reads(name):
    """What a step reads of the results, by argument."""
    return {argument: _read(made) for argument, made in STEPS[name].reads.items()}


def _read(made):
    if made.below:
        return levels_below
    names = [f"results/{file}" for file in made.names(config, None)]
    return names if made.is_many or not names else names[0]


def makes(name):
    """What a step makes, by argument; a step that asks has a ledger, too."""
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
    """The content hash of a rule's script and of the package modules it uses, its curator's among them."""
    offline = asks and not ASKS_A_MODEL
    return code_of(BASE / "scripts", f"{script}.py", *(["rootward/curators/offline.py"] if offline else []))


def asked_of(*questions):
    """Who answers questions: the part of the configuration that changes what they answer, and what was forgotten."""
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
    """How many model calls a job of a step may have in flight; nothing when the answers are at hand."""
    models = {role for question in STEPS[name].asks for role in roles_of(config["questions"][question])}
    return max(config["models"][model]["concurrency"] for model in models) if ASKS_A_MODEL else 0


def group_of(name):
    """The group of a step that asks: steps of a group are one job on a cluster. None where it is no cluster's job."""
    return None if ASKS_HERE else name


def print_summary():
    """Show the summary of a run that made one."""
    summary = Path("results/run_summary.json")
    if summary.exists() and summary.stat().st_mtime >= STARTED:
        from rootward.publish.report.summary import show

        show(summary)


def assigned_from(shard):
    """The content hash of everything a shard is made from: its rows, the curator, the code, and the files it reads."""
    files = [ROOTS, *MEMBERS, *prompts("assign_terms")]
    # Offline an interaction is judged in the context of all: who else its proteins meet counts.
    rows = digests()[shard] if ASKS_A_MODEL else digests()
    return content_hash(files, [rows, EVIDENCE, params("assign_terms")])


def planned_digest(wildcards):
    """`assigned_from` of the job's shard."""
    return assigned_from(int(wildcards.shard))


def planned_digests(wildcards):
    """`assigned_from` of all shards."""
    return [assigned_from(shard) for shard in range(SHARDS)]


def interactions_for_shard(wildcards):
    """The table of interactions; for a shard that is what it would be made again, no reason to be made again.

    Snakemake looks at nothing else of a job whose `ancient` input is made anew, so the digest covers all that counts.
    What it cannot cover are verdicts on the evidence, which the same run may make anew: with them every shard is made
    again, from answers that are kept.
    """
    if EVIDENCE:
        return "results/interactions.parquet"
    made_from = label(f"{ASSIGNED}/{wildcards.shard}.parquet", "digest")
    current = made_from is not None and made_from == planned_digest(wildcards)
    return ancient("results/interactions.parquet") if current else "results/interactions.parquet"


def levels_below(wildcards):
    """The levels climbed before this one."""
    return [f"results/parents_L{n}.parquet" for n in range(1, int(wildcards.level))]


def ledgers():
    """The ledgers of all steps that ask, in pipeline order."""
    asking = {name: step for name, step in STEPS.items() if step.asks and (name != "validate_evidence" or EVIDENCE)}
    return [f"results/{step.ledger(name).format(**p)}" for name, step in asking.items() for p in step.parts(config)]


def exports(rule):
    """The files of those of a rule's exports that the configuration asks for, by format."""
    wanted = config["exports"]["formats"]
    return {name: f"results/exports/{export.file}" for name, export in EXPORTS[rule].items() if name in wanted}
