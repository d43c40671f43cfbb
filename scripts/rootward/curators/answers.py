"""The shape of the answer to each kind of question, checked strictly.

It is separate from the questions because importing pydantic takes half a second in every process, and a run that asks
only the reference does not need it.
"""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import SchemaValidator

from rootward.knowledge.names import clean, normalise
from rootward.knowledge.vocabulary import EFFECTS

MAX_NAME = 200
MAX_REASON = 10_000  # characters; a longer text is not a reason, and the cache would keep it forever
LOST_CHARACTER = "\ufffd"  # what decoders write for invalid bytes
NO_NAMES = frozenset(["", "n/a", "na", "none", "null", "nil", "unknown", "not applicable"])  # normalised


def _some_name(name: str) -> str:
    if len(name) > MAX_REASON:  # before any further work on it
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
    """Whether a stored value has the fields of an answer. It was fully validated before it was stored; doing so again
    would take thirty times as long.
    """
    return _shape(kind).isinstance_python(value)


@cache
def _shape(kind: str) -> SchemaValidator:
    return SchemaValidator(_without_functions(REPLIES[kind].__pydantic_core_schema__))


def _without_functions(schema: Any) -> Any:
    """A schema of pydantic's without the validator functions of its fields, and with only the fields of its models."""
    if isinstance(schema, dict):
        if schema.get("type") in ("function-after", "model"):
            return _without_functions(schema["schema"])
        return {name: _without_functions(part) for name, part in schema.items()}
    return [_without_functions(part) for part in schema] if isinstance(schema, list) else schema
