from builders import FALLBACK, UNKNOWN, FunctionCurator, edge_row, leaf, load_script, make_asker, said, write
from rootward import tables
from rootward.knowledge.names import pathway_id

discover_siblings = load_script("discover_siblings").discover_siblings


def discovered(tmp_path, ask, edges, limit=5, leaves=()):
    out = str(tmp_path / "siblings.parquet")
    discover_siblings(
        hierarchy=write(tmp_path, "hierarchy", edges),
        leaves=write(tmp_path, "leaves", [leaf(name) for name in leaves]),
        decisions=None,
        fallback_root=FALLBACK,
        limit=limit,
        siblings=out,
        ask=ask,
    )
    return tables.rows("siblings", out)


def named(*names):
    return said(siblings=[{"name": name, "reasoning": f"why {name}"} for name in names], call_id="c")


def test_each_parent_gains_the_children_that_reactome_has_besides(tmp_path, ask):
    edges = [edge_row("Macroautophagy", "Autophagy"), edge_row("Quux", FALLBACK), edge_row("Zorblax", "Quux")]
    rows = discovered(tmp_path, ask, edges, limit=1)
    assert [(row["parent_id"], row["name"], row["method"]) for row in rows] == [
        (pathway_id("Autophagy"), "Late endosomal microautophagy", "reference:children")
    ]


def test_each_parent_is_asked_once_with_its_children_and_the_fallback_root_never(tmp_path):
    curator = FunctionCurator(lambda _: UNKNOWN)
    edges = [edge_row("B", "Root"), edge_row("A", "Root"), edge_row("C", "A"), edge_row("D", FALLBACK)]
    assert discovered(tmp_path, make_asker(curator), edges, leaves=["C"]) == []
    assert {item["parent"]: item["proteins"] for item in curator.items("siblings")} == {"Root": ["TP53"], "A": ["TP53"]}
    asked = {item["parent"]: item["children"] for item in curator.items("siblings")}
    assert asked == {"Root": ["A", "B"], "A": ["C"]}
    assert {question.shared["limit"] for question in curator.asked} == {5}


def test_what_is_known_and_what_stands_twice_is_left_out(tmp_path):
    reply = named("Root", "a", "New", "NEW", "Other")
    rows = discovered(tmp_path, make_asker(FunctionCurator(lambda _: reply)), [edge_row("A", "Root")])
    assert sorted((row["name"], row["reasoning"], row["call_id"]) for row in rows) == [
        ("New", "why New", "c"),
        ("Other", "why Other", "c"),
    ]


def test_a_limit_of_zero_asks_nobody(tmp_path):
    assert discovered(tmp_path, make_asker(None), [edge_row("A", "Root")], limit=0) == []
