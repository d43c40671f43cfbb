"""What the explorer saves, opened by other programs: pictures, tables and lists of genes."""

import csv
import re
import struct
from xml.etree import ElementTree

import pandas as pd
import pytest
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from synthetic import HOSTILE, write_run

from browser.conftest import full
from browser.webdriver import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
SVG = "{http://www.w3.org/2000/svg}"
NETWORK, MAP, TREE = "svg[role=group]", ".icicle", "#tree-tools"


def button(place, form):
    """The selector of a button that saves: in the card of an element, or beside it."""
    scope = place if place in (TREE, ".gene-pathways", ".table-tools") else f".card:has({place})"
    return f"{scope} .saves [aria-label^='{form}:']"


def drawn(path):
    """A saved SVG, parsed; every program must know its colours and find its fonts."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"oklch|light-dark|var\(|class=|style=|paint-order", text)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg" and float(root.get("width")) > 100 and float(root.get("height")) > 50
    assert "sans-serif" in root.get("font-family")
    colours = {element.get(name) for element in root.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours) and len(colours) > 3
    return root


def words(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def test_a_network_is_a_picture_with_its_legend(page, small, tmp_path):
    _, name, address = full(small[1])
    page.open(small[0], address)
    root = drawn(page.saved(button(NETWORK, "SVG"), tmp_path))
    assert set(page.run("return [...document.querySelectorAll('.protein text')].map((e) => e.textContent)")) <= set(
        words(root)
    )
    assert {"activates", "inhibits", "binds", "other"} & set(words(root))
    symbol = page.run("return document.querySelector('.protein text').textContent")
    symbols = [element for element in root.iter(f"{SVG}text") if element.text == symbol]
    assert [element.get("stroke") is None for element in symbols] == [False, True]  # the edge lies beneath the word
    ends = {element.get("marker-end") for element in root.iter(f"{SVG}line")} - {None}
    assert ends <= {f"url(#{marker.get('id')})" for marker in root.iter(f"{SVG}marker")} and ends
    assert re.sub(r"\W+", "-", name).strip("-") in next(tmp_path.iterdir()).name


def test_effects_differ_in_shape_in_network_and_legend(page, small):
    """Without any colour: what ends a line, its dashes and its width tell the effects apart."""
    page.open(small[0], f"#p=RW:{small[1]['tree']['id'][0]}")
    shapes = page.run("""
        const shape = (line) => [line.getAttribute("marker-end"), getComputedStyle(line).strokeDasharray].join(" ");
        const found = {};
        for (const line of document.querySelectorAll(".network line")) {
            const how = line.getAttribute("class").replace("edge ", "");
            (found[how] ??= new Set()).add(shape(line));
        }
        return Object.fromEntries(Object.entries(found).map(([how, all]) => [how, [...all]]))""")
    assert set(shapes) == {"up", "down", "bind", "other"}
    assert all(len(one) == 1 for one in shapes.values()) and len({one[0] for one in shapes.values()}) == 4


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_is_a_picture_as_it_is_seen(page, small, tmp_path, dark):
    page.screen(1280, 860, dark=dark)
    page.open(small[0])
    cells = page.run("return document.querySelectorAll('.icicle .cell').length")
    root = drawn(page.saved(button(MAP, "SVG"), tmp_path))
    assert len(list(root.iter(f"{SVG}rect"))) == cells + 1  # the ground
    ground = int(next(root.iter(f"{SVG}rect")).get("fill")[1:], 16)
    assert (ground < 0x404040) == dark
    shown = {text.removesuffix("…") for text in words(root)}
    names = page.run("return [...document.querySelectorAll('.cell.named .cell-name')].map((e) => e.textContent)")
    assert all(any(name.startswith(text) for text in shown if text) for name in names) and len(names) > 5


def test_the_tree_is_a_picture_of_the_open_branches(page, small, tmp_path):
    tree = small[1]["tree"]
    page.open(small[0])
    page.click("#open-all")
    path = page.saved(button(TREE, "SVG"), tmp_path)
    root = drawn(path)
    assert words(root) == tree["name"]  # HOSTILE among them
    assert len(list(root.iter(f"{SVG}path"))) == sum(parent >= 0 for parent in tree["parent"])
    page.click("#close-all")
    again = page.saved(button(TREE, "PNG"), tmp_path / "png").read_bytes()
    width, height = struct.unpack(">II", again[16:24])
    assert again.startswith(b"\x89PNG\r\n\x1a\n") and again.endswith(b"IEND\xaeB`\x82")
    assert height == 2 * (28 + 21 * tree["parent"].count(-1)) and width >= 440
    assert HOSTILE in words(root)


@pytest.mark.parametrize("place", [NETWORK, MAP])
def test_pictures_are_png_too(page, small, tmp_path, place):
    page.open(small[0], full(small[1])[2])
    content = page.saved(button(place, "PNG"), tmp_path).read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    assert content.startswith(b"\x89PNG\r\n\x1a\n") and width >= 600 and height >= 200 and len(content) > 3000
    asked = page.run("return performance.getEntriesByType('resource').map((entry) => entry.name.split(':')[0])")
    assert set(asked) <= {"data", "blob"}  # nothing is asked of anybody


@pytest.fixture(scope="module")
def formulas(tmp_path_factory):
    """A page whose statements are what a table must survive."""
    folder = tmp_path_factory.mktemp("formulas")
    content = blocks(write_run(folder, 3, 8, roots=2), Limits())
    said = ["=1+1", "@SUM(A1)", '"quoted", with a comma', "two\nlines\tand é λ", "-5 degrees", "+x", "", "plain"]
    content["interactions"]["statement"] = said
    explorer.write(content, folder / "explorer.html")
    return folder / "explorer.html", content


def test_interactions_are_csv_that_pandas_and_excel_read(page, formulas, tmp_path):
    path, content = formulas
    page.open(path, f"#p=RW:{content['tree']['id'][0]}&below=1&sort=-sure")
    file = page.saved(button(".table-tools", "CSV"), tmp_path)
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfinteraction_id,") and raw.count(b"\r\n") == raw.count(b"\n") == 9
    table = pd.read_csv(file, keep_default_na=False)
    held = content["interactions"]
    assert set(table["interaction_id"]) == set(held["id"])
    assert table["confidence"].is_monotonic_decreasing and table["confidence"].dtype == float
    at = {name: n for n, name in enumerate(held["id"])}
    for row in table.to_dict("records"):
        said = " ".join(held["statement"][at[row["interaction_id"]]].split())
        assert row["statement"] == (f"'{said}" if said[:1] in tuple("=+-@") and said else said)
        assert row["protein_a"] == content["proteins"]["symbol"][held["a"][at[row["interaction_id"]]]]
        assert row["pmids"] == int(held["evidence"][at[row["interaction_id"]]][0][1])
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert {len(row) for row in csv.reader(lines, strict=True)} == {len(table.columns)}


def test_what_the_filters_leave_is_what_is_saved(page, small, tmp_path):
    _, _, address = full(small[1])
    page.open(small[0], address)
    symbol = page.texts("td.col-a .to-protein")[0]
    page.click(".table-filter")
    page.keys(symbol)
    page.until("document.querySelector('.table-tools .muted').textContent.includes(' of ')")
    shown = page.run("return document.querySelectorAll('.interactions tbody').length")
    table = pd.read_csv(page.saved(button(".table-tools", "CSV"), tmp_path))
    genes = page.saved(button(".table-tools", "Genes"), tmp_path / "genes").read_text(encoding="utf-8")
    assert len(table) == shown
    assert genes.splitlines() == sorted({*table["protein_a"], *table["protein_b"]}) and genes.endswith("\n")


def test_genes_are_all_of_the_pathway_where_the_page_carries_a_part(page, small, tmp_path):
    whole = small[1]
    number, name, address = full(whole)
    part = blocks(write_run(tmp_path, 300, 600, evidence=True), Limits(per_pathway=2))
    explorer.write(part, tmp_path / "page.html")
    page.open(tmp_path / "page.html", address)
    genes = page.saved(button(".table-tools", "Genes"), tmp_path / "genes").read_text(encoding="utf-8")
    held = whole["interactions"]
    own = [
        one for at, one in zip(held["placed"]["pathway"], held["placed"]["interaction"], strict=True) if at == number
    ]
    assert genes.splitlines() == sorted({whole["proteins"]["symbol"][held[end][one]] for one in own for end in "ab"})
    assert len(own) > 2 and name in page.text("#title")


def test_over_represented_pathways_are_a_table(page, small, tmp_path):
    page.open(small[0], "#p=genes")
    page.run("document.getElementById('gene-list').value = 'GENE1 GENE2 GENE3'")
    page.click("#gene-find")
    table = pd.read_csv(page.saved(button(".gene-pathways", "CSV"), tmp_path))
    assert table["p"].between(0, 1).all() and table["adjusted_p"].ge(table["p"]).all() and table["fold"].dtype == float
    genes = page.saved(button(".gene-pathways", "Genes"), tmp_path / "genes").read_text(encoding="utf-8")
    assert genes == "GENE1\nGENE2\nGENE3\n"
