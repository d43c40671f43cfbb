"""Write the tree as indented text and as nested JSON."""

from rootward import tables
from rootward.publish import text
from rootward.publish.exports import nested
from rootward.workflow.job import Job


def export_tree(*, reorganized: str, text_path: str, nested_path: str) -> None:
    """reorganized -> tree.txt (for a terminal) and tree.json (nested)."""
    rows = tables.rows("reorganized", reorganized)
    text.write(rows, text_path)
    nested.write(rows, nested_path)


if __name__ == "__main__":
    with Job(snakemake):
        export_tree(
            reorganized=snakemake.input.reorganized,
            text_path=snakemake.output.text,
            nested_path=snakemake.output.nested,
        )
