"""Delete answers from the cache, so that the next run asks again."""

import re
import sys
from collections import Counter
from collections.abc import Mapping

from rootward.asking.cache import AnswerCache
from rootward.curators.questions import KINDS
from rootward.curators.settings import ModelSettings, id_of, model_name
from rootward.errors import UserError, did_you_mean
from rootward.publish.terminal import counted
from rootward.workflow.forgotten import note_forgotten
from rootward.workflow.job import Job


def forget(
    *,
    path: str,
    journal_mode: str,
    noted: str,
    question: str | None,
    name: str | None,
    model: str | None,
    before: str | None,
    models: Mapping[str, ModelSettings],
) -> int:
    """Delete the answers that match all given conditions: kind of question, name, model, or older than a date.

    model: a role of the configuration (`models`), an id, or the name that cache_stats shows. noted: the file that
    counts the deleted answers for each kind of question; the rules that ask it depend on this count, so that results
    based on the answers are computed again. Returns the number of deleted answers. Raises UserError without any
    condition, or if the question, model or date is invalid.
    """
    if not any((question, name, model, before)):
        raise UserError(
            "say what to forget, e.g. --config question=parent name='mTOR signaling' (or model=…, before=2026-11-24)"
        )
    if question and question not in KINDS:
        raise UserError(f"question: {question}: no such question{did_you_mean(question, KINDS)}")
    if before and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(before)):
        raise UserError(f"before: {before}: is not a date like 2026-11-24")
    cache, dropped = AnswerCache(path, journal_mode), Counter[str]()
    for one in _meant(model, models, cache=cache) if model else [None]:
        dropped += cache.forget(question, name, model=one, before=before)
    if dropped:
        note_forgotten(noted, dropped)
    return dropped.total()


def _meant(model: str, models: Mapping[str, ModelSettings], cache: AnswerCache) -> list[str]:
    """The models of the cache that match. Raises UserError if there are answers, but none from such a model."""
    known = cache.models()
    wanted = model_name(models[model]) if model in models else model
    meant = [name for name in known if wanted in (name, id_of(name))]
    if known and not meant:
        raise UserError(f"model: {model}: {cache.path} has answers of {', '.join(known)} only")
    return meant


if __name__ == "__main__":
    with Job(snakemake):
        config = snakemake.config
        wanted = {key: config[key] for key in ("question", "name", "model", "before")}
        cache = config["cache"]
        where = {"path": cache["answers"], "journal_mode": cache["journal_mode"], "noted": snakemake.params.noted}
        dropped = forget(**where, **wanted, models=config["models"])
        if dropped:
            said = f"{counted(dropped, 'answers')} forgotten; the next run asks again"
        else:
            said = f"{cache['answers']}: contains no such answer; nothing was forgotten"
        print(said, file=sys.stderr)
