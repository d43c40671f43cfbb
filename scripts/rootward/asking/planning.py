"""Estimating what questions will cost: calls, tokens, dollars, minutes at the configured limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rootward.asking.cache import AnswerCache
from rootward.asking.money import searches
from rootward.asking.work import Work
from rootward.curators.base import Model
from rootward.curators.settings import Price, model_name

# Used until the cache has figures: characters per token of English with JSON, output tokens per item, and seconds per
# call, for a model that thinks a little. In recorded calls, thinking alone took a median of 229 tokens.
CHARACTERS_PER_TOKEN = 4.0
OUTPUT_TOKENS = {"siblings": 480}
OUTPUT_TOKENS_OTHERWISE = 320
SECONDS = {"pro": 45.0}
SECONDS_OTHERWISE = 7.5
# A question with a search takes two calls: one to search (the second call reads its tokens), and one to judge.
FINDINGS = 800
QUERIES = 2.0  # Google Search queries per call that searches


@dataclass(frozen=True)
class Step:
    """What one kind of question will ask. `exact`: nothing before it had to be guessed."""

    kind: str
    role: str
    questions: int
    hits: int
    calls: int
    input_tokens: float
    output_tokens: float
    dollars: float
    minutes: float
    exact: bool


class Estimate:
    """Estimates from the prompts that would be sent, and from earlier calls of the same kind."""

    def __init__(self, model: Model, cache: AnswerCache):
        self._model = model
        self._prices: dict[str, tuple[str, Price]] = {}  # model -> its role and price
        self._known = {(row["question"], row["model"]): row for row in cache.statistics()}

    def step(self, kind: str, questions: int, hits: int, batches: Sequence[Work], exact: bool) -> Step:
        """The step that sends these batches."""
        question, model = self._model.question(kind), self._model.settings(kind)
        items = sum(len(work.questions) for work in batches)
        known = self._known.get((kind, model_name(model)))
        characters = sum(len(self._model.prompt(list(work.questions.values()))) for work in batches)
        is_searched = bool(question.get("search"))
        passes = 2 if is_searched else 1
        input_tokens = passes * characters / CHARACTERS_PER_TOKEN + is_searched * len(batches) * FINDINGS
        each = self._output_tokens(kind, model_name(model)) + (is_searched and not known) * FINDINGS / question["batch"]
        seconds = known["seconds"] / known["calls"] if known else SECONDS.get(question["model"], SECONDS_OTHERWISE)
        price, calls = model["price"], passes * len(batches)
        self._prices[model_name(model)] = question["model"], price
        tokens = (input_tokens * price["input"] + items * each * price["output"]) / 1e6
        return Step(
            kind,
            question["model"],
            questions=questions,
            hits=hits,
            calls=calls,
            input_tokens=input_tokens,
            output_tokens=items * each,
            dollars=tokens + searches(price, is_searched * len(batches) * QUERIES),
            minutes=max(
                len(batches) * seconds / model["concurrency"] / 60,
                calls / model["rpm"] if model["rpm"] else 0.0,
                input_tokens / model["tpm"] if model["tpm"] else 0.0,
                (calls // model["rpd"]) * 24 * 60 if model["rpd"] else 0.0,
            ),
            exact=exact,
        )

    def _output_tokens(self, kind: str, model: str) -> float:
        """Tokens per answer: from the cache's calls of this kind, or else of this model, or else the default."""
        rows = [self._known[kind, model]] if (kind, model) in self._known else []
        rows = rows or [row for (_, by), row in self._known.items() if by == model]
        answers = sum(row["answers"] for row in rows)
        if answers:
            return float(sum(row["output_tokens"] or 0 for row in rows) / answers)
        return OUTPUT_TOKENS.get(kind, OUTPUT_TOKENS_OTHERWISE)

    def remarks(self, today: date) -> list[str]:
        """A line for each model without a price, or with an expired one."""
        return [
            line
            for model, (role, price) in sorted(self._prices.items())
            if (line := _remark(model, role, price=price, today=today))
        ]


def _remark(model: str, role: str, price: Price, today: date) -> str | None:
    until = price.get("until")
    if until and date.fromisoformat(str(until)) < today:
        return f"the price of {model} was valid until {until} and may have changed (models.{role}.price)"
    if not price["input"] and not price["output"]:
        return f"{model} has no price: its tokens count as free (models.{role}.price)"
    return None


def lines(steps: Sequence[Step]) -> list[str]:
    """The plan as a table of at most 80 columns, summed per kind of question, in the order asked."""
    merged: dict[str, list[Step]] = {}
    for step in steps:
        merged.setdefault(step.kind, []).append(step)
    width = max(17, *(len(kind) for kind in merged)) if merged else 17
    heads = f"{'question':{width}s} {'in all':>8s} {'cached':>8s} {'to ask':>8s} {'calls':>7s}"
    text = [f"{heads} {'tokens':>9s} {'US$':>8s} {'min':>6s}"]
    rows = [*merged.items(), ("in all", list(steps))]
    for kind, parts in rows:
        asked = sum(part.questions - part.hits for part in parts)
        sign = "~" if not all(part.exact for part in parts) else " "
        text.append(
            f"{kind:{width}s} {sum(p.questions for p in parts):8,d} {sum(p.hits for p in parts):8,d}{sign}{asked:8,d} "
            f"{sum(p.calls for p in parts):7,d} {sum(p.input_tokens + p.output_tokens for p in parts):9,.0f} "
            f"{sum(p.dollars for p in parts):8.2f} {sum(p.minutes for p in parts):6.1f}"
        )
    if any(not step.exact for step in steps):
        text.append("~ estimated by letting the reference answer the questions that come first")
    if any(step.kind.endswith(f" > {step.role}") for step in steps):
        text.append("> asked of a stronger model where the first is unsure; estimated from the reference's confidence")
    return text
