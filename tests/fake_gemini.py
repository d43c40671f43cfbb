"""A local HTTP server that speaks the Gemini API, for tests and benchmarks.

It runs in a process of its own, so that a benchmark measures the client and not the two together, and so
that a client can be killed without losing the count of what it was answered. `FakeGemini` starts it:

    with FakeGemini(latency=0.2, faults={"429": 0.05, "truncated": 0.02}) as fake:
        client = genai.Client(api_key="test", http_options=HttpOptions(base_url=fake.url))
        ...
        assert fake.stats()["duplicates"] == 0

or by hand, `python tests/fake_gemini.py --port 0 --config '{"latency": 0.2}'`, which prints `READY <port>`.

What it answers comes from the human Reactome reference tables and from nothing but the fenced JSON block
that stands last in the prompt. Everything is a function of the seed and of what is asked: there is no random
number and no clock in an answer, so two runs that ask the same get the same. What goes wrong is configured
(`Config`), in three kinds that must not be mixed up: *noise* is a wrong opinion, the same at every attempt; a
*fault* is a broken delivery, decided anew at every attempt unless it is sticky; a *limit* refuses by rate.

The wire format was taken from the converters of google-genai 3.4.0 and from error bodies seen in public
issues. From top to bottom: config, reference, questions, answers and noise, faults, errors and limits, the
answer on the wire, accounting, files and batch jobs, HTTP, the client helper.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import math
import os
import re
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple, Self, TextIO
from urllib.parse import parse_qs

DEFAULT_REFERENCE = Path(__file__).parents[1] / "resources" / "reactome"

# ----------------------------------------------------------------------------------------
# Config
# ----------------------------------------------------------------------------------------

# Refused at once: the provider's front door says no before any work is done.
REFUSALS = ("429", "429_bare", "429_per_day", "429_billing", "403_billing")
# An error instead of an answer, after the usual wait.
FAILURES = ("500", "502", "503")
# Nothing, or half, arrives: closed before any byte, closed half-way through the body, never answered, or a
# body that is half the JSON though HTTP says it is whole (a careless proxy does that).
LOST = ("drop", "drop_half", "hang", "half_body")
# HTTP 200 without usable text.
TEXTLESS = ("max_tokens", "safety", "recitation", "blocked", "no_candidates", "empty_text")
# HTTP 200, finishReason STOP, and text that is not the bare JSON that was asked for.
BROKEN_TEXT = ("truncated", "fenced", "prose", "duplicate_keys", "nan")
# Good JSON of the wrong shape.
BROKEN_SCHEMA = ("missing_field", "extra_field", "wrong_type")
# Good JSON of the right shape whose ids are not those asked. Where there are no ids, missing_field instead.
BROKEN_IDS = ("id_changed", "id_dropped", "id_invented", "id_twice")
# One of a family, chosen by hash.
FAMILIES = {"wrong_schema": BROKEN_SCHEMA, "wrong_ids": BROKEN_IDS}

CONTENT_FAULTS = frozenset((*TEXTLESS, *BROKEN_TEXT, *BROKEN_SCHEMA, *BROKEN_IDS, *FAMILIES))
FAULTS = frozenset((*REFUSALS, *FAILURES, *LOST)) | CONTENT_FAULTS

DICTS = {
    "limit": {"requests", "seconds"},
    "latency_lognormal": {"median", "sigma"},
    "stragglers": {"fraction", "factor"},
}
FRACTIONS = (
    *("wrong_parent", "stubborn", "yielding", "wrong_check", "variants", "cycles", "wrong_merge", "intermediates"),
    "batch_row_error",
)


@dataclass(frozen=True)
class Config:
    """What the server does. Fractions are in [0, 1], times in seconds, limits per model."""

    seed: int = 0

    # Who may call (None: any key that is not empty), which models exist (None: all), which answer for others.
    keys: list[str] | None = None
    models: list[str] | None = None
    model_versions: dict[str, str] = field(default_factory=dict)
    thoughts_tokens: int = 0

    # Time to an answer: fixed, or {"median", "sigma": of the logarithm}; stragglers {"fraction", "factor"}.
    latency: float = 0.0
    latency_lognormal: dict[str, float] | None = None
    stragglers: dict[str, float] | None = None

    # Limits. `limit` is {"requests", "seconds"}, a rolling window short enough for a test; refused calls do
    # not count. retry_delay is what a 429 says that comes from a fault or from per_day.
    rpm: int | None = None
    tpm: int | None = None
    limit: dict[str, float] | None = None
    per_day: int | None = None
    retry_delay: float = 1.0
    retry_after: bool = False

    # Faults. `faults`: a fraction of requests, drawn anew at each attempt. `sticky`: items that fail at every
    # attempt, by name or id (any text field of the item), or a fraction of all items. `first_n`: so many
    # requests that have no item in common, once each, in the order given.
    faults: dict[str, float] = field(default_factory=dict)
    sticky: dict[str, float | list[str]] = field(default_factory=dict)
    first_n: dict[str, int] = field(default_factory=dict)

    # Noise: fractions of items. `intermediates` is no error, but how often an intermediate is inserted.
    # `stubborn` is the share of wrong parents that every other wording of the question gives again; the
    # others are drawn anew. `yielding`: answers, right or wrong, that are given up where the question says what
    # contradicts them; another is drawn then. `wrong_check`: edges judged wrongly, either way.
    wrong_parent: float = 0.0
    stubborn: float = 0.0
    yielding: float = 0.0
    wrong_check: float = 0.0
    variants: float = 0.0
    synonyms: bool = False
    cycles: float = 0.0
    wrong_merge: float = 0.0
    intermediates: float = 0.1

    # Google search together with JSON output: allowed, rejected (400) or dropped (no groundingMetadata).
    grounding: str = "allowed"

    # Batch jobs: time to the end, how they end, rows that hold an error, faults of the first creations. A
    # creation whose answer is lost (drop, hang, ...) has made its job all the same.
    batch_seconds: float = 1.0
    batch_outcome: str = "SUCCEEDED"
    batch_row_error: float = 0.0
    batch_first_n: dict[str, int] = field(default_factory=dict)

    def updated(self, changes: dict[str, Any]) -> Config:
        """This config with some fields replaced; ValueError names what is not known or not possible."""
        known = {item.name for item in fields(self)}
        if unknown := sorted(changes.keys() - known):
            raise ValueError(f"unknown config: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        config = replace(self, **changes)
        config._check()
        return config

    def _check(self) -> None:
        for name in ("faults", "sticky", "first_n", "batch_first_n"):
            known = FAULTS - CONTENT_FAULTS if name == "batch_first_n" else FAULTS
            if unknown := sorted(getattr(self, name).keys() - known):
                raise ValueError(f"{name}: unknown {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        sticky = [share for share in self.sticky.values() if isinstance(share, (int, float))]
        shares = [*(getattr(self, name) for name in FRACTIONS), *self.faults.values(), *sticky]
        if not all(0 <= share <= 1 for share in shares) or sum(self.faults.values()) > 1:
            raise ValueError("fractions must be in [0, 1], and all `faults` together at most 1")
        for name, keys in DICTS.items():
            if (value := getattr(self, name)) is not None and value.keys() != keys:
                raise ValueError(f"{name}: needs exactly {' and '.join(sorted(keys))}")
        if self.grounding not in ("allowed", "rejected", "dropped"):
            raise ValueError(f"grounding: {self.grounding!r} is not allowed, rejected or dropped")
        if self.batch_outcome not in ("SUCCEEDED", "FAILED", "EXPIRED"):
            raise ValueError(f"batch_outcome: {self.batch_outcome!r} is not SUCCEEDED, FAILED or EXPIRED")


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts only: all that looks random here comes from it."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    # 53 bits: with all 64 the largest values would round up to 1.0.
    return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 11) / 2**53


def pick(options: Sequence[Any], *parts: object) -> Any:
    """One of the options, chosen by hash."""
    return options[int(chance(*parts) * len(options))]


encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
canonical_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def to_bytes(value: Any) -> bytes:
    return encode_json(value).encode("utf-8", "replace")


# ----------------------------------------------------------------------------------------
# Reference: human Reactome, without its disease branch
# ----------------------------------------------------------------------------------------

FILLER = frozenset(("signaling", "signalling", "pathway", "of", "by", "the"))


@lru_cache(maxsize=100_000)
def loose(name: str) -> str:
    """The form in which two spellings of one pathway are equal.

    Lower case, without filler words, and with "X regulation" read as "Regulation of X": it undoes every
    variant that `variants_of` writes, so that noise tests the client's merging and not this server's memory.
    """
    words = [word for word in name.casefold().split() if word not in FILLER]
    if words and words[-1] == "regulation":
        words = ["regulation", *words[:-1]]
    return " ".join(words)


def variants_of(name: str) -> list[str]:
    """Other spellings a model might use for the name."""
    variants = [name.lower() if name != name.lower() else name.title()]
    if not name.lower().endswith("pathway"):
        variants.append(f"{name} pathway")
    if "signaling" in name.lower():
        variants.append(name.replace("ignaling", "ignalling"))
    elif "signalling" in name.lower():
        variants.append(name.replace("ignalling", "ignaling"))
    if match := re.fullmatch(r"Regulation of (.)(.+)", name):
        variants.append(f"{match[1].upper()}{match[2]} regulation")
    elif match := re.fullmatch(r"(.+) regulation", name):
        variants.append(f"Regulation of {match[1]}")
    return variants


class Reference:
    """The Reactome tables as plain dicts, read at the first question. Pathways are known by their ids."""

    def __init__(self, directory: Path, with_synonyms: bool = False) -> None:
        self.directory = directory
        self.with_synonyms = with_synonyms

    def _columns(self, table: str, *columns: str) -> Iterable[tuple[Any, ...]]:
        import pyarrow.parquet  # here, because starting the server and importing FakeGemini need no pyarrow

        read = pyarrow.parquet.read_table(self.directory / f"{table}.parquet", columns=list(columns))
        return zip(*(read.column(name).to_pylist() for name in columns), strict=True)

    @cached_property
    def names(self) -> dict[str, str]:
        """Id to name, in the order of the ids."""
        rows = self._columns("pathways", "id", "name", "is_disease")
        return dict(sorted((id_, name) for id_, name, is_disease in rows if not is_disease))

    @cached_property
    def parents(self) -> dict[str, list[str]]:
        return self._links("child", "parent")

    @cached_property
    def children(self) -> dict[str, list[str]]:
        return self._links("parent", "child")

    def _links(self, source: str, target: str) -> dict[str, list[str]]:
        links = defaultdict(list)
        for one, other in sorted(self._columns("relations", source, target)):
            if one in self.names and other in self.names:
                links[one].append(other)
        return dict(links)

    @cached_property
    def _ids_by_name(self) -> dict[str, str]:
        """Case-folded and loose names to ids; an exact name wins over a loose one, a name over a synonym, a low id over
        a high.
        """
        ids: dict[str, str] = {}
        for spelled in ({id_: [name] for id_, name in self.names.items()}, self.synonyms):
            for key in (str.casefold, loose):
                for id_, names in spelled.items():
                    for name in names:
                        ids.setdefault(key(name), id_)
        return ids

    @cached_property
    def synonyms(self) -> dict[str, list[str]]:
        """Id to its other names, in the order of the ids; only of a reference whose synonyms are used as variants."""
        if not self.with_synonyms:
            return {}
        rows = self._columns("pathways", "id", "aliases")
        return {id_: list(aliases) for id_, aliases in sorted(rows) if aliases and id_ in self.names}

    def is_same(self, one: str, other: str) -> bool:
        """Whether two names are spellings of one pathway."""
        return loose(one) == loose(other) or (self.find(one) is not None and self.find(one) == self.find(other))

    def variants_of(self, name: str) -> list[str]:
        """Other names for a pathway that a model might use: its own synonyms where they are used, else spellings."""
        return self.synonyms.get(self.find(name) or "", []) if self.with_synonyms else variants_of(name)

    @cached_property
    def spellings(self) -> frozenset[str]:
        return frozenset(self.names.values())

    @cached_property
    def pathways_of_symbol(self) -> dict[str, list[str]]:
        """Upper-case symbol to the ids of its lowest-level pathways, in order."""
        of_accession = defaultdict(set)
        for accession, pathway in self._columns("protein_pathway", "uniprot", "pathway_id"):
            if pathway in self.names:
                of_accession[accession].add(pathway)
        of_symbol = defaultdict(set)
        for accession, symbol in self._columns("proteins", "uniprot", "symbol"):
            if symbol and accession in of_accession:
                of_symbol[symbol.upper()] |= of_accession[accession]
        return {symbol: sorted(pathways) for symbol, pathways in of_symbol.items()}

    def find(self, name: str) -> str | None:
        """The id of a pathway, by name without regard to case, else by its loose form."""
        return self._ids_by_name.get(name.casefold()) or self._ids_by_name.get(loose(name))

    def ancestors(self, id_: str | None) -> list[str]:
        """All ids above, the nearest first."""
        return self._reached(id_, self.parents)

    def descendants(self, id_: str | None) -> list[str]:
        """All ids below, the nearest first."""
        return self._reached(id_, self.children)

    @staticmethod
    def _reached(id_: str | None, links: dict[str, list[str]]) -> list[str]:
        seen, queue = {id_: None}, deque([id_])
        while queue:
            for other in links.get(queue.popleft(), ()):
                if other not in seen:
                    seen[other] = None
                    queue.append(other)
        return list(seen)[1:]


# ----------------------------------------------------------------------------------------
# Questions: what stands in the prompt
# ----------------------------------------------------------------------------------------


class Shape(NamedTuple):
    """How a question carries its items, and what makes an item the same item again."""

    label: str  # the field that names an item, and in a list ties an answer to it
    rows: str | None = None  # the input that lists the items; None: the inputs are the one item
    answers: str | None = None  # the field of the answer that lists theirs
    shared: tuple[str, ...] = ()  # inputs common to all items
    unkeyed: tuple[str, ...] = ()  # not part of the identity: context, or an id that says nothing of it


SHAPES = {
    "assign_term": Shape("interaction_id", "interactions", "assignments", ("roots",), ("interaction_id",)),
    "refine_term": Shape("name", "terms", "terms", unkeyed=("n_interactions", "examples")),
    "parent": Shape("child", shared=("roots",)),
    "choose_root": Shape("pathway", shared=("roots",)),
    "siblings": Shape("parent", shared=("limit",), unkeyed=("children",)),
    "merge": Shape("pair_id", "pairs", "decisions", unkeyed=("pair_id",)),
    "best_parent": Shape("child", unkeyed=("paths",)),
    "intermediate": Shape("child", unkeyed=("siblings",)),
    "place": Shape("interaction_id", "interactions", "placements", unkeyed=("interaction_id",)),
    "validate_evidence": Shape("interaction_id", "interactions", "verdicts", unkeyed=("interaction_id",)),
    "check_edge": Shape("edge_id", "edges", "verdicts", unkeyed=("edge_id",)),
}
# Questions of one item may also come in groups, as a list in `items`; an item is the same in either form.
GROUPED = {
    question: SHAPES[question]._replace(rows="items", answers=answers)
    for question, answers in (
        ("parent", "parents"),
        ("choose_root", "roots"),
        ("siblings", "parents"),
        ("best_parent", "parents"),
        ("intermediate", "levels"),
    )
}

CONTRADICTED = re.compile("you named (.+?) as the parent of ")  # how a contradiction says what was answered
FENCE = "```json\n"
decode_json_at = json.JSONDecoder().raw_decode


@dataclass(slots=True)
class Call:
    """One generateContent request, or one row of a batch job, as read from its body."""

    model: str
    question: str
    shape: Shape
    inputs: dict[str, Any]
    items: list[dict[str, Any]]
    labels: list[str]
    keys: list[bytes]  # identity of each item: what may not be asked twice
    digest: bytes  # of the whole body: what is one request
    prompt_tokens: int
    settings: dict[str, Any]  # generationConfig
    searches: bool
    fault: str | None = None
    victim: int = 0  # the item that a fault of one row strikes
    attempt: int = 0

    @property
    def wants_json(self) -> bool:
        return self.settings.get("responseMimeType") == "application/json"


def read_call(model: str, body: bytes) -> Call:
    """Read a request body; ApiError 400 if it is none, or asks no question known here."""
    try:
        request = json.loads(body)
        prompt = "".join(_texts(request["contents"]))
        instruction = "".join(_texts([request.get("systemInstruction") or {"parts": []}]))
        settings = request.get("generationConfig") or {}
        searches = any("googleSearch" in tool for tool in request.get("tools") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_request(f"Invalid JSON payload received. {error!r}") from None
    _check_settings(settings)
    question, inputs = _read_block(prompt)
    shape = GROUPED.get(question) if "items" in inputs else SHAPES.get(question)
    if shape is None:
        raise bad_request(f"Unknown question {question!r}.")
    items = inputs.get(shape.rows) if shape.rows else [inputs]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request(f"Question {question!r} needs a list of objects in {shape.rows!r}.")
    return Call(
        model=model,
        question=question,
        shape=shape,
        inputs=inputs,
        items=items,
        labels=[str(item.get(shape.label)) for item in items],
        keys=_identities(model, question, shape, inputs, items, settings.get("seed")),
        digest=blake2b(body, digest_size=16, key=model.encode()[:64]).digest(),
        prompt_tokens=(len(prompt) + len(instruction)) // 4,
        settings=settings,
        searches=searches,
    )


def _texts(contents: list[dict[str, Any]]) -> Iterable[str]:
    return (part["text"] for content in contents for part in content["parts"] if "text" in part)


def _read_block(prompt: str) -> tuple[str, dict[str, Any]]:
    """The question and the inputs of the last fenced block.

    The fence is looked for at the start of a line: in the JSON of the block itself no line can start with it,
    whatever the user's data holds, because there a newline is always written as an escape.
    """
    start = prompt.rfind("\n" + FENCE) + 1
    if not prompt.startswith(FENCE, start):
        raise bad_request("The prompt holds no fenced JSON block.")
    try:
        block, _ = decode_json_at(prompt[start + len(FENCE) :].lstrip())
        question, inputs = block["question"], block["inputs"]
    except (ValueError, KeyError, TypeError):
        raise bad_request('The fenced block is not {"question": ..., "inputs": {...}}.') from None
    if not isinstance(inputs, dict):
        raise bad_request("The inputs of the fenced block are not an object.")
    return question, inputs


def _identities(
    model: str, question: str, shape: Shape, inputs: dict[str, Any], items: list[dict[str, Any]], seed: object
) -> list[bytes]:
    """One digest per item. An empty field is as good as none.

    A sampling seed is part of the identity: to ask for a second opinion is no duplicate.
    """
    shared = {name: inputs[name] for name in shape.shared if name in inputs}
    common = blake2b(f"{model}\0{question}\0{seed}\0{canonical_json(shared)}".encode(), digest_size=16)
    left_out = {*shape.shared, *shape.unkeyed}
    digests = []
    for item in items:
        digest = common.copy()
        own = {k: v for k, v in item.items() if k not in left_out and v not in (None, [], "")}
        digest.update(canonical_json(own).encode())
        digests.append(digest.digest())
    return digests


def _check_settings(settings: dict[str, Any]) -> None:
    """Combinations of settings that the real API answers with 400."""
    schemas = [name for name in ("responseSchema", "responseJsonSchema") if settings.get(name)]
    if len(schemas) > 1:
        raise bad_request("Only one of response_schema and response_json_schema can be set.")
    if schemas and settings.get("responseMimeType") != "application/json":
        raise bad_request("A response schema needs the response mime type 'application/json'.")
    thinking = settings.get("thinkingConfig") or {}
    if "thinkingBudget" in thinking and "thinkingLevel" in thinking:
        raise bad_request("You can only set one of thinking_budget and thinking_level.")


# ----------------------------------------------------------------------------------------
# Answers, and noise on them
# ----------------------------------------------------------------------------------------


class Curator:
    """Answers a question as Reactome would, with configured errors of opinion.

    Each public method answers one item of the question it is named after: `item` is the item itself, `shared`
    the inputs it came with (the same dict where a question has one item). Noise is keyed by the seed and the
    item, never by the batch an item comes in.
    """

    def __init__(self, reference: Reference, config: Config) -> None:
        self.reference = reference
        self.config = config

    def answer(self, call: Call) -> dict[str, Any]:
        """The whole answer to a call; ApiError 400 when the inputs are not those of the question."""
        answer_one, shape = getattr(self, call.question), call.shape
        try:
            if shape.rows is None:
                return answer_one(call.inputs, call.inputs)
            rows = [{shape.label: item[shape.label], **answer_one(item, call.inputs)} for item in call.items]
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
            raise bad_request(f"Wrong inputs for question {call.question!r}: {error!r}") from None
        return {shape.answers: rows}

    def assign_term(self, item: dict, shared: dict) -> dict:
        pair = sorted((item["protein_a"].upper(), item["protein_b"].upper()))
        first, second = (self.reference.pathways_of_symbol.get(symbol, []) for symbol in pair)
        if both := sorted(set(first) & set(second)):
            id_, confidence, why = pick(both, "assign", *pair), 0.9, "Both proteins take part in it."
        elif either := sorted({*first, *second}):
            id_, confidence, why = pick(either, "assign", *pair), 0.6, "One of the proteins takes part in it."
        else:
            root = pick(sorted(shared["roots"]), "assign", *pair)
            return {"pathway": root, "confidence": 0.3, "reasoning": "Neither protein is known."}
        pathway = self._spelled(self.reference.names[id_], " ".join(pair), shared["roots"])
        return {"pathway": pathway, "confidence": confidence, "reasoning": why}

    def refine_term(self, item: dict, shared: dict) -> dict:
        same = [name for name in item["candidates"] if self.reference.is_same(name, item["name"])]
        why = "It is another spelling of a name in use." if same else "No name in use means the same."
        return {"standard_name": self._preferred([item["name"], *same]), "reasoning": why}

    def parent(self, item: dict, shared: dict) -> dict:
        child, roots, excluded = item["child"], shared["roots"], item.get("excluded") or []
        if root := _same_name(child, roots):
            return {"parent": root, "reasoning": "It is itself one of the roots."}
        wording = shared.get("wording") or 1
        id_ = self._wrong_parent(child, excluded, wording) or self._true_parent(child, excluded)
        told = [CONTRADICTED.match(text) for text in item.get("contradictions") or ()]
        if id_ and any(named and self.reference.find(named[1]) == id_ for named in told):
            id_ = self._yielded(child, excluded, id_, len(told))
        if id_ is None:
            root = pick(sorted(set(roots) - set(excluded)) or roots, "root", child.casefold())
            return {"parent": root, "reasoning": f"{child} is not known; {root} is the nearest root."}
        parent = self._spelled(self.reference.names[id_], child, roots)
        return {"parent": parent, "reasoning": f"{child} is a part of {parent}."}

    def choose_root(self, item: dict, shared: dict) -> dict:
        pathway, roots = item["pathway"], shared["roots"]
        id_ = self.reference.find(pathway)
        for name in [pathway, *(self.reference.names[above] for above in self.reference.ancestors(id_))]:
            if root := _same_name(name, roots):
                return {"root": root, "reasoning": f"{pathway} is below {root}."}
        return {"root": pick(sorted(roots), "root", pathway.casefold()), "reasoning": "No root fits better."}

    def siblings(self, item: dict, shared: dict) -> dict:
        limit = item.get("limit", shared.get("limit"))
        known = {loose(name) for name in item.get("children") or ()}
        ids = self.reference.children.get(self.reference.find(item["parent"]), ())
        names = [name for name in map(self.reference.names.get, ids) if loose(name) not in known][:limit]
        why = f"It is a part of {item['parent']}."
        return {"siblings": [{"name": self._spelled(n, item["parent"]), "reasoning": why} for n in names]}

    def merge(self, item: dict, shared: dict) -> dict:
        pair = [item["a"], item["b"]]
        same = self.reference.is_same(*pair)
        if self._noisy("wrong_merge", *sorted(pair)):
            same = not same
        why = "Two spellings of one pathway." if same else "They are different processes."
        return {"same": same, "canonical": self._preferred(pair) if same else None, "reasoning": why}

    def best_parent(self, item: dict, shared: dict) -> dict:
        child, candidates = item["child"], item["candidates"]
        ids = self.reference.parents.get(self.reference.find(child), ())
        true = [name for id_ in ids if (name := _same_name(self.reference.names[id_], candidates))]
        others = sorted(set(candidates) - set(true))
        if true and not (others and self._noisy("wrong_parent", child.casefold())):
            return {"parent": true[0], "reasoning": f"{child} is a part of {true[0]}."}
        return {"parent": pick(others or true, "best", child.casefold()), "reasoning": "It fits best."}

    def intermediate(self, item: dict, shared: dict) -> dict:
        child, root = self.reference.find(item["child"]), self.reference.find(item["root"])
        if self._noisy("intermediates", item["child"].casefold()):
            for id_ in self.reference.ancestors(child):
                if root in self.reference.ancestors(id_):
                    name = self._spelled(self.reference.names[id_], item["child"])
                    return {"insert": True, "name": name, "reasoning": f"{name} stands between the two."}
        return {"insert": False, "name": None, "reasoning": "Nothing stands between the two."}

    def place(self, item: dict, shared: dict) -> dict:
        return {"pathway": item["path"][-1], "reasoning": "It is the most specific pathway on the path."}

    def validate_evidence(self, item: dict, shared: dict) -> dict:
        effect = item.get("effect") or "unknown"
        draw = chance("evidence", item["protein_a"], item["protein_b"], effect, item.get("statement"))
        if draw < 0.05:
            return {"verdict": "unsupported", "effect": None, "reasoning": "No text names this interaction."}
        if draw < 0.10:
            opposite = "down-regulates" if effect.startswith("up") else "up-regulates"
            return {"verdict": "corrected", "effect": opposite, "reasoning": f"The text says: {opposite}."}
        return {"verdict": "supported", "effect": None, "reasoning": "The text says so."}

    def check_edge(self, item: dict, shared: dict) -> dict:
        child, parent = self.reference.find(item["child"]), self.reference.find(item["parent"])
        if child is None or parent is None:
            return {"is_a": True, "reasoning": "Nothing is known against it."}
        is_a = parent in self.reference.ancestors(child)
        if self._noisy("wrong_check", child, parent):
            is_a = not is_a
        return {"is_a": is_a, "reasoning": "It is a part of it." if is_a else "It is no part of it."}

    def _true_parent(self, child: str, excluded: list[str]) -> str | None:
        """The nearest ancestor, and among several parents the one with the first id, that is not excluded."""
        forbidden = set(map(loose, excluded))
        ancestors = self.reference.ancestors(self.reference.find(child))
        return next((id_ for id_ in ancestors if loose(self.reference.names[id_]) not in forbidden), None)

    def _wrong_parent(self, child: str, excluded: list[str], wording: int) -> str | None:
        """A parent that closes a cycle, or one out of nowhere, if noise wills it.

        Whoever has been told what would close a cycle does not close it again: with `excluded` given only the
        other error remains. Another wording of the question draws anew, unless the error is a stubborn one.
        """
        id_, key = self.reference.find(child), (child.casefold(),)
        if wording > 1 and chance(self.config.seed, "stubborn", *key) >= self.config.stubborn:
            key = (*key, wording)
        below = self.reference.descendants(id_)
        if below and not excluded and self._noisy("cycles", *key):
            return pick(below, "cycle", *key)
        if not self._noisy("wrong_parent", *key):
            return None
        forbidden = {id_, *below, *self.reference.parents.get(id_, ()), *map(self.reference.find, excluded)}
        wrong = [other for other in self.reference.names if other not in forbidden]
        return pick(wrong, "wrong", *key) if wrong else None

    def _yielded(self, child: str, excluded: list[str], id_: str, times: int) -> str:
        """The parent named after its contradictions were shown: the same, or one drawn anew without it."""
        if not self._noisy("yielding", child.casefold(), times):
            return id_
        without = [*excluded, self.reference.names[id_]]
        if not self._noisy("wrong_parent", child.casefold(), "yielded", times):
            return self._true_parent(child, without) or id_
        wrong = [other for other in self.reference.names if other != id_]
        return pick(wrong, "yielded", child.casefold(), times)

    def _spelled(self, name: str, item: str, given: Sequence[str] = ()) -> str:
        """The name as the answer writes it. A name that stands in the prompt is copied from there."""
        if copied := _same_name(name, given):
            return copied
        if self._noisy("variants", item, name) and (variants := self.reference.variants_of(name)):
            return pick(variants, "variant", item, name)
        return name

    def _noisy(self, kind: str, *item: object) -> bool:
        share = getattr(self.config, kind)
        return share > 0 and chance(self.config.seed, kind, *item) < share

    def _preferred(self, names: list[str]) -> str:
        """The same choice whichever spelling is asked about, so that two spellings never swap places."""
        return min(names, key=lambda name: (name not in self.reference.spellings, len(name), name))


def _same_name(name: str, given: Sequence[str]) -> str | None:
    """The given name that means the same, as it is written there."""
    folded = name.casefold()
    for other in given:
        if other.casefold() == folded:
            return other
    wanted = loose(name)
    return next((other for other in given if loose(other) == wanted), None)


# ----------------------------------------------------------------------------------------
# Faults: which request fails, and how an answer is spoiled
# ----------------------------------------------------------------------------------------


class FaultPlan:
    """Decides what goes wrong with a call.

    Sticky faults come first, since they must strike at every attempt, then `first_n`, then the fractions. A
    draw depends on the request and on how often it has been made, not on the order in which requests arrive:
    with the same questions, a parallel run meets the same faults as a serial one.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.attempts: Counter[bytes] = Counter()
        self.arm_first(config.first_n)

    def arm_first(self, first_n: dict[str, int]) -> None:
        self.remaining = {fault: count for fault, count in first_n.items() if count > 0}
        self.struck: set[bytes] = set()  # the items it has struck, so that their retry succeeds

    def strike(self, call: Call) -> None:
        """Set the call's attempt, fault and victim."""
        self.attempts[call.digest] += 1
        call.attempt = self.attempts[call.digest]
        if call.items:
            call.victim = int(chance("victim", call.digest, call.attempt) * len(call.items))
        fault = self._sticky(call) or self._first(call) or self._drawn(call)
        if fault in FAMILIES:
            fault = pick(FAMILIES[fault], "family", call.digest, call.attempt)
        call.fault = fault

    def _sticky(self, call: Call) -> str | None:
        for fault, target in self.config.sticky.items():
            for index, item in enumerate(call.items):
                if self._sticks(fault, target, item, call.keys[index]):
                    call.victim = index
                    return fault
        return None

    def _sticks(self, fault: str, target: float | list[str], item: dict[str, Any], key: bytes) -> bool:
        if isinstance(target, list):
            return any(value in target for value in item.values() if isinstance(value, str))
        return chance(self.config.seed, "sticky", fault, key) < target

    def _first(self, call: Call) -> str | None:
        if not self.remaining or not self.struck.isdisjoint(call.keys):
            return None
        fault, left = next(iter(self.remaining.items()))
        if left > 1:
            self.remaining[fault] = left - 1
        else:
            del self.remaining[fault]
        self.struck.update(call.keys)
        return fault

    def _drawn(self, call: Call) -> str | None:
        if not self.config.faults:
            return None
        draw = chance(self.config.seed, "fault", call.digest, call.attempt)
        for fault, share in self.config.faults.items():
            draw -= share
            if draw < 0:
                return fault
        return None


def seconds_to_answer(call: Call, config: Config) -> float:
    """The latency of this attempt, stragglers included."""
    seconds = config.latency
    draw = (config.seed, call.digest, call.attempt)
    if spread := config.latency_lognormal:
        z = NormalDist().inv_cdf(min(max(chance("latency", *draw), 1e-9), 1 - 1e-9))
        seconds = spread["median"] * math.exp(spread["sigma"] * z)
    if (late := config.stragglers) and chance("straggler", *draw) < late["fraction"]:
        seconds *= late["factor"]
    return seconds


def spoil_answer(answer: dict[str, Any], call: Call) -> dict[str, Any]:
    """The answer with its structure broken, if that is the call's fault."""
    rows = answer.get(call.shape.answers) if call.shape.answers else None
    row = rows[call.victim] if rows else answer
    if call.fault in BROKEN_IDS and rows:
        _spoil_ids(rows, call)
    elif call.fault == "missing_field" or call.fault in BROKEN_IDS:
        row.pop(next(reversed(row)), None)
    elif call.fault == "extra_field":
        row["note"] = "Please note that this is my best estimate."
    elif call.fault == "wrong_type":
        row[next(reversed(row))] = ["not", "a", "string"]
    elif call.fault == "nan":
        numbers = [name for name, value in row.items() if isinstance(value, float)]
        row[numbers[0] if numbers else next(reversed(row))] = math.nan
    return answer


def _spoil_ids(rows: list[dict[str, Any]], call: Call) -> None:
    row, label = rows[call.victim], call.shape.label
    if call.fault == "id_changed":
        row[label] = f"{row[label]}0"
    elif call.fault == "id_dropped":
        del rows[call.victim]
    elif call.fault == "id_invented":
        rows.append({**row, label: f"{row[label]}-extra"})
    elif call.fault == "id_twice":
        rows.append(dict(row))


def spoil_text(text: str, call: Call) -> str:
    """The answer's text, broken if that is the call's fault."""
    if call.fault == "truncated":
        # Before the last character at the latest, which closes the JSON: what is left is never complete.
        return text[: int(len(text) * (0.3 + 0.6 * chance("cut", call.digest, call.attempt)))]
    if call.fault == "fenced":
        return f"```json\n{text}\n```"
    if call.fault == "prose":
        return f"Here is the answer you asked for:\n\n{text}\n\nLet me know if you need anything else."
    if call.fault == "duplicate_keys":
        name, value = next(iter(json.loads(text).items()))
        first = encode_json({name: [] if isinstance(value, list) else "a first thought"})
        return f"{first[:-1]},{text[1:]}"
    if call.fault == "empty_text":
        return ""
    return text


# ----------------------------------------------------------------------------------------
# Errors and rate limits
# ----------------------------------------------------------------------------------------

RPC = "type.googleapis.com/google.rpc"
METRIC = "generativelanguage.googleapis.com"
HELP_URL = "https://ai.google.dev/gemini-api/docs/rate-limits"
HTML_502 = (
    b"<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n"
    b"<p><b>502.</b> <ins>That\xe2\x80\x99s an error.</ins>\n<p>The server encountered a temporary error and "
    b"could not complete your request.<p>Please try again in 30 seconds.\n"
)


REASONS = {
    200: b"OK",
    400: b"Bad Request",
    403: b"Forbidden",
    404: b"Not Found",
    411: b"Length Required",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
    502: b"Bad Gateway",
    503: b"Service Unavailable",
}


@dataclass(slots=True)
class Reply:
    """An HTTP answer. `lost` says what of it gets through: all (None), or as the fault of that name does."""

    status: int
    body: bytes
    headers: bytes = b""
    content_type: bytes = b"application/json; charset=UTF-8"
    lost: str | None = None
    well: bool = False  # every item that was asked has a good answer in it
    tokens: tuple[int, int, int] = (0, 0, 0)  # prompt, candidates, thoughts

    def lose(self, fault: str | None) -> None:
        """Let a part of it get lost on the way, if that is the fault."""
        if fault == "half_body":
            self.body, self.well = self.body[: len(self.body) // 2], False
        elif fault in LOST:
            self.lost, self.well = fault, False

    def wire(self) -> bytes:
        head = b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n"
        reason = REASONS.get(self.status, b"Unknown")
        return head % (self.status, reason, self.content_type, self.headers, len(self.body)) + self.body


class ApiError(Exception):
    """An error as the API words it; it ends the handling of a request."""

    def __init__(self, code: int, status: str, message: str, details: list | None = None, **reply: Any) -> None:
        super().__init__(message)
        error: dict[str, Any] = {"code": code, "message": message, "status": status}
        if details:
            error["details"] = details
        self.reply = Reply(code, to_bytes({"error": error}), **reply)


def bad_request(message: str, details: list | None = None) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message, details)


def not_found(message: str) -> ApiError:
    return ApiError(404, "NOT_FOUND", message)


def invalid_key() -> ApiError:
    message = "API key not valid. Please pass a valid API key."
    info = {"reason": "API_KEY_INVALID", "domain": "googleapis.com", "metadata": {"service": METRIC}}
    localized = {"@type": f"{RPC}.LocalizedMessage", "locale": "en-US", "message": message}
    return bad_request(message, [{"@type": f"{RPC}.ErrorInfo", **info}, localized])


def missing_key() -> ApiError:
    message = (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    return ApiError(403, "PERMISSION_DENIED", message)


class Quota(NamedTuple):
    """A limit, by the names it has in the body of a 429."""

    metric: str
    id: str
    value: int


def requests_per_minute(value: float) -> Quota:
    return Quota("generate_requests_per_model", "GenerateRequestsPerMinutePerProjectPerModel", int(value))


def tokens_per_minute(value: float) -> Quota:
    metric = "generate_content_paid_tier_input_token_count"
    return Quota(metric, "GenerateContentPaidTierInputTokensPerModelPerMinute", int(value))


def requests_per_day(value: float) -> Quota:
    metric = "generate_requests_per_model_per_day"
    return Quota(metric, "GenerateRequestsPerDayPerProjectPerModel", int(value))


def over_quota(model: str, quota: Quota, delay: float, retry_after: bool) -> ApiError:
    """The 429 of a limit. Its delay is written "7s" or "0.8379s", as it comes."""
    metric, delay_text = f"{METRIC}/{quota.metric}", f"{math.ceil(delay * 1e4) / 1e4:g}s"
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information "
        f"on this error, head to: {HELP_URL}. \n* Quota exceeded for metric: {metric}, limit: {quota.value}, "
        f"model: {model}\nPlease retry in {delay_text}."
    )
    violation = {
        "quotaMetric": metric,
        "quotaId": quota.id,
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": str(quota.value),
    }
    link = {"description": "Learn more about Gemini API quotas", "url": HELP_URL}
    details = [
        {"@type": f"{RPC}.Help", "links": [link]},
        {"@type": f"{RPC}.QuotaFailure", "violations": [violation]},
        {"@type": f"{RPC}.RetryInfo", "retryDelay": delay_text},
    ]
    headers = b"Retry-After: %d\r\n" % math.ceil(delay) if retry_after else b""
    return ApiError(429, "RESOURCE_EXHAUSTED", message, details, headers=headers)


def fault_error(fault: str | None, model: str, config: Config) -> ApiError | None:
    """The error that a fault stands for; None where it stands for an answer, or for none at all."""
    delay, retry_after = config.retry_delay, config.retry_after
    match fault:
        case "429":
            return over_quota(model, requests_per_minute(config.rpm or 1000), delay, retry_after)
        case "429_per_day":
            return over_quota(model, requests_per_day(config.per_day or 10_000), delay, retry_after)
        case "429_bare":
            return ApiError(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
        case "429_billing":
            message = "Your project has exceeded its monthly spending cap. See AI Studio to manage it."
            return ApiError(429, "RESOURCE_EXHAUSTED", message)
        case "403_billing":
            info = {"reason": "BILLING_DISABLED", "domain": "googleapis.com", "metadata": {"service": METRIC}}
            message = "This API method requires billing to be enabled. Please enable billing and retry."
            return ApiError(403, "PERMISSION_DENIED", message, [{"@type": f"{RPC}.ErrorInfo", **info}])
        case "500":
            return ApiError(500, "INTERNAL", "An internal error has occurred. Please retry.")
        case "503":
            return ApiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        case "502":
            error = ApiError(502, "BAD_GATEWAY", "Bad gateway")
            error.reply = Reply(502, HTML_502, content_type=b"text/html; charset=UTF-8")
            return error
    return None


class Window:
    """A rolling limit: at most `quota.value` units within `seconds`."""

    def __init__(self, quota: Quota, seconds: float) -> None:
        self.quota, self.seconds = quota, seconds
        self.used = 0
        self.entries: deque[tuple[float, int]] = deque()

    def wait(self, amount: int, now: float) -> float:
        """Seconds until so much more fits; 0 when it fits now."""
        while self.entries and self.entries[0][0] <= now - self.seconds:
            self.used -= self.entries.popleft()[1]
        excess = self.used + amount - self.quota.value
        if excess <= 0:
            return 0.0
        for moment, freed in self.entries:
            excess -= freed
            if excess <= 0:
                return moment + self.seconds - now
        return self.seconds

    def add(self, amount: int, now: float) -> None:
        self.entries.append((now, amount))
        self.used += amount


class Limits:
    """All limits of all models. What is refused is not counted."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.today: Counter[str] = Counter()
        self.windows: dict[str, list[tuple[Window, bool]]] = defaultdict(self._new_windows)

    def _new_windows(self) -> list[tuple[Window, bool]]:
        """The windows of one model, each with whether it counts tokens."""
        config, windows = self.config, []
        if config.rpm:
            windows.append((Window(requests_per_minute(config.rpm), 60), False))
        if config.tpm:
            windows.append((Window(tokens_per_minute(config.tpm), 60), True))
        if config.limit:
            requests, seconds = config.limit["requests"], config.limit["seconds"]
            windows.append((Window(requests_per_minute(requests), seconds), False))
        return windows

    def admit(self, model: str, tokens: int) -> None:
        """Count a request, or raise the 429 of the limit that frees last."""
        config, now = self.config, time.monotonic()
        if config.per_day is not None and self.today[model] >= config.per_day:
            raise over_quota(model, requests_per_day(config.per_day), config.retry_delay, config.retry_after)
        amounts = [(window, tokens if counts_tokens else 1) for window, counts_tokens in self.windows[model]]
        waits = [(window.wait(amount, now), window) for window, amount in amounts]
        delay, window = max(waits, key=lambda wait: wait[0], default=(0.0, None))
        if window and delay > 0:
            raise over_quota(model, window.quota, delay, config.retry_after)
        for window, amount in amounts:
            window.add(amount, now)
        self.today[model] += 1


# ----------------------------------------------------------------------------------------
# The answer on the wire
# ----------------------------------------------------------------------------------------

SAFETY_RATINGS = [{"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}]
GROUNDING = {
    "webSearchQueries": ["human pathway"],
    "groundingChunks": [{"web": {"uri": "https://example.org/pathway", "title": "example.org"}}],
    "groundingSupports": [{"segment": {"endIndex": 40, "text": "human pathway"}, "groundingChunkIndices": [0]}],
}


def generate_answer(call: Call, curator: Curator) -> Reply:
    """The 200 of a call, spoiled as its fault says; ApiError where the API would refuse."""
    config = curator.config
    if call.searches and call.wants_json and config.grounding == "rejected":
        message = "Tool use with a response mime type: 'application/json' is unsupported"
        raise bad_request(message)
    answer = spoil_answer(curator.answer(call), call)
    prose = call.searches and not call.wants_json
    text = as_prose(answer) if prose else spoil_text(encode_json(answer), call)
    candidate, text = _candidate(call, text, config)
    if call.searches and not (call.wants_json and config.grounding == "dropped"):
        candidate["groundingMetadata"] = GROUNDING
    tokens = (call.prompt_tokens, len(text) // 4, config.thoughts_tokens)
    body = {"candidates": [candidate], **_envelope(call, config, tokens)}
    if call.fault == "blocked":
        body["promptFeedback"] = {"blockReason": "PROHIBITED_CONTENT"}
    if call.fault in ("blocked", "no_candidates"):
        del body["candidates"]
    well = call.fault is None and not prose and candidate["finishReason"] == "STOP"
    return Reply(200, to_bytes(body), well=well, tokens=tokens)


def _candidate(call: Call, text: str, config: Config) -> tuple[dict[str, Any], str]:
    """The candidate, and the text it holds: none if it was withheld, part of it if the output budget ends."""
    reason, budget = "STOP", call.settings.get("maxOutputTokens")
    room = None if budget is None else max(0, budget - config.thoughts_tokens) * 4  # thinking counts, too
    if call.fault == "max_tokens" or (room is not None and len(text) > room):
        reason, text = "MAX_TOKENS", "" if call.fault == "max_tokens" else text[:room]
    elif call.fault in ("safety", "recitation"):
        reason, text = call.fault.upper(), ""
    elif call.fault in ("blocked", "no_candidates"):
        text = ""
    content = {"parts": [{"text": text}]} if text or call.fault == "empty_text" else {}
    candidate = {"content": {**content, "role": "model"}, "finishReason": reason, "index": 0}
    if reason == "SAFETY":
        candidate["safetyRatings"] = SAFETY_RATINGS
    return candidate, text


def _envelope(call: Call, config: Config, tokens: tuple[int, int, int]) -> dict[str, Any]:
    prompt, candidates, thoughts = tokens
    usage = {"promptTokenCount": prompt, "candidatesTokenCount": candidates, "totalTokenCount": sum(tokens)}
    if thoughts:
        usage["thoughtsTokenCount"] = thoughts
    version = config.model_versions.get(call.model, call.model)
    return {
        "usageMetadata": usage,
        "modelVersion": version,
        "responseId": f"{call.digest.hex()[:20]}{call.attempt:02d}",
    }


def as_prose(value: Any, name: str = "") -> str:
    """An answer told in sentences, as a model writes that was not asked for JSON."""
    if isinstance(value, dict):
        return " ".join(as_prose(inner, key) for key, inner in value.items())
    if isinstance(value, list):
        return " ".join(as_prose(inner, name) for inner in value)
    return f"The {name.replace('_', ' ')} is: {value}."


# ----------------------------------------------------------------------------------------
# Accounting
# ----------------------------------------------------------------------------------------


class Stats:
    """What was asked and what was answered, since the start or the last reset.

    `requests` are those to generateContent: the sum of `by_status` (where "0" is what was lost on the way),
    `abandoned` (the client hung up first) and those in flight. `answered_ok` counts the answers without any
    fault, rows of batch jobs included. An answer with a fault, even one that a client may well read, counts
    neither there nor towards `duplicates`: the items that were answered well more than once.
    """

    def __init__(self) -> None:
        self.requests = self.answered_ok = self.abandoned = self.peak_in_flight = 0
        self.by_status: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.other_requests: Counter[str] = Counter()
        self.batch: Counter[str] = Counter(jobs=0, rows=0, row_errors=0)
        self.tokens: Counter[str] = Counter(prompt=0, candidates=0, thoughts=0, total=0)
        self.questions: dict[str, Counter[str]] = defaultdict(lambda: Counter(requests=0, items=0, answered=0))
        self.answered: dict[bytes, tuple[str, str, str]] = {}
        self.repeated: set[bytes] = set()
        self.bodies: set[bytes] = set()
        self.repeated_bodies: set[bytes] = set()
        self.times_429: list[float] = []
        self.first: float | None = None
        self.last: float | None = None

    def arrived(self, now: float, in_flight: int) -> None:
        self.requests += 1
        self.first, self.last = self.first or now, now
        self.peak_in_flight = max(self.peak_in_flight, in_flight)

    def asked(self, call: Call) -> None:
        self.questions[call.question].update(requests=1, items=len(call.items))

    def struck(self, call: Call) -> None:
        if call.fault:
            self.faults[call.fault] += 1

    def replied(self, reply: Reply, call: Call | None, now: float) -> None:
        """Count a reply to generateContent."""
        self.by_status[str(0 if reply.lost else reply.status)] += 1
        self.last = now
        if reply.status == 429:
            self.times_429.append(now)
        if call:
            self.delivered(reply, call)

    def delivered(self, reply: Reply, call: Call) -> None:
        """Count the tokens and the items of an answer, whether it came alone or in a batch job."""
        prompt, candidates, thoughts = reply.tokens
        self.tokens.update(prompt=prompt, candidates=candidates, thoughts=thoughts, total=sum(reply.tokens))
        if not reply.well:
            return
        self.answered_ok += 1
        self.questions[call.question]["answered"] += len(call.items)
        if call.digest in self.bodies:
            self.repeated_bodies.add(call.digest)
        self.bodies.add(call.digest)
        for key, label in zip(call.keys, call.labels, strict=True):
            if key in self.answered:
                self.repeated.add(key)
            self.answered[key] = (call.model, call.question, label)

    def as_dict(self, in_flight: int, with_items: bool) -> dict[str, Any]:
        summary = {
            "requests": self.requests,
            "by_status": self.by_status,
            "answered_ok": self.answered_ok,
            "items_answered": len(self.answered),
            "duplicates": len(self.repeated),
            "duplicate_requests": len(self.repeated_bodies),
            "abandoned": self.abandoned,
            "in_flight": in_flight,
            "peak_in_flight": self.peak_in_flight,
            "questions": self.questions,
            "faults": self.faults,
            "tokens": self.tokens,
            "first": self.first,
            "last": self.last,
            "times_429": self.times_429,
            "batch": self.batch,
            "other_requests": self.other_requests,
        }
        if with_items:
            names = ("model", "question", "item")
            summary["answered_items"] = [
                dict(zip(names, item, strict=True), repeated=key in self.repeated)
                for key, item in self.answered.items()
            ]
        return summary


class Log:
    """One JSON line per request, written through at once: it outlives whoever is killed."""

    def __init__(self, path: Path | None) -> None:
        self.file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None

    def write(self, operation: str, status: int, call: Call | None, started: float, **more: Any) -> None:
        if self.file is None:
            return
        now = time.time()
        line = {"time": now, "seconds": round(now - started, 4), "operation": operation, "status": status}
        if call:
            line |= {
                "model": call.model,
                "question": call.question,
                "items": call.labels,
                "fault": call.fault,
            }
        self.file.write(encode_json(line | more).encode("utf-8", "replace").decode() + "\n")


# ----------------------------------------------------------------------------------------
# Files and batch jobs
# ----------------------------------------------------------------------------------------

BATCH_TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"
ROWS_BETWEEN_BREATHS = 50


def timestamp(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e6):06d}Z"


class Files:
    """Uploaded files, and the result files of batch jobs."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.uploads: dict[str, bytearray] = {}
        self.numbers = 0

    def add(self, content: bytes) -> str:
        self.numbers += 1
        name = f"files/fake{self.numbers:06d}"
        self.contents[name] = content
        return name

    def start_upload(self) -> str:
        self.numbers += 1
        upload_id = f"upload{self.numbers:06d}"
        self.uploads[upload_id] = bytearray()
        return upload_id

    def read(self, name: str) -> bytes:
        if name not in self.contents:
            raise not_found(f"File {name} does not exist.")
        return self.contents[name]

    def describe(self, name: str) -> dict[str, Any]:
        size = len(self.read(name))
        return {"name": name, "mimeType": "application/jsonl", "sizeBytes": str(size), "state": "ACTIVE"}


@dataclass(slots=True)
class Job:
    """A batch job. A row is its tag ({"metadata": ...} or {"key": ...}) and its request."""

    name: str
    model: str
    display_name: str
    rows: list[tuple[dict[str, Any], dict[str, Any]]]
    from_file: bool
    created: float
    state: str = "PENDING"
    ended: float | None = None
    output: dict[str, Any] | None = None
    task: asyncio.Task | None = None

    def end(self, state: str) -> None:
        self.state, self.ended = state, time.time()

    def operation(self, with_output: bool) -> dict[str, Any]:
        """The job as the long-running operation that the API shows."""
        metadata: dict[str, Any] = {
            "@type": BATCH_TYPE,
            "model": f"models/{self.model}",
            "displayName": self.display_name,
            "createTime": timestamp(self.created),
            "updateTime": timestamp(self.ended or self.created),
            "batchStats": {"requestCount": str(len(self.rows))},
            "state": f"BATCH_STATE_{self.state}",
            "name": self.name,
        }
        operation: dict[str, Any] = {"name": self.name, "metadata": metadata}
        if self.ended:
            metadata["endTime"] = timestamp(self.ended)
            operation["done"] = True
        if self.output and with_output:
            metadata["output"] = self.output
            operation["response"] = {"@type": f"{BATCH_TYPE}Output", **self.output}
        if self.state == "FAILED":
            operation["error"] = {"code": 13, "message": "The batch job failed."}
        return operation


class Batches:
    """The batch jobs of a server: PENDING for a quarter of their time, then RUNNING, then at their end."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jobs: dict[str, Job] = {}
        self.first_faults = dict(server.config.batch_first_n)

    def create(self, model: str, body: bytes) -> Job:
        try:
            batch = json.loads(body)["batch"]
            rows = self._rows(batch["inputConfig"])
        except (ValueError, KeyError, TypeError) as error:
            raise bad_request(f"Invalid batch: {error!r}") from None
        name = f"batches/{os.urandom(10).hex()}"
        from_file = "fileName" in batch["inputConfig"]
        job = Job(name, model, batch.get("displayName", ""), rows, from_file, time.time())
        job.task = asyncio.get_running_loop().create_task(self._run(job))
        self.jobs[name] = job
        self.server.stats.batch["jobs"] += 1
        return job

    def _rows(self, source: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        if "fileName" in source:
            lines = map(json.loads, self.server.files.read(source["fileName"]).splitlines())
            return [({"key": line["key"]}, line["request"]) for line in lines]
        rows = source["requests"]["requests"]
        return [({"metadata": row["metadata"]} if "metadata" in row else {}, row["request"]) for row in rows]

    async def _run(self, job: Job) -> None:
        seconds = self.server.config.batch_seconds
        await asyncio.sleep(seconds / 4)
        job.state = "RUNNING"
        await asyncio.sleep(seconds * 3 / 4)
        outcome = self.server.config.batch_outcome
        if outcome == "SUCCEEDED":
            job.output = self._packed(job, await self._results(job))
        job.end(outcome)

    async def _results(self, job: Job) -> list[dict[str, Any]]:
        results = []
        for number, (tag, request) in enumerate(job.rows, 1):
            results.append({**tag, **self.server.answer_row(job, request)})
            if number % ROWS_BETWEEN_BREATHS == 0:
                await asyncio.sleep(0)  # a large job must not stall the other connections
        return results

    def _packed(self, job: Job, results: list[dict[str, Any]]) -> dict[str, Any]:
        if job.from_file:
            return {"responsesFile": self.server.files.add(b"".join(to_bytes(row) + b"\n" for row in results))}
        return {"inlinedResponses": {"inlinedResponses": results}}

    def get(self, name: str) -> Job:
        if name not in self.jobs:
            raise not_found(f"Batch {name} does not exist.")
        return self.jobs[name]

    def cancel(self, name: str) -> None:
        job = self.get(name)
        if job.ended is None:
            job.task.cancel()
            job.end("CANCELLED")

    def close(self) -> None:
        for job in self.jobs.values():
            job.task.cancel()

    def page(self, size: int, start: int) -> dict[str, Any]:
        """Operations from `start` on, the newest first. Results stand only in the job itself."""
        jobs = list(reversed(self.jobs.values()))
        page = {"operations": [job.operation(with_output=False) for job in jobs[start : start + size]]}
        if start + size < len(jobs):
            page["nextPageToken"] = str(start + size)
        return page

    def creation_fault(self) -> str | None:
        for fault, left in self.first_faults.items():
            if left > 0:
                self.first_faults[fault] -= 1
                return fault
        return None


# ----------------------------------------------------------------------------------------
# HTTP
# ----------------------------------------------------------------------------------------

MAX_HEAD = 65_536


class Request(NamedTuple):
    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]  # by lower-case name
    body: bytes

    def parameters(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.query).items()}


def take_request(buffer: bytearray) -> Request | None:
    """Take one request off the front of the buffer; None while it is incomplete, ApiError if it is none."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > MAX_HEAD:
            raise bad_request("The head of the request is too long.")
        return None
    first, *lines = bytes(buffer[:end]).split(b"\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    if b"transfer-encoding" in headers:
        raise ApiError(411, "INVALID_ARGUMENT", "A Content-Length is needed.")
    try:
        length = int(headers.get(b"content-length", 0))
        method, target, _ = first.decode("latin-1").split(" ")
    except ValueError:
        raise bad_request("This is no HTTP request.") from None
    start = end + 4
    if len(buffer) < start + length:
        return None
    body = bytes(buffer[start : start + length])
    del buffer[: start + length]
    path, _, query = target.partition("?")
    return Request(method, path, query, headers, body)


_VERSION = r"/(?:v1|v1beta|v1beta1)"
_MODEL = _VERSION + r"/(?:projects/[^/]+/locations/[^/]+/)?(?:publishers/google/)?models/([^/:]+)"
ROUTES = [
    (method, re.compile(pattern), operation)
    for method, pattern, operation in (
        ("POST", _MODEL + ":generateContent", "generate_content"),
        ("POST", _MODEL + ":countTokens", "count_tokens"),
        ("POST", _MODEL + ":batchGenerateContent", "batch_create"),
        ("GET", _MODEL, "model_get"),
        ("GET", _VERSION + "/models", "model_list"),
        ("GET", _VERSION + "/batches", "batch_list"),
        ("GET", _VERSION + "/(batches/[^/:]+)", "batch_get"),
        ("POST", _VERSION + "/(batches/[^/:]+):cancel", "batch_cancel"),
        ("DELETE", _VERSION + "/(batches/[^/:]+)", "batch_delete"),
        ("POST", "/upload" + _VERSION + "/files", "file_upload"),
        ("GET", _VERSION + "/(files/[^/:]+):download", "file_download"),
        ("GET", _VERSION + "/(files/[^/:]+)", "file_get"),
        ("DELETE", _VERSION + "/(files/[^/:]+)", "file_delete"),
        ("GET", "/stats", "control_stats"),
        ("POST", "/configure", "control_configure"),
        ("POST", "/reset", "control_reset"),
    )
]


@lru_cache(maxsize=4096)
def find_route(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    """The operation of a path and what the path names; ("unknown", ()) if it has none."""
    for known_method, pattern, operation in ROUTES:
        if method == known_method and (match := pattern.fullmatch(path)):
            return operation, match.groups()
    return "unknown", ()


class Exchange:
    """A request on its way to its reply."""

    __slots__ = ("call", "connection", "operation", "started", "stats", "timer")

    def __init__(self, connection: Connection, operation: str, stats: Stats) -> None:
        self.connection = connection
        self.operation = operation
        self.stats = stats  # those of its arrival: a reset must not be credited with older requests
        self.started = time.time()
        self.call: Call | None = None
        self.timer: asyncio.TimerHandle | None = None


class Connection(asyncio.Protocol):
    """One keep-alive connection. asyncio sets TCP_NODELAY; requests that arrive ahead of the reply wait."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.buffer = bytearray()
        self.exchange: Exchange | None = None
        self.last = False  # the client wants no further request on this connection

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.advance()

    def advance(self) -> None:
        """Handle what has arrived, one request after the other."""
        while self.exchange is None and self.buffer and not self.transport.is_closing():
            try:
                request = take_request(self.buffer)
            except ApiError as error:
                self.last = True
                self.send(error.reply)
                return
            if request is None:
                return
            self.last = request.headers.get(b"connection", b"").lower() == b"close"
            self.server.handle(self, request)

    def send(self, reply: Reply) -> None:
        if reply.lost == "drop_half":
            wire = reply.wire()
            self.transport.write(wire[: len(wire) - len(reply.body) // 2])
        elif reply.lost is None:
            self.transport.write(reply.wire())
        if reply.lost or self.last:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.exchange:
            self.server.abandon(self.exchange)


class Server:
    """All state, and one method per operation, which returns its Reply, or None if that comes later."""

    def __init__(self, reference: Path, config: Config, log: Path | None = None) -> None:
        self.reference = Reference(reference, with_synonyms=config.synonyms)
        self.start_config = config
        self.log = Log(log)
        self.in_flight = 0
        self._forget(config)

    def _forget(self, config: Config) -> None:
        self.stats = Stats()
        self.files = Files()
        self.config = config
        self.curator = Curator(self.reference, config)
        self.faults = FaultPlan(config)
        self.limits = Limits(config)
        self.batches = Batches(self)

    # --- from request to reply ---

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer a request, now or later."""
        operation, names = find_route(request.method, request.path)
        exchange = connection.exchange = Exchange(connection, operation, self.stats)
        if operation == "generate_content":
            self.in_flight += 1
            self.stats.arrived(exchange.started, self.in_flight)
        reply = self._guarded(self._operate, exchange, request, names)
        if reply is not None:
            self.finish(exchange, reply)

    def _guarded(self, produce: Callable[..., Reply | None], *arguments: Any) -> Reply | None:
        """The reply produced, or that of the error raised; a bug is shown, and answered with a 500."""
        try:
            return produce(*arguments)
        except ApiError as error:
            return error.reply
        except Exception as error:
            traceback.print_exc()
            return ApiError(500, "INTERNAL", f"The fake server failed: {error!r}").reply

    def _operate(self, exchange: Exchange, request: Request, names: tuple[str, ...]) -> Reply | None:
        if exchange.operation == "unknown":
            raise not_found(f"{request.method} {request.path} is not served here.")
        # The address that an upload was given is its permit: the SDK sends the chunks without a key.
        free = exchange.operation.startswith("control_") or "upload_id=" in request.query
        if not free:
            self._authorise(request)
        return getattr(self, exchange.operation)(exchange, request, *names)

    def _authorise(self, request: Request) -> None:
        key = request.headers.get(b"x-goog-api-key") or request.headers.get(b"authorization", b"")
        text = key.decode("latin-1").removeprefix("Bearer ") or request.parameters().get("key", "")
        if not text:
            raise missing_key()
        if self.config.keys is not None and text not in self.config.keys:
            raise invalid_key()

    def finish(self, exchange: Exchange, reply: Reply) -> None:
        """Account for a reply, then send it: a client that has it may read the stats at once."""
        stats, operation = exchange.stats, exchange.operation
        if operation == "generate_content":
            self.in_flight -= 1
            stats.replied(reply, exchange.call, time.time())
        elif not operation.startswith("control_"):
            stats.other_requests[operation] += 1
        if not operation.startswith("control_"):
            self.log.write(operation, 0 if reply.lost else reply.status, exchange.call, exchange.started)
        exchange.connection.exchange = None
        exchange.connection.send(reply)

    def abandon(self, exchange: Exchange) -> None:
        """The client has hung up before its reply."""
        if exchange.timer:
            exchange.timer.cancel()
        if exchange.operation == "generate_content":
            self.in_flight -= 1
            exchange.stats.abandoned += 1
        self.log.write(exchange.operation, 0, exchange.call, exchange.started, abandoned=True)

    # --- models ---

    def generate_content(self, exchange: Exchange, request: Request, model: str) -> Reply | None:
        self._check_model(model)
        call = exchange.call = read_call(model, request.body)
        exchange.stats.asked(call)
        self.limits.admit(model, call.prompt_tokens)
        self.faults.strike(call)
        exchange.stats.struck(call)
        if call.fault in REFUSALS:
            raise fault_error(call.fault, model, self.config)
        if call.fault == "hang":
            return None
        seconds = seconds_to_answer(call, self.config)
        if seconds <= 0:
            return self._answer(call)
        exchange.timer = asyncio.get_running_loop().call_later(seconds, self._answer_late, exchange)
        return None

    def _answer_late(self, exchange: Exchange) -> None:
        self.finish(exchange, self._guarded(self._answer, exchange.call))
        exchange.connection.advance()

    def _answer(self, call: Call) -> Reply:
        if error := fault_error(call.fault, call.model, self.config):
            return error.reply
        reply = generate_answer(call, self.curator)
        reply.lose(call.fault)
        return reply

    def answer_row(self, job: Job, request: dict[str, Any]) -> dict[str, Any]:
        """One row of a batch job. Only faults of the content reach it; delivery is the job's own business."""
        started, call = time.time(), None
        self.stats.batch["rows"] += 1
        try:
            call = read_call(job.model, encode_json(request).encode("utf-8", "surrogatepass"))
            self.stats.asked(call)
            self.faults.strike(call)
            if call.fault not in CONTENT_FAULTS:
                call.fault = None
            self.stats.struck(call)
            if chance(self.config.seed, "row", call.digest, call.attempt) < self.config.batch_row_error:
                raise ApiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            reply = generate_answer(call, self.curator)
        except ApiError as error:
            self.stats.batch["row_errors"] += 1
            self.log.write("batch_row", error.reply.status, call, started, job=job.name)
            return {"error": {"code": error.reply.status, "message": str(error)}}
        self.stats.delivered(reply, call)
        self.log.write("batch_row", reply.status, call, started, job=job.name)
        return {"response": json.loads(reply.body)}

    def count_tokens(self, exchange: Exchange, request: Request, model: str) -> Reply:
        self._check_model(model)
        try:
            body = json.loads(request.body)
            contents = body.get("contents") or body["generateContentRequest"]["contents"]
            characters = sum(map(len, _texts(contents)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise bad_request(f"Invalid JSON payload received. {error!r}") from None
        return Reply(200, to_bytes({"totalTokens": characters // 4}))

    def model_get(self, exchange: Exchange, request: Request, model: str) -> Reply:
        self._check_model(model)
        return Reply(200, to_bytes(self._model(model)))

    def model_list(self, exchange: Exchange, request: Request) -> Reply:
        return Reply(200, to_bytes({"models": [self._model(model) for model in self.config.models or ()]}))

    def _model(self, model: str) -> dict[str, Any]:
        return {
            "name": f"models/{model}",
            "version": self.config.model_versions.get(model, model),
            "displayName": model,
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens", "batchGenerateContent"],
        }

    def _check_model(self, model: str) -> None:
        if self.config.models is not None and model not in self.config.models:
            raise not_found(
                f"models/{model} is not found for API version v1beta, or is not supported for "
                "generateContent. Call ListModels to see the list of available models and their supported "
                "methods."
            )

    # --- batch jobs and files ---

    def batch_create(self, exchange: Exchange, request: Request, model: str) -> Reply | None:
        self._check_model(model)
        fault = self.batches.creation_fault()
        if fault and (error := fault_error(fault, model, self.config)):
            raise error
        job = self.batches.create(model, request.body)
        if fault == "hang":
            return None
        reply = Reply(200, to_bytes(job.operation(with_output=False)))
        reply.lose(fault)
        return reply

    def batch_get(self, exchange: Exchange, request: Request, name: str) -> Reply:
        return Reply(200, to_bytes(self.batches.get(name).operation(with_output=True)))

    def batch_list(self, exchange: Exchange, request: Request) -> Reply:
        parameters = request.parameters()
        page = self.batches.page(int(parameters.get("pageSize", 50)), int(parameters.get("pageToken", 0)))
        return Reply(200, to_bytes(page))

    def batch_cancel(self, exchange: Exchange, request: Request, name: str) -> Reply:
        self.batches.cancel(name)
        return Reply(200, b"{}")

    def batch_delete(self, exchange: Exchange, request: Request, name: str) -> Reply:
        self.batches.cancel(name)
        del self.batches.jobs[name]
        return Reply(200, b"{}")

    def file_upload(self, exchange: Exchange, request: Request) -> Reply:
        """Both halves of a resumable upload: the start, which gives the address, and the chunks for it."""
        command = request.headers.get(b"x-goog-upload-command", b"")
        if command == b"start":
            host, upload_id = request.headers[b"host"].decode(), self.files.start_upload()
            address = f"http://{host}{request.path}?upload_id={upload_id}"
            headers = f"X-Goog-Upload-Status: active\r\nX-Goog-Upload-URL: {address}\r\n".encode()
            return Reply(200, b"{}", headers=headers)
        upload_id = request.parameters().get("upload_id", "")
        if upload_id not in self.files.uploads:
            raise not_found(f"Upload {upload_id} does not exist.")
        self.files.uploads[upload_id] += request.body
        if b"finalize" not in command:
            return Reply(200, b"{}", headers=b"X-Goog-Upload-Status: active\r\n")
        name = self.files.add(bytes(self.files.uploads.pop(upload_id)))
        body = to_bytes({"file": self.files.describe(name)})
        return Reply(200, body, headers=b"X-Goog-Upload-Status: final\r\n")

    def file_download(self, exchange: Exchange, request: Request, name: str) -> Reply:
        return Reply(200, self.files.read(name), content_type=b"application/octet-stream")

    def file_get(self, exchange: Exchange, request: Request, name: str) -> Reply:
        return Reply(200, to_bytes(self.files.describe(name)))

    def file_delete(self, exchange: Exchange, request: Request, name: str) -> Reply:
        self.files.read(name)
        del self.files.contents[name]
        return Reply(200, b"{}")

    # --- control ---

    def control_stats(self, exchange: Exchange, request: Request) -> Reply:
        with_items = request.parameters().get("items") == "1"
        return Reply(200, to_bytes(self.stats.as_dict(self.in_flight, with_items)))

    def control_configure(self, exchange: Exchange, request: Request) -> Reply:
        """Change the config and keep the stats. Only what is named starts anew: its counters, its windows."""
        changes = self._changes(request)
        config = self.config = self._checked(self.config, changes)
        self.curator = Curator(self.reference, config)
        self.faults.config = self.limits.config = config
        if "first_n" in changes:
            self.faults.arm_first(config.first_n)
        if "batch_first_n" in changes:
            self.batches.first_faults = dict(config.batch_first_n)
        if not changes.keys().isdisjoint(("rpm", "tpm", "limit", "per_day")):
            self.limits = Limits(config)
        return Reply(200, b"{}")

    def control_reset(self, exchange: Exchange, request: Request) -> Reply:
        """Back to the config of the start, with the changes sent; stats, jobs and files are forgotten."""
        config = self._checked(self.start_config, self._changes(request))
        self.batches.close()
        self._forget(config)
        return Reply(200, b"{}")

    @staticmethod
    def _changes(request: Request) -> dict[str, Any]:
        try:
            return dict(json.loads(request.body or b"{}"))
        except (ValueError, TypeError) as error:
            raise bad_request(f"The changes are not a JSON object: {error}") from None

    @staticmethod
    def _checked(config: Config, changes: dict[str, Any]) -> Config:
        try:
            return config.updated(changes)
        except (ValueError, TypeError) as error:
            raise bad_request(str(error)) from None


# ----------------------------------------------------------------------------------------
# Running it: the client helper and the command line
# ----------------------------------------------------------------------------------------


class FakeGemini:
    """Starts the server in its own process; a context manager. Keywords are the fields of `Config`.

    `reference` is a directory with the Reactome tables (default: resources/reactome of this repository),
    `log` a file for one JSON line per request. The server ends with `stop()`, or together with the process
    that started it, however that one ends.
    """

    def __init__(self, *, reference: os.PathLike | None = None, log: os.PathLike | None = None, **config: Any) -> None:
        Config().updated(config)  # a wrong name should fail here, with a traceback that leads to it
        self.command = [sys.executable, str(Path(__file__).resolve())]
        self.command += ["--stop-with-stdin", "--config", json.dumps(config)]
        self.command += ["--reference", str(reference)] if reference else []
        self.command += ["--log", str(log)] if log else []
        self.process: subprocess.Popen | None = None
        self.url = ""
        # Without the proxies of the environment: they would be asked for 127.0.0.1, too.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def start(self) -> Self:
        pipe = subprocess.PIPE
        # In a session of its own: a Ctrl-C meant for the client must not end the server that counts calls.
        self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        line = self.process.stdout.readline()
        if not line.startswith("READY "):
            self.stop()
            raise RuntimeError("the fake Gemini server did not start; its stderr says why")
        self.url = f"http://127.0.0.1:{line.split()[1]}"
        return self

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.kill()  # nothing is lost by it: each line of the log has been written
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def environment(self, key: str = "test") -> dict[str, str]:
        """The environment in which a program asks this server: ours, with its address and a key."""
        ours = {"GOOGLE_GEMINI_BASE_URL": self.url, "GEMINI_API_KEY": key, "NO_PROXY": "127.0.0.1"}
        return {**{k: v for k, v in os.environ.items() if k != "GOOGLE_API_KEY"}, **ours}

    def stats(self, items: bool = False) -> dict[str, Any]:
        """The counts so far, see `Stats`; with `items` also every item that was answered."""
        return self._ask("/stats?items=1" if items else "/stats")

    def configure(self, **config: Any) -> None:
        """Change some of the config and keep the counts."""
        self._ask("/configure", config)

    def reset(self, **config: Any) -> None:
        """Forget all counts, jobs and files, and return to the config of the start, with these changes."""
        self._ask("/reset", config)

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        try:
            with self._opener.open(urllib.request.Request(self.url + path, data), timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]["message"]) from None


class _StopAtEnd(asyncio.Protocol):
    """Ends the loop when its pipe is closed, as it is when the process at the other end dies."""

    def connection_lost(self, exc: Exception | None) -> None:
        asyncio.get_running_loop().stop()


async def _listen(server: Server, port: int, stop_with_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", port, backlog=4096)
    if stop_with_stdin:
        await loop.connect_read_pipe(_StopAtEnd, sys.stdin)
    print(f"READY {listener.sockets[0].getsockname()[1]}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="A local HTTP server that speaks the Gemini API.")
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--config", default="{}", help="JSON object, the fields of Config")
    parser.add_argument("--reference", type=Path, default=DEFAULT_REFERENCE, help="directory of the tables")
    parser.add_argument("--log", type=Path, help="file that gets one JSON line per request")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when stdin is closed")
    options = parser.parse_args(arguments)
    if not (options.reference / "pathways.parquet").is_file():
        parser.error(f"no pathways.parquet in {options.reference}; name the directory with --reference")
    try:
        config = Config().updated(json.loads(options.config))
    except (ValueError, TypeError) as error:
        parser.error(f"--config: {error}")

    # A request leaves no cycles behind, so the collector would only walk the tables again and again.
    gc.set_threshold(100_000, 50, 1000)
    loop = asyncio.new_event_loop()
    server = Server(options.reference, config, options.log)
    loop.run_until_complete(_listen(server, options.port, options.stop_with_stdin))
    with contextlib.suppress(KeyboardInterrupt):
        loop.run_forever()


if __name__ == "__main__":
    main()
