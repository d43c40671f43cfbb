"""Name the pathway of each interaction of one shard."""

from typing import TYPE_CHECKING

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.decided import above, read
from rootward.asking.subjects import COLUMNS, Subjects
from rootward.curators.base import Failure
from rootward.knowledge.roots import read_roots
from rootward.workflow.job import Job

if TYPE_CHECKING:
    import pyarrow as pa


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

    A row belongs to the shard of its bucket modulo `shards`. Interactions that cannot be placed get the fallback root.
    """
    table = _of_shard(interactions, shard, shards=shards)
    if evidence:
        table = _judged(table, evidence, drop_unsupported=drop_unsupported)
    names = [root.name for root in read_roots(roots, fallback_root)]
    answers = above(ask, read(decisions)).ask_many(Subjects("assign_term", table, roots=names))
    rows = (
        _assigned(id_, answer, fallback_root=fallback_root)
        for id_, answer in zip(table["interaction_id"].to_pylist(), answers, strict=True)
    )
    tables.write("assigned", tables.from_rows("assigned", rows), path=assigned)


def _of_shard(interactions: str, shard: int, shards: int) -> "pa.Table":
    """The rows of a shard, of COLUMNS."""
    if shards == 1:
        return tables.read("interactions", interactions, columns=COLUMNS)
    import pyarrow.compute as pc

    bucket = pc.field("bucket").cast("int32")
    remainder = bucket - pc.divide(bucket, shards) * shards  # there is no modulo among Arrow's expressions
    return tables.read("interactions", interactions, columns=COLUMNS, filters=remainder == shard)


def _judged(table: "pa.Table", evidence: str, drop_unsupported: bool) -> "pa.Table":
    """The rows with the effect that their evidence shows; if configured, without those that it does not support."""
    import pyarrow as pa

    columns = ["interaction_id", "verdict", "effect"]
    verdicts = {row["interaction_id"]: row for row in tables.rows("evidence", evidence, columns=columns)}
    found = [verdicts[id_] for id_ in table["interaction_id"].to_pylist()]
    effects = [one["effect"] or effect for one, effect in zip(found, table["effect"].to_pylist(), strict=True)]
    table = table.set_column(table.column_names.index("effect"), "effect", pa.array(effects, pa.string()))
    return table.filter(pa.array([one["verdict"] != "unsupported" for one in found])) if drop_unsupported else table


def _assigned(interaction_id: str, answer, fallback_root: str) -> dict:
    if isinstance(answer, Failure):
        decided = {"pathway": fallback_root, "confidence": 0.0, "reasoning": answer.message}
        return {"interaction_id": interaction_id, **decided, "method": "fallback", "call_id": None}
    others = [{"pathway": pathway, "confidence": confidence} for pathway, confidence in answer.alternatives]
    decided = answer.value | {"alternatives": others, "method": answer.method, "call_id": answer.call_id}
    return {"interaction_id": interaction_id, **decided}


if __name__ == "__main__":
    Job(snakemake).run(assign_terms)
