"""The configuration model: the only place where defaults live; `config_check` holds what a user gives against it."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from rootward.publish.exports.formats import FILES
from rootward.workflow.user_config import UserPath, as_path, without_braces

Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0.1, le=86_400)]
if TYPE_CHECKING:
    Export = str
else:
    Export = Literal[tuple(FILES)]  # the names as they are registered


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def null_on_the_command_line(cls, given: Any) -> Any:
        """Snakemake hands `--config x='{a: null}'` over with the word null."""
        return {k: None if v == "null" else v for k, v in given.items()} if isinstance(given, dict) else given


class Price(Section):
    input: float = Field(ge=0, description="US dollars per million input tokens.")
    output: float = Field(ge=0, description="US dollars per million output tokens, thinking included.")


class Model(Section):
    id: str = Field(min_length=1, description="Model id as the API knows it.")
    concurrency: Positive = Field(description="Calls in flight at once, at most; the governor may go lower.")
    rpm: Positive | None = Field(
        None, description="Requests per minute your project may send; null when you do not know."
    )
    tpm: Positive | None = Field(
        None, description="Input tokens per minute your project may send; null when you do not know."
    )
    rpd: Positive | None = Field(
        None, description="Requests per day; used by the plan to say how many days a run takes."
    )
    timeout: Seconds = Field(120, description="Seconds until a call without an answer is given up and asked again.")
    max_output_tokens: Positive = Field(16384, description="Room for the answer, thinking included.")
    thinking: Literal["minimal", "low", "medium", "high"] | None = Field(
        None, description="Thinking level; null leaves it to the model."
    )
    price: Price = Field(description="What the plan and the summary count with.")


class Models(Section):
    flash: Model = Field(
        Model(
            id="gemini-3.8-flash",
            concurrency=15,
            rpm=1000,
            tpm=1_000_000,
            timeout=60,
            thinking="low",
            price=Price(input=0.75, output=3.75),
        ),
        description="The quick model: naming, climbing, siblings, merging.",
    )
    pro: Model = Field(
        Model(
            id="gemini-3.1-pro-preview",
            concurrency=4,
            rpm=150,
            tpm=2_000_000,
            timeout=300,
            max_output_tokens=32768,
            thinking="low",
            price=Price(input=2.0, output=12.0),
        ),
        description="The careful model: evidence.",
    )

    @model_validator(mode="before")
    @classmethod
    def fill_partial(cls, given: Any) -> Any:
        """A user who sets one key of a model keeps the model's other defaults."""
        if not isinstance(given, dict):
            return given
        filled = dict(given)
        for name, field in cls.model_fields.items():
            if isinstance(filled.get(name), dict):
                filled[name] = _overlay(field.default.model_dump(), filled[name])
        return filled


def _overlay(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    return base | {
        k: _overlay(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v for k, v in top.items()
    }


class Asking(Section):
    model: Literal["flash", "pro"] = Field("flash", description="Which of `models` answers.")
    batch: Positive = Field(1, description="Items per call.")


class AskTerm(Asking):
    batch: Positive = Field(20, description="Interactions per call.")


class AskRefine(Asking):
    batch: Positive = Field(20, description="Proposed names per call.")


class AskMerge(Asking):
    batch: Positive = Field(3, description="Pairs per call.")


class AskPlace(Asking):
    batch: Positive = Field(20, description="Interactions per call.")


class AskEdge(Asking):
    batch: Positive = Field(20, description="Edges per call.")


class AskEvidence(Asking):
    model: Literal["flash", "pro"] = Field("pro", description="Which of `models` answers.")
    batch: Positive = Field(3, description="Interactions per call.")
    enabled: bool = Field(False, description="Check every interaction's evidence before naming its pathway.")
    search: bool = Field(True, description="Let the model look things up with Google Search.")
    drop_unsupported: bool = Field(False, description="Leave interactions without support out of the tree.")


class Questions(Section):
    assign_term: AskTerm = Field(AskTerm(), description="Which pathway an interaction belongs to.")
    refine_term: AskRefine = Field(AskRefine(), description="The standard name of a proposed pathway.")
    parent: Asking = Field(Asking(), description="The immediate parent of a pathway.")
    check_edge: AskEdge = Field(AskEdge(), description="Whether a pathway is part of the parent named for it.")
    choose_root: Asking = Field(Asking(), description="The root of a pathway that reached none.")
    siblings: Asking = Field(Asking(), description="Other children of a parent.")
    merge: AskMerge = Field(AskMerge(), description="Whether two names are one pathway.")
    best_parent: Asking = Field(Asking(), description="The best of several parents.")
    intermediate: Asking = Field(Asking(), description="A level missing between a root and its child.")
    place: AskPlace = Field(AskPlace(), description="The right level of an interaction on its path.")
    validate_evidence: AskEvidence = Field(AskEvidence(), description="Whether the evidence supports the interaction.")


Kept = Literal["keep", "drop"]


class Entities(Section):
    chemicals: Kept = Field("drop", description="Small molecules, drugs, metabolites.")
    families: Kept = Field("drop", description="Protein families, and other sets of which any member may be meant.")
    complexes: Kept = Field("drop", description="Complexes that a source names as one interactor.")
    others: Kept = Field("drop", description="Genes, RNAs, phenotypes, stimuli and whatever else is no protein.")


class String(Section):
    min_score: Fraction = Field(0.7, description="Combined score from which a link of STRING is kept.")
    names: UserPath | None = Field(
        None,
        min_length=1,
        description="STRING's protein.info file: the symbols of the Ensembl ids by which the bulk files name proteins.",
    )


class Climb(Section):
    max_levels: Annotated[int, Field(ge=1, le=50)] = Field(
        10, description="Levels climbed at most; then the root is chosen."
    )

    ahead: bool = Field(
        True, description="Ask for a parent's parent as soon as the parent is known; the tree is the same either way."
    )
    votes: Annotated[int, Field(ge=1, le=5)] = Field(
        1,
        description="Opinions per parent: with 2 or more every parent is asked in two wordings, and in up to this many "
        "where the first two differ; the majority holds.",
    )
    candidates: Count = Field(
        0,
        description="Names of the reference shown with the question for a parent: so many nearest, and their parents.",
    )
    consult: bool = Field(
        False,
        description="Ask again for a parent that contradicts the reference, where that knows both pathways, and show "
        "both sides; what is answered then holds.",
    )
    check: bool = Field(
        True, description="Check the parents a model named by a yes or no, and ask again in other words after a no."
    )


class Refine(Section):
    candidates: Count = Field(5, description="Nearest names in use that are shown with a proposed name.")
    threshold: Fraction = Field(0.5, description="Name similarity from which a name is shown as a candidate.")


class Merge(Section):
    threshold: Fraction = Field(0.85, description="Name similarity from which a pair of pathways is asked about.")


class Siblings(Section):
    limit: Count = Field(5, description="New siblings per parent at most; 0 discovers none.")
    keep: Literal["all", "with_interactions"] = Field(
        "all", description="Keep all discovered siblings, or only those that come to hold interactions."
    )


class Deepen(Section):
    max_depth: Positive = Field(12, description="No level is inserted where a branch would grow deeper than this.")


class Prune(Section):
    collapse_chains: bool = Field(
        False, description="Take out pathways that hold no interaction themselves and have a single child."
    )


class Evaluate(Section):
    gold: UserPath | None = Field(
        None,
        min_length=1,
        description="A two-column file (child, parent) to compare the tree with; null compares with the reference.",
    )


class Place(Section):
    ask: Literal["all", "doubtful", "none"] = Field(
        "doubtful",
        description="Which interactions are placed anew: all, none, or those on a pathway with children, in doubt, or "
        "put by a model on a leaf of which the statement says nothing.",
    )
    confidence: Fraction = Field(0.5, description="Confidence below which a placement counts as doubtful.")


class Explorer(Section):
    interactions: Count = Field(
        50_000, description="Interactions the page carries at most, the surest of every pathway first."
    )
    per_pathway: Count = Field(200, description="Interactions of one pathway that the page carries at most.")


class Errors(Section):
    max_fraction: Fraction = Field(0.02, description="Share of a step's questions that may fail before the step fails.")
    tolerated: Count = Field(3, description="Failed questions per step that are tolerated whatever their share.")
    attempts: Positive = Field(5, description="Attempts per question; waiting for a quota never counts as one.")


class Exports(Section):
    formats: list[Export] = Field(
        list(FILES), description="What is written to results/exports/; an empty list writes nothing."
    )


class Cache(Section):
    path: UserPath = Field("cache/answers.sqlite", min_length=1, description="Where answers are kept.")
    old: UserPath | None = Field(
        "cache/pathway_hierarchy_cache.json",
        description="Answers of an earlier pipeline, taken over when the file is there.",
    )
    journal_mode: Literal["auto", "wal", "delete", "truncate", "persist"] = Field(
        "auto",
        description="SQLite's journal; auto is `wal`, or `delete` with asks_on: nodes, where machines share the file.",
    )


class Batch(Section):
    megabytes: float = Field(15, gt=0, le=19, description="Prompts per job at most (the API takes 20 MB in a request).")
    poll: Seconds = Field(15, description="Seconds between the first two looks at a job; the pause grows to a minute.")


class Api(Section):
    base_url: str | None = Field(None, description="Another endpoint; GOOGLE_GEMINI_BASE_URL does the same.")
    version: str = Field("v1beta", min_length=1, description="Version of the API.")
    vertex: bool = Field(False, description="Use Vertex AI, set up by the SDK's environment variables.")


class Config(Section):
    """Rootward's configuration. Put into config.yaml only what you change."""

    input: str | list[str] = Field(
        "config/interactions.tsv",
        description="The interactions: a file or a list of files. In every path ~ and $VARIABLE are put in.",
    )
    input_format: Literal["auto", "table", "parquet", "mitab", "signor", "biogrid", "string", "indra", "propaths"] = (
        Field("auto", description="How `input` is read; auto looks at the content of each file.")
    )
    curator: Literal["reactome", "gemini"] = Field(
        "reactome",
        description="Who answers the questions: reactome (offline, no key) or gemini (key in GEMINI_API_KEY).",
    )
    roots: UserPath = Field("config/roots.tsv", min_length=1, description="The roots every path must end in.")
    species: list[Positive] = Field(
        [9606], min_length=1, description="NCBI taxon ids that are kept (where the format names one)."
    )
    entities: Entities = Field(
        Entities(), description="Interactors that are no proteins: a row with one is kept or dropped."
    )
    genetic: Kept = Field("drop", description="Genetic interactions (BioGRID, PSI-MITAB).")
    string: String = Field(String(), description="Reading STRING's networks.")
    shards: Annotated[int, Field(ge=1, le=4096)] = Field(
        1,
        description="Parts the interactions are assigned in, one job each. One is best on one machine, where a job's "
        "start costs more than a part of the rows; more let several nodes of a cluster work, and bound a job's memory.",
    )
    reference: UserPath = Field("resources/reactome", min_length=1, description="The reference tables.")
    prompts: UserPath = Field("config/prompts", min_length=1, description="The prompt templates.")
    mode: Literal["interactive", "batch"] = Field(
        "interactive",
        description="Ask call by call, or through the batch API: half the price, answers within a day. Questions that "
        "search are asked call by call.",
    )
    batch: Batch = Field(Batch(), description="The batch mode.")
    asks_on: Literal["submit_host", "nodes"] = Field(
        "submit_host",
        description="On a cluster: the steps that ask a model run where Snakemake was started, or on compute nodes, "
        "which need a way out to the internet.",
    )
    models: Models = Field(Models(), description="The language models, by role.")
    questions: Questions = Field(
        Questions(), description="Who answers each question, and how many items travel in a call."
    )
    climb: Climb = Field(Climb(), description="Growing the tree from its leaves to its roots.")
    refine: Refine = Field(Refine(), description="Bringing proposed names to one vocabulary.")
    merge: Merge = Field(Merge(), description="Merging pathways that stand twice.")
    siblings: Siblings = Field(Siblings(), description="Discovering siblings.")
    deepen: Deepen = Field(Deepen(), description="Deepening what hangs directly under a root.")
    place: Place = Field(Place(), description="Placing interactions at the right level.")
    prune: Prune = Field(Prune(), description="Removing what holds nothing.")
    evaluate: Evaluate = Field(Evaluate(), description="Comparing the tree with a known hierarchy.")
    exports: Exports = Field(Exports(), description="Files for other tools.")
    explorer: Explorer = Field(Explorer(), description="The explorer page.")
    errors: Errors = Field(Errors(), description="The error budget.")
    api: Api = Field(Api(), description="Where the models are asked.")
    cache: Cache = Field(Cache(), description="The answer cache.")
    question: str | None = Field(
        None, description="Of `snakemake forget`: the kind of question whose answers are dropped."
    )
    name: str | None = Field(None, description="Of `snakemake forget` and `explain`: the pathway.")
    model: str | None = Field(None, description="Of `snakemake forget`: the id of the model whose answers are dropped.")
    before: str | None = Field(
        None,
        description="Of `snakemake forget`: the date (2026-11-24) before which answers are dropped; of `compare`: the "
        "folder of the earlier results.",
    )
    after: str | None = Field(None, description="Of `snakemake compare`: the folder of the later results.")
    fallback_root: str = Field("Unclassified", min_length=1, description="The root of what nothing could place.")

    @field_validator("fallback_root")
    @classmethod
    def some_name(cls, given: str) -> str:
        """Refuse a name that shows nothing."""
        if not given.strip():
            raise ValueError("is an empty name")
        return without_braces(given)

    @field_validator("input")
    @classmethod
    def some_input(cls, given: str | list[str]) -> str | list[str]:
        """Refuse an empty list and empty names."""
        if not given or any(not path.strip() for path in ([given] if isinstance(given, str) else given)):
            raise ValueError("names no file")
        return as_path(given) if isinstance(given, str) else [as_path(path) for path in given]
