"""A browser and a small page, shared by the tests of the explorer."""

import pytest
from builders import assigned
from rootward import tables
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from synthetic import write_run

from browser.webdriver import Browser


@pytest.fixture(scope="session")
def browser():
    with Browser() as started:
        yield started


@pytest.fixture
def page(browser):
    """A desktop screen; whatever a test does must leave the console silent."""
    browser.screen(1280, 860)
    browser.complaints()
    yield browser
    assert browser.complaints() == []


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A page of 300 pathways with evidence checked, and the blocks it is made of."""
    return _written(tmp_path_factory.mktemp("small"), pathways=300, interactions=600)


@pytest.fixture(scope="session")
def smallest(tmp_path_factory):
    """The same of 60 pathways, for what looks at every element."""
    return _written(tmp_path_factory.mktemp("smallest"), pathways=60, interactions=120)


def _written(folder, pathways, interactions):
    paths = write_run(folder, pathways, interactions, evidence=True)
    name = tables.rows("reorganized", paths["reorganized"])[40]["name"]
    others = [{"pathway": "Nowhere", "confidence": 0.07}, {"pathway": name, "confidence": 0.7}]
    rows = [assigned(f"X{n:07}", "A", alternatives=others) for n in range(interactions)]
    tables.write("assigned", rows, folder / "assigned.parquet")
    content = blocks(paths, Limits(), assigned=[folder / "assigned.parquet"])
    explorer.write(content, folder / "explorer.html")
    return folder / "explorer.html", content


def full(content):
    """A pathway with interactions, a parent and siblings: its number, name and address."""
    tree = content["tree"]
    number = max((n for n in range(len(tree["name"])) if tree["parent"][n] >= 0), key=lambda n: tree["direct"][n])
    return number, tree["name"][number], f"#p=RW:{tree['id'][number]}"


def type_search(page, words):
    page.keys("/")
    page.run("document.getElementById('search').value = ''")
    page.keys(words)


def holding(content, n):
    """The names of the pathways that an interaction is placed on."""
    placed = content["interactions"]["placed"]
    at = [pathway for pathway, one in zip(placed["pathway"], placed["interaction"], strict=True) if one == n]
    return {content["tree"]["name"][i] for i in at}
