"""Lay out the finished tree and verify that it is one; a violation fails the run."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rootward import tables
from rootward.asking.decided import read
from rootward.errors import UserError
from rootward.files import write_text
from rootward.knowledge.compiled import read_reference
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import read_roots
from rootward.publish.terminal import counted
from rootward.tree import nodes, verify
from rootward.tree.decisions import outcome
from rootward.tree.ids import Known, Release, carried
from rootward.workflow.job import Job
from rootward.workflow.releases import placed as placed_at
from rootward.workflow.releases import placed_of, release, write_ids

if TYPE_CHECKING:
    import pyarrow as pa
    from rootward.knowledge.reference import Reference


def verify_tree(
    *,
    tree: str,
    placed: str,
    phases: list[str],
    interactions: str,
    evidence: str | None,
    roots: str,
    reference: str | Sequence[str],
    previous: Sequence[str],
    decisions: str | None,
    fallback_root: str,
    keep: str,
    reorganized: str,
    placements: str,
    changes: str,
    verification: str,
    ids: str,
) -> None:
    """The tree of phase 5, the placements of phase 4 and the changes of all phases -> reorganized, placements, changes,
    verification and ids. evidence: given if interactions without support are left out of the tree; previous: the files
    of an earlier release, whose ids are carried over.

    Raises UserError naming the rows that break an invariant.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    people = read(decisions)
    forest, renamed, named = people.renamed(nodes.from_rows(tables.rows("tree", tree)))
    placement = _renamed(tables.read("placements", placed), renamed)
    counts = {r["values"]: r["counts"] for r in pc.value_counts(placement["pathway_id"]).to_pylist()}
    configured = read_roots(roots, fallback_root)
    given = {root.pathway_id: root.xref for root in configured if root.xref}
    found = xrefs(forest, read_reference(reference), given=given)
    rows = verify.finish(forest, counts, xrefs={id_: list(matches) for id_, matches in found.items()})
    for row in rows:
        row["xref_matches"] = list(found.get(row["pathway_id"], {}).values())
    root_ids = {root.pathway_id for root in configured} | {pathway_id(fallback_root)}
    wanted = tables.read("interactions", interactions, columns=["interaction_id"])["interaction_id"]
    if evidence:  # interactions left out by the configuration need no place in the tree
        verdicts = tables.read("evidence", evidence, columns=["interaction_id", "verdict"])
        left_out = verdicts.filter(pc.equal(verdicts["verdict"], "unsupported"))["interaction_id"].combine_chunks()
        wanted = wanted.filter(pc.invert(pc.is_in(wanted, left_out)))
    unplaced = wanted.filter(pc.invert(pc.is_in(wanted, placement["interaction_id"].combine_chunks()))).to_pylist()
    found = verify.violations(
        rows, counts, unplaced=unplaced, undecided=_undecided(placement), root_ids=root_ids, keep_siblings=keep == "all"
    )
    report = {
        check: {"holds": not broken, "means": verify.CHECKS[check], "violations": len(broken), "rows": broken[:20]}
        for check, broken in found.items()
    }
    write_text(verification, json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    broken = [f"{check} ({', '.join(map(str, rows[:3]))})" for check, rows in found.items() if rows]
    if broken:
        raise UserError(f"the tree breaks {counted(len(broken), 'invariants')}: {'; '.join(broken)}")
    by_hand = outcome(people, forest, placements=placed_of(placement, people.about_placing))
    tables_of_changes = [
        tables.from_rows("changes", named + by_hand),
        *(tables.read("changes", path) for path in phases),
    ]
    changed = _renamed(pa.concat_tables(tables_of_changes), renamed)
    if previous:
        kept, known = carried(release(previous), Release(rows, lambda ids: placed_at(placement, ids)))
        rows = [row | {name: kept.get(row[name]) for name in ("pathway_id", "parent_id", "root_id")} for row in rows]
        placement, changed = _renamed(placement, kept), _renamed(changed, kept)
    else:
        known = [Known(row["pathway_id"], row["name"]) for row in sorted(rows, key=lambda row: row["pathway_id"])]
    tables.write("reorganized", rows, path=reorganized)
    tables.write("placements", placement, path=placements)
    tables.write("changes", changed, path=changes)
    write_ids(known, ids)


def _renamed(table: "pa.Table", kept: dict[str, str]) -> "pa.Table":
    """The table with the ids of its pathways replaced; ids without a replacement stay."""
    if not kept:
        return table
    import pyarrow as pa

    column = table["pathway_id"].combine_chunks().dictionary_encode()
    names = pa.array([kept.get(id_, id_) for id_ in column.dictionary.to_pylist()], pa.string())
    return table.set_column(table.column_names.index("pathway_id"), "pathway_id", names.take(column.indices))


def xrefs(forest: nodes.Forest, reference: "Reference", given: dict[str, str]) -> dict[str, dict[str, str]]:
    """pathway_id -> xref -> how it was found: the reference knows the name (`exact`) or one of its aliases (`alias`),
    or the roots' file gives it (`config`; given: id -> xref).
    """
    found: dict[str, dict[str, str]] = {}
    for id_, node in forest.items():
        hit = reference.find(node.name)
        if hit and hit[1] in ("exact", "alias"):
            found[id_] = dict.fromkeys((hit[0].curie, *hit[0].xrefs), hit[1])
        if id_ in given:
            found.setdefault(id_, {}).setdefault(given[id_], "config")
    return found


def _undecided(placements) -> list[str]:
    import pyarrow.compute as pc

    no_method = pc.equal(placements["method"], "")
    no_call = pc.and_(pc.is_null(placements["call_id"]), pc.not_equal(placements["method"], "fallback"))
    return placements["interaction_id"].filter(pc.or_(no_method, no_call)).to_pylist()


if __name__ == "__main__":
    Job(snakemake).run(verify_tree)
