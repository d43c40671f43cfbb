"""The tables of the report: small HTML pages, each with a heading that says what it holds. All text is escaped."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from rootward.files import write_text
from rootward.tables import Row

MOST = 500  # rows shown; the whole table is in results/
STYLE = """:root { color-scheme: light dark; font: 15px/1.5 Inter, "Segoe UI", system-ui, Roboto, sans-serif; }
body { margin: 0; padding: 22px 28px; background: light-dark(#fff, #191f1c); color: light-dark(#18201c, #e6ece8); }
h1 { font-size: 1.3rem; margin: 0 0 4px; } h2 { font-size: 1rem; margin: 26px 0 6px; }
p { margin: 0 0 14px; max-width: 75ch; } p, th { color: light-dark(#56635b, #9daba3); }
table { border-collapse: collapse; font-size: 0.93em; }
th, td { padding: 4px 18px 4px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid light-dark(#dbe2dc, #2d3732); }
th { font-weight: 600; white-space: nowrap; }
RIGHT { text-align: right; font-variant-numeric: tabular-nums; }""".replace(
    "RIGHT", ", ".join(f".n{at} td:nth-child({at})" for at in range(1, 17))
)

PAID = ["calls", "input_tokens", "output_tokens", "dollars"]


def rejected(rows: Sequence[Row]) -> str:
    """The rejected rows: reasons with their counts, then the rows."""
    if not rows:
        return _page("Rejected", "No row of the input was rejected.")
    frame = pd.DataFrame(rows)
    reasons = frame.groupby("reason", as_index=False).agg(rows=("n_rows", "sum"))
    reasons = reasons.sort_values(["rows", "reason"], ascending=[False, True])[["rows", "reason"]]
    shown = frame[["source", "reason"]].assign(**{"original row": frame["raw"].str[:200]})
    return _page(
        "Rejected",
        f"{reasons['rows'].sum():,} rows of the input were rejected; see also results/rejected.parquet.",
        _table("Reasons", reasons),
        _table("Rows", shown),
    )


def changes(rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """The changes of the phases: their numbers, then each change. names: name by pathway id."""
    if not rows:
        return _page("Changes by phase", "No phase changed anything.")
    frame = pd.DataFrame(rows)
    pathways = frame["pathway_id"].map(lambda id_: names.get(id_, id_))
    frame = frame.assign(of=frame["interaction_id"].where(frame["interaction_id"].notna(), pathways))
    shown = frame[["phase", "action", "of", "before", "after", "reason"]].fillna("–")
    return _page(
        "Changes by phase",
        f"{len(rows):,} changes between the climbed tree and the finished one; all are in results/changes.parquet.",
        _table("How often", frame.groupby(["phase", "action"]).size().rename("changes").reset_index()),
        _table("Each change", shown.rename(columns={"reason": "why"})),
    )


def asked(per_step: Mapping[str, Mapping[str, int]], paid: Mapping[str, Mapping[str, float]], curator: str) -> str:
    """The results of each kind of question, and the cost of each model: `ledgers.Ledgers`."""
    steps = pd.DataFrame.from_dict(dict(per_step), orient="index").fillna(0).astype(int)
    steps = steps[sorted(steps.columns, key=lambda name: (name != "questions", name))]
    steps.loc["all steps"] = steps.sum()
    bills = pd.DataFrame.from_dict(dict(paid), orient="index")
    return _page(
        "Calls and cost",
        f"What each step asked the curator ({curator}), from the ledgers in results/ledger.",
        _table("Per step", _with_names(steps, "step")),
        *([_table("Per model", _with_names(bills[PAID], "model"))] if paid else []),
    )


def _with_names(frame: pd.DataFrame, head: str) -> pd.DataFrame:
    """The index as the first column, and the names of columns in words."""
    return frame.rename_axis(head).reset_index().rename(columns=lambda name: name.replace("_", " "))


def evaluation(content: Mapping[str, Any]) -> str:
    """How close the tree is to the gold: the figures of evaluation.json, and what could not be matched."""
    matched = content["matched"]
    share = f"{matched['share']:.1%} of the tree's pathways ({matched['pathways']:,})"
    lead = f"Compared with {content['gold']}. All figures are for the {share} found on both sides."
    names = ("precision", "recall", "f1", "ceiling_f1", "token_rule_f1")
    scores = [(measure, *(content[measure][name] for name in names), share) for measure in ("ancestors", "edges")]
    placements = content["placements"]
    weighted = f"{placements['share_of_interactions']:.1%} of the interactions"
    similarity = [("pathways", placements["pathways"], share), ("interactions", placements["interactions"], weighted)]
    shape = [(name.replace("_", " "), value) for name, value in content["shape"].items()]
    head = ["pairs", "precision", "recall", "F1", "F1 a strict tree can reach", "F1 of the token-subset rule", "over"]
    return _page(
        "Evaluation",
        f"{content['warning'][0].upper()}{content['warning'][1:]}. {lead}" if content["warning"] else lead,
        _table("Scores", pd.DataFrame(scores, columns=head)),
        _table(
            "Wu-Palmer similarity of placements", pd.DataFrame(similarity, columns=["mean over", "similarity", "over"])
        ),
        _table("Shape", pd.DataFrame(shape, columns=["measure", "value"])),
        _table("Pathways missing from the gold", pd.DataFrame({"name": matched["unmatched"]})),
    )


def _table(title: str, frame: pd.DataFrame) -> str:
    more = f"<p>The first {MOST:,} of {len(frame):,}.</p>" if len(frame) > MOST else ""
    numbers = [f"n{at}" for at, kind in enumerate(frame.dtypes, 1) if pd.api.types.is_numeric_dtype(kind)]
    with pd.option_context("display.max_colwidth", None):
        body = frame.head(MOST).to_html(
            index=False, border=0, justify="unset", classes=numbers, float_format=_number, formatters=_whole(frame)
        )
    return f"<h2>{escape(title)}</h2>{more}\n{body}"


def _whole(frame: pd.DataFrame) -> dict[str, Callable[[object], str]]:
    return {str(name): "{:,d}".format for name, kind in frame.dtypes.items() if pd.api.types.is_integer_dtype(kind)}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"


def _page(title: str, lead: str, *parts: str) -> str:
    head = f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
    body = f"<body>\n<h1>{title}</h1>\n<p>{escape(lead)}</p>"
    return "\n".join(["<!doctype html>", head + body, *parts, "</body></html>", ""])


def write(page: str, path: str | Path) -> None:
    """Write a page to a temporary file and move it into place."""
    write_text(path, page)
