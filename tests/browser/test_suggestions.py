"""Suggesting a change in the explorer: what the page offers is what a run reads."""

import pytest
from rootward.knowledge.decisions import read_decisions

from browser.conftest import full
from browser.webdriver import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def suggest(page, where, verb, *, typed="", reason="seen by eye"):
    """Fill in and send the first form "Suggest a change" below a selector."""
    page.run(
        f"""
        const box = document.querySelector({where!r} + ' details.suggest');
        box.open = true;
        box.dispatchEvent(new Event('toggle'));
        const form = box.querySelector('form');
        form.verb.value = {verb!r};
        form.verb.dispatchEvent(new Event('change'));
        form.object.value = {typed!r} || form.object.value;
        form.reason.value = {reason!r};
        form.by.value = 'A. Curator';
        form.requestSubmit();
        """
    )
    return page.text(f"{where} .suggest-form .note")


def written(page):
    """The lines of decisions.tsv that the page offers."""
    page.run("document.getElementById('suggestions').click()")
    return page.run("return document.querySelector('.suggestions textarea').value")


def test_suggestions_become_lines_that_a_run_reads(page, small, tmp_path):
    number, name, link = full(small[1])
    tree, held = small[1]["tree"], small[1]["interactions"]
    others = [n for n in range(len(tree["name"])) if tree["parent"][n] >= 0 and n != number]
    other = others[-1]
    page.open(small[0], link)
    page.run("localStorage.clear()")
    page.open(small[0], link)
    page.until("document.querySelector('.interactions')")
    head = ".pathway .head"
    assert suggest(page, head, "not_parent", typed=tree["name"][tree["parent"][number]]).startswith("Added")
    assert suggest(page, head, "name", typed='A "better" name').startswith("Added")
    assert suggest(page, head, "different", typed=tree["name"][other].upper()).startswith("Added")
    assert suggest(page, ".interactions", "not_place").startswith("Added")
    lines = written(page)
    path = tmp_path / "decisions.tsv"
    path.write_text(lines, encoding="utf-8")
    roots = [tree["name"][n] for n in range(len(tree["name"])) if tree["parent"][n] < 0]
    found = {one.verb: one for one in read_decisions(path, roots)}
    assert set(found) == {"not_parent", "name", "different", "not_place"}
    assert found["name"].subject == name
    assert found["name"].object == 'A "better" name'
    assert found["different"].object == tree["name"][other]
    assert found["not_place"].object == name
    assert found["not_place"].subject in held["id"]
    assert {(one.reason, one.by) for one in found.values()} == {("seen by eye", "A. Curator")}


def test_suggestions_stay_in_the_browser_and_show_in_the_tree(page, small):
    _, name, link = full(small[1])
    page.open(small[0], link)
    page.run("localStorage.clear()")
    page.open(small[0], link)
    assert page.run("return document.getElementById('suggestions-on').hidden")
    suggest(page, ".pathway .head", "remove")
    page.open(small[0], link)
    assert page.text("#suggestions-on") == "1"
    assert "change suggested" in page.run("return document.querySelector('.row[aria-selected=true]').textContent")
    assert name in written(page)
    page.run("document.querySelector('.suggested button').click()")
    page.open(small[0], link)
    assert page.run("return document.getElementById('suggestions-on').hidden")


@pytest.mark.parametrize(
    ("verb", "typed", "problem"),
    [
        ("parent", "no such pathway", "No pathway of this tree is called"),
        ("parent", None, "itself"),
        ("name", "", "Enter"),
    ],
)
def test_a_suggestion_that_cannot_hold_is_refused(page, small, verb, typed, problem):
    _, name, link = full(small[1])
    page.open(small[0], link)
    page.run("localStorage.clear()")
    page.open(small[0], link)
    assert problem in suggest(page, ".pathway .head", verb, typed=name if typed is None else typed)
    assert page.run("return document.getElementById('suggestions-on').hidden")


def test_two_suggestions_do_not_close_a_circle(page, small):
    tree = small[1]["tree"]
    first, second = [n for n in range(len(tree["name"])) if tree["parent"][n] >= 0][:2]
    page.open(small[0], f"#p=RW:{tree['id'][first]}")
    page.run("localStorage.clear()")
    page.open(small[0], f"#p=RW:{tree['id'][first]}")
    assert suggest(page, ".pathway .head", "parent", typed=tree["name"][second]).startswith("Added")
    page.open(small[0], f"#p=RW:{tree['id'][second]}")
    assert "cycle" in suggest(page, ".pathway .head", "parent", typed=tree["name"][first])
