"""The questions put to a curator: the inputs of each, which of them are its identity, and the shape of its answer.

A question is about one *item* (an interaction, a name, a pair). Items of one kind are sent together in batches, but
each answer is cached on its own, under a key made from the identity of the item. Context is in the prompt, but not in
the key.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import GenericAlias
from typing import TYPE_CHECKING, Any

from rootward.knowledge.names import INVISIBLE, normalise, pathway_id, same_words

if TYPE_CHECKING:
    from pydantic import BaseModel

    from rootward.curators.answers import Reply

Check = Callable[[dict[str, Any], dict[str, Any]], str | None]  # why a reply does not fit its inputs


@dataclass(frozen=True)
class Among:
    """Checks that a field of the answer is one of the names offered in the inputs."""

    field: str
    sources: tuple[str, ...]

    def __call__(self, inputs: dict[str, Any], reply: dict[str, Any]) -> str | None:
        """Why the reply is none of them."""
        named, offered = reply[self.field], {pathway_id(name) for name in self.offered(inputs)}
        return None if pathway_id(named) in offered else f"{self.field} {named!r:.80} is none of those offered"

    def offered(self, inputs: dict[str, Any]) -> list[str]:
        """The names to choose from."""
        return [name for source in self.sources for name in inputs[source]]


@dataclass(frozen=True)
class AboveTheChild:
    """A check that the parent is neither the child itself nor an excluded name."""

    field: str = "parent"

    def __call__(self, inputs: dict[str, Any], reply: dict[str, Any]) -> str | None:
        """Why it fails. A root may have nearly the same name as the child ("Autophagy pathway"); the child then goes
        there.
        """
        parent, child = reply[self.field], inputs["child"]
        if pathway_id(parent) in {pathway_id(name) for name in inputs["excluded"]}:
            return f"parent {parent!r:.80} was excluded"
        if pathway_id(parent) == pathway_id(child):
            return f"parent {parent!r:.80} is the child itself"
        is_root = pathway_id(parent) in {pathway_id(name) for name in inputs.get("roots", ())}
        if not is_root and same_words(parent) == same_words(child) != "":
            return f"parent {parent!r:.80} is another spelling of the child {child!r:.80}"
        return None

    def offered(self, inputs: dict[str, Any]) -> list[str]:
        """The names shown in the question that pass the check; other names may pass too."""
        shown = [*inputs["roots"], *inputs.get("known", ())]
        return [name for name in shown if self(inputs, {self.field: name}) is None]


@dataclass(frozen=True)
class GivenIf:
    """A check that `given` is not null if `field` has this value, and null otherwise. problem: why it fails."""

    given: str
    field: str
    value: Any
    problem: str

    def __call__(self, inputs: dict[str, Any], reply: dict[str, Any]) -> str | None:
        """Why it fails."""
        return None if (reply[self.field] == self.value) == (reply[self.given] is not None) else self.problem


_CANONICAL = GivenIf(
    "canonical",
    field="same",
    value=True,
    problem="canonical must be a name when the pathways are the same, null otherwise",
)
_LEVEL = GivenIf(
    "name", field="insert", value=True, problem="name must be given when a level is inserted, null otherwise"
)
_EFFECT = GivenIf(
    "effect",
    field="verdict",
    value="corrected",
    problem="effect must be given when the verdict is corrected, null otherwise",
)


def _enough(inputs: dict[str, Any], reply: dict[str, Any]) -> str | None:
    count = len(reply["siblings"])
    return None if count <= inputs["limit"] else f"{count} siblings where at most {inputs['limit']} were asked for"


@dataclass(frozen=True)
class Kind:
    """One kind of question.

    items, answers: the list fields of the inputs and of the answer that hold the items; item_id: the field that
    identifies an item in both. identity and context: the item's other fields; shared: inputs common to a batch, part of
    the identity. optional: fields and shared inputs that may be missing; a missing one is not in the key. flat: a
    single item is written directly into the inputs, without a list.
    """

    name: str
    items: str
    answers: str
    item_id: str
    identity: tuple[str, ...]
    context: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    flat: bool = False
    check: Check | None = None
    optional: tuple[str, ...] = ()

    def is_flat(self, n_items: int) -> bool:
        """Whether a call with this many items has no list, neither in the question nor in the answer."""
        return self.flat and n_items == 1

    @cached_property
    def reply(self) -> "type[Reply]":
        """The shape of an answer."""
        from rootward.curators.answers import REPLIES

        return REPLIES[self.name]

    @cached_property
    def reply_in_list(self) -> "type[BaseModel]":
        """The reply with the id of its item, as in a list of answers."""
        from pydantic import create_model

        fields: dict[str, Any] = {self.item_id: (str, ...)}
        return create_model(f"{self.reply.__name__}Item", __base__=self.reply, **fields)

    def schema(self, n_items: int) -> dict[str, Any]:
        """The JSON schema of the whole answer of a call."""
        return self._flat_schema if self.is_flat(n_items) else self._list_schema

    @cached_property
    def _flat_schema(self) -> dict[str, Any]:
        return self.reply.model_json_schema()

    @cached_property
    def _list_schema(self) -> dict[str, Any]:
        from pydantic import create_model

        name = self.name.title().replace("_", "")
        fields: dict[str, Any] = {self.answers: (GenericAlias(list, self.reply_in_list), ...)}
        answer: type[BaseModel] = create_model(f"{name}Answer", **fields)
        return answer.model_json_schema()

    @cached_property
    def schema_digest(self) -> str:
        """The part of an answer's key that changes with the shape of answers."""
        return digest(self.reply.model_json_schema())

    def inputs(self, questions: "Sequence[Question]") -> dict[str, Any]:
        """The inputs block of a call that asks these questions (all of this kind, with equal shared inputs)."""
        shared = dict(questions[0].shared)
        if self.is_flat(len(questions)):
            return dict(questions[0].item) | shared
        return {self.items: [question.item for question in questions]} | shared

    def problem(self, question: "Question", reply: dict[str, Any]) -> str | None:
        """Why a well-formed reply does not answer its question; None if it does."""
        return self.check(question.item | question.shared, reply) if self.check else None


_INTERACTION = ("protein_a", "protein_b", "effect", "mechanism", "statement")

# A run can do without their answers: an edge or evidence without one stays unchecked.
OPTIONAL = frozenset({"check_edge", "validate_evidence"})

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "assign_term",
            "interactions",
            answers="assignments",
            item_id="interaction_id",
            identity=_INTERACTION,
            context=("candidates",),
            shared=("roots",),
            optional=("candidates",),
        ),
        Kind(
            "refine_term",
            "terms",
            answers="terms",
            item_id="name",
            identity=("name", "candidates"),
            context=("n_interactions", "examples"),
        ),
        Kind(
            "parent",
            "items",
            answers="parents",
            item_id="child",
            identity=("child", "excluded", "contradictions"),
            context=("known", "proteins"),
            shared=("roots", "wording"),
            flat=True,
            check=AboveTheChild(),
            optional=("contradictions", "known", "proteins", "wording"),
        ),
        Kind("check_edge", "edges", answers="verdicts", item_id="edge_id", identity=("child", "parent")),
        Kind(
            "choose_root",
            "items",
            answers="roots",
            item_id="pathway",
            identity=("pathway",),
            context=(),
            shared=("roots",),
            flat=True,
            check=Among("root", ("roots",)),
        ),
        Kind(
            "siblings",
            "items",
            answers="parents",
            item_id="parent",
            identity=("parent",),
            context=("children", "proteins"),
            shared=("limit",),
            flat=True,
            check=_enough,
            optional=("proteins",),
        ),
        Kind(
            "merge",
            "pairs",
            answers="decisions",
            item_id="pair_id",
            identity=("a", "b"),
            context=("a_proteins", "b_proteins"),
            check=_CANONICAL,
            optional=("a_proteins", "b_proteins"),
        ),
        Kind(
            "best_parent",
            "items",
            answers="parents",
            item_id="child",
            identity=("child", "candidates"),
            context=("paths",),
            flat=True,
            check=Among("parent", ("candidates",)),
            optional=("paths",),
        ),
        Kind(
            "intermediate",
            "items",
            answers="levels",
            item_id="child",
            identity=("child", "root"),
            context=("siblings",),
            flat=True,
            check=_LEVEL,
        ),
        Kind(
            "place",
            "interactions",
            answers="placements",
            item_id="interaction_id",
            identity=(*_INTERACTION, "path", "children"),
            check=Among("pathway", ("path", "children")),
        ),
        Kind(
            "validate_evidence",
            "interactions",
            answers="verdicts",
            item_id="interaction_id",
            identity=(*_INTERACTION, "evidence"),
            check=_EFFECT,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one item. `item` has the kind's item_id, identity and context fields; `shared` the inputs of the
    batch. stronger: the first model was unsure, so a stronger one is asked if there is one.
    """

    kind: Kind
    item: dict[str, Any]
    shared: dict[str, Any]
    stronger: bool = False

    @property
    def item_id(self) -> str:
        """The id of the item in the question: an interaction id, a name, a pair id."""
        return str(self.item[self.kind.item_id])

    def key(self, asked_of: str) -> str:
        """The cache key, 32 hex digits; `asked_of` covers template, model, answer schema and sampling."""
        identity = {field: self.item[field] for field in self.kind.identity if field in self.item} | self.shared
        if self.kind.flat:  # only about names: two spellings of a name are one question
            identity = {field: _folded(value) for field, value in identity.items()}
        return digest([self.kind.name, asked_of, identity])


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return normalise(value)
    return sorted(map(normalise, value)) if isinstance(value, list) else value


def ask_about(kind: str, item: dict[str, Any], **shared: Any) -> Question:
    """A question of the named kind. Raises KeyError if an input is missing or unknown."""
    definition = KINDS[kind]
    fields = {definition.item_id, *definition.identity, *definition.context}
    given = [(set(item), fields), (set(shared), set(definition.shared))]
    if not all(known - set(definition.optional) <= names <= known for names, known in given):
        raise KeyError(
            f"{kind} takes {sorted(fields)} and {sorted(definition.shared)}, not {sorted(item)} and {sorted(shared)}"
        )
    return Question(definition, item, shared=shared)


def digest(value: Any) -> str:
    """32 hex digits of BLAKE2b over the canonical JSON of plain values."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


# Inside the block, characters that could end the fence, hide text or change its direction are escaped. It is valid JSON
# with or without that.
_UNSAFE = re.compile(f"[`\x7f-\x9f\u2028\u2029]|{INVISIBLE.pattern}")


def _escaped(match: re.Match[str]) -> str:
    return "\\u0060" if match.group() == "`" else json.dumps(match.group())[1:-1].replace("\x7f", "\\u007f")


def escaped(text: str) -> str:
    """JSON text with every character escaped that could end its frame or be invisible in it; the values stay the
    same.
    """
    return _UNSAFE.sub(_escaped, text)


_FENCE = "```json\n"


def block(questions: Sequence[Question]) -> str:
    """The fenced JSON block that ends a prompt: the only place with data from the user's files."""
    kind = questions[0].kind
    return fenced({"question": kind.name, "inputs": kind.inputs(questions)})


def fenced(content: dict[str, Any]) -> str:
    """A block with this content."""
    return _FENCE + escaped(json.dumps(content, ensure_ascii=False, allow_nan=False)) + "\n```"


def parted(prompt: str) -> tuple[str, dict[str, Any]]:
    """The instructions of a prompt and the content of its block. Raises ValueError if it has no block."""
    start = prompt.rindex(_FENCE)
    content: dict[str, Any] = json.loads(prompt[start + len(_FENCE) :].removesuffix("```"))
    return prompt[:start], content


def asked_in(prompt: str) -> list[Question]:
    """The questions of a prompt, read back from its data block. Raises ValueError if it has no block."""
    _, content = parted(prompt)
    kind, inputs = KINDS[content["question"]], content["inputs"]
    shared = {name: inputs[name] for name in kind.shared if name in inputs}
    single = {name: value for name, value in inputs.items() if name not in shared}
    return [Question(kind, item, shared=shared) for item in inputs.get(kind.items, [single])]
