"""The configuration model: the only place where defaults live. `config_check` validates the user's keys against it."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from rootward.inputs.formats import FORMATS
from rootward.publish.exports.formats import FILES
from rootward.workflow.config_models import Budget, Models, served_by_openai
from rootward.workflow.config_questions import Questions
from rootward.workflow.config_reading import Entities, Kept, String
from rootward.workflow.config_section import Count, Fraction, Positive, Seconds, Section
from rootward.workflow.user_config import UserPath, UserPaths, without_braces

if TYPE_CHECKING:
    Format = str
    Export = str
else:  # the names as they are registered
    Format = Literal[("auto", *FORMATS)]
    Export = Literal[tuple(FILES)]


class Climb(Section):
    max_levels: Annotated[int, Field(ge=1, le=50)] = Field(
        10, description="Maximum number of levels to climb before a root is chosen."
    )

    ahead: bool = Field(
        True,
        description="Ask for a parent's own parent as soon as the parent is known; the tree is the same either way.",
    )
    votes: Annotated[int, Field(ge=1, le=5)] = Field(
        1,
        description="Opinions per parent. With 2 or more, every parent is asked for in two wordings, and in up to "
        "this many when the first two disagree; the majority decides.",
    )
    candidates: Count = Field(
        0,
        description="Number of similar reference names (with their parents) shown in the prompt for a parent.",
    )
    consult: bool = Field(
        False,
        description="Ask again for a parent that contradicts the reference (if it knows both pathways), showing both "
        "sides; the second answer counts.",
    )
    check: bool = Field(
        True,
        description="Check each parent that a model named with a yes/no question; after a no, ask again in other "
        "words.",
    )


class Assign(Section):
    candidates: Count = Field(
        10,
        description="Number of likely reference pathways (with their parents) shown in the prompt with an interaction; "
        "not used offline.",
    )
    threshold: Annotated[float, Field(ge=0.25, lt=1)] = Field(
        0.4,
        description="Offline: lowest probability at which an interaction is assigned to a pathway. Below it, broader "
        "pathways are tried; an interaction that none fits stays unclassified.",
    )


class Refine(Section):
    candidates: Count = Field(
        5, description="Number of similar existing names shown in the prompt with a proposed name."
    )
    threshold: Fraction = Field(0.5, description="Lowest name similarity (0 to 1) of a candidate that is shown.")


class Merge(Section):
    threshold: Fraction = Field(
        0.85, description="Lowest name similarity (0 to 1) at which the curator is asked about a pair."
    )


class Siblings(Section):
    limit: Count = Field(5, description="Maximum number of new siblings per parent; 0 for none.")
    keep: Literal["all", "with_interactions"] = Field(
        "all", description="Keep all discovered siblings, or only those that receive interactions."
    )


class Deepen(Section):
    max_depth: Positive = Field(12, description="Do not insert a level that would make a branch deeper than this.")


class Prune(Section):
    collapse_chains: bool = Field(
        False, description="Remove pathways that have a single child and no interactions of their own."
    )


class Evaluate(Section):
    gold: UserPath | None = Field(
        None,
        min_length=1,
        description="A two-column file (child, parent) to compare the tree with; null for the reference.",
    )


class Place(Section):
    ask: Literal["all", "doubtful", "none"] = Field(
        "doubtful",
        description="Which interactions to place again: all, none, or the doubtful ones. An interaction is doubtful "
        "if its pathway has children, its confidence is low, or a model placed it on a leaf that its statement does "
        "not mention.",
    )
    confidence: Fraction = Field(0.5, description="A placement with a lower confidence is doubtful.")


class Explorer(Section):
    interactions: Count = Field(
        50_000,
        description="Maximum number of interactions on the page; in each pathway, those with the highest confidence "
        "are kept.",
    )
    per_pathway: Count = Field(200, description="Maximum number of interactions of one pathway on the page.")


class Errors(Section):
    max_fraction: Fraction = Field(
        0.02, description="Share of a step's questions that may fail before the step itself fails."
    )
    tolerated: Count = Field(3, description="Number of failed questions per step that is always tolerated.")
    attempts: Positive = Field(5, description="Attempts per question; waiting for a quota does not count.")


class Exports(Section):
    formats: list[Export] = Field(
        list(FILES), description="Files to write to results/exports/; an empty list for none."
    )


class Cache(Section):
    answers: UserPath = Field("cache/answers.sqlite", min_length=1, description="File that answers are stored in.")
    steps: UserPath | None = Field(
        "cache/steps",
        min_length=1,
        description="Folder of the step store, which restores the results of a step whose inputs, settings and code "
        "have been seen before. Several runs may share one; null turns it off.",
    )
    gigabytes: float = Field(
        5, gt=0, description="Maximum size of the step store; the least recently used results are deleted first."
    )
    old: UserPath | None = Field(
        "cache/pathway_hierarchy_cache.json",
        description="Answers of an earlier pipeline, imported if the file exists.",
    )
    journal_mode: Literal["auto", "wal", "delete", "truncate", "persist"] = Field(
        "auto",
        description="SQLite's journal mode; auto is `wal`, or `delete` with `asks_on: nodes`, where several machines "
        "share the file.",
    )


class Batch(Section):
    tokens: Positive = Field(
        1_000_000,
        description="Maximum number of input tokens per job; AI Studio shows how many tokens a project's queue holds.",
    )
    jobs: Positive = Field(
        2, description="Maximum number of jobs in the queue at once; the others are submitted later."
    )
    poll: Seconds = Field(
        15, description="Seconds between the first two checks of a job; the interval grows to a minute."
    )


class OpenAIApi(Section):
    base_url: str | None = Field(
        None,
        min_length=1,
        description="Address of an OpenAI-compatible endpoint, e.g. http://localhost:8000/v1; null uses "
        "OPENAI_BASE_URL, or OpenAI itself.",
    )


class Api(Section):
    base_url: str | None = Field(
        None, description="Address of a different endpoint; null uses GOOGLE_GEMINI_BASE_URL, if set."
    )
    version: str | None = Field(
        None,
        min_length=1,
        description="Version of the API; null uses GOOGLE_GENAI_API_VERSION, or v1beta (on Vertex AI v1beta1).",
    )
    vertex: bool | None = Field(
        None,
        description="Ask Vertex AI (Google Cloud credentials, project and location); null follows the SDK's switch "
        "GOOGLE_GENAI_USE_VERTEXAI.",
    )
    longest_wait: float = Field(
        120,
        ge=0,
        description="Longest time in seconds that the service may ask to wait; beyond it the run stops with a message.",
    )
    openai: OpenAIApi = Field(OpenAIApi(), description="OpenAI-compatible endpoints.")


class Config(Section):
    """Rootward's configuration. Put into config.yaml only what you change."""

    input: UserPaths = Field(
        "config/interactions.tsv",
        description="The interactions: a file, a pattern (`data/*.json`) or a list of them. `~` and `$VARIABLE` are "
        "expanded in all paths.",
    )
    input_format: Format = Field(
        "auto", description="Format of `input`; auto detects it from the content of each file."
    )
    columns: dict[str, str | Positive] = Field(
        {},
        description="Columns of a table whose header is not known, by name or (without a header) by number from 1.",
    )
    curator: Literal["reactome", "gemini", "openai"] = Field(
        "reactome",
        description="Who answers the questions: reactome (offline, no key), gemini (key in GEMINI_API_KEY) or openai "
        "(any OpenAI-compatible endpoint, key in OPENAI_API_KEY if it wants one).",
    )
    roots: UserPath = Field("config/roots.tsv", min_length=1, description="File that lists the roots of the tree.")
    decisions: UserPath | None = Field(
        "config/decisions.tsv",
        min_length=1,
        validate_default=True,
        description="People's decisions about the tree, one per line (decision, subject, object, reason, by, date). "
        "They override every curator. The file may be empty or missing.",
    )
    previous: UserPath | None = Field(
        None,
        min_length=1,
        validate_default=True,
        description="Folder with the results of an earlier release, whose pathway ids are carried over through "
        "renames, merges (replaced_by) and splits; see `results/ids.tsv`.",
    )
    species: list[Positive] = Field(
        [9606], min_length=1, description="NCBI taxon ids to keep (where the format gives one)."
    )
    orthologs: UserPath | None = Field(
        None,
        min_length=1,
        validate_default=True,
        description="For species other than human: a table of orthologs, with the species' own protein name and the "
        "human symbol under which its pathways are looked up. Only one-to-one orthologs are used.",
    )
    entities: Entities = Field(Entities(), description="Keep or drop rows with an interactor that is not a protein.")
    genetic: Kept = Field("drop", description="Genetic interactions (BioGRID, PSI-MITAB).")
    string: String = Field(String(), description="STRING networks.")
    shards: Annotated[int, Field(ge=1, le=4096)] = Field(
        1,
        description="Number of jobs that the interactions are split into when pathways are assigned. From about "
        "20,000 interactions on, as many as there are cores; on a cluster, one per node.",
    )
    screen: Literal["rootward", "snakemake"] = Field(
        "rootward",
        description="What a run prints: `rootward` (a line and a progress bar per step) or `snakemake` (Snakemake's "
        "own output, which is always in .snakemake/log).",
    )
    reference: Annotated[UserPaths, Field(min_length=1)] = Field(
        ["reactome", "go"],
        description="The references: `reactome`, `go`, or folders with tables of the same format. The first "
        "determines the names and the upper levels of the tree; the others add to it.",
    )
    prompts: UserPath = Field(
        "config/prompts",
        min_length=1,
        description="Folder of your prompt templates; a question without a template there uses the default one.",
    )
    mode: Literal["interactive", "batch"] = Field(
        "interactive",
        description="`interactive` sends each call at once; `batch` uses the batch API (half the price, answers "
        "within 24 hours). Questions that use Google Search are always sent interactively.",
    )
    batch: Batch = Field(Batch(), description="Settings of `mode: batch`.")
    asks_on: Literal["submit_host", "nodes"] = Field(
        "submit_host",
        description="On a cluster: whether the steps that ask a model run on the host where Snakemake was started or "
        "on compute nodes, which then need internet access.",
    )
    budget: Budget = Field(Budget(), description="The spending limit of a run.")
    models: Models = Field(Models(), description="The language models, by role.")
    questions: Questions = Field(
        Questions(), description="Which model answers each question, and how many items are sent per call."
    )
    climb: Climb = Field(Climb(), description="Building the tree from the leaves up to the roots.")
    assign: Assign = Field(Assign(), description="Naming the pathway of an interaction.")
    refine: Refine = Field(Refine(), description="Mapping proposed names to one controlled vocabulary.")
    merge: Merge = Field(Merge(), description="Merging duplicate pathways.")
    siblings: Siblings = Field(Siblings(), description="Discovering siblings.")
    deepen: Deepen = Field(Deepen(), description="Inserting missing levels below the roots.")
    place: Place = Field(Place(), description="Placing interactions at the right level.")
    prune: Prune = Field(Prune(), description="Removing empty pathways.")
    evaluate: Evaluate = Field(Evaluate(), description="Comparing the tree with a known hierarchy.")
    exports: Exports = Field(Exports(), description="Export files for other tools.")
    explorer: Explorer = Field(Explorer(), description="The explorer page.")
    errors: Errors = Field(Errors(), description="The error budget.")
    api: Api = Field(Api(), description="API endpoints.")
    cache: Cache = Field(Cache(), description="The answer cache and the step store.")
    question: str | None = Field(None, description="For `snakemake forget`: the question whose answers are deleted.")
    name: str | None = Field(
        None, description="For `snakemake forget`: the pathway; for `explain`: a pathway, protein or interaction id."
    )
    model: str | None = Field(
        None, description="For `snakemake forget`: the role or id of the model whose answers are deleted."
    )
    before: str | None = Field(
        None,
        description="For `snakemake forget`: delete answers from before this date (2026-11-24); for `compare`: the "
        "folder of the earlier results.",
    )
    after: str | None = Field(None, description="For `snakemake compare`: the folder of the later results.")
    fallback_root: str = Field(
        "Unclassified",
        min_length=1,
        description="Name of the root for interactions and pathways that could not be placed.",
    )

    @field_validator("orthologs")
    @classmethod
    def human_or_orthologs(cls, given: str | None, info: ValidationInfo) -> str | None:
        """Require a table of orthologs for species other than human, because the reference is human."""
        others = [species for species in info.data.get("species", ()) if species != 9606]
        if others and given is None:
            raise ValueError(
                f"must name a table (own name, human symbol) with species: {others}: the reference is human only"
            )
        return given

    @model_validator(mode="before")
    @classmethod
    def served_by_the_curator(cls, given: Any) -> Any:
        """Use the defaults for OpenAI-compatible models with `curator: openai`."""
        if not isinstance(given, dict) or given.get("curator") != "openai":
            return given
        return given | {"models": served_by_openai(given.get("models") or {})}

    @field_validator("budget")
    @classmethod
    def counted_call_by_call(cls, budget: Budget, info: ValidationInfo) -> Budget:
        """Refuse a budget in batch mode, where the cost of a call is known only afterwards."""
        if budget.dollars is not None and info.data.get("mode") == "batch":
            raise ValueError("dollars cannot be limited with mode: batch; use mode: interactive")
        return budget

    @field_validator("fallback_root")
    @classmethod
    def some_name(cls, given: str) -> str:
        """Refuse a blank name."""
        if not given.strip():
            raise ValueError("is empty")
        return without_braces(given)

    @field_validator("input")
    @classmethod
    def some_input(cls, given: str | list[str]) -> str | list[str]:
        """Refuse an empty list and empty names."""
        if not given or any(not path.strip() for path in ([given] if isinstance(given, str) else given)):
            raise ValueError("lists no file")
        return given
