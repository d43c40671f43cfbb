"""The shape of the answer to each kind of question, checked strictly.

Apart from the questions, because pydantic takes half a second of every process, and who asks the reference alone
needs none of it.
"""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import SchemaValidator

from rootward.knowledge.names import clean, normalise
from rootward.knowledge.vocabulary import EFFECTS

MAX_NAME = 200
MAX_REASON = 10_000  # characters; more than that is no reason, and would be kept for ever
LOST_CHARACTER = "\ufffd"  # what a reader writes for bytes that were no text
NO_NAMES = frozenset(["", "n/a", "na", "none", "null", "nil", "unknown", "not applicable"])  # normalised


def _some_name(name: str) -> str:
    if len(name) > MAX_REASON:  # before anything is done with it
        raise ValueError(f"has {len(name)} characters")
    cleaned = clean(name)
    if not cleaned:
        raise ValueError("is an empty name")
    if LOST_CHARACTER in cleaned:
        raise ValueError(f"contains a replacement character ({cleaned!r:.80})")
    if normalise(cleaned) in NO_NAMES:
        raise ValueError(f"names nothing ({cleaned!r})")
    if len(cleaned) > MAX_NAME:
        raise ValueError(f"has {len(cleaned)} characters")
    return cleaned


def _some_reason(reason: str) -> str:
    if len(reason) > MAX_REASON:
        raise ValueError(f"has {len(reason)} characters")
    return clean(reason)


Name = Annotated[str, AfterValidator(_some_name)]
Reason = Annotated[str, AfterValidator(_some_reason)]
Confidence = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
if TYPE_CHECKING:
    Effect = str
else:
    Effect = Literal[EFFECTS]  # the words as the vocabulary has them


class Reply(BaseModel):
    """What a curator says about one item."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AssignTerm(Reply):
    pathway: Name
    confidence: Confidence
    reasoning: Reason


class RefineTerm(Reply):
    standard_name: Name
    reasoning: Reason


class Parent(Reply):
    parent: Name
    reasoning: Reason


class CheckEdge(Reply):
    is_a: bool
    reasoning: Reason


class ChooseRoot(Reply):
    root: Name
    reasoning: Reason


class Sibling(Reply):
    name: Name
    reasoning: Reason


class Siblings(Reply):
    siblings: list[Sibling]


class Merge(Reply):
    same: bool
    canonical: Name | None
    reasoning: Reason


class BestParent(Reply):
    parent: Name
    reasoning: Reason


class Intermediate(Reply):
    insert: bool
    name: Name | None
    reasoning: Reason


class Place(Reply):
    pathway: Name
    reasoning: Reason


class ValidateEvidence(Reply):
    verdict: Literal["supported", "corrected", "unsupported"]
    effect: Effect | None
    reasoning: Reason


REPLIES: dict[str, type[Reply]] = {
    "assign_term": AssignTerm,
    "refine_term": RefineTerm,
    "parent": Parent,
    "check_edge": CheckEdge,
    "choose_root": ChooseRoot,
    "siblings": Siblings,
    "merge": Merge,
    "best_parent": BestParent,
    "intermediate": Intermediate,
    "place": Place,
    "validate_evidence": ValidateEvidence,
}


def has_shape(kind: str, value: dict[str, Any]) -> bool:
    """Whether what was stored has the fields of an answer. It was cleaned and judged before it was stored, which takes
    thirty times as long.
    """
    return _shape(kind).isinstance_python(value)


@cache
def _shape(kind: str) -> SchemaValidator:
    return SchemaValidator(_without_functions(REPLIES[kind].__pydantic_core_schema__))


def _without_functions(schema: Any) -> Any:
    """A schema of pydantic's without the functions that clean and judge a field; of models only their fields."""
    if isinstance(schema, dict):
        if schema.get("type") in ("function-after", "model"):
            return _without_functions(schema["schema"])
        return {name: _without_functions(part) for name, part in schema.items()}
    return [_without_functions(part) for part in schema] if isinstance(schema, list) else schema
