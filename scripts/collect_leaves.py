"""Collect the distinct pathways of the interactions, and which interaction belongs to which."""

from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.workflow.job import Job


def collect_leaves(*, assigned: list[str], refined: str, fallback_root: str, leaves: str, memberships: str) -> None:
    """assigned, refined -> leaves (one row per pathway) and memberships (one row per interaction)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = pa.concat_tables(tables.read("assigned", path) for path in assigned)
    standard = {pathway_id(r["name"]): r["standard_name"] for r in tables.rows("refined", refined)}
    standard[pathway_id(fallback_root)] = fallback_root
    proposed = table["pathway"].combine_chunks().dictionary_encode()
    names = [standard[pathway_id(name)] for name in proposed.dictionary.to_pylist()]
    ids = pa.array(map(pathway_id, names), pa.string()).take(proposed.indices)
    columns = [table["interaction_id"], ids, table["method"], table["confidence"], table["reasoning"], table["call_id"]]
    tables.write("memberships", pa.table(columns, names=list(tables.TABLES["memberships"].columns)), memberships)
    counts = {c["values"]: c["counts"] for c in pc.value_counts(ids).to_pylist()}
    spelled = {pathway_id(name): name for name in sorted(names, reverse=True)}
    spelled.pop(pathway_id(fallback_root), None)
    tables.write(
        "leaves", [{"pathway_id": i, "name": n, "n_interactions": counts[i]} for i, n in spelled.items()], leaves
    )


if __name__ == "__main__":
    Job(snakemake).run(collect_leaves)
