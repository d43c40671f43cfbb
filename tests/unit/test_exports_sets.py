"""Gene sets: GMT, read by gseapy; the tables that clusterProfiler takes, read by pandas."""

import gseapy
import pandas
import pytest
import small_tree
from rootward.knowledge.names import pathway_id
from rootward.publish.exports import gmt, sets

APPROVED = {"TP53", "MDM2", "ATM"}


@pytest.fixture
def direct():
    genes = {row["interaction_id"]: (row["protein_a"], row["protein_b"]) for row in small_tree.interactions()}
    placed = [(row["pathway_id"], genes[row["interaction_id"]]) for row in small_tree.placements()]
    return gmt.direct_sets([(pathway, gene) for pathway, pair in placed for gene in pair], APPROVED)


def read(path):
    return gseapy.read_gmt(str(path))


def test_gseapy_reads_every_set(tmp_path, direct):
    rows = small_tree.rows()
    assert gmt.write(gmt.gene_sets(rows, direct), tmp_path / "direct.gmt") == len(small_tree.NASTY)
    found = read(tmp_path / "direct.gmt")
    assert list(found) == [small_tree.one_line(row["name"]) for row in gmt.top_down(rows) if row["name"] != "Root"]
    assert found["tab here"] == sorted({"TP53", "MDM2"})
    assert all(genes == sorted(direct[id_]) for id_, genes in zip_by_name(rows, found))


def zip_by_name(rows, found):
    ids = {small_tree.one_line(row["name"]): row["pathway_id"] for row in rows}
    return [(ids[name], genes) for name, genes in found.items()]


def test_a_total_set_holds_all_below(tmp_path, direct):
    rows = small_tree.rows()
    total = gmt.total_sets(rows, direct)
    assert gmt.write(gmt.gene_sets(rows, total), tmp_path / "total.gmt") == len(small_tree.NASTY) + 1
    for row in rows:
        below = [r["pathway_id"] for r in rows if r["path"][: len(row["path"])] == row["path"]]
        assert total[row["pathway_id"]] == set().union(*(direct.get(id_, set()) for id_ in below))
    assert read(tmp_path / "total.gmt")["Root"] == sorted(APPROVED)


def test_the_description_is_the_id(tmp_path, direct):
    gmt.write(gmt.gene_sets(small_tree.rows(), direct), tmp_path / "a.gmt")
    lines = (tmp_path / "a.gmt").read_text(encoding="utf-8").split("\n")
    assert f"-2\t{pathway_id('-2')}\tATM\tTP53" in lines or f"-2\t{pathway_id('-2')}\tTP53" in lines


def test_what_is_no_approved_symbol_stands_in_no_set():
    sets = gmt.direct_sets([("P", "TP53"), ("P", "gp120")], APPROVED)
    assert sets == {"P": {"TP53"}}


def test_names_that_become_equal_are_told_apart():
    row = {"parent_id": None, "n_total": 1}
    rows = [row | {"pathway_id": "RW:1", "name": "a b"}, row | {"pathway_id": "RW:2", "name": "a\tb"}]
    rows.append(row | {"pathway_id": "RW:3", "name": "\x00"})
    lines = list(map(gmt.line, gmt.gene_sets(rows, {"RW:1": {"G"}, "RW:2": {"G"}, "RW:3": {"G"}})))
    assert set(lines) == {"(RW:3)\tRW:3\tG", "a b\tRW:2\tG", "a b (RW:1)\tRW:1\tG"}


CHAIN = [
    {"pathway_id": "RW:0", "name": "Root", "parent_id": None, "level": 0, "n_total": 3},
    {"pathway_id": "RW:1", "name": "Only leads on", "parent_id": "RW:0", "level": 1, "n_total": 2},
    {"pathway_id": "RW:2", "name": "Holds", "parent_id": "RW:1", "level": 2, "n_total": 2},
    {"pathway_id": "RW:3", "name": "Holds too", "parent_id": "RW:0", "level": 1, "n_total": 1},
]


def test_a_content_is_one_set_of_the_deepest_pathway_that_names_its_twins(tmp_path):
    direct = {"RW:2": {"A", "B"}, "RW:3": {"C"}}
    found = list(gmt.distinct(CHAIN, gmt.total_sets(CHAIN, direct)))
    assert [(one.name, one.genes) for one in found] == [
        ("Root", ("A", "B", "C")),
        ("Holds", ("A", "B")),
        ("Holds too", ("C",)),
    ]
    assert gmt.line(found[1]) == "Holds\tRW:2 (same genes: Only leads on)\tA\tB"
    assert len({one.genes for one in found}) == len(found)


def test_the_tables_of_cluster_profiler_hold_the_sets_of_the_gmt_file(tmp_path, direct):
    source = sets.Sets(small_tree.rows(), direct)
    paths = {name: str(tmp_path / name) for name in sets.EXPORTS}
    for name, path in paths.items():
        sets.EXPORTS[name].write(source, path)
    genes = pandas.read_csv(paths["term2gene"], sep="\t")
    names = pandas.read_csv(paths["term2name"], sep="\t", index_col="term", keep_default_na=False)["name"]
    found = {names[term]: sorted(group["gene"]) for term, group in genes.groupby("term")}
    assert found == read(paths["gmt"])
    background = (tmp_path / "background").read_text().split()
    assert background == sorted(set().union(*direct.values()))


def test_a_deep_tree_needs_no_deep_stack():
    chain = small_tree.chain(5_000)
    assert gmt.total_sets(chain, {"RW:4999": {"G"}})["RW:0"] == {"G"}
