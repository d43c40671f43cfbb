"""Draw the pictures of the report and write its tables."""

from rootward import tables
from rootward.publish.report import figures, ledgers, scene
from rootward.publish.report import tables as report_tables
from rootward.workflow.job import Job

TREE_COLUMNS = ["pathway_id", "name", "parent_id", "level", "origin", "n_direct", "n_total"]


def draw_figures(*, paths: dict, curator: str, out: dict[str, str]) -> None:
    """reorganized, placements, rejected, changes, ledgers (paths) -> pictures and tables (out, by name).

    A picture's outputs are <name>_svg and <name>_png.
    """
    rows = tables.read("reorganized", paths["reorganized"], columns=TREE_COLUMNS).to_pylist()
    asked = ledgers.read(paths["ledgers"])
    pictures = {
        "tree": figures.tree(rows),
        "sizes": figures.sizes(rows),
        "confidence": figures.confidence(_sureness(paths["placements"])),
        "cost": figures.cost(asked.asked, asked.paid),
    }
    for name, picture in pictures.items():
        scene.write(picture, out[f"{name}_svg"], png_path=out[f"{name}_png"])
    names = {row["pathway_id"]: row["name"] for row in rows}
    report_tables.write(report_tables.rejected(tables.rows("rejected", paths["rejected"])), out["rejected"])
    report_tables.write(report_tables.changes(tables.rows("changes", paths["changes"]), names), out["changes"])
    report_tables.write(report_tables.asked(asked.asked, asked.paid, curator=curator), out["asked"])


def _sureness(placements: str) -> dict[tuple[int, str], int]:
    """(twentieth of the confidence, who decided) -> placements."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = tables.read("placements", placements, columns=["confidence", "method"])
    twentieth = pc.min_element_wise(pc.floor(pc.add(pc.multiply(table["confidence"], 20), 1e-9)), 19).cast(pa.int8())
    pairs = pa.table({"twentieth": twentieth, "method": table["method"]}).group_by(["twentieth", "method"])
    counts: dict[tuple[int, str], int] = {}
    for row in pairs.aggregate([([], "count_all")]).to_pylist():
        key = (row["twentieth"], row["method"].split(":")[0])
        counts[key] = counts.get(key, 0) + row["count_all"]
    return counts


if __name__ == "__main__":
    with Job(snakemake):
        read = ("reorganized", "placements", "rejected", "changes")
        draw_figures(
            paths={**{name: snakemake.input[name] for name in read}, "ledgers": list(snakemake.input.ledgers)},
            curator=snakemake.params.curator,
            out=dict(snakemake.output.items()),
        )
