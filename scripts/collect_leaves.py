"""Collect the distinct pathways of the interactions, and which interaction belongs to which."""

from typing import TYPE_CHECKING

from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.workflow.job import Job

if TYPE_CHECKING:
    import pyarrow as pa

_SIDES = ("protein_a", "protein_b")
PROTEINS = 5  # shown with a pathway in questions about it


def collect_leaves(
    *, interactions: str, assigned: list[str], refined: str, fallback_root: str, leaves: str, memberships: str
) -> None:
    """interactions, assigned, refined -> leaves (one row per pathway) and memberships (one row per interaction)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = pa.concat_tables(tables.read("assigned", path) for path in assigned)
    standard = {pathway_id(r["name"]): r["standard_name"] for r in tables.rows("refined", refined)}
    standard[pathway_id(fallback_root)] = fallback_root
    proposed = table["pathway"].combine_chunks().dictionary_encode()
    names = [standard[pathway_id(name)] for name in proposed.dictionary.to_pylist()]
    ids = pa.array(map(pathway_id, names), pa.string()).take(proposed.indices)
    columns = [table["interaction_id"], ids, table["method"], table["confidence"], table["reasoning"], table["call_id"]]
    tables.write("memberships", pa.table(columns, names=list(tables.TABLES["memberships"].columns)), path=memberships)
    counts = {c["values"]: c["counts"] for c in pc.value_counts(ids).to_pylist()}
    spelled = {pathway_id(name): name for name in sorted(names, reverse=True)}
    spelled.pop(pathway_id(fallback_root), None)
    proteins = _proteins(pa.table([table["interaction_id"], ids], names=["interaction_id", "pathway_id"]), interactions)
    tables.write(
        "leaves",
        [
            {"pathway_id": id_, "name": name, "n_interactions": counts[id_], "proteins": proteins.get(id_, [])}
            for id_, name in spelled.items()
        ],
        path=leaves,
    )


def _proteins(members: "pa.Table", interactions: str) -> dict[str, list[str]]:
    """pathway id -> the proteins that are in most of its interactions; ties by name."""
    import pyarrow as pa

    pairs = tables.read("interactions", interactions, columns=["interaction_id", "protein_a", "protein_b"])
    joined = members.join(pairs, "interaction_id", join_type="inner")
    one = [joined.select(["pathway_id", side]).rename_columns(["pathway_id", "name"]) for side in _SIDES]
    counted = pa.concat_tables(one).group_by(["pathway_id", "name"]).aggregate([("name", "count")])
    ranked = counted.sort_by([("pathway_id", "ascending"), ("name_count", "descending"), ("name", "ascending")])
    found: dict[str, list[str]] = {}
    for id_, name in zip(ranked["pathway_id"].to_pylist(), ranked["name"].to_pylist(), strict=True):
        shown = found.setdefault(id_, [])
        if len(shown) < PROTEINS:
            shown.append(name)
    return found


if __name__ == "__main__":
    Job(snakemake).run(collect_leaves)
