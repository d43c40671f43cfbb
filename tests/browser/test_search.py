"""Searching in the explorer: what is found, what is listed first, and what Enter takes."""

from collections import Counter

import pytest
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from synthetic import write_run

from browser.conftest import full, holding, type_search
from browser.webdriver import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def test_search_finds_and_enter_shows(page, small):
    _, name, _ = full(small[1])
    page.open(small[0])
    type_search(page, name)
    page.until("document.getElementById('search-status').textContent === '1 of 300 pathways'")
    page.keys("Enter")
    assert page.text("#title") == name
    assert page.text(".row[aria-selected=true] .row-name") == name


def test_search_finds_a_protein(page, small):
    content = small[1]["interactions"]
    symbol = small[1]["proteins"]["symbol"][content["a"][0]]
    page.open(small[0])
    type_search(page, symbol)
    page.until("document.getElementById('search-status').textContent.includes(' of 300')")
    page.keys("Enter")
    assert page.text("#title") == symbol
    assert symbol in page.text(".interactions")


def test_search_finds_by_synonym_publication_statement_and_id(page, small):
    content = small[1]["interactions"]
    n = next(n for n, pieces in enumerate(content["evidence"]) if pieces and pieces[0][1])
    symbol = small[1]["proteins"]["symbol"][content["a"][n]]
    synonym = next(name for name in small[1]["proteins"]["called"][content["a"][n]] if name.startswith("pp"))
    page.open(small[0])
    pmid = content["evidence"][n][0][1]
    for sought in (synonym, pmid, f"PMID:{pmid}", content["statement"][n].split()[-1], content["id"][n]):
        type_search(page, sought)
        page.until("document.getElementById('search-status').textContent.includes(' of 300 pathways')")
        hits = page.run(
            "return [...document.querySelectorAll('#tree .row')].map(row => row.querySelector('.row-name').textContent)"
        )
        assert holding(small[1], n) & set(hits), sought
        page.keys("Escape")
    type_search(page, synonym)
    page.until(f"document.getElementById('hits').textContent.startsWith('{symbol} ({synonym})')")
    page.keys("Enter")
    assert page.text("#title") == symbol


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A page of eight pathways and four proteins whose names answer a search in every way."""
    folder = tmp_path_factory.mktemp("named")
    content = blocks(write_run(folder, 8, 4, roots=2), Limits())
    tree, proteins = content["tree"], content["proteins"]
    tree["name"] = ["Cell death", "Death", "Deathly hush", "Redeath", "Repair", "Signal", "mTOR signalling", "Old age"]
    tree["aliases"] = {2: ["SLC39 transport"], 4: ["Sudden death"], 7: ["Death of cells"]}
    proteins["symbol"][:4] = ["PRKN", "MAP1LC3B", "DEATH2", "SQSTM1"]
    proteins["called"] = {0: ["parkin", "PARK2"], 3: ["p62"]}
    explorer.write(content, folder / "explorer.html")
    return folder / "explorer.html"


@pytest.mark.parametrize(
    ("sought", "first"),
    [
        ("Parki", "PRKN (parkin)"),
        ("LC3", "MAP1LC3B"),
        ("LC39", "Deathly hush (SLC39 transport)"),
        ("p62", "SQSTM1 (p62)"),
        ("death of", "Old age (Death of cells)"),
        ("signal", "Signal"),
        ("signalling mtor", "mTOR signalling"),
    ],
)
def test_enter_takes_what_is_listed_first_and_the_list_says_by_which_name(page, named, sought, first):
    page.open(named, f"#q={sought.replace(' ', '+')}")
    assert hits(page)[0] == first
    page.run("document.getElementById('search').focus()")
    page.keys("Enter")
    assert page.text("#title") == first.partition(" (")[0]


def hits(page):
    """What is listed above the tree, without the numbers."""
    return page.run("""
        return [...document.querySelectorAll('#hits a')].map((a) =>
            [...a.childNodes].filter((n) => !n.matches?.('.tally')).map((n) => n.textContent).join(''))""")


def test_hits_stand_exact_over_prefix_over_word_over_part_and_names_over_aliases(page, named):
    page.open(named, "#q=death")
    order = ["Death", "Deathly hush", "DEATH2", "Old age (Death of cells)", "Cell death", "Repair (Sudden death)"]
    found = hits(page)
    assert sorted(found[1:3]) == sorted(order[1:3]) and [found[0], *found[3:]] == [order[0], *order[3:]]
    assert "Repair (Sudden death)" in page.texts(".row-name")


def test_a_page_that_carries_a_part_says_so_and_still_knows_every_protein(page, small, tmp_path):
    whole = small[1]
    part = blocks(write_run(tmp_path, 300, 600), Limits(interactions=100))
    explorer.write(part, tmp_path / "page.html")
    symbol, _ = Counter(whole["proteins"]["symbol"][n] for n in whole["interactions"]["a"]).most_common(1)[0]
    page.open(tmp_path / "page.html", f"#q={symbol}&p=protein:{symbol}")
    assert f"in 100 of {part['tree']['carried']['of']} placements" in page.text("#search-part")
    held = sum(
        n for name, n in zip(whole["proteins"]["symbol"], whole["proteins"]["held"], strict=True) if name == symbol
    )
    notes = page.texts("[aria-label=Partners] .note")  # of the picture and of the list
    assert len(notes) == 2 and all(f"of its {held} interactions" in note for note in notes)
    page.open(small[0], f"#q={symbol}")
    assert page.text("#search-part") == ""


def test_enter_takes_a_pathway_that_begins_with_the_word_and_not_the_first_that_holds_it(page, small):
    names = [name.lower() for name in small[1]["tree"]["name"]]

    def first(word):
        return next(name for name in names if word in name)

    begins = (name.split()[0] for name in names)
    word = next(word for word in begins if word.isalpha() and not first(word).startswith(word))
    page.open(small[0])
    type_search(page, word)
    page.until("document.getElementById('search-status').textContent.includes(' of 300')")
    page.keys("Enter")
    assert page.text("#title").lower().startswith(word)


def test_nothing_found_says_so(page, small):
    page.open(small[0], "#q=nothingofthekind")
    assert "Nothing found" in page.text("#search-status")
    page.open(small[0], "#p=RW:ffffffffffff")
    assert "Pathway RW:ffffffffffff is not in this tree" in page.text("#main")


def test_one_scan_of_all_texts_finds_what_a_scan_of_each_finds(page, small):
    page.open(small[0])
    wrong = page.run("""
        let seed = 1;
        const dice = (n) => (seed = (seed * 48271) % 2147483647) % n;
        const text = (most) => Array.from({length: dice(most)}, () => "abc"[dice(3)]).join("");
        const wrong = [];
        for (let round = 0; round < 400; round += 1) {
            const texts = Array.from({length: dice(9)}, () => text(7));
            const word = text(4) || "a";
            const each = [...texts.keys()].filter((n) => texts[n].includes(word));
            const all = [...modules.ranking.haystackOf(texts)(word)];
            if (String(each) !== String(all)) wrong.push([texts, word, all]);
        }
        return wrong""")
    assert wrong == []
