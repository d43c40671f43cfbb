"""Two runs compared in the explorer: what `compare` put into the page."""

from pathlib import Path

import pytest
from builders import load_script
from rootward import tables
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from synthetic import write_run

from browser.webdriver import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The explorer of a comparison, and the rows of the tree after it: two pathways were renamed and moved, one was
    added, one removed, and every interaction of one moved.
    """
    folder = tmp_path_factory.mktemp("runs")
    for name in ("before", "after"):
        (folder / name).mkdir()
    earlier = write_run(folder / "before", 60, 120)
    paths = write_run(folder / "after", 60, 120)
    after = sorted(tables.rows("reorganized", paths["reorganized"]), key=lambda row: -row["n_direct"])
    renamed, fuller = [row for row in after if row["level"]][:2]
    moved, added = [row for row in after if row["is_leaf"] and row["n_direct"] == 0][:2]
    root = next(row for row in after if row["level"] == 0 and row["pathway_id"] != moved["root_id"])
    before = {row["pathway_id"]: row for row in tables.rows("reorganized", earlier["reorganized"])}
    before[renamed["pathway_id"]]["name"] = "An old name"
    before[moved["pathway_id"]] |= {"parent_id": root["pathway_id"], "path": [root["name"], moved["name"]]}
    removed = before.pop(added["pathway_id"])
    removed |= {"pathway_id": "RW:0123456789ab", "name": "Long gone", "path": [*removed["path"][:-1], "Long gone"]}
    tables.write("reorganized", [*before.values(), removed], earlier["reorganized"])
    placed = tables.rows("placements", earlier["placements"])
    for row in placed:
        if row["pathway_id"] == fuller["pathway_id"]:
            row["pathway_id"] = root["pathway_id"]
    tables.write("placements", placed, earlier["placements"])
    explorer.write(blocks(paths, Limits()), folder / "after/explorer.html")
    load_script("compare").compare(str(folder / "before"), str(folder / "after"), str(folder))
    return folder / "compare_explorer.html", {
        "renamed": renamed,
        "moved": moved,
        "added": added,
        "fuller": fuller,
        "root": root,
    }


def test_changes_are_listed_and_lead_to_their_pathways(page, runs):
    path, rows = runs
    page.open(path)
    assert page.text("#changes") == "Changes 4"
    page.click("#changes")
    said = page.text(".overview")
    titles = {title.replace(" ", "") for title in page.texts(".overview h2")}
    pathways = {f"Pathways{kind}1" for kind in ("added", "removed", "renamed", "moved")}
    assert titles == {*pathways, f"Interactionsmoved{rows['fuller']['n_direct']}"}
    assert f"{rows['renamed']['name']} was An old name" in said
    assert f"{rows['moved']['name']} from {rows['root']['name']} to" in said
    assert "Long gone was under" in said
    assert page.violations() == []
    page.click(".changes .to")
    assert page.text("#title") == rows["added"]["name"]
    assert "added" in page.text(".since")
    assert "added" in page.text(".row[aria-selected=true] .row-changed")


def test_a_pathway_says_what_came_to_it(page, runs):
    path, rows = runs
    page.open(path, f"#p={rows['fuller']['pathway_id']}")
    came = page.texts(".since li")
    assert len(came) == rows["fuller"]["n_direct"] and all(f"came from {rows['root']['name']}" in one for one in came)
    page.open(path, f"#p={rows['renamed']['pathway_id']}")
    assert page.texts(".since li") == ["renamed was An old name"]


def test_a_page_that_nothing_is_compared_with_has_no_button(page, small):
    page.open(small[0])
    assert page.text("#changes") == ""
    assert Path(small[0]).read_text(encoding="utf-8").count('id="data-compare"') == 0
