"""A list of genes in the explorer: what it lights up, and its p values beside gseapy's on the same sets."""

import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from gseapy.stats import calc_pvalues, multiple_testing_correction
from rootward import tables
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from rootward.publish.exports import gmt
from synthetic import write_run

from browser.webdriver import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
STRANGE = "GENE3"  # in the run, but no approved symbol
ELSEWHERE = [f"OTHER{n}" for n in range(400)]  # approved, but not in the run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("genes")
    paths = write_run(folder, 200, 500)
    known = pq.read_table(paths["proteins"]).to_pylist()
    known = [row for row in known if row["symbol"] != STRANGE]
    known[1]["synonyms"] += "|twofold|GENE2"  # what is also called GENE2 is not meant by GENE2
    known[5]["synonyms"] += "|twofold"
    known += [{"symbol": symbol, "synonyms": ""} for symbol in ELSEWHERE]
    pq.write_table(pa.Table.from_pylist(known), paths["proteins"])
    explorer.write(
        blocks(paths, Limits(5, 20)), folder / "explorer.html"
    )  # few rows carried: the sets are whole all the same
    return folder / "explorer.html", paths, {row["symbol"] for row in known}


def paste(page, text):
    page.click("#genes")
    page.run("document.getElementById('gene-list').value = arguments[0]", text)
    page.click("#gene-find")


def sets_of(paths, approved):
    rows = tables.rows("reorganized", paths["reorganized"])
    genes = {
        row["interaction_id"]: (row["protein_a"], row["protein_b"])
        for row in tables.rows("interactions", paths["interactions"])
    }
    placed = [
        (row["pathway_id"], genes[row["interaction_id"]]) for row in tables.rows("placements", paths["placements"])
    ]
    direct = gmt.direct_sets([(pathway, gene) for pathway, pair in placed for gene in pair], approved)
    return {one.name: one for one in gmt.distinct(rows, gmt.total_sets(rows, direct))}, set().union(*direct.values())


def shown(page):
    return page.run("""
        return [...document.querySelectorAll('.enrichment tbody tr')].map((row) => [
            [...row.querySelector('.to').childNodes].find((node) => node.data).data,
            row.children[1].textContent,
            Number(row.children[3].title),
            Number(row.children[4].title),
        ])""")


@pytest.mark.parametrize("background", ["input", "reference"])
def test_over_representation_is_gseapys_on_the_sets_of_pathways_gmt(page, run, background):
    path, paths, approved = run
    sets, input_genes = sets_of(paths, approved)
    assert any(one.twins for one in sets.values())
    biggest = max((one for one in sets.values() if len(one.genes) < 12), key=lambda one: len(one.genes))
    listed = [*biggest.genes, STRANGE, "GENE9", "GENE11", *ELSEWHERE[:7], "NOSUCH"]
    page.open(path)
    paste(page, "\n".join(listed))
    page.click(f"[data-background={background}]")
    if page.run("return document.querySelector('.gene-pathways > button') !== null"):
        page.click(".gene-pathways > button")
    against = input_genes if background == "input" else approved
    content = {name: one.genes for name, one in sets.items()}
    names, values, _, hits, sizes, _ = calc_pvalues(set(listed), content, background=against)
    corrected, _ = multiple_testing_correction(values)
    found = {name: tuple(row) for name, *row in shown(page)}
    assert found.keys() == set(names) and len(names) > 10
    for name, p, corrected_p, k, size in zip(names, values, corrected, hits, sizes, strict=True):
        assert found[name][0] == f"{k} of {size}"
        assert math.isclose(found[name][1], p, rel_tol=1e-9) and math.isclose(found[name][2], corrected_p, rel_tol=1e-9)
    assert found[biggest.name][1] == min(row[1] for row in found.values()) and shown(page)[0][2] <= shown(page)[-1][2]
    assert f"the {len(against)} genes of the {background}" in page.text("#gene-background")


def test_the_tail_is_exact_where_it_is_tiny_and_where_it_is_large(page, run):
    """Against whole numbers, at sizes that a run of 20,000 genes has; gseapy computes the same in floats."""
    page.open(run[0])
    for k, n, size, of in [
        (1, 1, 1, 2),
        (40, 60, 80, 20_000),
        (3, 500, 900, 20_000),
        (0, 5, 5, 10),
        (9, 10, 9, 10),
        (5, 300, 2000, 2100),
    ]:
        ways = sum(math.comb(size, j) * math.comb(of - size, n - j) for j in range(k, min(n, size) + 1))
        exact = ways / math.comb(of, n)
        got = page.run(
            "return modules.enrichment.upperTail(arguments[0], arguments[1])", k, {"n": n, "K": size, "N": of}
        )
        assert math.isclose(got, exact, rel_tol=1e-9), (k, n, size, of)


def test_a_list_is_recognised_by_any_name_however_separated(page, run):
    path, paths, _ = run
    row = tables.rows("interactions", paths["interactions"])[1]
    page.open(path)
    paste(page, f'gene2, PP7;"Protein-8"\n{row["uniprot_b"]}-2\tGENE3 | OTHER5 twofold\r\nnosuch1 <b>x')
    said = page.run("return document.querySelector('.gene-found').textContent")
    here = {"GENE2", "GENE7", "GENE8", row["protein_b"], STRANGE}
    assert f"{len(here)} genes of this tree" in said
    assert {text.strip() for text in page.texts(".gene-found .to-protein")} == here
    assert f"1 in no set: not an approved symbol of the reference{STRANGE}" in said
    assert "1 gene of the reference without an interaction hereOTHER5" in said
    assert "1 name of several genes, not countedtwofold (GENE1 or GENE6)" in said
    assert "2 names not recognisednosuch1, <b>x" in said


def test_a_list_lights_up_tree_and_map_and_leads_to_pathways(page, run):
    path, paths, _ = run
    page.open(path)
    paste(page, "GENE2 GENE7")
    rows = {row["pathway_id"]: row for row in tables.rows("reorganized", paths["reorganized"])}
    ends = {
        row["interaction_id"]: {row["protein_a"], row["protein_b"]} & {"GENE2", "GENE7"}
        for row in tables.rows("interactions", paths["interactions"])
    }
    wanted = {}
    for row in tables.rows("placements", paths["placements"]):
        root = rows[rows[row["pathway_id"]]["root_id"]]["name"]
        wanted.setdefault(root, set()).update(ends[row["interaction_id"]])
    lit = page.run("""
        return Object.fromEntries([...document.querySelectorAll('#tree .row')].map((row) =>
            [row.querySelector('.row-name').textContent,
             parseInt(row.querySelector('.row-lit')?.textContent ?? 0)]))""")
    assert lit == {name: len(wanted.get(name, ())) for name in lit} and sum(lit.values())
    assert page.violations() == []
    name = shown(page)[0][0]
    page.click(".enrichment .to")
    assert page.text("#title") == name
    page.click("#home")
    cells = page.run("return [...document.querySelectorAll('.cell.lit .cell-name')].map((cell) => cell.textContent)")
    assert {name for name in lit if name in cells} == {name for name in lit if lit[name] and name in cells} and cells
    page.back()
    page.click("#genes")
    assert page.run("return document.getElementById('gene-list').value") == "GENE2 GENE7"
    page.click(".gene-form .quiet")
    assert page.run("return document.querySelector('.row-lit, .enrichment') === null")
