"""A whole small run, and `snakemake --report` after it, without any network."""

import json
import re
from pathlib import Path

import pytest
from browser.webdriver import Browser, missing
from conftest import SNAKEMAKE, passed_on

HOME = Path(__file__).resolve().parents[2]
ROWS = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory, prepared):
    """The folder of a run over the first rows of the example, with its report.html."""
    folder = tmp_path_factory.mktemp("run")
    prepared.references_into(folder / "cache")
    lines = (HOME / "config/interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    bad = "BAD\t\t\t\t\t<script>alert(1)</script>\t\n"
    (folder / "interactions.tsv").write_text("".join([*lines[: ROWS + 1], bad]), encoding="utf-8")
    (folder / "config").mkdir()
    settings = "input: interactions.tsv\nclimb: {max_levels: 4}\nexports: {formats: []}\n"
    (folder / "config/config.yaml").write_text(settings, encoding="utf-8")
    _snakemake(folder, "--cores", "2")
    _snakemake(folder, "--report", "report.html")
    return folder


def _snakemake(folder, *arguments):
    program = ["--snakefile", str(HOME / "Snakefile"), "--directory", str(folder)]
    profile = ["--workflow-profile", str(HOME / "profiles/default")]
    done = SNAKEMAKE.run([*program, *profile, *arguments], cwd=folder, env=passed_on())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_report_holds_every_part_with_caption_category_and_labels(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    results = json.loads(re.search(r"var results = (\{.*\});", page)[1])
    categories = json.loads(re.search(r"var categories = (\{.*\});", page)[1])
    assert set(categories) >= {"Tree", "Explorer", "Figures", "Rejected", "Changes by phase", "Calls and cost"}
    for name in ("tree", "sizes", "confidence", "cost"):
        for kind in ("svg", "png"):
            assert results[f"results/figures/{name}.{kind}"]["labels"]["format"] == kind.upper()
    assert "results/explorer.html" in results
    for path, result in results.items():
        assert result["caption"] and result["labels"], path
    assert "The configuration of this run" in page and "interactions.tsv" in page


def test_what_was_rejected_stands_in_the_report_as_text(folder):
    page = (folder / "results/report/rejected.html").read_text(encoding="utf-8")
    assert "interactions.tsv" in page and "<script>" not in page


def test_a_limit_of_the_page_rebuilds_the_page_alone(folder):
    said = _snakemake(folder, "-n", "--config", "explorer={'per_pathway': 3}", "screen=snakemake")
    assert re.findall(r"^ *(?:local)?rule (\w+):", said, re.MULTILINE) == ["build_explorer", "describe_run", "all"]


@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_the_explorer_works_inside_the_report(folder):
    with Browser() as page:
        page.screen(1400, 900)
        page.visit(folder / "report.html")
        page.until("typeof results === 'object' && document.querySelector('#app *') !== null")
        show = "app.setView({content: 'html', contentPath: results[arguments[0]].data_uri, resultPath: arguments[0]})"
        page.run(show, "results/explorer.html")
        page.until("document.querySelector('iframe') !== null")
        page.frame("iframe")
        page.until("document.documentElement.dataset.ready === 'all'")
        name = page.text("#tree .row .row-name")
        page.click("#tree .row .row-name")
        assert page.text("#title") == name
        assert [line for line in page.complaints() if "tailwind" not in line] == []
