"""The end of a run on the screen."""

import json
from collections import Counter
from pathlib import Path


def lines(summary: dict) -> list[str]:
    """A few lines of at most 80 columns from the content of run_summary.json."""
    tree, rows, rejected = summary["tree"], summary["interactions"], summary["rejected"]
    asked = Counter()
    for numbers in summary["asked"].values():
        asked.update(numbers)
    text = [
        f"{tree['pathways']} pathways under {tree['roots']} roots, depth {tree['depth']}; "
        f"{rows['placed']} interactions placed",
        f"{asked['questions']} questions to {summary['curator']}" + _share(asked),
    ]
    for model, paid in summary["paid"].items():
        tokens = f"{paid['input_tokens']:,} + {paid['output_tokens']:,} tokens"
        text.append(f"  {model}: {paid['calls']:,} calls, {tokens}, US$ {paid['dollars']:.2f}")
    for model, others in summary["other_versions"].items():
        text.append(f"  {model} was answered by {', '.join(others)}")
    if rejected["rows"]:
        text.append(f"{rejected['rows']} rows rejected; reasons in results/rejected.parquet")
        text += [f"  {count} × {reason:.66}" for reason, count in list(rejected["by_reason"].items())[:3]]
    if rows["with_notes"]:
        text.append(f"{rows['with_notes']} interactions with a protein that could not be identified (column notes)")
    if rows["fallback"]:
        text.append(f"{rows['fallback']} interactions that nobody could place stand under the fallback root")
    text.append("tree: results/tree.txt  table: results/reorganized.parquet")
    return text


def _share(asked: Counter) -> str:
    """What of the questions came from the cache, had to be asked again, or failed; nothing where nothing was."""
    parts = (
        ("hits", "from the cache"),
        ("throttled", "times 429"),
        ("lost", "calls lost"),
        ("unusable", "unusable replies"),
        ("failures", "failed"),
    )
    said = ", ".join(f"{asked[name]:,} {words}" for name, words in parts if asked[name])
    return f": {said}" if said else ""


def show(path: str | Path) -> None:
    """Print the summary of a run."""
    print("\n" + "\n".join(lines(json.loads(Path(path).read_text(encoding="utf-8")))))
