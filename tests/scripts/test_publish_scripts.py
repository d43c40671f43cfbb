"""build_explorer and draw_figures on a few rows."""

from pathlib import Path

import pytest
from build_explorer import build_explorer
from builders import rejected as rejected_row
from builders import table_rows
from draw_figures import draw_figures
from rootward import tables
from rootward.asking.cache import AnswerCache, Call
from rootward.asking.ledger import Ledger
from rootward.publish.explorer.data import Limits
from synthetic import write_run


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path, 40, 60)


def test_the_page_is_the_same_bytes_twice(run, tmp_path):
    for name in ("a", "b"):
        build_explorer(paths=run, limits=Limits(), page=str(tmp_path / f"{name}.html"), cache=None)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_the_page_says_which_model_answered(run, tmp_path):
    call_id = next(row["call_id"] for row in tables.rows("reorganized", run["reorganized"]) if row["call_id"])
    cache, page = tmp_path / "answers.sqlite", tmp_path / "a.html"
    answers = AnswerCache(cache, "wal")
    answers.store(Call("parent", "flash-of-a-test", None, "", ""), {call_id.ljust(32, "0"): ("A", {"parent": "B"})})
    answers.close()
    build_explorer(paths=run, limits=Limits(), page=str(page), cache=AnswerCache(cache, "wal"))
    assert "flash-of-a-test" in page.read_text(encoding="utf-8")
    build_explorer(paths=run, limits=Limits(), page=str(page), cache=AnswerCache(tmp_path / "none.sqlite", "wal"))
    assert "flash-of-a-test" not in page.read_text(encoding="utf-8")
    assert not (tmp_path / "none.sqlite").exists()


def test_all_pictures_and_tables_are_made(run, tmp_path):
    rejected, ledger = tmp_path / "rejected.parquet", tmp_path / "ledger.json"
    tables.write("rejected", [rejected_row("no protein")], rejected)
    asked = Ledger()
    asked.add("parent", questions=3, calls=1)
    asked.pay("flash", "flash-001", input_tokens=1000, output_tokens=200, dollars=0.5)
    asked.write(ledger)
    pictures = [f"{name}_{kind}" for name in ("tree", "sizes", "confidence", "cost") for kind in ("svg", "png")]
    out = {name: str(tmp_path / name) for name in (*pictures, "rejected", "changes", "asked")}
    draw_figures(
        paths={**run, "rejected": rejected, "ledgers": [str(ledger), str(ledger)]}, curator="reactome", out=out
    )
    assert all(Path(path).stat().st_size > 500 for path in out.values())
    assert "no protein" in Path(out["rejected"]).read_text()
    assert "An old spelling" in Path(out["changes"]).read_text()
    asked_rows = table_rows(Path(out["asked"]).read_text())
    assert ["all steps", "6"] in [row[:2] for row in asked_rows]
    assert ["flash", "2", "2,000"] in [row[:3] for row in asked_rows]
    assert "flash: 2 calls, US$ 1.00" in Path(out["cost_svg"]).read_text()
