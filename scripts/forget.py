"""Drop answers from the cache on purpose, so that the next run asks again."""

import re
import sys

from rootward.cache import AnswerCache
from rootward.errors import UserError, did_you_mean
from rootward.job import Job
from rootward.questions import KINDS


def forget(path: str, journal_mode: str, question: str | None, name: str | None, model: str | None, before: str | None):
    """Drop the answers to a kind of question, about a name, of a model, or older than a date; all that is given must
    hold.

    Returns the number of answers dropped. Raises UserError when nothing is given, or the question or date is none.
    """
    if not any((question, name, model, before)):
        raise UserError(
            "forget: say what, e.g. --config question=parent name='mTOR signaling' (or model=…, before=2026-11-24)"
        )
    if question and question not in KINDS:
        raise UserError(f"question: {question}: no such question{did_you_mean(question, KINDS)}")
    if before and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(before)):
        raise UserError(f"before: {before}: is no date like 2026-11-24")
    return AnswerCache(path, journal_mode).forget(question, name, model, before)


if __name__ == "__main__":
    with Job(snakemake):
        config = snakemake.config
        wanted = {key: config[key] for key in ("question", "name", "model", "before")}
        dropped = forget(config["cache"]["path"], config["cache"]["journal_mode"], **wanted)
        print(f"{dropped} answers forgotten; the next run asks for them again", file=sys.stderr)
