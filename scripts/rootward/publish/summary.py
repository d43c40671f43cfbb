"""The end of a run on the screen."""

import json
from pathlib import Path


def lines(summary: dict) -> list[str]:
    """A few lines of at most 80 columns from the content of run_summary.json."""
    tree, rows, rejected = summary["tree"], summary["interactions"], summary["rejected"]
    questions = sum(numbers.get("questions", 0) for numbers in summary["asked"].values())
    text = [
        f"{tree['pathways']} pathways under {tree['roots']} roots, depth {tree['depth']}; "
        f"{rows['placed']} interactions placed",
        f"{questions} questions answered by {summary['curator']}",
    ]
    if rejected["rows"]:
        text.append(f"{rejected['rows']} rows rejected; reasons in results/rejected.parquet")
        text += [f"  {count} × {reason:.66}" for reason, count in list(rejected["by_reason"].items())[:3]]
    if rows["with_notes"]:
        text.append(f"{rows['with_notes']} interactions with a protein that could not be identified (column notes)")
    if rows["fallback"]:
        text.append(f"{rows['fallback']} interactions that nobody could place stand under the fallback root")
    text.append("tree: results/tree.txt  table: results/reorganized.parquet")
    return text


def show(path: str | Path) -> None:
    """Print the summary of a run."""
    print("\n" + "\n".join(lines(json.loads(Path(path).read_text(encoding="utf-8")))))
