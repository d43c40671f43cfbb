import pytest
from builders import grown, ids
from rootward.knowledge.names import pathway_id
from rootward.tree.verify import CHECKS, finish, violations

TREE = {"R": None, "S": None, "A": "R", "B": "A", "C": "A", "D": "S", "new": "A"}
PLACED = {pathway_id(name): n for name, n in {"A": 1, "B": 2, "C": 3, "D": 4}.items()}
ROOT_IDS = {pathway_id("R"), pathway_id("S")}


def sound():
    return finish(grown(TREE, leaf=["B", "C"], sibling=["new"]), PLACED, {pathway_id("B"): ["reactome:R-HSA-1"]})


def broken_checks(rows, placed=None, unplaced=(), undecided=(), keep_siblings=True):
    found = violations(rows, PLACED if placed is None else placed, unplaced, undecided, ROOT_IDS, keep_siblings)
    assert list(found) == list(CHECKS)
    return {check: sorted(set(broken)) for check, broken in found.items() if broken}


def with_row(changing: str, /, **changed):
    """The sound tree with fields of one row changed."""
    return [row | changed if row["name"] == changing else row for row in sound()]


# --- finish ---


def test_a_row_says_where_its_pathway_stands_and_why():
    rows = {row["name"]: row for row in sound()}
    assert rows["B"] == {
        "pathway_id": pathway_id("B"),
        "name": "B",
        "parent_id": pathway_id("A"),
        "root_id": pathway_id("R"),
        "level": 2,
        "path": ["R", "A", "B"],
        "is_leaf": True,
        "origin": "leaf",
        "n_direct": 2,
        "n_total": 2,
        "aliases": [],
        "xrefs": ["reactome:R-HSA-1"],
        "method": "model",
        "reasoning": "because",
        "call_id": "call",
    }
    root = rows["R"]
    assert (root["parent_id"], root["root_id"], root["level"], root["path"]) == (None, pathway_id("R"), 0, ["R"])
    assert (root["method"], root["call_id"], root["is_leaf"]) == ("config", None, False)
    assert {name: (row["n_direct"], row["n_total"]) for name, row in rows.items()} == {
        "R": (0, 6),
        "S": (0, 4),
        "A": (1, 6),
        "B": (2, 2),
        "C": (3, 3),
        "D": (4, 4),
        "new": (0, 0),
    }


def test_parents_come_before_their_children():
    names = [row["name"] for row in sound()]
    assert names == ["R", "A", "B", "C", "new", "S", "D"]


# --- violations ---


def test_a_sound_tree_breaks_nothing():
    assert broken_checks(sound()) == {}


def test_a_tree_of_nothing_breaks_nothing():
    assert broken_checks([], placed={}) == {}


def test_every_check_is_shown_to_fail():
    shown = {check for case in BROKEN for check in case.values[-1]} | {"placed", "decided"}
    assert shown == set(CHECKS)


A_CYCLE = [
    row | {"A": {"parent_id": pathway_id("B")}}.get(row["name"], {})
    for row in finish(grown(TREE, leaf=["B", "C"], sibling=["new"]), PLACED, {})
]

BROKEN = [
    pytest.param(
        with_row("B", parent_id=None),
        {"one_parent": ["B"], "ends_in_root": ["B"], "levels": ["B"], "counts": ["A", "R"]},
        id="no_parent",
    ),
    pytest.param(
        with_row("B", parent_id=pathway_id("gone")),
        {"one_parent": ["B"], "ends_in_root": ["B"], "levels": ["B"], "counts": ["A", "R"]},
        id="a_parent_that_is_missing",
    ),
    pytest.param(
        A_CYCLE,
        {
            "no_cycle": ["A", "B", "C", "new"],
            "ends_in_root": ["A", "B", "C", "new"],
            "levels": ["A"],
            "counts": ["B", "R"],
            "no_orphans": ["R"],
        },
        id="a_cycle",
    ),
    pytest.param(
        with_row("D", parent_id=pathway_id("D")),
        {"no_cycle": ["D"], "ends_in_root": ["D"], "levels": ["D"], "counts": ["D", "S"], "no_orphans": ["S"]},
        id="its_own_parent",
    ),
    pytest.param(
        with_row("R", parent_id=pathway_id("S"), level=1, path=["S", "R"], root_id=pathway_id("S")),
        {"roots_have_no_parent": ["R"], "levels": ["A"], "counts": ["S"]},
        id="a_root_with_a_parent",
    ),
    pytest.param(
        with_row("D", pathway_id="RW:000000000000"),
        {"unique_ids": ["RW:000000000000"], "placed": ids("D"), "counts": ["D"]},
        id="an_id_not_of_the_name",
    ),
    pytest.param(with_row("D", name="d"), {"levels": ["d"]}, id="a_path_of_another_spelling"),
    pytest.param(
        with_row("D", name="B"), {"unique_names": ["B"], "unique_ids": ids("D"), "levels": ["B"]}, id="one_name_twice"
    ),
    pytest.param(
        with_row("D", name=" b"),
        {"unique_names": [" b", "B"], "unique_ids": ids("D"), "levels": [" b"]},
        id="one_normalised_name_twice",
    ),
    pytest.param(with_row("B", level=3), {"levels": ["B"]}, id="a_wrong_level"),
    pytest.param(with_row("B", path=["R", "B"]), {"levels": ["B"]}, id="a_wrong_path"),
    pytest.param(with_row("B", root_id=pathway_id("S")), {"levels": ["B"]}, id="a_wrong_root"),
    pytest.param(with_row("R", level=1), {"levels": ["A", "R"]}, id="a_root_not_at_level_0"),
    pytest.param(with_row("B", method=""), {"decided": ["B"]}, id="no_method"),
    pytest.param(with_row("B", call_id=None), {"decided": ["B"]}, id="a_model_without_a_call"),
    pytest.param(with_row("B", n_direct=1), {"counts": ["A", "B", "R"]}, id="a_wrong_direct_count"),
    pytest.param(with_row("A", n_total=7), {"counts": ["A"]}, id="a_wrong_total"),
    pytest.param(with_row("B", is_leaf=False), {"counts": ["B"]}, id="a_leaf_that_is_called_none"),
    pytest.param(with_row("A", is_leaf=True), {"counts": ["A"]}, id="no_leaf_that_is_called_one"),
    pytest.param(with_row("new", origin="climbed"), {"no_orphans": ["new"]}, id="an_orphan"),
]


@pytest.mark.parametrize(("rows", "checks"), BROKEN)
def test_a_broken_tree_is_told_by_the_checks_that_it_breaks_with_its_rows(rows, checks):
    assert broken_checks(rows) == {check: sorted(names) for check, names in checks.items()}


def test_a_row_that_stands_twice_is_told():
    rows = sound()
    found = broken_checks([*rows, rows[-1]])
    assert found["unique_ids"] == ids("D")
    assert found["unique_names"] == ["D"]


def test_a_pathway_under_no_configured_root_is_told():
    rows = [row for row in sound() if row["root_id"] == pathway_id("R")]
    other = finish(grown({"X": None, "Y": "X"}), {pathway_id("Y"): 1}, {})
    found = broken_checks(rows + other, placed=PLACED | {pathway_id("Y"): 1} | {pathway_id("D"): 0})
    assert found["ends_in_root"] == ["X", "Y"]
    assert found["one_parent"] == ["X"]


def test_a_sibling_that_is_not_to_be_kept_is_an_orphan():
    assert broken_checks(sound(), keep_siblings=False) == {"no_orphans": ["new"]}


def test_interactions_without_a_placement_or_on_no_pathway_are_told():
    assert broken_checks(sound(), unplaced=["I1"]) == {"placed": ["I1"]}
    assert broken_checks(sound(), placed=PLACED | {"RW:000000000000": 2}) == {"placed": ["RW:000000000000"]}


def test_placements_nobody_decided_are_told():
    assert broken_checks(sound(), undecided=["I1"]) == {"decided": ["I1"]}


@pytest.mark.parametrize("method", ["fallback", "config"])
def test_what_fell_back_or_comes_from_config_needs_no_call(method):
    assert broken_checks(with_row("B", method=method, call_id=None)) == {}


def test_finishing_a_forest_with_a_cycle_hides_nothing():
    rows = finish(grown(TREE | {"X": "Y", "Y": "X"}), PLACED, {})
    assert "no_cycle" in broken_checks(rows)


def test_finishing_a_forest_with_a_child_of_two_parents_hides_nothing():
    rows = finish(grown(TREE | {"D": ["S", "R"]}), PLACED, {})
    assert broken_checks(rows)["one_parent"] == ["D"]
