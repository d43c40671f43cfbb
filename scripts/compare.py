"""Compare the trees of two folders of results: counts and the first differences of each kind on screen, all differences
in compare.tsv, compare.html and compare_explorer.html, the later tree's explorer.
"""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from rootward import tables
from rootward.errors import UserError
from rootward.files import replacing, write_text
from rootward.publish import comparison
from rootward.publish.escape import one_line
from rootward.publish.explorer import html as explorer
from rootward.tree.ids import matched
from rootward.workflow.job import Job
from rootward.workflow.releases import files_of, release
from rootward.workflow.user_config import as_path

WIDTH = 80
EXPLORER = "compare_explorer.html"
SHOWN = 30  # of each kind of difference, on the screen


def compare(before: str | None, after: str | None, results: str) -> list[str]:
    """Lines of at most 80 columns; results: the folder for the table and the pages.

    Raises UserError if a folder is not given or has no tree.
    """
    if not before or not after:
        raise UserError("name two result folders: --config before=results_before after=results")
    folders = _folder("before", before), _folder("after", after)
    releases = [release(files_of(key, folder)) for key, folder in zip(("before", "after"), folders, strict=True)]
    same = matched(*releases, same_ids=True)
    trees = [comparison.tree(found.rows) for found in releases]
    replaced = {one.pathway_id: one.replaced_by for one in releases[1].known if one.replaced_by}
    places = [_places(folder) for folder in folders]
    found = pd.concat(
        [
            comparison.pathways(*trees, same, replaced),
            comparison.interactions(*places, *trees, same, _called(folders)),
        ],
        ignore_index=True,
    )
    counts = {
        "pathways before": len(trees[0]),
        "pathways after": len(trees[1]),
        **{kind: int((found["change"] == kind).sum()) for kind in comparison.PATHWAYS},
        "interactions": len(places[0].index.union(places[1].index)),
        **{kind: int((found["change"] == kind).sum()) for kind in comparison.INTERACTIONS},
    }
    files = _write(found, counts, folders=folders, results=Path(results))
    lines = [_cut(f"before  {folders[0]}"), _cut(f"after   {folders[1]}"), ""]
    lines += [f"{count:8,d}  {label}" for label, count in counts.items()]
    for kind in comparison.LISTED:
        lines += _listed(kind, found.loc[found["change"] == kind])
    return [*lines, "", f"all of it: {', '.join(f'{results}/{file}' for file in files)}"]


def _folder(key: str, given: str) -> str:
    try:
        return as_path(given)
    except ValueError as error:
        raise UserError(f"{key}: {given}: {error}") from None


def _places(folder: str) -> pd.Series:
    """The set of pathways that each interaction is placed on, by interaction_id."""
    columns = ["interaction_id", "pathway_id"]
    frame = tables.read("placements", f"{folder}/placements.parquet", columns=columns).to_pandas()
    return frame.groupby("interaction_id")["pathway_id"].agg(set)


def _called(folders: tuple[str, str]) -> pd.Series:
    """A description of each interaction, by interaction_id; empty if a folder no longer has its interactions."""
    columns = ["interaction_id", "protein_a", "effect", "protein_b"]
    paths = [Path(folder) / "interactions.parquet" for folder in folders]
    read = [tables.read("interactions", path, columns=columns).to_pandas() for path in paths if path.exists()]
    known = pd.concat([pd.DataFrame(columns=columns), *read]).drop_duplicates("interaction_id").set_index(columns[0])
    return known["protein_a"] + " " + known["effect"] + " " + known["protein_b"]


def _write(found: pd.DataFrame, counts: dict[str, int], folders: tuple[str, str], results: Path) -> list[str]:
    """The names of the files that were written."""
    plain = found.map(lambda cell: one_line(cell) if isinstance(cell, str) else cell)
    with replacing(results / "compare.tsv") as temporary:
        plain.to_csv(temporary, sep="\t", index=False, lineterminator="\n")
    write_text(results / "compare.html", comparison.page(plain, counts, folders=folders))
    shown = _in_explorer(Path(folders[1]) / "explorer.html", comparison.block(plain, counts, folders=folders))
    if shown is None:
        (results / EXPLORER).unlink(missing_ok=True)  # of an earlier comparison
        return ["compare.html", "compare.tsv"]
    write_text(results / EXPLORER, shown)
    return ["compare.html", EXPLORER, "compare.tsv"]


def _in_explorer(page: Path, block: dict[str, Any]) -> str | None:
    """The later tree's explorer with the differences; None if there is none, or if it is from an earlier release."""
    return explorer.compared(page.read_text(encoding="utf-8"), block) if page.exists() else None


def _listed(kind: str, entries: pd.DataFrame) -> list[str]:
    if entries.empty:
        return []
    texts = [comparison.line(*row) for row in entries.head(SHOWN).itertuples(index=False, name=None)]
    more = [f"  and {len(entries) - SHOWN:,} more"] if len(entries) > SHOWN else []
    return ["", kind, *(_cut(f"  {text}") for text in texts), *more]


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


if __name__ == "__main__":
    with Job(snakemake):
        told = compare(snakemake.config["before"], snakemake.config["after"], results="results")
        print("\n".join(told), file=sys.stderr)
