"""propaths.json, joined to the records it came from; tree.sql, loaded into SQLite (PostgreSQL in tests/cluster)."""

import json
import sqlite3
from contextlib import closing

import pytest
import small_tree
from rootward.publish.exports import propaths, sql

KEYED = {
    "I00": {"xrefs": ["intact:EBI-1", "propaths:MDM2/TP53/1", "propaths:TP53/MDM2/0"], "mediators": ["EGFR", "GRB2"]},
    "I01": {"xrefs": ["propaths:A%2FB/TP53/10"]},
}


@pytest.fixture
def batches():
    interactions = [row | KEYED.get(row["interaction_id"], {}) for row in small_tree.interactions()]
    return list(small_tree.flat_batches(interactions))


def test_each_function_leads_to_its_pathways(batches, tmp_path):
    n = propaths.write(small_tree.rows(), batches, tmp_path / "a.json")
    functions = json.loads((tmp_path / "a.json").read_text())["functions"]
    placed = [p["pathway_id"] for p in small_tree.placements() if p["interaction_id"] == "I00"]
    keys = [(entry["main"], entry["interactor"], entry["index"]) for entry in functions]
    assert keys == [("A/B", "TP53", 10), *[("MDM2", "TP53", 1)] * 2, *[("TP53", "MDM2", 0)] * 2] and n == 5
    assert {entry["pathway_id"] for entry in functions if entry["main"] == "TP53"} == set(placed)
    paths = {row["pathway_id"]: row["path"] for row in small_tree.rows()}
    for entry in functions:
        assert entry["path"] == paths[entry["pathway_id"]] and entry["reason"] == "because"
    assert functions[-1]["mediators"] == ["EGFR", "GRB2"]


def loaded(*texts: str):
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA foreign_keys = ON")
    for text in texts:
        database.executescript(text)
    return closing(database)


def test_sqlite_loads_it_once_or_twice_without_doubling(batches, tmp_path):
    n = sql.write(small_tree.rows(), batches, tmp_path / "a.sql")
    text = (tmp_path / "a.sql").read_text()
    tree = small_tree.rows()
    with loaded(text, text) as database:
        names = dict(database.execute("SELECT pathway_id, name FROM rootward_pathways"))
        assert names == {row["pathway_id"]: small_tree.one_line(row["name"]) for row in tree}
        parents = dict(database.execute("SELECT child_id, parent_id FROM rootward_parents"))
        assert parents == {row["pathway_id"]: row["parent_id"] for row in tree if row["parent_id"]}
        functions = database.execute("SELECT interaction_id, pathway_id FROM rootward_functions").fetchall()
        assert set(functions) == {(p["interaction_id"], p["pathway_id"]) for p in small_tree.placements()}
        assert len(functions) == len(small_tree.placements()) + 2  # I00 has two keys on each of its two pathways
        assert database.execute("SELECT DISTINCT given_a, given_b FROM rootward_functions").fetchall() == [
            ("p53", None)
        ]
        key = "SELECT function_index, confidence FROM rootward_functions WHERE main = 'A/B'"
        assert database.execute(key).fetchall() == [(10, 0.5)]
        counts = [f"SELECT count(*) FROM rootward_{name}" for name in ("pathways", "parents", "functions")]
        assert sum(database.execute(count).fetchone()[0] for count in counts) == n


def test_what_is_gone_from_the_tree_is_gone_after_loading(batches, tmp_path):
    sql.write(small_tree.rows(), batches, tmp_path / "a.sql")
    sql.write(small_tree.rows(), [batches[0][:1]], tmp_path / "b.sql")
    with loaded(*((tmp_path / name).read_text() for name in ("a.sql", "b.sql"))) as database:
        assert len(database.execute("SELECT DISTINCT interaction_id FROM rootward_functions").fetchall()) == 1


def test_a_file_that_fails_changes_nothing(batches, tmp_path):
    sql.write(small_tree.rows(), batches, tmp_path / "a.sql")
    text = (tmp_path / "a.sql").read_text()
    with loaded(text) as database:
        broken = text.replace("COMMIT;", "INSERT INTO rootward_parents VALUES ('no', 'no', '', '', NULL);\nCOMMIT;")
        with pytest.raises(sqlite3.IntegrityError):
            database.executescript(broken)
        database.rollback()
        assert database.execute("SELECT count(*) FROM rootward_pathways").fetchone()[0] == len(small_tree.rows())
