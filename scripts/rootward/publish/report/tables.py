"""The tables of the report: small HTML pages, each with a heading that says what it holds. All text is escaped."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from rootward.files import write_text
from rootward.tables import Row

MOST = 500  # rows shown; the whole table stands in results/
STYLE = """:root { color-scheme: light dark; font: 15px/1.5 Inter, "Segoe UI", system-ui, Roboto, sans-serif; }
body { margin: 0; padding: 22px 28px; background: light-dark(#fff, #191f1c); color: light-dark(#18201c, #e6ece8); }
h1 { font-size: 1.3rem; margin: 0 0 4px; } h2 { font-size: 1rem; margin: 26px 0 6px; }
p { margin: 0 0 14px; max-width: 75ch; } p, th { color: light-dark(#56635b, #9daba3); }
table { border-collapse: collapse; font-size: 0.93em; }
th, td { padding: 4px 18px 4px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid light-dark(#dbe2dc, #2d3732); }
th { font-weight: 600; white-space: nowrap; } .n { text-align: right; font-variant-numeric: tabular-nums; }"""

PAID = ("calls", "input_tokens", "output_tokens", "dollars")

Cells = Sequence[object]


def rejected(rows: Sequence[Row]) -> str:
    """What was not taken from the input, and why: reasons with their counts, then the rows."""
    if not rows:
        return _page("Rejected", "No row of the input was rejected.")
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons[row["reason"]] += row["n_rows"]
    ranked = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [(row["source"], row["reason"], f"{row['raw']:.200}") for row in rows]
    return _page(
        "Rejected",
        f"{reasons.total():,} rows of the input were rejected; see also results/rejected.parquet.",
        _table("Reasons", ("rows", "reason"), [(count, reason) for reason, count in ranked]),
        _table("Rows", ("source", "reason", "original row"), shown),
    )


def changes(rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """What the phases changed: how often, then each change. names: name by pathway id."""
    if not rows:
        return _page("Changes by phase", "No phase changed anything.")
    counts = Counter((row["phase"], row["action"]) for row in rows)
    shown = [
        (
            row["phase"],
            row["action"],
            row["interaction_id"] or names.get(row["pathway_id"], row["pathway_id"]),
            row["before"] or "–",
            row["after"] or "–",
            row["reason"],
        )
        for row in rows
    ]
    return _page(
        "Changes by phase",
        f"{len(rows):,} changes between the climbed tree and the finished one; all stand in results/changes.parquet.",
        _table("How often", ("phase", "action", "changes"), [(*key, count) for key, count in sorted(counts.items())]),
        _table("Each change", ("phase", "action", "of", "before", "after", "why"), shown),
    )


def asked(per_step: Mapping[str, Mapping[str, int]], paid: Mapping[str, Mapping[str, float]], curator: str) -> str:
    """What each kind of question came to, and what each model was paid: `ledgers.Ledgers`."""
    names = sorted({name for numbers in per_step.values() for name in numbers}, key=lambda n: (n != "questions", n))
    rows = [(step, *(numbers.get(name, 0) for name in names)) for step, numbers in per_step.items()]
    totals = ("all steps", *(sum(numbers.get(name, 0) for numbers in per_step.values()) for name in names))
    bills = [(model, *(numbers[name] for name in PAID)) for model, numbers in paid.items()]
    heads = ("model", *(name.replace("_", " ") for name in PAID))
    return _page(
        "Calls and cost",
        f"What each step asked the curator ({curator}), as the ledgers in results/ledger say.",
        _table("Per step", ("step", *(name.replace("_", " ") for name in names)), [*rows, totals]),
        *([_table("Per model", heads, bills)] if bills else []),
    )


def evaluation(content: Mapping[str, Any]) -> str:
    """How near the tree comes to the gold: the figures of evaluation.json, and what could not be matched."""
    matched = content["matched"]
    share = f"{matched['share']:.1%} of the tree's pathways ({matched['pathways']:,})"
    lead = f"Compared with {content['gold']}. Every figure is over the {share} that are on both sides."
    names = ("precision", "recall", "f1", "ceiling_f1", "token_rule_f1")
    scores = [(measure, *(content[measure][name] for name in names), share) for measure in ("ancestors", "edges")]
    placements = content["placements"]
    weighted = f"{placements['share_of_interactions']:.1%} of the interactions"
    similarity = [("pathways", placements["pathways"], share), ("interactions", placements["interactions"], weighted)]
    shape = [(name.replace("_", " "), value) for name, value in content["shape"].items()]
    head = ("pairs", "precision", "recall", "F1", "F1 a strict tree can reach", "F1 of the token-subset rule", "over")
    return _page(
        "Evaluation",
        f"{content['warning'][0].upper()}{content['warning'][1:]}. {lead}" if content["warning"] else lead,
        _table("Scores", head, scores),
        _table("Wu-Palmer similarity of placements", ("mean over", "similarity", "over"), similarity),
        _table("Shape", ("measure", "value"), shape),
        _table("Pathways missing from the gold", ("name",), [(name,) for name in matched["unmatched"]]),
    )


def _table(title: str, head: Sequence[str], rows: Iterable[Cells]) -> str:
    rows = list(rows)
    more = f"<p>The first {MOST:,} of {len(rows):,}.</p>" if len(rows) > MOST else ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:MOST])
    return f"<h2>{escape(title)}</h2>{more}\n<table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        shown = f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
        return f'<td class="n">{shown}</td>'
    return f"<td>{escape(str(value))}</td>"


def _page(title: str, lead: str, *parts: str) -> str:
    head = f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
    body = f"<body>\n<h1>{title}</h1>\n<p>{escape(lead)}</p>"
    return "\n".join(["<!doctype html>", head + body, *parts, "</body></html>", ""])


def write(page: str, path: str | Path) -> None:
    """Write a page; moved into place when whole."""
    write_text(path, page)
