"""Name the pathway of each interaction of one shard."""

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.decided import above, read
from rootward.asking.subjects import COLUMNS, asked_about
from rootward.curators.base import Failure
from rootward.curators.questions import ask_about
from rootward.knowledge.roots import read_roots
from rootward.workflow.job import Job


def assign_terms(
    *,
    interactions: str,
    evidence: str | None,
    decisions: str | None,
    drop_unsupported: bool,
    roots: str,
    fallback_root: str,
    shard: int,
    shards: int,
    assigned: str,
    ask: Asker,
) -> None:
    """interactions (and the verdicts on their evidence, if any) -> assigned, for the rows of one shard.

    A row is in the shard of its bucket modulo `shards`. What nobody can place is assigned to the fallback root.
    """
    rows = shard_rows(interactions, shard, shards=shards)
    if evidence:
        columns = ["interaction_id", "verdict", "effect"]
        verdicts = {row["interaction_id"]: row for row in tables.rows("evidence", evidence, columns=columns)}
        rows = [row | {"effect": verdicts[row["interaction_id"]]["effect"] or row["effect"]} for row in rows]
        if drop_unsupported:
            rows = [row for row in rows if verdicts[row["interaction_id"]]["verdict"] != "unsupported"]
    names = [root.name for root in read_roots(roots, fallback_root)]
    asker = above(ask, read(decisions))
    answers = asker.ask_many([ask_about("assign_term", row, roots=names) for row in rows])
    tables.write(
        "assigned",
        [
            _assigned(row["interaction_id"], answer, fallback_root=fallback_root)
            for row, answer in zip(rows, answers, strict=True)
        ],
        path=assigned,
    )


def shard_rows(interactions: str, shard: int, shards: int) -> list[dict]:
    """The rows of a shard as dicts, named as they are asked about."""
    table = tables.read("interactions", interactions, columns=[*COLUMNS, "bucket"])
    if shards > 1:
        import numpy as np

        table = table.filter(np.asarray(table["bucket"]) % shards == shard)
    return [asked_about(row) for row in table.drop_columns("bucket").to_pylist()]


def _assigned(interaction_id: str, answer, fallback_root: str) -> dict:
    if isinstance(answer, Failure):
        decided = {"pathway": fallback_root, "confidence": 0.0, "reasoning": answer.message}
        return {"interaction_id": interaction_id, **decided, "method": "fallback", "call_id": None}
    others = [{"pathway": pathway, "confidence": confidence} for pathway, confidence in answer.alternatives]
    decided = answer.value | {"alternatives": others, "method": answer.method, "call_id": answer.call_id}
    return {"interaction_id": interaction_id, **decided}


if __name__ == "__main__":
    Job(snakemake).run(assign_terms)
