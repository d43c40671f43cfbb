import pytest
from builders import (
    FALLBACK,
    REFERENCE,
    ROOTS,
    UNKNOWN,
    FunctionCurator,
    by_id,
    edge_row,
    leaf,
    load_script,
    make_asker,
    roots_file,
    said,
    write,
)
from rootward import tables

climb = load_script("climb").climb
PLAIN = {
    "fallback_root": FALLBACK,
    "spellings": None,
    "decisions": None,
    "ahead": True,
    "votes": 1,
    "check": False,
    "candidates": 0,
    "consult": False,
    "fold": True,
}


@pytest.fixture
def climbed(tmp_path):
    """Run the rule above the given levels; the parents it wrote, child -> parent."""

    def run(ask, leaves, levels=(), roots=None):
        below = [write(tmp_path, "parents", rows, f"parents_L{n}") for n, rows in enumerate(levels, start=1)]
        out = str(tmp_path / f"parents_L{len(below) + 1}.parquet")
        roots = roots or roots_file(tmp_path, "Root")
        made = {"leaves": write(tmp_path, "leaves", list(map(leaf, leaves))), "levels": below, "parents": out}
        climb(**PLAIN | made, roots=roots, ask=ask)
        return {row["child"]: row["parent"] for row in tables.rows("parents", out)}

    return run


def test_the_first_level_asks_every_leaf_that_is_no_root(climbed, curator):
    leaves = ["Mitophagy", "Glycolysis", "Quux", "Autophagy"]
    assert climbed(make_asker(curator), leaves, roots=str(ROOTS)) == {
        "Mitophagy": "Selective autophagy",
        "Glycolysis": "Glucose metabolism",
        "Quux": None,
    }


def test_a_higher_level_asks_only_what_is_new_on_the_one_below(climbed, curator):
    levels = [[edge_row("Mitophagy", "Selective autophagy"), edge_row("Quux", None)]]
    assert climbed(make_asker(curator), ["Mitophagy", "Quux"], levels, str(ROOTS)) == {
        "Selective autophagy": "Macroautophagy"
    }


def test_a_level_below_which_nothing_is_new_is_empty_and_asks_nobody(climbed):
    assert climbed(None, ["A"], [[edge_row("A", "Root")]]) == {}
    assert climbed(None, ["A"], [[edge_row("A", "Root")], []]) == {}


def test_an_answer_that_closes_a_cycle_is_asked_again_without_what_stands_below(climbed):
    first, second = by_id("A", "B")

    def reply(question):
        if question.item["excluded"]:
            return said(parent="Root")
        return said(parent=second if question.item_id == first else first)

    curator = FunctionCurator(reply)
    assert climbed(make_asker(curator), ["A", "B"]) == {first: second, second: "Root"}
    because = f"you named {first} as the parent of {second}, but it stands below it: {first} < {second}"
    asked = {"child": second, "excluded": sorted([first, second]), "contradictions": [because], "proteins": ["TP53"]}
    assert curator.items("parent")[-1] == asked
    assert all("contradictions" not in item for item in curator.items("parent")[:-1])


def test_a_parent_that_contradicts_the_reference_is_asked_again_and_holds_when_it_is_named_again(tmp_path):
    answers = {"Mitophagy": "Glycolysis", "Lipophagy": "Glycolysis", "Aggrephagy": "Selective autophagy"}

    def reply(question):
        if question.item.get("contradictions") and question.item_id == "Mitophagy":
            return said(parent="Selective autophagy")
        return said(parent=answers[question.item_id])

    curator = FunctionCurator(reply)
    out = str(tmp_path / "parents_L1.parquet")
    leaves = write(tmp_path, "leaves", list(map(leaf, answers)))
    switches = {"spellings": str(REFERENCE), "consult": True}
    climb(**PLAIN | switches, leaves=leaves, levels=[], roots=str(ROOTS), parents=out, ask=make_asker(curator))
    assert {row["child"]: row["parent"] for row in tables.rows("parents", out)} == answers | {
        "Mitophagy": "Selective autophagy"
    }
    again = {item["child"]: item["contradictions"] for item in curator.items("parent") if "contradictions" in item}
    assert again == {
        child: [
            f"you named Glycolysis as the parent of {child}, but in the reference {child} stands under "
            "Selective autophagy"
        ]
        for child in ("Lipophagy", "Mitophagy")
    }


def test_a_child_whose_answers_all_close_a_cycle_gets_a_row_without_a_parent(climbed, tmp_path):
    first, second = by_id("A", "B")
    curator = FunctionCurator(lambda q: said(parent=second if q.item_id == first else first))
    assert climbed(make_asker(curator), ["A", "B"]) == {first: second, second: None}
    row = next(row for row in tables.rows("parents", tmp_path / "parents_L1.parquet") if row["child"] == second)
    assert row["method"] == "fallback"


def test_what_nobody_knows_gets_a_row_and_is_not_asked_again(climbed):
    curator = FunctionCurator(lambda _: UNKNOWN)
    assert climbed(make_asker(curator), ["A", "B"]) == {"A": None, "B": None}
    assert len(curator.asked) == 2


def test_a_child_named_its_own_parent_is_asked_another_question(climbed):
    curator = FunctionCurator(lambda q: said(parent=q.item_id))
    climbed(make_asker(curator), ["A"])
    keys = [question.key("m") for question in curator.asked]
    assert len(keys) == len(set(keys)) == 2


def test_the_fallback_root_is_never_asked_about(climbed):
    curator = FunctionCurator(lambda _: said(parent="Root"))
    climbed(make_asker(curator), ["A"], [[edge_row("A", FALLBACK)]])
    assert curator.asked == []
