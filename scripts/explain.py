"""Explain the place of a pathway (its path, who decided each edge, what was rejected, what it contains), or of the
interactions of a protein.
"""

import sys
import textwrap

from rootward import tables
from rootward.errors import UserError, did_you_mean
from rootward.knowledge.names import normalise, pathway_id
from rootward.knowledge.sources import symbols_folder
from rootward.publish.explaining import WIDTH, Calls, cut, wrapped
from rootward.publish.join import called
from rootward.publish.standing import rejected_rows, standing
from rootward.publish.terminal import counted
from rootward.workflow.job import Job

SHOWN = 10  # interactions listed
INTERACTION = ["interaction_id", "protein_a", "given_a", "effect", "protein_b", "given_b"]


def explain(*, results: str, name: str | None, cache: str, journal_mode: str, reference: str) -> list[str]:
    """Lines of at most 80 columns about a pathway, a protein or an interaction. Raises UserError for another name."""
    if not name:
        raise UserError('name a pathway, protein or interaction: --config name="Aggrephagy"')
    rows = {row["pathway_id"]: row for row in tables.rows("reorganized", f"{results}/reorganized.parquet")}
    calls = Calls(cache, journal_mode)
    row = _find(rows, name)
    if row is not None:
        return _pathway(row, rows, results=results, calls=calls)
    lines = standing(name, results, reference=reference, calls=calls)
    if not lines:
        raise UserError(
            f"name: {name}: no pathway of the tree, protein or interaction{_near(name, rows, results=results)}"
        )
    return lines


def _pathway(row: dict, rows: dict[str, dict], results: str, calls: Calls) -> list[str]:
    changes = tables.rows("changes", f"{results}/changes.parquet")
    climbed = {r["child_id"]: r["rejected"] for r in tables.rows("hierarchy", f"{results}/hierarchy.parquet")}
    names = {id_: r["name"] for id_, r in rows.items()}
    line = [row]
    while line[-1]["parent_id"] is not None:
        line.append(rows[line[-1]["parent_id"]])
    lines = [row["name"]]
    lines += wrapped("also: ", ", ".join(row["aliases"])) if row["aliases"] else []
    lines += wrapped("see:  ", ", ".join(row["xrefs"])) if row["xrefs"] else []
    lines += ["", "path to the root"]
    lines += [cut(f"  {'  ' * depth}{step['name']}") for depth, step in enumerate(reversed(line))]
    for step in line[:-1]:
        lines += [
            "",
            *_edge(step, names, calls=calls),
            *_rejected(step, names, climbed=climbed),
            *_changed(step, changes),
        ]
    if len(line) == 1:
        lines += ["", "a configured root"]
    return [*lines, "", *_interactions(row, rows, results=results)]


def _find(rows: dict[str, dict], name: str) -> dict | None:
    """The pathway with that name, id or alias."""
    wanted = normalise(name)
    ordered = sorted(rows.values(), key=lambda r: r["pathway_id"])
    named = next((row for row in ordered if normalise(row["name"]) == wanted), rows.get(name))
    return named or next((row for row in ordered if wanted in map(normalise, row["aliases"])), None)


def _near(name: str, rows: dict[str, dict], results: str) -> str:
    """A hint for an unknown name: the most similar pathway, or the rows of the input that could not be used."""
    wanted = normalise(name)
    spelled = {normalise(n): n for row in rows.values() for n in (row["name"], *row["aliases"])}
    hint = did_you_mean(wanted, spelled)
    if hint:
        folded = hint.removeprefix("; did you mean ").removesuffix("?")
        return f"; did you mean {spelled[folded]}?"
    # People often remember only a part of a name.
    parts = sorted(n for key, n in spelled.items() if wanted in key)
    return f"; did you mean {parts[0]}?" if parts else rejected_rows(name, results)


def _edge(step: dict, names: dict[str, str], calls: Calls) -> list[str]:
    head = f"{step['name']} < {names[step['parent_id']]}"
    return [
        *textwrap.wrap(head, WIDTH, subsequent_indent="    "),
        *wrapped("  decided by ", calls.who(step["method"], step["call_id"])),
        *wrapped("  because    ", step["reasoning"] or "no reason was given"),
    ]


def _rejected(step: dict, names: dict[str, str], climbed: dict[str, list[dict] | None]) -> list[str]:
    """The parents that the climb named for a pathway (under any of its names) and that are not its parent."""
    lines = []
    for id_ in dict.fromkeys(map(pathway_id, (step["name"], *step["aliases"]))):
        for named in climbed.get(id_) or ():
            if normalise(named["parent"]) != normalise(names[step["parent_id"]]):
                lines += wrapped("  rejected   ", f"not under {named['parent']} (climb): {named['reason']}")
    return lines


def _changed(step: dict, changes: list[dict]) -> list[str]:
    """The changes to a pathway on the way: parents and names that it no longer has."""
    lines = []
    for change in changes:
        if change["pathway_id"] != step["pathway_id"] and not (
            change["action"] == "merge" and change["after"] == step["name"]
        ):
            continue
        before, after = change["before"] or "nothing", change["after"] or "nothing"
        phase = change["phase"].replace("_", " ")
        if change["action"] == "merge":
            text = f"{before} was merged into it ({phase}): {change['reason']}"
        elif change["action"] == "reparent":
            text = f"not under {before} but under {after} ({phase}): {change['reason']}"
        else:
            text = f"{change['action']}, {before} to {after} ({phase}): {change['reason']}"
        lines += wrapped("  rejected   " if change["action"] == "reparent" else "  changed    ", text)
    return lines


def _interactions(row: dict, rows: dict[str, dict], results: str) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    below = [id_ for id_, other in rows.items() if row["name"] in other["path"] and _is_below(id_, row, rows=rows)]
    placements = tables.read("placements", f"{results}/placements.parquet")
    here = placements.filter(pc.is_in(placements["pathway_id"], pa.array(below, pa.string())))
    rows_here = sorted(here.to_pylist(), key=lambda r: (-r["confidence"], r["interaction_id"]))
    head = f"{counted(row['n_total'], 'interactions')} at or below it, {row['n_direct']:,} of them at it"
    if not rows_here:
        return [head]
    shown = rows_here[:SHOWN]
    wanted = pc.field("interaction_id").isin(pa.array([r["interaction_id"] for r in shown], pa.string()))
    known = tables.read(
        "interactions", f"{results}/interactions.parquet", columns=INTERACTION, filters=wanted
    ).to_pylist()
    described = {r["interaction_id"]: r for r in known}
    lines = [head]
    for placed in shown:
        found = described[placed["interaction_id"]]
        text = f"  {found['interaction_id']}  {called(found, 'a')} {found['effect']} {called(found, 'b')}"
        at = rows[placed["pathway_id"]]["name"]
        lines.append(cut(text if placed["pathway_id"] == row["pathway_id"] else f"{text}  [{at}]"))
    if len(rows_here) > SHOWN:
        lines.append(f"  and {len(rows_here) - SHOWN:,} more")
    return lines


def _is_below(id_: str, row: dict, rows: dict[str, dict]) -> bool:
    at: str | None = id_
    while at is not None:
        if at == row["pathway_id"]:
            return True
        at = rows[at]["parent_id"]
    return False


if __name__ == "__main__":
    with Job(snakemake):
        cache = snakemake.config["cache"]
        told = explain(
            results="results",
            name=snakemake.config["name"],
            cache=cache["answers"],
            journal_mode=cache["journal_mode"],
            reference=symbols_folder(snakemake.config["reference"]),
        )
        print("\n".join(told), file=sys.stderr)
