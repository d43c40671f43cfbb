"""A tree against any gold, with what a strict tree can reach there and what the names alone give beside it.

    python benchmarks/gold_go.py GOLD                     the gold by itself: its ceiling, and the token-subset rule
    python benchmarks/gold_go.py GOLD TREE                TREE: a two-column file too, or a reorganized.parquet

GOLD is a two-column file (child, parent), tab- or comma-separated. In the first form the pairs are a test set: the
ceiling counts the edges of a child with several parents once, and the rule (a child's parent is the longest name whose
words are a proper subset of its own) chooses among the names of the gold.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from evaluate_tree import COLUMNS, read_gold  # noqa: E402
from rootward import tables  # noqa: E402
from rootward.errors import UserError  # noqa: E402
from rootward.tree import metrics  # noqa: E402


def main(gold_path: str, tree_path: str | None = None) -> None:
    """Print the figures."""
    gold = read_gold(gold_path)
    weights, xrefs = {}, {}
    if tree_path is None:
        tree = gold
    elif tree_path.endswith(".parquet"):
        rows = tables.rows("reorganized", tree_path, columns=COLUMNS)
        tree = metrics.Hierarchy.of_tree(rows)
        weights = {row["pathway_id"]: row["n_direct"] for row in rows}
        xrefs = {row["pathway_id"]: row["xrefs"] for row in rows}
    else:
        tree = read_gold(tree_path)
    found = metrics.evaluate(tree, gold, weights=weights, xrefs=xrefs)
    matched = found["matched"]
    over = f"{matched['share']:.1%} of the tree's names ({matched['pathways']:,}) are known to the gold"
    print(f"{gold_path}: {len(gold.names):,} names, {sum(map(len, gold.parents.values())):,} edges; {over}")
    print("            precision   recall       F1   ceiling F1   token-subset rule F1")
    for measure in ("edges", "ancestors"):
        score = found[measure]
        shown = [f"{score[name]:9.3f}" if tree_path else "        –" for name in ("precision", "recall", "f1")]
        print(f"{measure:10s}  {' '.join(shown)}    {score['ceiling_f1']:9.3f}      {score['token_rule_f1']:9.3f}")
    if tree_path:
        print(f"Wu-Palmer similarity of placements: {found['placements']['pathways']:.3f}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except UserError as error:
        sys.exit(str(error))
    except TypeError:
        sys.exit(__doc__)
