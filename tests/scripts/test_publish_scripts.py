"""build_explorer and draw_figures on a few rows."""

import json
from pathlib import Path

import pytest
from build_explorer import build_explorer
from draw_figures import draw_figures
from rootward import tables
from rootward.publish.explorer_data import Limits
from synthetic import write_run


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path, 40, 60)


def test_the_page_is_the_same_bytes_twice(run, tmp_path):
    for name in ("a", "b"):
        build_explorer(run, Limits(), str(tmp_path / f"{name}.html"))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_all_pictures_and_tables_are_made(run, tmp_path):
    rejected, ledger = tmp_path / "rejected.parquet", tmp_path / "ledger.json"
    tables.write("rejected", [{"source": "x.tsv:3", "reason": "no protein", "raw": "A\t"}], rejected)
    ledger.write_text(json.dumps({"questions": {"parent": {"questions": 3}}, "methods": {}}))
    pictures = [f"{name}_{kind}" for name in ("tree", "sizes", "confidence", "cost") for kind in ("svg", "png")]
    out = {name: str(tmp_path / name) for name in (*pictures, "rejected", "changes", "asked")}
    draw_figures({**run, "rejected": rejected, "ledgers": [str(ledger), str(ledger)]}, "reactome", out)
    assert all(Path(path).stat().st_size > 500 for path in out.values())
    assert "no protein" in Path(out["rejected"]).read_text()
    assert "An old spelling" in Path(out["changes"]).read_text()
    assert '<td class="n">6</td>' in Path(out["asked"]).read_text()
