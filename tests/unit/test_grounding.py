import pytest
from builders import edge_row, leaf
from rootward.asking.grounding import Contradictions
from rootward.tree.climb import Links


def said_against(reference, child, parent, **above):
    """What the reference says against a parent. above: who stands under whom so far (child=parent, _ for a space)."""
    rows = [edge_row(c.replace("_", " "), p) for c, p in above.items()]
    return Contradictions(reference, Links.from_levels([leaf(child)], [rows]))(child, parent)


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        ("Mitophagy", "Selective autophagy"),
        ("mitophagy", "Autophagy"),  # several levels up
        ("Mitophagy", "A name of its own"),
        ("A name of its own", "Metabolism"),
    ],
)
def test_nothing_speaks_against_an_ancestor_or_what_the_reference_does_not_know(reference, child, parent):
    assert said_against(reference, child, parent) is None


@pytest.mark.parametrize(
    ("child", "parent", "reason"),
    [
        ("Mitophagy", "Glycolysis", "Mitophagy stands under Selective autophagy"),
        ("Selective autophagy", "Mitophagy", "Mitophagy stands below Selective autophagy"),
        ("Autophagy", "Metabolism", "Autophagy stands under nothing"),
        ("Mitophagy", "mitophagy", "they are one pathway"),
    ],
)
def test_what_is_no_ancestor_is_contradicted_with_both_sides(reference, child, parent, reason):
    said = said_against(reference, child, parent)
    assert said == f"you named {parent} as the parent of {child}, but in the reference {reason}"


def test_a_climb_that_ends_under_another_root_is_noticed_at_the_edge_that_leads_there(reference):
    above = {"Mitophagy": "Cleaning up", "Cleaning_up": "Turnover"}
    assert said_against(reference, "Turnover", "Autophagy", **above) is None
    said = said_against(reference, "Turnover", "Metabolism", **above)
    assert said.endswith("Mitophagy stands under Selective autophagy")
