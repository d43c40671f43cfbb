"""The end of a run on the screen."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from rootward.publish.terminal import WIDTH, counted, plain, shortened, spelled, styled, wants_colour

OUTCOMES = (
    ("hits", "answered from the cache"),
    ("throttled", "times throttled (429)"),
    ("lost", "calls lost and retried"),
    ("unusable", "replies partly unusable"),
    ("failures", "questions failed"),
    ("offline", "questions answered offline: the budget was spent"),
    ("unchecked", "checks without an answer"),
)
Summary = dict[str, Any]  # the content of run_summary.json
SHOWN = 5  # decisions that met nothing
NAMES = 13  # columns of the names on the left


def lines(summary: Summary, coloured: bool = False) -> list[str]:
    """A few lines of at most 80 columns from the content of run_summary.json."""
    room = WIDTH - NAMES - 2
    return [
        f"{styled(f'{name:>{NAMES}}', 'dim', coloured=coloured)}  "
        f"{styled(shortened(plain(words), room), style, coloured=coloured)}"
        for name, words, style in _facts(summary)
    ]


def _facts(summary: Summary) -> list[tuple[str, str, str]]:
    """(name, words, style) of each line."""
    tree, rows, rejected = summary["tree"], summary["interactions"], summary["rejected"]
    asked: Counter[str] = Counter()
    for numbers in summary["asked"].values():
        asked.update(numbers)
    grown = f"{counted(tree['pathways'], 'pathways')} under {counted(tree['roots'], 'roots')}"
    grown += f", {counted(tree['levels'], 'levels')}"
    notes = [
        (rows["with_notes"], "interactions with a protein that could not be identified"),
        (rows["fallback"], "interactions placed under the fallback root"),
        (rejected["rows"], "rows rejected; reasons in results/rejected.parquet:"),
    ]
    return [
        ("tree", grown, "bold"),
        ("interactions", f"{rows['placed']:,} placed", "plain"),
        *(("", counted(n, "duplicates merged while reading"), "plain") for n in [rows["duplicates"]] if n),
        *_decisions(summary["decisions"]),
        ("asked", f"{counted(asked['questions'], 'questions')} to {summary['curator']}", "plain"),
        *(("", counted(asked[name], words), "plain") for name, words in OUTCOMES if asked[name]),
        *_paid(summary),
        *(("note", counted(count, words), "yellow") for count, words in notes if count),
        *(("", f"{count:,} × {reason}", "plain") for reason, count in list(rejected["by_reason"].items())[:3]),
        *_names(summary["names"]),
        ("look at", "results/explorer.html (in a browser)", "green"),
        ("or at", "results/tree.txt, results/reorganized.parquet", "plain"),
    ]


def _decisions(decisions: Summary) -> list[tuple[str, str, str]]:
    """How many decisions of people hold, and the first of those that met nothing."""
    idle = decisions["met_nothing"]
    facts = [("decisions", f"{decisions['hold']:,} hold", "plain")] if decisions["hold"] or idle else []
    for one in idle[:SHOWN]:
        what = " ".join(filter(None, (one["decision"], one["subject"], one["object"])))
        facts.append(("note", f"line {one['line']} of the decisions has no effect: {what}", "yellow"))
    if len(idle) > SHOWN:
        facts.append(("", f"and {len(idle) - SHOWN:,} more, in results/run_summary.json", "plain"))
    return facts


def _names(names: Summary) -> list[tuple[str, str, str]]:
    """The share of names that could not be identified, and what would fix the most frequent ones."""
    if not names["unidentified"]:
        return []
    share = f"{names['unidentified'] / names['uses']:.1%} of all names could not be identified, most often:"
    told = [f"{row['name']:.20} ({row['n_rows']:,} ×): {row['fix']}" for row in names["most_frequent"]]
    return [("names", share, "yellow"), *(("", line, "plain") for line in told)]


def _paid(summary: Summary) -> list[tuple[str, str, str]]:
    facts = []
    for model, paid in summary["paid"].items():
        calls = f"{counted(paid['calls'], 'calls')} of {model}"
        is_free = not paid["dollars"]  # a model of one's own has no price
        facts.append(
            ("called", calls, "plain") if is_free else ("paid", f"US$ {paid['dollars']:.2f} for {calls}", "plain")
        )
        facts.append(("", f"{paid['input_tokens']:,} tokens in, {paid['output_tokens']:,} out", "plain"))
        if paid.get("searches"):
            facts.append(("", f"with {counted(paid['searches'], 'queries to Google Search')}", "plain"))
        if unusable := paid.get("unusable"):
            useless = counted(unusable, "unusable replies")
            spent = "" if is_free else f"US$ {paid['unusable_dollars']:.2f} of it for "
            facts.append(("", spent + useless, "plain"))
    facts += _escalated(summary.get("escalated", {}))
    failed = summary.get("paid_by_failed_steps", {})
    if failed:
        dollars, calls = (sum(paid[name] for paid in failed.values()) for name in ("dollars", "calls"))
        facts.append(("", f"US$ {dollars:.2f} more for {counted(calls, 'calls')} of steps that failed", "plain"))
    for model, others in summary["other_versions"].items():
        facts.append(("note", f"{model} was answered by {', '.join(others)}", "yellow"))
    return facts


def _escalated(escalated: Summary) -> list[tuple[str, str, str]]:
    """What asking a stronger model changed and cost, for each kind of question."""
    facts = []
    for kind, noted in escalated.items():
        kept = noted["asked"] - noted["changed"]
        came_of_it = f"{noted['changed']:,} changed, {kept:,} kept, US$ {noted['dollars']:.2f}"
        facts.append(("escalated", f"{noted['asked']:,} × {kind} to a stronger model: {came_of_it}", "plain"))
    return facts


def show(path: str | Path) -> None:
    """Print the summary of a run; in colours on a terminal, unless NO_COLOR is set."""
    summary = json.loads(Path(path).read_text(encoding="utf-8"))
    print(spelled("\n" + "\n".join(lines(summary, wants_colour(sys.stdout))), sys.stdout))
