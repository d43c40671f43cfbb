"""What the offline curator answers about a row, whatever order and parts the rows come in."""

import csv
import random
from pathlib import Path

from rootward.curators.offline import ReactomeCurator
from rootward.curators.questions import Question, ask_about

ROWS = Path(__file__).resolve().parents[2] / "config" / "interactions.tsv"
FIELDS = ("interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement")


def questions() -> list[Question]:
    with ROWS.open() as file:
        rows = [{field: row.get(field) or "" for field in FIELDS} for row in csv.DictReader(file, delimiter="\t")]
    unique = {row["interaction_id"]: row for row in rows[:80]}.values()  # one interaction may have several rows
    return [ask_about("assign_term", row, roots=[]) for row in unique]


def answers(references, parts):
    """interaction id -> the answer; each part is asked about by a curator of its own, as each shard is."""
    rows = [question.item for part in parts for question in part]
    pairs = [(row["protein_a"], row["protein_b"]) for row in rows]
    found = {}
    for part in parts:
        curator = ReactomeCurator(references, [], lambda: pairs, 0.5)
        found |= zip((question.item_id for question in part), curator.answer(part), strict=True)
    return found


def test_neither_the_order_of_the_rows_nor_the_shards_change_an_answer(references):
    asked = questions()
    shuffled = random.Random(1).sample(asked, len(asked))
    assert answers(references, [shuffled[n::2] for n in range(2)]) == answers(references, [asked])
