from xml.etree import ElementTree

import pytest
from builders import rejected as rejected_row
from builders import table_rows
from PIL import Image
from rootward.publish.report import figures, scene
from rootward.publish.report import tables as report_tables
from synthetic import HOSTILE

ROOT = {"pathway_id": "r", "name": "Root & <b>", "parent_id": None, "level": 0, "origin": "root"}
LEAF = {"pathway_id": "l", "name": HOSTILE, "parent_id": "r", "level": 1, "origin": "leaf"}
ROWS = [{**ROOT, "n_direct": 1, "n_total": 4}, {**LEAF, "n_direct": 3, "n_total": 3}]
ASKED = {"parent": {"questions": 40, "hits": 10, "calls": 30, "failures": 2}, "merge": {"questions": 4}}
PAID = {"flash": {"calls": 30, "input_tokens": 1000, "output_tokens": 200, "dollars": 1.25}}
PICTURES = {
    "tree": figures.tree(ROWS),
    "sizes": figures.sizes(ROWS),
    "confidence": figures.confidence({(19, "model"): 5, (0, "fallback"): 1}),
    "cost": figures.cost(ASKED, PAID),
    "empty tree": figures.tree([]),
    "empty sizes": figures.sizes([]),
    "empty confidence": figures.confidence({}),
    "empty cost": figures.cost({}, {}),
}


def words(picture):
    return [shape.words for shape in picture.shapes if isinstance(shape, scene.Text)]


@pytest.mark.parametrize("name", PICTURES)
def test_svg_and_png_show_the_same_picture_the_same_way_twice(name, tmp_path):
    picture = PICTURES[name]
    for n in "12":
        scene.write(picture, tmp_path / f"{n}.svg", tmp_path / f"{n}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()
    root = ElementTree.parse(tmp_path / "1.svg").getroot()
    assert [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")] == words(picture)
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    with Image.open(tmp_path / "1.png") as image:
        assert image.size == (2 * picture.width, 2 * picture.height)


def test_the_tree_is_as_tall_as_its_interactions():
    root, leaf = (shape for shape in PICTURES["tree"].shapes if isinstance(shape, scene.Rect))
    assert leaf.x > root.x and (leaf.height + 1) / (root.height + 1) == pytest.approx(3 / 4)


def test_the_cost_says_what_was_paid():
    assert words(PICTURES["cost"])[0].endswith("flash: 30 calls, US$ 1.25")
    assert "40  30 calls  2 failed" in words(PICTURES["cost"])
    assert "no call was paid for" in words(PICTURES["empty cost"])[0]


def test_words_are_shortened_to_their_room():
    assert scene.shortened("Apoptosis", 500) == "Apoptosis"
    short = scene.shortened("Interleukin-1 signalling", 60)
    assert short.endswith("…") and scene.width_of(short) <= 60
    assert scene.shortened("Interleukin", 4) == ""


def test_the_font_knows_the_letters_of_biology():
    box = scene._font(20).getmask("￾").getbbox()
    for letter in "αβγκΔµé–→…":
        assert bytes(scene._font(20).getmask(letter)) != bytes(scene._font(20).getmask("￾")), (letter, box)


@pytest.mark.parametrize(("degrees", "colour"), [(0, "#d4d4d4"), (155, "#d4d4d4")])
def test_grey_is_grey_whatever_the_hue(degrees, colour):
    shade = scene.hue(degrees, 0.87, 0)
    assert len(set(zip(shade[1::2], shade[2::2], strict=True))) == 1 and abs(int(shade[1:3], 16) - 0xD4) < 4


def test_tables_escape_what_they_show():
    rejected = report_tables.rejected([rejected_row("no protein", raw=HOSTILE)])
    change = {"phase": "p", "action": "merge", "pathway_id": "l", "interaction_id": None, "reason": "why"}
    changes = report_tables.changes([{**change, "before": HOSTILE, "after": None}], {"l": HOSTILE})
    for page in (rejected, changes):
        assert "<script>" not in page and "&lt;script&gt;" in page


def test_tables_say_when_there_is_nothing():
    assert "No row of the input was rejected." in report_tables.rejected([])
    assert "No phase changed anything." in report_tables.changes([], {})


def test_long_tables_say_what_they_leave_out():
    rows = [rejected_row("r", n) for n in range(report_tables.MOST + 1)]
    assert "The first 500 of 501." in report_tables.rejected(rows)


def test_rows_that_are_only_counted_count():
    page = report_tables.rejected([rejected_row("bad"), rejected_row("bad", source="x.tsv", n_rows=1000)])
    assert "1,001 rows of the input were rejected" in page and ["1,001", "bad"] in table_rows(page)


def test_the_ledgers_add_up():
    page = report_tables.asked(ASKED, PAID, "gemini")
    assert ["all steps", "44"] in [row[:2] for row in table_rows(page)]
    assert ["flash", "30", "1,000", "200", "1.25"] in table_rows(page)
    assert 'class="dataframe n2 n3 n4 n5"' in page  # numbers stand on the right
    assert "Per model" not in report_tables.asked(ASKED, {}, "reactome")
