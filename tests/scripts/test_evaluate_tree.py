import json

import pytest
from builders import REFERENCE, grown, load_script, write
from rootward.errors import UserError
from rootward.knowledge.names import pathway_id
from rootward.tree import verify

evaluate_tree = load_script("evaluate_tree")

TREE = {"Autophagy": None, "Macroautophagy": "Autophagy", "Mitophagy": "Macroautophagy", "Quuxophagy <b>": "Autophagy"}


@pytest.fixture
def evaluated(tmp_path):
    """Run the rule: evaluation.json and the page."""

    def run(gold=None, curator="gemini"):
        rows = verify.finish(grown(TREE, leaf=["Mitophagy"]), {pathway_id("Mitophagy"): 3}, {})
        out = [str(tmp_path / name) for name in ("evaluation.json", "evaluation.html")]
        path = gold and str(tmp_path / "gold.tsv")
        if gold:
            (tmp_path / "gold.tsv").write_text(gold, encoding="utf-8")
        tree = write(tmp_path, "reorganized", rows)
        evaluate_tree.evaluate_tree(
            reorganized=tree, reference=str(REFERENCE), gold=path, curator=curator, evaluation=out[0], table=out[1]
        )
        return json.loads((tmp_path / "evaluation.json").read_text()), (tmp_path / "evaluation.html").read_text()

    return run


def test_against_the_reference_the_known_pathways_count_and_the_others_are_named(evaluated):
    content, page = evaluated()
    assert (content["gold"], content["warning"]) == ("reactome", None)
    assert content["matched"]["unmatched"] == ["Quuxophagy <b>"]
    assert content["ancestors"]["precision"] == 1.0
    assert "Quuxophagy &lt;b&gt;" in page
    assert "75.0% of the tree" in page


def test_a_reference_run_against_the_reference_says_that_it_is_circular(evaluated):
    content, page = evaluated(curator="reactome")
    assert content["warning"].startswith("circular")
    assert "Circular: " in page


@pytest.mark.parametrize(
    "gold", ["child\tparent\nMitophagy\tAutophagy\n", "Mitophagy,Autophagy\n", "mitophagy\tAUTOPHAGY\tx\n\n"]
)
def test_against_a_list_of_edges(evaluated, gold):
    content, _ = evaluated(gold)
    assert content["matched"]["pathways"] == 2
    assert (content["edges"]["recall"], content["ancestors"]["f1"]) == (0.0, 1.0)
    assert content["warning"] is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("child\tparent\n", "contains no edges"),
        ("a\tb\nalone\n", ":2: needs two names"),
        ("a\t\n", ":1: needs two names"),
    ],
)
def test_a_gold_that_is_none_is_refused_in_one_line(evaluated, text, why):
    with pytest.raises(UserError, match=why):
        evaluated(text)


def test_a_missing_gold_is_refused(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        evaluate_tree.read_gold(str(tmp_path / "none.tsv"))
